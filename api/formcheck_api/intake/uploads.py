"""Multipart uploads, streamed to a file: never more than a few hundred kilobytes in memory."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final
from uuid import uuid4

from anyio import to_thread
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser
from starlette.requests import ClientDisconnect, Request

from formcheck_api.intake.forms import CONTROL, MAX_TEXT
from formcheck_api.web.problems import ProblemError

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

CLIP_FIELD: Final = "clip"
MAX_FIELDS: Final = 64
MAX_FIELD_BYTES: Final = 4096
FORM_SLACK_BYTES: Final = 300_000
WRITE_BYTES: Final = 256 * 1024
_NO_NAME: Final = "clip"


@dataclass(slots=True)
class Upload:
    """What came in: the clip's file and hash, what the client calls it, and the fields."""

    path: Path
    clip_name: str = ""
    sha256: str = ""
    size: int = 0
    fields: dict[str, str] = field(default_factory=dict)


@asynccontextmanager
async def received(
    request: Request, folder: Path, max_bytes: int, keep_free_bytes: int
) -> AsyncIterator[Upload]:
    """Receive a multipart body; yield what came in. The clip's file is gone afterwards.

    Parameters
    ----------
    request : Request
        Its body must not have been read.
    folder : Path
        Where the clip is written meanwhile.
    max_bytes : int
        Most bytes of the clip.
    keep_free_bytes : int
        Room that is left on the disk.

    Raises
    ------
    ProblemError
        When the body is no such form or too large.
    OSError
        When the clip cannot be written.
    """
    path = folder / uuid4().hex
    try:
        with path.open("xb") as file:
            upload = await _receive(request, _Parts(Upload(path), file, max_bytes, keep_free_bytes))
        yield upload
    finally:
        path.unlink(missing_ok=True)


async def _receive(request: Request, parts: _Parts) -> Upload:
    parser = MultipartParser(_boundary(request), parts.callbacks())
    try:
        async for chunk in request.stream():
            parser.write(chunk)
            if len(parts.waiting) >= WRITE_BYTES:
                await to_thread.run_sync(parts.flush)
        parser.finalize()
    except MultipartParseError:
        raise ProblemError(
            "bad_request", "The multipart form is broken or ends too early: send it again."
        ) from None
    except ClientDisconnect:
        raise ProblemError("bad_request", "The client went away during the upload.") from None
    await to_thread.run_sync(parts.flush)
    return parts.finished()


def display_name(name: str) -> str:
    """Return a client's file name as text to show: its last part, shortened, without controls."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return CONTROL.sub("", last).strip()[:MAX_TEXT] or _NO_NAME


class _Parts:
    """What the parser finds: fields are kept, the clip's bytes wait to be written."""

    def __init__(
        self, upload: Upload, file: BinaryIO, max_bytes: int, keep_free_bytes: int
    ) -> None:
        self.max_bytes = max_bytes
        self._keep_free_bytes = keep_free_bytes
        self.waiting = bytearray()
        self._upload = upload
        self._file = file
        self._hash = hashlib.sha256()
        self._header = [bytearray(), bytearray()]
        self._disposition = b""
        self._name: str | None = None
        self._value = bytearray()
        self._clip_seen = self._whole = False

    def callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, a, b: self._header[0].extend(data[a:b]),
            "on_header_value": lambda data, a, b: self._header[1].extend(data[a:b]),
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_end": self._all_read,
        }

    def flush(self) -> None:
        if shutil.disk_usage(self._upload.path.parent).free < self._keep_free_bytes:
            raise ProblemError("storage_full")
        self._file.write(self.waiting)
        self._hash.update(self.waiting)
        self._upload.size += len(self.waiting)
        self.waiting = bytearray()

    def finished(self) -> Upload:
        if not self._whole:
            raise ProblemError("bad_request", "The multipart form ends too early: send it again.")
        if not self._clip_seen:
            raise ProblemError("invalid", "The form has no file named clip: add the video.")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._upload.sha256 = self._hash.hexdigest()
        return self._upload

    def _begin(self) -> None:
        self._disposition, self._name = b"", None
        self._value.clear()

    def _header_end(self) -> None:
        name, value = (bytes(part) for part in self._header)
        if name.strip().lower() == b"content-disposition":
            self._disposition = value
        for part in self._header:
            part.clear()

    def _headers_finished(self) -> None:
        name, file_name = _disposition(self._disposition)
        if file_name is not None and name != CLIP_FIELD:
            raise ProblemError("invalid", f"{name[:MAX_TEXT]} is a file: only clip may be one.")
        if name == CLIP_FIELD:
            if file_name is None:
                raise ProblemError("invalid", "clip is no file: send the video as a file.")
            if self._clip_seen:
                raise ProblemError("invalid", "There are two clips in the form: send one.")
            self._clip_seen = True
            self._upload.clip_name = display_name(file_name)
        elif name in self._upload.fields:
            raise ProblemError("invalid", f"{name[:MAX_TEXT]} is in the form twice.")
        self._name = name

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._name == CLIP_FIELD:
            if self._upload.size + len(self.waiting) + end - start > self.max_bytes:
                raise too_large(self.max_bytes)
            self.waiting += data[start:end]
            return
        self._value += data[start:end]
        if len(self._value) > MAX_FIELD_BYTES:
            raise ProblemError("too_large", "A field of the form is longer than 4 kB: shorten it.")

    def _end(self) -> None:
        if self._name is None or self._name == CLIP_FIELD:
            return
        if len(self._upload.fields) >= MAX_FIELDS:
            raise ProblemError("too_large", "The form has too many fields.")
        try:
            self._upload.fields[self._name] = self._value.decode("utf-8")
        except UnicodeDecodeError:
            raise ProblemError("invalid", f"{self._name[:MAX_TEXT]} is no UTF-8 text.") from None

    def _all_read(self) -> None:
        self._whole = True


def _boundary(request: Request) -> str:
    header = Message()
    header["content-type"] = CONTROL.sub("", request.headers.get("content-type", ""))
    try:
        boundary = header.get_param("boundary")
    except (ValueError, LookupError, TypeError):
        boundary = None
    if header.get_content_type() != "multipart/form-data" or not isinstance(boundary, str):
        raise ProblemError("bad_request")
    if not 0 < len(boundary) <= 70 or not boundary.isascii():
        raise ProblemError("bad_request", "The form's boundary is not possible: send it again.")
    return boundary


def _disposition(value: bytes) -> tuple[str, str | None]:
    """Return the field's and the file's name of a part."""
    header = Message()
    header["content-disposition"] = CONTROL.sub("", value.decode("utf-8", "replace"))
    try:
        name, file = header.get_param("name", header="content-disposition"), header.get_filename()
    except (ValueError, LookupError, TypeError):  # an encoding that is none, or one that fails
        raise ProblemError(
            "bad_request", "The name of a part cannot be read: send it as UTF-8."
        ) from None
    if not isinstance(name, str) or not name:
        raise ProblemError("bad_request", "A part of the form has no name: send it again.")
    return _encodable(name), None if file is None else _encodable(file)


def _encodable(text: str) -> str:
    """Return text without halves of characters, which some encodings give and none can store."""
    return text.encode("utf-8", "replace").decode("utf-8")


def too_large(max_bytes: int) -> ProblemError:
    """Return what tells that a clip has more bytes than it may."""
    return ProblemError(
        "too_large",
        f"The clip is larger than {max_bytes / 1e6:g} MB: cut it to ten seconds of running.",
    )

"""Stored files as answers: byte ranges, validators, and policies for pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Final

from fastapi import Request
from fastapi.responses import Response, StreamingResponse

from formcheck_api.store.storage import Storage, StoredFile
from formcheck_api.web.problems import ProblemError

CHUNK_BYTES: Final = 256 * 1024
MEDIA_TYPES: Final[Mapping[str, str]] = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "mp4": "video/mp4",
    "jpg": "image/jpeg",
}
# Result pages hold their styles, scripts and pictures themselves. They may run, but in a world of
# their own: without the service's cookie, and without reaching anything.
PAGE_POLICY: Final = (
    "sandbox allow-scripts allow-downloads allow-modals allow-popups; default-src 'none'; "
    "style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:; "
    "media-src data: blob:; font-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
PAGE_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": PAGE_POLICY,
    "X-Frame-Options": "SAMEORIGIN",
    "Cache-Control": "private, no-cache",
}
_RANGE: Final = re.compile(r"bytes=([0-9]*)-([0-9]*)")
_DIGITS: Final = 18


def stored_file(
    request: Request,
    storage: Storage,
    key: str,
    download: str | None = None,
    media_type: str | None = None,
) -> Response:
    """Answer with a stored file, or with the part of it that was asked for.

    Parameters
    ----------
    request : Request
        Its ``Range``, ``If-Range`` and ``If-None-Match`` are honoured.
    storage : Storage
        Where the file is.
    key : str
        Which one.
    download : str, optional
        Name to save it by; shown in the browser when left out.
    media_type : str, optional
        Of a file whose key has no ending that tells.

    Raises
    ------
    ProblemError
        Kinds ``no_such_result`` and ``range``.
    """
    found = storage.find(key)
    if found is None:
        raise ProblemError("no_such_result", "This job made no such file: see its report.")
    headers = _headers(found, download)
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    start, stop = _wanted(request, found.size, headers["ETag"])
    headers["Content-Length"] = str(stop - start)
    status = 200
    if (start, stop) != (0, found.size):
        status = 206
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{found.size}"
    body = _chunks(storage, found, start, stop)
    kind = media_type or MEDIA_TYPES[key.rpartition(".")[2]]
    return StreamingResponse(body, status, headers, kind)


def _headers(found: StoredFile, download: str | None) -> dict[str, str]:
    mark = sha256(f"{found.key} {found.size} {found.version}".encode()).hexdigest()[:32]
    headers = {"ETag": f'"{mark}"', "Accept-Ranges": "bytes", "Cache-Control": "private, no-cache"}
    if found.key.endswith(".html"):
        headers |= PAGE_HEADERS
    if download is not None:
        headers["Content-Disposition"] = f'attachment; filename="{download}"'
    return headers


def _wanted(request: Request, size: int, etag: str) -> tuple[int, int]:
    """Return first and last-but-one byte; several ranges at once are answered with the whole."""
    asked = request.headers.get("range")
    match = _RANGE.fullmatch(asked.replace(" ", "")) if asked else None
    if match is None or request.headers.get("if-range", etag) != etag or match[0] == "bytes=-":
        return 0, size
    first, last = (_number(digits) for digits in match.groups())
    if first is None:
        start, stop = max(0, size - (last or 0)), size
    else:
        start = first
        stop = size if last is None else min(size, last + 1)
    if start >= stop:
        if first is not None and last is not None and last < first:
            return 0, size
        raise ProblemError(
            "range",
            f"The file has {size} bytes: ask for a range within them.",
            headers={"Content-Range": f"bytes */{size}"},
        )
    return start, stop


def _number(digits: str) -> int | None:
    """Return a number, one that is larger than any file for one too long to be read."""
    if len(digits) > _DIGITS:
        return int("9" * _DIGITS)
    return int(digits) if digits else None


def _chunks(storage: Storage, found: StoredFile, start: int, stop: int) -> Iterator[bytes]:
    with storage.open(found.key) as file:
        file.seek(start)
        left = stop - start
        while left > 0:
            chunk = file.read(min(CHUNK_BYTES, left))
            if not chunk:
                return
            left -= len(chunk)
            yield chunk

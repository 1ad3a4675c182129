"""Bodies of uploads: whole, padded to a size, or only half sent."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.api.clips import sha256_of
from tests.api.processes import files_in, until
from tests.api.service import Service

FORM = {"content-type": "multipart/form-data; boundary=b"}
HEAD = b'--b\r\nContent-Disposition: form-data; name="clip"; filename="a.mp4"\r\n\r\n'
TAIL = b"\r\n--b--\r\n"
PIECE = 64 * 1024


def padded(clip: Path, megabytes: float) -> bytes:
    """Return a clip's bytes with a box of that size behind them which players pass over."""
    size = int(megabytes * 1e6)
    return clip.read_bytes() + size.to_bytes(4, "big") + b"free" + bytes(size - 8)


def large_clip(clip: Path, tracks: Path, target: Path, megabytes: float) -> Path:
    """Write a padded clip; its track is that of the clip."""
    target.write_bytes(padded(clip, megabytes))
    known = tracks / f"{sha256_of(clip)}.npz"
    shutil.copyfile(known, tracks / f"{sha256_of(target)}.npz")
    return target


def form_of(clip: bytes) -> Iterator[bytes]:
    """Yield a form with a clip, in pieces."""
    yield HEAD
    for start in range(0, len(clip), PIECE):
        yield clip[start : start + PIECE]
    yield TAIL


@contextmanager
def half_sent(service: Service, token: str | None = None) -> Iterator[socket.socket]:
    """Send half of a form, wait until it has arrived, and keep the connection meanwhile."""
    known = set(files_in(service.folder / "uploads"))
    body = HEAD + bytes(1_000_000)
    head = (
        f"POST /v1/analyses HTTP/1.1\r\nHost: 127.0.0.1:{service.port}\r\n"
        f"Content-Type: {FORM['content-type']}\r\nContent-Length: {2 * len(body)}\r\n"
    )
    head += f"Authorization: Bearer {token}\r\n\r\n" if token else "\r\n"
    with socket.create_connection(("127.0.0.1", service.port)) as connection:
        connection.sendall(head.encode("ascii") + body)
        until(lambda: set(files_in(service.folder / "uploads")) - known, "the upload is under way")
        yield connection

"""The web page at ``/`` and its files; nothing is fetched from elsewhere."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

import formcheck
from formcheck_api.web.problems import ProblemError
from formcheck_api.web.words import page_words

FOLDER: Final = Path(__file__).resolve().parents[1] / "page"
PIECE_BYTES: Final = 64 * 1024
_FRESH: Final = {"Cache-Control": "no-cache"}
_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".mp4": "video/mp4",
}
_SAMPLE: Final = "side_easy_60fps.mp4"

router = APIRouter(include_in_schema=False)


@router.get("/")
def index(request: Request) -> Response:
    """Show the page."""
    return _file(request, FOLDER / "index.html")


@router.get("/page/plotly.min.js")
def plotly(request: Request) -> Response:
    """Get plotly.js as the plotly wheel carries it."""
    plain, packed, mark = _plotly()
    headers = {**_FRESH, "ETag": mark, "Vary": "Accept-Encoding"}
    if mark in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    body = plain
    if "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["Content-Encoding"] = packed, "gzip"
    headers["Content-Length"] = str(len(body))
    return StreamingResponse(_pieces(body), headers=headers, media_type=_TYPES[".js"])


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    """Yield large content in pieces: a client that does not read must not cost its whole size."""
    for start in range(0, len(content), PIECE_BYTES):
        yield content[start : start + PIECE_BYTES]


@router.get("/page/words.json")
def words(request: Request) -> Response:
    """Get the words that stand beside numbers."""
    return _answer(request, page_words(), ".json")


@router.get("/page/sample.mp4")
def sample(request: Request) -> Response:
    """Get the clip to try the page with."""
    places = (Path(formcheck.__file__).parent / "_samples", FOLDER.parents[3] / "sample_videos")
    found = next((path for place in places if (path := place / _SAMPLE).is_file()), None)
    if found is None:
        raise ProblemError("not_found", "There is no sample clip on this server.")
    return _file(request, found)


@router.get("/page/{name:path}")
def page_file(request: Request, name: str) -> Response:
    """Get a file of the page."""
    wanted = {path.relative_to(FOLDER).as_posix(): path for path in FOLDER.rglob("*")}.get(name)
    if wanted is None or wanted.suffix not in _TYPES:
        raise ProblemError("not_found", "The page has no such file.")
    return _file(request, wanted)


def _file(request: Request, path: Path) -> Response:
    return _answer(request, path.read_bytes(), path.suffix)


def _answer(request: Request, content: bytes, suffix: str) -> Response:
    headers = {**_FRESH, "ETag": _mark(content)}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=_TYPES[suffix])


@lru_cache(maxsize=1)
def _plotly() -> tuple[bytes, bytes, str]:
    content = files("plotly").joinpath("package_data", "plotly.min.js").read_bytes()
    return content, gzip.compress(content, 6, mtime=0), _mark(content)


def _mark(content: bytes) -> str:
    return f'"{sha256(content).hexdigest()[:32]}"'

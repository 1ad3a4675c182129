"""A process that looks at pictures: ``python -m formcheck_api.filming.looker [open]``.

It reads, again and again, one byte for the place (``s`` or ``r``), four bytes of a length, and a
JPEG; and writes one line of JSON. It ends when its input does. Nothing that decodes is imported
before it is confined.
"""

from __future__ import annotations

import json
import os
import resource
import struct
import sys
from importlib import import_module
from typing import IO, Any, Final

from formcheck_api.confine import World, confine

MEMORY_BYTES: Final = 3_000_000_000
MOST_PIXELS: Final = 16_000_000
PLACES: Final = {b"s": "side", b"r": "rear"}


def main(*, confined: bool) -> None:
    """Answer picture after picture."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
    if confined:
        confine(World())
    os.environ["OPENCV_IO_MAX_IMAGE_PIXELS"] = str(MOST_PIXELS)  # read when OpenCV is loaded
    framing = import_module("formcheck.pose.framing")
    framer = framing.Framer()
    while (asked := _read(sys.stdin.buffer)) is not None:
        place, jpeg = asked
        picture = framing.Picture.decoded(jpeg)
        answer: dict[str, Any] | None = None
        if picture is not None:
            answer = framer.look(picture, PLACES[place]).to_dict()
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _read(source: IO[bytes]) -> tuple[bytes, bytes] | None:
    head = source.read(5)
    if len(head) < 5:
        return None
    return head[:1], source.read(struct.unpack(">I", head[1:])[0])


if __name__ == "__main__":
    main(confined=sys.argv[1:] != ["open"])

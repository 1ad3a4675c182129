"""Look at a clip's file in a short-lived process with limits of its own.

``python -m formcheck_api.intake.prober PATH PROCESSOR_S [open]`` writes one line of JSON: what the
file says, or what is wrong with it; after so many seconds of processor time it is killed. Damaged
or hostile files are met here and in the worker, never in the service itself. It starts for every
upload, so it imports little, and unless it is told to stay open, nothing that decodes before it is
confined.
"""

from __future__ import annotations

import json
import resource
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from formcheck_api.confine import World, confine

MEMORY_BYTES: Final = 3_000_000_000


def main(path: str, processor_s: int, *, confined: bool) -> None:
    """Write what the file says of itself as one line of JSON."""
    resource.setrlimit(resource.RLIMIT_CPU, (processor_s, processor_s))
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
    if confined:
        confine(World(read=(path,)))
    video, errors = (import_module(f"formcheck.{name}") for name in ("video", "errors"))
    try:
        info = video.probe(path)
        answer: dict[str, Any] = {
            "width_px": info.width_px,
            "height_px": info.height_px,
            "duration_s": info.duration_s,
            "frames": info.frames,
        }
    except errors.ClipError as error:
        text = str(error).replace(Path(path).name, "The clip")
        answer = {"failed": {"code": error.code, "text": text}}
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), confined=sys.argv[3:] != ["open"])

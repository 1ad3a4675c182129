"""Look at an uploaded clip before it is queued, and refuse it when it is none or too much."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from formcheck_api.confine import environment
from formcheck_api.settings import Settings
from formcheck_api.web.problems import ProblemError, retry_after

LONGEST_S: Final = 60
PROCESSOR_S: Final = 10  # an honest file takes half a second; one that lies about its size, minutes
_KINDS: Final = {
    "not_a_video": ("not_a_video", "not_a_video"),
    "audio_only": ("not_a_video", "audio_only"),
    "too_large": ("over_limits", "too_many_pixels"),
}


@dataclass(frozen=True, slots=True)
class Probed:
    """What a clip's file says of itself."""

    width_px: int
    height_px: int
    duration_s: float
    frames: int


def probe_clip(path: Path, settings: Settings, *, processor_s: int = PROCESSOR_S) -> Probed:
    """Return what an uploaded file says of itself, found within `processor_s` of processor time.

    Raises
    ------
    ProblemError
        When it is no clip, or one over the limits; or when there was no time to look.
    """
    answer = _ask(path, processor_s, confined=settings.confine)
    if "failed" in answer:
        code, text = answer["failed"]["code"], answer["failed"]["text"]
        kind, code = _KINDS.get(code, ("unreadable_clip", code))
        raise ProblemError(kind, text, code=code)
    probed = Probed(**answer)
    _check_limits(probed, settings)
    return probed


def _ask(path: Path, processor_s: int, *, confined: bool) -> dict[str, Any]:
    command = [sys.executable, "-P", "-m", "formcheck_api.intake.prober"]
    command += [str(path), str(processor_s)]
    command += [] if confined else ["open"]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=LONGEST_S,
            check=True,
            env=environment(path.parent),
            umask=0o077,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        text = "The machine is too busy to look at the clip: send it again in a minute."
        raise ProblemError("unavailable", text, headers=retry_after(LONGEST_S)) from None
    except (subprocess.SubprocessError, ValueError):
        text = "The clip's file could not be understood; export it again as H.264 MP4."
        return {"failed": {"code": "unreadable_clip", "text": text}}
    return answer


def _check_limits(probed: Probed, settings: Settings) -> None:
    pixels = probed.width_px * probed.height_px
    if pixels > settings.max_pixels:
        raise ProblemError(
            "over_limits",
            f"The clip's pictures have {pixels / 1e6:.1f} megapixels, more than the "
            f"{settings.max_pixels / 1e6:.1f} allowed: film or export in a smaller size.",
            code="too_many_pixels",
        )
    if probed.duration_s > settings.max_duration_s:
        raise ProblemError(
            "over_limits",
            f"The clip lasts {probed.duration_s:.0f} s, more than the "
            f"{settings.max_duration_s:g} s allowed: cut it to ten seconds of running.",
            code="too_long",
        )
    if probed.frames > settings.max_frames:
        raise ProblemError(
            "over_limits",
            f"The clip has {probed.frames} frames, more than the {settings.max_frames} allowed: "
            "cut it to ten seconds of running.",
            code="too_many_frames",
        )

"""The ``.c3d`` of motion laboratories, written by ezc3d: points, events, and their origin."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import ezc3d
import numpy as np

from formcheck.formats.motion import Motion
from formcheck.landmarks import NAMES, SIDES

MOST_EVENTS: Final = 255  # the format counts them in one byte
MM_PER_M: Final = 1000.0
SECONDS_PER_MINUTE: Final = 60.0
MISSING: Final = -1.0
KINDS: Final = {"initial_contact_s": "Foot Strike", "toe_off_s": "Foot Off"}


def write_c3d(motion: Motion, path: Path) -> None:
    """Write a ``.c3d``: points in millimetres, X forward, Y up, Z right; contacts as events.

    A missing point has the residual -1, as the format says; event times count from the first
    frame, whose true time is ``FORMCHECK:START_S``.
    """
    file = ezc3d.c3d()
    _fill_points(file, motion)
    _fill_events(file, motion)
    _fill_origin(file, motion)
    file.write(str(path))


def _fill_points(file: ezc3d.c3d, motion: Motion) -> None:
    points = np.moveaxis(motion.points_m, 0, -1).transpose(1, 0, 2) * MM_PER_M
    missing = np.isnan(points).any(axis=0)
    whole = np.ones((4, *points.shape[1:]))
    whole[:3] = np.where(missing, 0.0, points)
    file["data"]["points"] = whole
    file["data"]["meta_points"]["residuals"] = np.where(missing, MISSING, 0.0)[None]
    group = file["parameters"]["POINT"]
    group["RATE"]["value"] = [motion.rate_hz]
    group["LABELS"]["value"] = list(NAMES)
    group["UNITS"]["value"] = ["mm"]
    file.add_parameter("POINT", "X_SCREEN", "+X")
    file.add_parameter("POINT", "Y_SCREEN", "+Y")


def contact_events(motion: Motion) -> list[tuple[float, str, str]]:
    """Return time in seconds since the first frame, side and label of every contact and toe-off.

    In order of time, those within the frames only.
    """
    start, stop = float(motion.t_s[0]), float(motion.t_s[-1])
    found = [
        (t_s - start, side.capitalize(), label)
        for side in SIDES
        for kind, label in KINDS.items()
        for t_s in getattr(getattr(motion.report.events, side), kind)
        if start <= t_s <= stop
    ]
    return sorted(found)


def _fill_events(file: ezc3d.c3d, motion: Motion) -> None:
    events = contact_events(motion)
    for t_s, side, label in events[:MOST_EVENTS]:
        minutes, seconds = divmod(t_s, SECONDS_PER_MINUTE)
        file.add_event([minutes, seconds], side, label, subject=_subject(motion))
    left_out = max(len(events) - MOST_EVENTS, 0)
    file.add_parameter("FORMCHECK", "EVENTS_LEFT_OUT", left_out)


def _fill_origin(file: ezc3d.c3d, motion: Motion) -> None:
    report = motion.report
    file.add_parameter("MANUFACTURER", "SOFTWARE", "formcheck")
    file.add_parameter("MANUFACTURER", "VERSION_LABEL", report.provenance.formcheck)
    file.add_parameter("SUBJECTS", "NAMES", [_subject(motion)])
    file.add_parameter("SUBJECTS", "USED", 1)
    said = {
        "CLIP": _plain(report.clip.name),
        "CLIP_SHA256": report.clip.sha256,
        "MODEL": report.provenance.model,
        "MODEL_SHA256": report.provenance.model_sha256,
        "VIEW": report.view.kind if report.view else "",
        "START_S": float(motion.t_s[0]),
        "SOURCE_RATE_HZ": motion.source_rate_hz,
        "SOURCE_FRAMES": motion.source_frames,
    }
    for key, value in said.items():
        file.add_parameter("FORMCHECK", key, value if isinstance(value, float | int) else [value])


def _subject(motion: Motion) -> str:
    return _plain(motion.report.runner.id or "runner")


def _plain(text: str) -> str:
    """Return text in the letters that every reader of the format knows."""
    return text.encode("ascii", "replace").decode()

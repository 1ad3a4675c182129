"""What a body point that was moved by hand changes of the values read at its instant.

The value keeps whatever the reading knows that a point does not (the shoe's own pixels, known
offsets of a model): it changes by as much as the same measure of the frame's points does.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from formcheck.errors import UsageError
from formcheck.gait.body import to_body
from formcheck.kernel import ROW, measure
from formcheck.landmarks import SIDES, Side, index
from formcheck.report.schema import CorrectionRecord, Report
from formcheck.report.stored import StoredFrames
from formcheck.types import Floats, View

Instant = Literal["landing", "midstance"]

SAME_FRAME_S: Final = 1e-3
CM_PER_M: Final = 100.0
# Which measure of a frame a value is read from, and when in the step.
_READ: Final[Mapping[str, tuple[str, Instant]]] = {
    "landing_ankle_hip_cm": ("ankle_ahead_{side}", "landing"),
    "landing_ankle_hip_pct_leg": ("ankle_ahead_{side}", "landing"),
    "shank_angle_ic_deg": ("shank_deg_{side}", "landing"),
    "knee_flexion_ic_deg": ("knee_flexion_deg_{side}", "landing"),
    "foot_inclination_ic_deg": ("foot_deg_{side}", "landing"),
    "knee_fppa_midstance_deg": ("fppa_deg_{side}", "midstance"),
    "femoral_adduction_deg": ("femoral_adduction_deg_{side}", "midstance"),
}


@dataclass(frozen=True, slots=True)
class Shot:
    """How the camera saw the runner: what makes angles and lengths of picture points."""

    view: View
    roll_deg: float
    metres_per_px: float | None
    width_px: int
    height_px: int

    @classmethod
    def of(cls, report: Report) -> Shot | None:
        """Return a report's; None where nobody was measured."""
        view, level = report.view, report.calibration
        if view is None or level is None:
            return None
        seen = View(view.kind, view.facing, view.near_side, view.confidence)
        clip = report.clip
        return cls(seen, level.roll_deg, level.metres_per_px, clip.width_px, clip.height_px)

    def check(self, joint: CorrectionRecord) -> None:
        """Raise UsageError for a point that is not in the picture or lacks its place."""
        if joint.joint is None or joint.at_s is None or joint.to_px is None:
            raise UsageError("A moved point needs joint, at_s in seconds and to_px.", "invalid")
        x, y = joint.to_px
        if not (0 <= x <= self.width_px and 0 <= y <= self.height_px):
            raise UsageError("A point is moved to a place in the picture.", "moved_too_far")


def changes(
    side: str,
    landing_s: float,
    toe_off_s: float,
    joints: Sequence[CorrectionRecord],
    frames: StoredFrames,
    shot: Shot,
) -> dict[str, float]:
    """Return by how much each value of a step changes, in the value's own unit.

    Parameters
    ----------
    side, landing_s, toe_off_s
        The step as it now is; a value is read in the frame nearest to its instant.
    joints : sequence of CorrectionRecord
        Moved points, in the order in which they were moved.
    frames, shot : StoredFrames, Shot
        What the step was measured from.

    Raises
    ------
    UsageError
        For a point outside the picture or of a frame that is not there.
    """
    foot: Side = "left" if side == "left" else "right"
    instants: dict[Instant, float] = {
        "landing": landing_s,
        "midstance": (landing_s + toe_off_s) / 2,
    }
    at = {name: _nearest(frames.t_s, time) for name, time in instants.items()}
    moved = {frame: _moved(frame, joints, frames, shot) for frame in set(at.values())}
    found = {}
    for key, (course, instant) in _READ.items():
        was, now = moved[at[instant]]
        row = ROW[course.format(side=foot)]
        change = float(now[row] - was[row])
        if key == "landing_ankle_hip_cm":
            change *= CM_PER_M * (shot.metres_per_px or math.nan)
        elif key == "landing_ankle_hip_pct_leg" and change:
            change *= 100.0 / _leg_px(frames, shot, foot)
        if change and math.isfinite(change):
            found[key] = change
    return found


def _nearest(t_s: Floats, time: float) -> int:
    return int(np.argmin(np.abs(t_s - time))) if math.isfinite(time) else -1


def _moved(
    frame: int, joints: Sequence[CorrectionRecord], frames: StoredFrames, shot: Shot
) -> tuple[Floats, Floats]:
    """Return the measures of a frame before and after its points were moved, lengths in pixels."""
    points = frames.xy_px[frame].copy()
    for joint in joints:
        shot.check(joint)
        at = _nearest(frames.t_s, joint.at_s or 0.0)
        if abs(frames.t_s[at] - (joint.at_s or 0.0)) > SAME_FRAME_S:
            raise UsageError("There is no frame at that time: name a frame's own.", "no_such_frame")
        if at == frame and joint.joint is not None:
            points[index(joint.joint, joint.side)] = joint.to_px
    both = np.stack([frames.xy_px[frame], points])
    measures = measure(to_body(both, shot.view, shot.roll_deg))
    return measures[:, 0], measures[:, 1]


def _leg_px(frames: StoredFrames, shot: Shot, side: Side) -> float:
    """Return the median length of thigh and shank together."""
    near = shot.view.near_side if shot.view.near_side in SIDES else side
    measures = measure(to_body(frames.xy_px, shot.view, shot.roll_deg))
    legs = measures[ROW[f"thigh_length_{near}"]] + measures[ROW[f"shank_length_{near}"]]
    known = legs[np.isfinite(legs)]
    return float(np.median(known)) if known.size else math.nan

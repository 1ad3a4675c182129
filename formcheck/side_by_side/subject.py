"""One of two runners to show: level points, the point that is held still, and size on screen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from formcheck.annotate.figure import Figure, extent, head_points
from formcheck.annotate.geometry import sample, turn_matrix, turned
from formcheck.errors import UsageError
from formcheck.gait.body import DRIFT_STRIDES
from formcheck.landmarks import SIDES, Side
from formcheck.report.schema import CalibrationRecord, Report, ViewRecord
from formcheck.report.stored import StoredFrames, StoredRun
from formcheck.track.local import local_fit
from formcheck.types import Contact, Floats, View

_STRETCHED: Final = 75.0  # percentile: limbs that point at the camera look shorter than they are
_SCALP_TRUNKS: Final = 0.3
_USUAL_STRIDE_S: Final = 0.7
_LONGEST_CONTACT: Final = 0.7

Hold = Literal["floor", "hip"]


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A runner of a stored analysis.

    Attributes
    ----------
    report : Report
        What was measured.
    figure : Figure
        Level points in pixels of the clip.
    anchor_px : (T, 2) float
        Level point that stays at one place of the screen.
    body_px : float
        Length of trunk and leg in pixels of the clip: the proxy of standing height.
    lean_deg : (T,) float
        Forward lean of the trunk, brought into line with the reported one; NaN where withheld.
    mirrored : bool
        Shown the other way round.
    """

    report: Report
    figure: Figure
    anchor_px: Floats
    body_px: float
    lean_deg: Floats
    mirrored: bool

    @property
    def t_s(self) -> Floats:
        """Frame times (T,)."""
        return self.figure.t_s

    @property
    def picture_xy(self) -> Floats:
        """Landmarks (T, K, 2) in pixels of the clip, as filmed."""
        return turned(self.figure.xy, self.figure.roll_deg)

    @property
    def flip(self) -> Floats:
        """Signs (2,) of screen x and y along level x and y."""
        return np.array((-1.0 if self.mirrored else 1.0, 1.0))

    @property
    def reach(self) -> Floats:
        """How far (left, up, right, down) of the anchor the body reaches, in body lengths."""
        low, high = extent(self.figure.xy)
        top = np.fmin.reduce(head_points(self.figure.xy)[..., 1], axis=1)
        low[:, 1] = np.fmin(low[:, 1], top - _SCALP_TRUNKS * self.figure.trunk_px)
        beyond = np.concatenate((self.anchor_px - low, high - self.anchor_px), axis=1)
        left, up, right, down = np.nanpercentile(beyond, 98, axis=0) / self.body_px
        return np.array((right, up, left, down) if self.mirrored else (left, up, right, down))

    def screen_points(self, at_s: Floats, target_px: Floats, body_px: float) -> Floats:
        """Return the points (F, K, 2) on screen at given times (F,), between frames as well.

        Parameters
        ----------
        at_s : (F,) float
            Times.
        target_px : (2,) float
            Where the anchor is on screen.
        body_px : float
            Length of the body on screen.
        """
        scale = body_px / self.body_px
        apart = sample(self.t_s, self.figure.xy - self.anchor_px[:, None], at_s)
        return np.asarray(target_px + scale * self.flip * apart)

    def screen_matrix(self, index: int, target_px: Floats, body_px: float) -> Floats:
        """Return the (2, 3) map from a frame's picture to the screen, pixel centres at .5."""
        scale = body_px / self.body_px
        linear = scale * self.flip[:, None] * turn_matrix(-self.figure.roll_deg)
        offset = target_px - scale * self.flip * self.anchor_px[index]
        return np.column_stack((linear, offset))

    def shown(self, at_s: Floats, points_px: Floats) -> Figure:
        """Return the figure on screen for points (F, K, 2) at times (F,)."""
        view = self.figure.view
        if self.mirrored and view.facing is not None:
            view = replace(view, facing="left" if view.facing == "right" else "right")
        hidden = self.figure.hidden[nearest_frames(self.t_s, at_s)]
        return replace(self.figure, t_s=at_s, xy=points_px, hidden=hidden, view=view, roll_deg=0.0)


def subject_of(run: StoredRun, *, mirrored: bool = False, hold: Hold = "floor") -> Subject:
    """Return the runner of a stored analysis.

    Parameters
    ----------
    run : StoredRun
        The analysis with its frames.
    mirrored : bool
        Show the runner the other way round.
    hold : {"floor", "hip"}
        What stays at one place: the floor below the slow course of the hips, so that the bounce
        shows; or the middle of the hips in every frame.

    Raises
    ------
    UsageError
        Without a frames table (``no_frames``) or where hips and legs were never seen (``no_body``).
    """
    name = run.report.clip.name
    view, calibration, frames = run.report.view, run.report.calibration, run.frames
    if frames is None or view is None or calibration is None:
        raise UsageError(
            f"The result of {name} holds no frames to show; give the folder that formcheck analyze "
            "wrote, with its frames.csv, or analyse the clip again.",
            "no_frames",
        )
    figure = _figure(run.report, frames, view, calibration)
    body_px = body_length(figure)
    if not np.isfinite(body_px) or body_px <= 0:
        raise UsageError(
            f"Hips, knees and ankles were not seen together in {name}, so the runner cannot be "
            "shown to scale; film the whole body.",
            "no_body",
        )
    anchor = figure.mid_hip if hold == "hip" else _floor(figure)
    lean_deg = _lean(run.report, frames)
    return Subject(run.report, figure, _filled(anchor), body_px, lean_deg, mirrored)


def body_length(figure: Figure) -> float:
    """Return trunk, thigh, shank and ankle height of the legs that count, in pixels; NaN unseen.

    Side view: of the near leg. A length is the one at which the limb looks stretched.
    """
    sides = (figure.view.near_side,) if figure.view.near_side else SIDES
    legs = [_leg_length(figure, side) for side in sides]
    return figure.trunk_px + float(np.mean(legs))


def _leg_length(figure: Figure, side: Side) -> float:
    hip, knee, ankle = (figure.point(name, side) for name in ("hip", "knee", "ankle"))
    lengths = [np.hypot(*(knee - hip).T), np.hypot(*(ankle - knee).T)]
    height = figure.ground_y - ankle[:, 1]
    if not all(np.isfinite(each).any() for each in (*lengths, height)):
        return float("nan")
    low = float(np.nanpercentile(height, 10))
    return max(0.0, low) + sum(float(np.nanpercentile(each, _STRETCHED)) for each in lengths)


def _lean(report: Report, frames: StoredFrames) -> Floats:
    """Return the trunk's lean (T,), shifted so that its mean is the metric's value."""
    metric = report.metrics.get("trunk_lean_deg")
    trunk = frames.measures.get("trunk_deg")
    if metric is None or metric.value is None or trunk is None or not np.isfinite(trunk).any():
        return np.full(frames.t_s.shape, np.nan)
    return np.asarray(trunk + (metric.value - np.nanmean(trunk)))


def _floor(figure: Figure) -> Floats:
    """Return the slow course (T, 2) of the floor's point below the hips."""
    below = np.stack((figure.mid_hip[:, 0], figure.ground_y), axis=1)
    slow = local_fit(figure.t_s, figure.t_s, below, DRIFT_STRIDES * figure.stride_s, order=1)
    return np.asarray(slow[0])


def _filled(points: Floats) -> Floats:
    """Return points (T, 2) with gaps bridged and ends held; NaN only if never known."""
    rows = np.arange(points.shape[0])
    columns = [np.interp(rows, rows[np.isfinite(c)], c[np.isfinite(c)]) for c in points.T]
    return np.stack(columns, axis=1)


def nearest_frames(t_s: Floats, at_s: Floats) -> NDArray[np.intp]:
    """Return the index (F,) of the frame nearest to each time; the earlier one of equals."""
    after = np.clip(np.searchsorted(t_s, at_s), 1, max(1, t_s.size - 1))
    after = np.minimum(after, t_s.size - 1)
    before = np.maximum(after - 1, 0)
    return np.where(t_s[after] - at_s < at_s - t_s[before], after, before)


def _figure(
    report: Report, frames: StoredFrames, view: ViewRecord, calibration: CalibrationRecord
) -> Figure:
    stride = report.metrics.get("stride_time_s")
    stride_s = stride.value if stride is not None and stride.value else _USUAL_STRIDE_S
    return Figure(
        t_s=frames.t_s,
        xy=turned(frames.xy_px, -calibration.roll_deg),
        hidden=frames.modelled,
        view=View(view.kind, view.facing, view.near_side, view.confidence, view.given),
        contacts=tuple(_contacts(report, stride_s)),
        roll_deg=calibration.roll_deg,
        stride_s=stride_s,
    )


def _contacts(report: Report, stride_s: float) -> Iterable[Contact]:
    """Pair each contact with the same foot's next toe-off, NaN where that was missed."""
    for side in SIDES:
        foot = getattr(report.events, side)
        offs = np.array((*foot.toe_off_s, np.inf))
        for start in foot.initial_contact_s:
            end = float(offs[np.searchsorted(offs, start, side="right")])
            known = end - start <= _LONGEST_CONTACT * stride_s
            yield Contact(side, start, end if known else float("nan"))

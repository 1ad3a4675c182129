"""The figures of ``docs/method.md``, one a step.

All but one are of a synthetic runner, of whom everything is known exactly; the picture with
landmarks is of the sample clip.

Usage: ``python docs/figures.py`` (writes ``docs/images/method_*``)
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from formcheck.cues import load_guide  # noqa: E402
from formcheck.landmarks import SIDES, index  # noqa: E402
from formcheck.pipeline import measure_track  # noqa: E402
from formcheck.pose import open_estimator  # noqa: E402
from formcheck.types import Floats  # noqa: E402
from formcheck.video import ClipReader, probe  # noqa: E402
from tests.synthetic import (  # noqa: E402
    Camera,
    film,
    frame_times,
    make_runner,
    metrics,
    with_leg_swaps,
    with_noise,
    with_outliers,
)

IMAGES = ROOT / "docs" / "images"
WIDTH, HEIGHT, MARGIN = 640, 260, 44
AROUND_S = (-0.2, 0.3)
RATE_HZ = 30.0
INK = {"many": "#8bb", "one": "#c33", "truth": "#222"}
CHAINS = (("shoulder", "elbow", "wrist"), ("shoulder", "hip", "knee", "ankle"), ("heel", "toe"))


class Panel:
    """A plot of one quantity across and another upward, as parts of an SVG."""

    def __init__(
        self,
        low: float,
        high: float,
        title: str,
        ticks: Sequence[float] = (-0.2, -0.1, 0.0, 0.1, 0.2, 0.3),
        unit: str = "s",
    ) -> None:
        self._low, self._high = low, high
        self._first, self._last = ticks[0], ticks[-1]
        self._parts = [f'<text x="{MARGIN}" y="20">{title}</text>']
        self._line([(ticks[0], low), (ticks[-1], low)], "#999")
        for tick in ticks:
            x, y = self._place(tick, low)
            self._parts.append(
                f'<text x="{x:.0f}" y="{y + 18:.0f}" text-anchor="middle">{tick:g} {unit}</text>'
            )

    def _place(self, t_s: float, value: float) -> tuple[float, float]:
        across = (t_s - self._first) / (self._last - self._first)
        up = (value - self._low) / (self._high - self._low)
        return (
            MARGIN + across * (WIDTH - 2 * MARGIN),
            HEIGHT - MARGIN - up * (HEIGHT - 2 * MARGIN),
        )

    def _line(self, points: Iterable[tuple[float, float]], ink: str, dash: str = "") -> None:
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (self._place(*p) for p in points))
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(f'<polyline points="{path}" fill="none" stroke="{ink}"{dashed}/>')

    def curve(self, t_s: Floats, values: Floats, ink: str) -> None:
        """Draw a line through values."""
        self._line(zip(t_s.tolist(), values.tolist(), strict=True), ink)

    def dots(self, t_s: Floats, values: Floats, ink: str, radius: float) -> None:
        """Draw a dot at each value."""
        for t, value in zip(t_s.tolist(), values.tolist(), strict=True):
            x, y = self._place(t, value)
            self._parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{ink}"/>')

    def upright(self, t_s: float, ink: str, text: str, row: int) -> None:
        """Draw an instant with its name."""
        self._line([(t_s, self._low), (t_s, self._high)], ink, "4 3")
        x, y = self._place(t_s, self._high)
        self._parts.append(
            f'<text x="{x + 6:.0f}" y="{y + 14 * row:.0f}" fill="{ink}">{text}</text>'
        )

    def level(self, value: float, ink: str, text: str) -> None:
        """Draw a value that holds all along, with its name."""
        self._line([(self._first, value), (self._last, value)], ink, "4 3")
        x, y = self._place(self._last, value)
        self._parts.append(
            f'<text x="{x:.0f}" y="{y - 5:.0f}" fill="{ink}" text-anchor="end">{text}</text>'
        )

    def note(self, across: float, value: float, ink: str, text: str) -> None:
        """Write beside a point."""
        x, y = self._place(across, value)
        self._parts.append(f'<text x="{x:.0f}" y="{y:.0f}" fill="{ink}">{text}</text>')

    def save(self, path: Path) -> None:
        """Write the picture."""
        body = "\n".join(self._parts)
        path.write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
            f'font-family="sans-serif" font-size="13">\n{body}\n</svg>\n',
            encoding="utf-8",
        )


def around(t_s: Floats, values: Floats, events_s: Sequence[float]) -> tuple[Floats, Floats]:
    """Return times and values of samples around each event, all on one axis."""
    lags = [t_s - event for event in events_s]
    inside = [(lag > AROUND_S[0]) & (lag < AROUND_S[1]) for lag in lags]
    return (
        np.concatenate([lag[seen] for lag, seen in zip(lags, inside, strict=True)]),
        np.concatenate([values[seen] for seen in inside]),
    )


def times() -> None:
    """Step 1: frames at the times of their container, and counted by a rate."""
    runner = make_runner(3, 12.0)
    t_s = frame_times(RATE_HZ, 4.0, jitter_s=0.012, drop_share=0.12, seed=5)
    fine_s = np.arange(2.0, 3.0, 0.002)
    heel = index("heel", "left")
    counted_s = np.arange(t_s.size) * float(t_s[-1]) / (t_s.size - 1)
    panel = Panel(
        0.0, 0.6, "Heel's height, m: frames at their own times, and counted by their mean rate",
        np.arange(2.0, 3.01, 0.2).tolist(),
    )  # fmt: skip
    panel.curve(fine_s, runner.joints(fine_s)[:, heel, 2], INK["truth"])
    height = runner.joints(t_s)[:, heel, 2]
    for at_s, ink, radius in ((t_s, INK["many"], 4.0), (counted_s, INK["one"], 3.0)):
        inside = (at_s >= 2.0) & (at_s <= 3.0)
        panel.dots(at_s[inside], height[inside], ink, radius)
    panel.save(IMAGES / "method_times.svg")


def landmarks() -> None:
    """Step 2: one frame of the sample clip with the landmarks found in it."""
    clip = ROOT / "sample_videos" / "side_easy_60fps.mp4"
    with open_estimator("heavy") as network:
        track = network.estimate(clip, from_s=2.0, to_s=5.0, progress=lambda share: None)
    k = track.t_s.size // 2
    with ClipReader(probe(clip), from_s=float(track.t_s[k]) - 1e-3) as frames:
        picture = next(iter(frames)).rgb()
    points = track.xy_px[k].astype(int)
    for side, ink in zip(SIDES, ((80, 200, 255), (255, 150, 60)), strict=True):
        for chain in CHAINS:
            for a, b in pairwise(index(name, side) for name in chain):
                cv2.line(picture, points[a].tolist(), points[b].tolist(), ink, 2, cv2.LINE_AA)
    for x, y in points.tolist():
        cv2.circle(picture, (x, y), 4, (255, 255, 255), -1, cv2.LINE_AA)
    (left, top), (right, bottom) = points.min(axis=0) - 90, points.max(axis=0) + 50
    crop = picture[max(top, 0) : bottom, max(left, 0) : right, ::-1]
    cv2.imwrite(str(IMAGES / "method_landmarks.jpg"), crop, [cv2.IMWRITE_JPEG_QUALITY, 75])


def clean_track() -> None:
    """Step 3: an ankle as a network gives it, and after legs, outliers and noise were seen to."""
    runner = make_runner(3, 12.0)
    exact = film(runner, Camera("left"), frame_times(60.0, 10.0))
    raw = with_noise(with_outliers(exact, 0.02, 60.0, seed=4), 2.0, seed=3)
    raw = with_leg_swaps(raw, (*range(141, 148), *range(174, 179)))
    gait, _ = measure_track(raw, runner.as_user_input)
    ankle = index("ankle", "left")
    panel = Panel(
        400.0, 900.0, "Ankle of the near leg across the picture, px: as found, and cleaned",
        np.arange(2.0, 3.21, 0.2).tolist(),
    )  # fmt: skip
    for track, draw in ((raw, "dots"), (gait.track, "curve")):
        inside = (track.t_s >= 2.0) & (track.t_s <= 3.2)
        at_s, x_px = track.t_s[inside], track.xy_px[inside, ankle, 0]
        if draw == "dots":
            panel.dots(at_s, x_px, INK["one"], 2.5)
        else:
            panel.curve(at_s, x_px, INK["truth"])
    panel.save(IMAGES / "method_track.svg")


def level() -> None:
    """Step 4: planted feet draw the belt's line, which shows how the camera was tilted."""
    runner, roll_deg = make_runner(3, 12.0), 3.0
    camera = Camera("left", roll_deg=roll_deg)
    track = with_noise(film(runner, camera, frame_times(60.0, 10.0)), 1.0, seed=3)
    gait, _ = measure_track(track, runner.as_user_input)
    heel = track.xy_px[:, index("heel", "left")]
    planted = np.zeros(track.t_s.size, bool)
    for one in gait.contacts:
        if one.side == "left":
            start_s, end_s = one.initial_contact_s + 0.05, one.toe_off_s - 0.12
            planted |= (track.t_s > start_s) & (track.t_s < end_s)
    x_px, y_px = heel[planted].T
    found = gait.calibration.roll_candidates["belt"]
    assert found is not None
    panel = Panel(
        -20.0, 20.0, "Heel of the planted foot in a tilted picture, px above and beside its middle",
        [-80.0, -40.0, 0.0, 40.0, 80.0], "px",
    )  # fmt: skip
    x, up = x_px - x_px.mean(), y_px.mean() - y_px
    panel.dots(x, up, INK["many"], 2.0)
    ends = np.array([-80.0, 80.0])
    panel.curve(ends, -ends * np.tan(np.radians(found)), INK["one"])
    panel.note(-75.0, -14.0, INK["one"], f"turned by {roll_deg:g} degrees, by the feet {found:.1f}")
    panel.save(IMAGES / "method_level.svg")


def interval() -> None:
    """Step 6: single strides, their mean, and the interval of the mean against the truth."""
    runner = make_runner(3, 12.0)
    track = with_noise(film(runner, Camera("left"), frame_times(RATE_HZ, 10.0)), 1.0, seed=3)
    _, found = measure_track(track, runner.as_user_input)
    metric = found["vertical_oscillation_cm"]
    assert metric.samples is not None
    assert metric.value is not None
    assert metric.low is not None
    assert metric.high is not None
    truth = metrics(runner, "left", 0.0, 10.0)[metric.key]
    values = metric.samples.value
    panel = Panel(
        metric.low - 0.5, metric.high + 0.5,
        "Rise and fall of the hips, cm: single strides, their mean, its 95 % interval, the truth",
        [0.0, 2.0, 4.0, 6.0, 8.0, 10.0],
    )  # fmt: skip
    panel.dots(metric.samples.t_s, values, INK["many"], 4.0)
    panel.level(metric.value, INK["one"], "mean")
    panel.level(metric.low, INK["many"], "low")
    panel.level(metric.high, INK["many"], "high")
    panel.level(truth, INK["truth"], "")
    panel.note(0.1, truth, INK["truth"], "truth")
    panel.save(IMAGES / "method_interval.svg")


def advice() -> None:
    """Step 7: what an interval says beside the bound of a rule."""
    rules = load_guide().rules
    sign = next(one for one in rules.finding if one.id == "overstride").case[0].signs[0]
    bound, careful = sign.estimate_above or np.nan, sign.above or np.nan
    panel = Panel(
        -0.5, 3.0, f"Landing ahead of the hips, % of leg length; the rule: above {bound:g}, "
        f"its interval above {careful:g}",
        [10.0, 15.0, 20.0, 25.0, 30.0, 35.0, 40.0], "%",
    )  # fmt: skip
    shown = ((17.0, "ordinary"), (24.5, "cannot be told"), (31.0, "stands out"))
    for row, (value, text) in enumerate(shown):
        panel.curve(np.array([value - 3.5, value + 3.5]), np.full(2, row + 0.2), INK["truth"])
        panel.dots(np.array([value]), np.array([row + 0.2]), INK["one"], 4.5)
        panel.note(value + 3.8, row + 0.1, INK["truth"], text)
    panel.upright(bound, INK["one"], "", 1)
    panel.upright(careful, INK["many"], "", 1)
    panel.save(IMAGES / "method_advice.svg")


def contacts() -> None:
    """Step 5: strides laid over each other, and the foot's speed around a contact."""
    runner = make_runner(3, 12.0)
    track = with_noise(film(runner, Camera("left"), frame_times(RATE_HZ, 10.0)), 1.0, seed=3)
    gait, _ = measure_track(track, runner.as_user_input)
    planned = runner.contacts
    true_s = planned.start_s[planned.is_left & (planned.start_s > 0.3) & (planned.start_s < 9.6)]
    heel = gait.body_xy[:, index("heel", "left")]
    height_cm = 100 * (heel[:, 1] - np.nanmin(heel[:, 1]))
    panel = Panel(
        0.0, 40.0, f"Heel's height, cm: frames of one stride, and of {true_s.size}, at 30 a second"
    )
    panel.dots(*around(track.t_s, height_cm, true_s.tolist()), INK["many"], 2.0)
    panel.dots(*around(track.t_s, height_cm, true_s[:1].tolist()), INK["one"], 4.5)
    panel.save(IMAGES / "method_strides.svg")

    fine_s = np.arange(*AROUND_S, 0.002) + float(true_s[4])
    joints = runner.joints(fine_s)[:, [index("heel", "left"), index("toe", "left")], 0].mean(axis=1)
    back_mps = -np.gradient(joints, fine_s)
    found = [c for c in gait.contacts if c.side == "left" and np.isfinite(c.initial_contact_s)]
    off_s = min((c.initial_contact_s - float(true_s[4]) for c in found), key=abs)
    panel = Panel(-8.0, 5.0, "Foot's speed backward, m/s: it comes to the belt's as the foot lands")
    panel.curve(fine_s - float(true_s[4]), back_mps, INK["truth"])
    panel.upright(0.0, INK["truth"], "contact", 1)
    panel.upright(off_s, INK["one"], f"as read from 30 frames a second ({1000 * off_s:+.0f} ms)", 2)
    panel.save(IMAGES / "method_contact.svg")


FIGURES: Sequence[Callable[[], None]] = (
    times,
    landmarks,
    clean_track,
    level,
    contacts,
    interval,
    advice,
)


if __name__ == "__main__":
    for draw in FIGURES:
        draw()

"""The figures of ``docs/method.md``, of a synthetic runner whose contacts are known exactly.

Usage: ``python docs/figures.py`` (writes ``docs/images/method_*.svg``)
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from formcheck.landmarks import index  # noqa: E402
from formcheck.pipeline import measure_track  # noqa: E402
from formcheck.types import Floats  # noqa: E402
from tests.synthetic import Camera, film, frame_times, make_runner, with_noise  # noqa: E402

WIDTH, HEIGHT, MARGIN = 640, 260, 44
AROUND_S = (-0.2, 0.3)
RATE_HZ = 30.0
INK = {"many": "#8bb", "one": "#c33", "truth": "#222"}


class Panel:
    """A plot of seconds across and a quantity upward, as parts of an SVG."""

    def __init__(self, low: float, high: float, title: str) -> None:
        self._low, self._high = low, high
        self._parts = [f'<text x="{MARGIN}" y="20">{title}</text>']
        self._line([(AROUND_S[0], low), (AROUND_S[1], low)], "#999")
        for tick in (-0.2, -0.1, 0.0, 0.1, 0.2, 0.3):
            x, y = self._place(tick, low)
            self._parts.append(
                f'<text x="{x:.0f}" y="{y + 18:.0f}" text-anchor="middle">{tick:g} s</text>'
            )

    def _place(self, t_s: float, value: float) -> tuple[float, float]:
        across = (t_s - AROUND_S[0]) / (AROUND_S[1] - AROUND_S[0])
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


def main() -> None:
    """Draw both figures."""
    runner = make_runner(3, 12.0)
    track = with_noise(film(runner, Camera("left"), frame_times(RATE_HZ, 10.0)), 1.0, seed=3)
    gait, _ = measure_track(track, runner.as_user_input)
    contacts = runner.contacts
    true_s = contacts.start_s[
        contacts.is_left & (contacts.start_s > 0.3) & (contacts.start_s < 9.6)
    ]
    heel = gait.body_xy[:, index("heel", "left")]
    height_cm = 100 * (heel[:, 1] - np.nanmin(heel[:, 1]))
    panel = Panel(
        0.0, 40.0, f"Heel's height, cm: frames of one stride, and of {true_s.size}, at 30 a second"
    )
    panel.dots(*around(track.t_s, height_cm, true_s.tolist()), INK["many"], 2.0)
    panel.dots(*around(track.t_s, height_cm, true_s[:1].tolist()), INK["one"], 4.5)
    panel.save(ROOT / "docs" / "images" / "method_strides.svg")

    fine_s = np.arange(*AROUND_S, 0.002) + float(true_s[4])
    joints = runner.joints(fine_s)[:, [index("heel", "left"), index("toe", "left")], 0].mean(axis=1)
    back_mps = -np.gradient(joints, fine_s)
    found = [c for c in gait.contacts if c.side == "left" and np.isfinite(c.initial_contact_s)]
    off_s = min((c.initial_contact_s - float(true_s[4]) for c in found), key=abs)
    panel = Panel(-8.0, 5.0, "Foot's speed backward, m/s: it comes to the belt's as the foot lands")
    panel.curve(fine_s - float(true_s[4]), back_mps, INK["truth"])
    panel.upright(0.0, INK["truth"], "contact", 1)
    panel.upright(off_s, INK["one"], f"as read from 30 frames a second ({1000 * off_s:+.0f} ms)", 2)
    panel.save(ROOT / "docs" / "images" / "method_contact.svg")


if __name__ == "__main__":
    main()

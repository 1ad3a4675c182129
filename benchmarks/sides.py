"""How often left and right are called different: in even runners, and where they are known to be.

Usage: ``python -m benchmarks.sides [--runners N] [--rate HZ]``

Runners of many builds and gaits (`tests.synthetic`) are filmed from the left, from the right and
from behind by phones that stand a little off and are held a little askew, and laid out as a visit.
Nothing is rendered: landmarks are the joints with the scatter that a pose network has on 720 lines,
half of it new in every frame, half of it lasting. What a network sees differently in the two legs,
and what the pixels of shoe and waist tell beyond landmarks, is not in it.

Even runners are alike on both sides; of the rows that compare their legs at most one in twenty may
be called different. Then one difference at a time is put in: contact times apart by 3 %, the shin
at landing (two side clips), one knee and one side of the pelvis (from behind) by 4 degrees.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Literal

import numpy as np

from formcheck.comparison.visit import Filmed, SideRow, visit_of
from formcheck.pipeline import measure_track
from formcheck.report.build import build_report
from formcheck.report.schema import Report
from formcheck.types import Analysis, Clip, Provenance
from tests.synthetic import Camera, film, frame_times, make_runner, metrics, with_noise

Stand = Literal["left", "right", "rear"]
Spec = Mapping[str, Any]

SECONDS: Final = 10.0
WHITE_PX = SLOW_PX = 1.4
YAW_SD_DEG, ROLL_SD_DEG = 2.0, 1.0
CONTACT_SHARE: Final = 0.03
ANGLE_DEG: Final = 4.0
SHIN: Final = "shank_angle_ic_deg"
SIDE: Final[tuple[Stand, ...]] = ("left", "right")


@dataclass(frozen=True, slots=True)
class Imposed:
    """A difference put into runners: what each clip's runner is like, and the row that tells it."""

    key: str
    stands: tuple[Stand, ...]
    specs: Mapping[Stand, Spec]


def gait_of(seed: int) -> dict[str, Any]:
    """Return an even runner: a build and a gait as runners have them, drawn by the seed."""
    draw = np.random.default_rng(seed)
    cadence_spm = draw.uniform(158.0, 182.0)
    return {
        "seed": seed,
        "height_m": draw.uniform(1.58, 1.9),
        "cadence_spm": cadence_spm,
        "contact_s": draw.uniform(0.64, 0.74) * 60.0 / cadence_spm,
        "speed_mps": draw.uniform(2.5, 3.2),
        "lean_deg": draw.uniform(2.0, 10.0),
        "landing_cm": draw.uniform(14.0, 22.0),
        "arm_swing_deg": draw.uniform(40.0, 65.0),
        "step_width_cm": draw.uniform(2.0, 9.0),
        "pelvic_drop_deg": (draw.uniform(3.0, 6.0),) * 2,
        "timing_sd_s": 0.004,
        "contact_sd_s": 0.004,
        "landing_sd_cm": 0.8,
    }


def clip_of(spec: Spec, stand: Stand, rate_hz: float) -> Report:
    """Film a runner once and measure the clip."""
    draw = np.random.default_rng([int(spec["seed"]), len(stand)])
    camera = Camera(
        stand, yaw_deg=draw.normal(0.0, YAW_SD_DEG), roll_deg=draw.normal(0.0, ROLL_SD_DEG)
    )
    runner = make_runner(**spec, seconds=SECONDS + 2.0)
    exact = film(runner, camera, frame_times(rate_hz, SECONDS))
    track = with_noise(exact, WHITE_PX, SLOW_PX, seed=int(draw.integers(1 << 30)))
    gait, found = measure_track(track, runner.as_user_input)
    clip = Clip(stand, "", track.width_px, track.height_px, 0, SECONDS, track.t_s.size, rate_hz,
                to_s=SECONDS)  # fmt: skip
    made = Provenance("", track.convention, "", "")
    return build_report(Analysis(clip, runner.as_user_input, gait, found, (), made))


def rows_of(specs: Mapping[Stand, Spec], rate_hz: float) -> dict[str, SideRow]:
    """Film a visit and return the rows in which the legs were compared."""
    clips = [Filmed(stand, clip_of(spec, stand, rate_hz)) for stand, spec in specs.items()]
    (table,) = visit_of(clips).tables
    return {row.key: row for row in table.rows if row.verdict != "not_comparable"}


def imposed(even: Spec) -> Iterator[Imposed]:
    """Yield the differences that are put into a runner, one at a time."""
    uneven = {**even, "contact_difference_s": CONTACT_SHARE * even["contact_s"]}
    yield Imposed("contact_time_ms", SIDE, {stand: uneven for stand in SIDE})
    yield Imposed(SHIN, SIDE, {"left": even, "right": reaching(even)})
    drop, _ = even["pelvic_drop_deg"]
    for key, more in (
        ("knee_fppa_midstance_deg", {"knee_inward_deg": knees_apart(even)}),
        ("pelvic_drop_midstance_deg", {"pelvic_drop_deg": (drop - 2.0, drop + 2.0)}),
    ):
        yield Imposed(key, ("rear",), {"rear": {**even, **more}})


def truth_of(spec: Spec, key: str) -> float:
    """Return a true number of a runner."""
    return metrics(make_runner(**spec, seconds=6.0), "left", 0.0, 4.0)[key]


def reaching(even: Spec) -> Spec:
    """Return the runner with a shin at landing that reaches 4 degrees further, by the secant."""
    shin = partial(truth_of, key=SHIN)
    start, further = ({**even, "landing_cm": even["landing_cm"] + more} for more in (0.0, 4.0))
    per_cm = (shin(further) - shin(start)) / 4.0
    return {**even, "landing_cm": even["landing_cm"] + ANGLE_DEG / per_cm}


def knees_apart(even: Spec) -> tuple[float, float]:
    """Return how far each knee turns inward so that their angles differ by 4 degrees."""
    key = "knee_fppa_midstance_deg"
    turned = {**even, "knee_inward_deg": (0.0, 10.0)}
    apart = truth_of(turned, f"{key}_right") - truth_of(turned, f"{key}_left")
    return 0.0, 10.0 * ANGLE_DEG / apart


def share(part: int, whole: int) -> str:
    """Return a share of a count in words."""
    return f"{part}/{whole} ({100 * part / max(whole, 1):.0f} %)"


def even_lines(runners: int, rate_hz: float) -> Iterator[str]:
    """Yield the table of even runners: what their rows were called."""
    verdicts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for seed in range(runners):
        even = gait_of(seed)
        for key, row in rows_of(dict.fromkeys((*SIDE, "rear"), even), rate_hz).items():
            verdicts[key][row.verdict] += 1
    yield from ("| even runners | compared | called different | possible |", "|---|--:|--:|--:|")
    for key, seen in [*sorted(verdicts.items()), ("all", sum(verdicts.values(), Counter()))]:
        count = seen.total()
        yield f"| `{key}` | {count} | {share(seen['real'], count)} | {seen['possible']} |"


def imposed_lines(runners: int, rate_hz: float) -> Iterator[str]:
    """Yield the table of differences that were put in."""
    verdicts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for seed in range(runners):
        for one in imposed(gait_of(seed)):
            row = rows_of(one.specs, rate_hz).get(one.key)
            verdicts[one.key]["none" if row is None else row.verdict] += 1
    yield from ("", "| put in | pairs | called different | or possible |", "|---|--:|--:|--:|")
    for key, seen in verdicts.items():
        told = seen["real"] + seen["possible"]
        count = seen.total()
        yield f"| `{key}` | {count} | {share(seen['real'], count)} | {share(told, count)} |"


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runners", type=int, default=30)
    parser.add_argument("--rate", type=float, default=60.0, help="frames a second")
    args = parser.parse_args()
    for table in (even_lines, imposed_lines):
        for line in table(args.runners, args.rate):
            print(line, flush=True)


if __name__ == "__main__":
    main()

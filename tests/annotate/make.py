"""An analysis with exact truth to draw: a synthetic runner before a small camera."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np

from formcheck.gait.body import to_body
from formcheck.kernel import measure
from formcheck.landmarks import N_LANDMARKS, SIDES
from formcheck.metrics import measure_gait
from formcheck.types import (
    Analysis,
    Calibration,
    Clip,
    Contact,
    Gait,
    Metric,
    Provenance,
    Runner,
    View,
)
from tests.synthetic import Camera, RunnerSpec, SyntheticRunner, events, film, frame_times

WIDTH, HEIGHT = 320, 240
SECONDS = 2.0
METRES_PER_PX = 0.01
SPEC = RunnerSpec(lean_deg=6.0, landing_cm=18.0, step_width_cm=6.0, cadence_spm=170.0)
VALUES = {
    "cadence_spm": (170.0, "steps/min"),
    "vertical_oscillation_cm": (7.5, "cm"),
    "trunk_lean_deg": (6.0, "deg"),
    "landing_ankle_hip_cm": (18.0, "cm"),
    "knee_fppa_midstance_deg_left": (3.0, "deg"),
    "knee_fppa_midstance_deg_right": (9.0, "deg"),
    "step_width_cm": (6.0, "cm"),
}


def analysis_of(
    stand="left",
    *,
    fps=30.0,
    seconds=SECONDS,
    roll_deg=0.0,
    values: Mapping[str, float] | None = None,
    metres_per_px: float | None = METRES_PER_PX,
    times_s=None,
    spec=SPEC,
    size_px=(WIDTH, HEIGHT),
):
    """Return an analysis whose track, events, level and scale are exact.

    `values` are the measured metrics, all of `VALUES` when left out; anything else is withheld.
    """
    runner = runner_of(spec)
    camera = Camera(
        stand=stand,
        distance_m=4.0,
        focal_px=4.0 / METRES_PER_PX,
        width_px=size_px[0],
        height_px=size_px[1],
        roll_deg=roll_deg,
    )
    t_s = frame_times(fps, seconds) if times_s is None else np.asarray(times_s, float)
    track = film(runner, camera, t_s)
    side = stand if stand in SIDES else None
    view = View("side" if side else stand, side, side, 1.0)
    unit = metres_per_px or 1.0
    body_xy = to_body(track.xy_px, view, roll_deg, unit)
    gait = Gait(
        track=track,
        view=view,
        calibration=Calibration(roll_deg=roll_deg, metres_per_px=metres_per_px),
        body_xy=body_xy,
        measures=measure(body_xy),
        modelled=np.zeros((t_s.size, N_LANDMARKS), bool),
        contacts=contacts_of(runner, t_s[-1]),
        stride_time_s=120.0 / spec.cadence_spm,
        landed_sd_s={"left": 0.004, "right": 0.004},
        left_sd_s=0.015,
    )
    return Analysis(
        clip=Clip(
            name="run.mp4",
            sha256="0" * 64,
            width_px=size_px[0],
            height_px=size_px[1],
            rotation_deg=0,
            duration_s=t_s[-1] + 1 / fps,
            frames=t_s.size,
            frame_rate_hz=fps,
        ),
        runner=Runner(),
        gait=gait,
        metrics=with_samples(metrics_of(values), gait),
        quality=(),
        provenance=Provenance("0", "none", "0", "none"),
    )


def with_samples(metrics, gait):
    """Give metrics of any value the single values of the gait, shifted onto them."""
    if gait.track.t_s.size < 2:
        return metrics
    found = measure_gait(gait, Runner())
    return {
        key: onto(metric, found[key].samples if key in found else None)
        for key, metric in metrics.items()
    }


def onto(metric, samples):
    """Return a metric with samples whose mean it is."""
    unseen = samples is None or not np.isfinite(samples.value).any()
    if unseen or metric.value is None:
        return replace(metric, samples=samples)
    shift = metric.value - np.nanmean(samples.value)
    return replace(metric, samples=samples.changed(1.0, shift))


@lru_cache
def runner_of(spec):
    """Return the runner, good for eight seconds; making one takes longer than filming it."""
    return SyntheticRunner(spec, 8.0)


def contacts_of(runner, to_s):
    truth = events(runner, 0.0, to_s + 1.0)
    found = []
    for side in SIDES:
        offs = truth[side]["toe_off_s"]
        for start in truth[side]["initial_contact_s"]:
            later = offs[offs > start]
            if start <= to_s:
                found.append(Contact(side, float(start), float(later[0])))
    return tuple(sorted(found, key=lambda contact: contact.initial_contact_s))


def metrics_of(values: Mapping[str, float] | None):
    wanted = {key: value for key, (value, _) in VALUES.items()} if values is None else values
    return {
        key: Metric(key, unit, "measured", wanted[key], wanted[key] - 1, wanted[key] + 1, n=5)
        if key in wanted
        else Metric(key, unit, "low_confidence", reason="Not seen well enough.")
        for key, unit in [
            *((key, unit) for key, (_, unit) in VALUES.items()),
            ("landing_ankle_hip_pct_leg", "%"),
        ]
    }


def with_gait(analysis, **changes):
    """Return the analysis with some fields of its gait replaced."""
    return replace(analysis, gait=replace(analysis.gait, **changes))

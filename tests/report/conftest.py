"""An analysis of a synthetic runner with exact truth, and the report made of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from formcheck.catalogue import spec_of
from formcheck.kernel import measure
from formcheck.report.build import build_report
from formcheck.report.schema import Report
from formcheck.types import (
    Analysis,
    Calibration,
    Clip,
    Contact,
    Gait,
    Metric,
    PoseTrack,
    Provenance,
    QualityNote,
    Runner,
    View,
    ViewKind,
)
from tests.synthetic import Camera, film, frame_times, make_runner, metrics

SECONDS = 6.0
HALF_WIDTH = 1.5

CUE = {
    "id": "land_under_hips",
    "title": "Land under your hips",
    "text": "Let the foot come down beneath you.",
    "why": "The shin reaches forward when the foot lands.",
    "dose": "Two minutes on, one minute off.",
    "remeasure": "Film again in two weeks.",
    "trade_off": "Calves may have to work harder.",
    "because": ["shank_angle_ic_deg"],
    "source": ["guide L13"],
}


def make_gait(kind: ViewKind = "side", fps: float = 60.0, scale: bool = True, **spec: Any) -> Gait:
    runner = make_runner(seed=3, seconds=SECONDS + 2, **spec)
    t = frame_times(fps, SECONDS)
    joints = runner.joints(t)
    across = joints[..., 0] if kind == "side" else -joints[..., 1]
    body = np.stack([across, joints[..., 2]], axis=-1) * (1.0 if scale else 400.0)
    c = runner.contacts
    contacts = tuple(
        Contact("left" if is_left else "right", float(start), float(end))
        for is_left, start, end in zip(c.is_left, c.start_s, c.end_s, strict=True)
        if start >= 0 and end <= SECONDS
    )
    track = film(runner, Camera(stand="left" if kind == "side" else "rear"), t)
    return Gait(
        track=track,
        view=View(kind, "left", "left", 0.98) if kind == "side" else View(kind, None, None, 0.9),
        calibration=Calibration(metres_per_px=0.003 if scale else None, scale_source="height"),
        body_xy=body,
        measures=measure(body),
        modelled=np.zeros(body.shape[:2], dtype=np.bool_),
        contacts=contacts,
        stride_time_s=2.0 * 60.0 / runner.spec.cadence_spm,
        landed_sd_s={"left": 0.004, "right": 0.004},
        left_sd_s=0.015,
    )


def make_metric(key: str, value: float) -> Metric:
    info = spec_of(key)
    assert info is not None
    bounds = value - HALF_WIDTH, value + HALF_WIDTH
    near = info.group in ("landing", "arms")
    return Metric(key, info.unit, "measured", value, *bounds, *bounds, 1.0,
                  side="left" if near else "both", n=14)  # fmt: skip


def make_analysis(kind: ViewKind = "side", **changes: Any) -> Analysis:
    gait = changes.pop("gait", None) or make_gait(kind)
    runner = make_runner(seed=3, seconds=SECONDS + 2)
    truth = metrics(runner, "left", 0.0, SECONDS)
    found = {}
    for key, value in truth.items():
        info = spec_of(key)
        assert info is not None
        if kind in info.views:
            found[key] = make_metric(key, value)
        else:
            found[key] = Metric(key, info.unit, "wrong_view", reason="It needs another view.")
    parts: dict[str, Any] = {
        "clip": Clip("run.mp4", "0" * 64, 1280, 720, 0, SECONDS, 360, 60.0, to_s=SECONDS),
        "runner": Runner("r7", 1.75, 2.9, 0.0, "easy", "old pair", "2026-05-14"),
        "gait": gait,
        "metrics": found,
        "quality": (QualityNote("low_light", "warn", "The clip is dark.", "Add light."),),
        "provenance": Provenance("0.1.0", "blazepose_full_v1", "1" * 64, "CPUExecutionProvider"),
    }
    return Analysis(**(parts | changes))


@pytest.fixture(scope="session")
def side_gait() -> Gait:
    return make_gait("side")


@pytest.fixture(scope="session")
def side_analysis(side_gait: Gait) -> Analysis:
    return make_analysis("side", gait=side_gait)


@pytest.fixture(scope="session")
def side_report(side_analysis: Analysis) -> Report:
    return build_report(side_analysis, [CUE], {"notes": ["Treadmills differ from roads."]})


@pytest.fixture(scope="session")
def rear_report() -> Report:
    return build_report(make_analysis("rear"))


@pytest.fixture(scope="session")
def changed(side_report: Report) -> Callable[..., Report]:
    """Return a function that makes the side report with some top fields replaced."""

    def change(**fields: Any) -> Report:
        content = side_report.model_dump(by_alias=True) | fields
        return Report.model_validate(content)

    return change


def track_of(frames: int) -> PoseTrack:
    """Return a track without a single known point."""
    t = np.arange(frames) / 60.0
    return PoseTrack(t, np.full((frames, 19, 2), np.nan), np.zeros((frames, 19)), 640, 480)

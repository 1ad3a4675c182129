"""Stick figures against a runner whose body is known at every instant."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from formcheck.landmarks import NAMES
from formcheck.report.curves import stride_windows
from formcheck.report.figures import points_at, stride_figures
from formcheck.report.schema import INSTANTS, Report, parse_report
from formcheck.types import Contact, Gait
from tests.report.conftest import make_gait
from tests.synthetic import make_runner


def test_points_are_those_of_the_runner_at_the_instants(side_gait: Gait) -> None:
    figures = stride_figures(side_gait)
    assert figures is not None
    assert (figures.side, figures.unit) == ("left", "m")
    assert tuple(figures.instants) == INSTANTS
    strides = stride_windows(side_gait, "left")
    runner = make_runner(seed=3, seconds=8.0)
    start, leave, end = strides.T
    times = (start, (start + leave) / 2, leave, (leave + end) / 2)
    for name, at_s in zip(INSTANTS, times, strict=True):
        joints = runner.joints(at_s)[..., [0, 2]]
        joints -= (joints[:, [9]] + joints[:, [10]]) / 2
        drawn = np.array([figures.instants[name].points[point] for point in NAMES])
        # Straight lines between 60 frames a second cut the corners of a swinging foot.
        np.testing.assert_allclose(drawn, joints.mean(axis=0), atol=0.012)
    phases = [posture.phase_pct for posture in figures.instants.values()]
    assert phases[0] == 0.0
    assert phases[1] == pytest.approx(phases[2] / 2, rel=1e-4)
    assert phases[3] == pytest.approx(50 + phases[2] / 2, rel=1e-4)


def test_without_a_scale_lengths_are_in_trunks() -> None:
    figures = stride_figures(make_gait("side", scale=False))
    assert figures is not None
    assert figures.unit == "trunk"
    points = figures.instants["contact"].points
    shoulders = np.mean([points["left_shoulder"], points["right_shoulder"]], axis=0)
    assert np.hypot(*shoulders) == pytest.approx(1.0, abs=0.02)


def test_reading_between_frames_bridges_nothing() -> None:
    t_s = np.array([0.0, 1.0, 2.0])
    points = np.array([[[0.0, 0.0]], [[2.0, 4.0]], [[np.nan, 0.0]]])
    read = points_at(t_s, points, np.array([-0.1, 0.25, 1.0, 1.5, 2.1]))[:, 0]
    np.testing.assert_allclose(read[1], [0.5, 1.0])
    assert np.isnan(read[[0, 3, 4], 0]).all()


def test_a_point_that_is_not_seen_is_left_out(side_gait: Gait) -> None:
    body = side_gait.body_xy.copy()
    body[:, NAMES.index("right_wrist")] = np.nan
    figures = stride_figures(dataclasses.replace(side_gait, body_xy=body))
    assert figures is not None
    for posture in figures.instants.values():
        assert set(NAMES) - set(posture.points) == {"right_wrist"}


def test_too_few_strides_or_no_body_give_no_figures(side_gait: Gait) -> None:
    few = side_gait.contacts[:4]
    assert stride_figures(dataclasses.replace(side_gait, contacts=few)) is None
    left_open = tuple(Contact(c.side, c.initial_contact_s, np.nan) for c in side_gait.contacts)
    assert stride_figures(dataclasses.replace(side_gait, contacts=left_open)) is None
    blind = np.full_like(side_gait.body_xy, np.nan)
    assert stride_figures(dataclasses.replace(side_gait, body_xy=blind)) is None


def test_the_report_holds_them_and_older_reports_lack_them(side_report: Report) -> None:
    assert side_report.figures is not None
    content = json.loads(side_report.to_json())
    assert parse_report(content).figures == side_report.figures
    del content["figures"]
    assert parse_report(content).figures is None

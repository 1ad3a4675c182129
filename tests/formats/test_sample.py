"""The sample clip measured, exported, read back, and held against its exact truth."""

from __future__ import annotations

import json
from itertools import pairwise

import ezc3d
import numpy as np
import pytest

from formcheck.formats import export
from formcheck.landmarks import NAMES
from tests.cli.run import run
from tests.e2e.clips import SIDE
from tests.formats.read import read_mot, read_trc

pytestmark = [pytest.mark.model, pytest.mark.slow]
TRUTH = json.loads(SIDE.with_suffix(".json").read_text("utf-8"))
ANKLE_HEIGHT_M = 0.09


@pytest.fixture(scope="module")
def analysed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample") / "side"
    words = ("--pose", "full", "--no-video", "--height", "1.79", "--speed", "2.6m/s")
    assert run("analyze", SIDE, "--out", folder, *words).code == 0
    return folder


@pytest.fixture(scope="module")
def trc(analysed):
    (path,) = export(analysed, "trc", analysed.parent / "side.trc")
    return read_trc(path)


@pytest.fixture(scope="module")
def c3d(analysed):
    (path,) = export(analysed, "c3d", analysed.parent / "side.c3d")
    return ezc3d.c3d(str(path))


def test_times_are_those_of_the_clip(trc):
    np.testing.assert_allclose(trc.t_s, TRUTH["frame_times"], atol=0.02)
    np.testing.assert_allclose(np.diff(trc.t_s), 1 / TRUTH["fps"], atol=1e-4)


def test_the_leg_has_its_length(trc):
    hip, knee, ankle = (trc.points[f"left_{name}"] for name in ("hip", "knee", "ankle"))
    leg = np.linalg.norm(hip - knee, axis=1) + np.linalg.norm(knee - ankle, axis=1)
    assert np.nanmedian(leg) + ANKLE_HEIGHT_M == pytest.approx(
        TRUTH["runner"]["leg_length_m"], rel=0.08
    )


def test_the_hips_bounce_as_they_do(trc, c3d):
    hips_cm = 50 * (trc.points["left_hip"][:, 1] + trc.points["right_hip"][:, 1])
    strikes = sorted(time for time, _ in events(c3d, "Foot Strike"))
    steps = [hips_cm[(trc.t_s >= a) & (trc.t_s < b)] for a, b in pairwise(strikes)]
    bounce = np.mean([np.ptp(step) for step in steps])
    assert bounce == pytest.approx(TRUTH["metrics"]["vertical_oscillation_pelvis_cm"], rel=0.2)


def test_events_are_contacts(c3d):
    for label, name in (("Foot Strike", "initial_contact"), ("Foot Off", "toe_off")):
        found = [time for time, side in events(c3d, label) if side == "Left"]
        known = np.array(TRUTH["events"]["left"][name])
        assert len(found) >= 5
        assert max(np.abs(known - time).min() for time in found) < 0.03, label


def test_the_points_of_both_are_the_same(trc, c3d):
    points = c3d["data"]["points"][:3].transpose(2, 1, 0) / 1000
    seen = c3d["data"]["meta_points"]["residuals"][0].T >= 0
    for k, name in enumerate(NAMES):
        np.testing.assert_allclose(
            points[seen[:, k], k], trc.points[name][seen[:, k]], atol=2e-5, err_msg=name
        )


def test_the_knee_bends_as_it_does(analysed):
    (path,) = export(analysed, "mot", analysed.parent / "side.mot")
    angles = read_mot(path)
    contacts = np.array(TRUTH["events"]["left"]["initial_contact"])
    contacts = contacts[(contacts > 0.3) & (contacts < 4.6)]
    at_contact = np.interp(contacts, angles["time"], angles["knee_flexion_left"])
    assert np.mean(at_contact) == pytest.approx(
        TRUTH["metrics"]["knee_flexion_ic_deg"]["left"], abs=6.0
    )


def events(c3d, label: str) -> list[tuple[float, str]]:
    """Return time and side of every event of a kind."""
    group = c3d["parameters"]["EVENT"]
    minutes, seconds = group["TIMES"]["value"]
    return [
        (60 * minute + second, side)
        for minute, second, side, name in zip(
            minutes, seconds, group["CONTEXTS"]["value"], group["LABELS"]["value"], strict=True
        )
        if name == label
    ]

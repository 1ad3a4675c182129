"""Pictures that lie on their side or stand on their head are seen to, and only those."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from formcheck.errors import NoRunnerError
from formcheck.pipeline import Options, analyze
from formcheck.pose import TwoPassEstimator, open_estimator
from formcheck.pose.lying import turn_for
from formcheck.video import probe
from tests.e2e.clips import SIDE, moving_pattern, pictures, write

QUARTER = np.pi / 2
LITE = Options(pose="lite", to_s=2.5, video=False)


@pytest.mark.parametrize(
    ("directions", "turn"),
    [
        ([0.1, -0.1, 0.0, 0.2, 0.05], 0),
        ([3.1, -3.1, 3.14, 3.0, -3.0], 180),
        ([1.5, 1.6, 1.4, 1.7, 1.5], 270),
        ([-1.5, -1.6, -1.4, -1.7, -1.5], 90),
        ([1.5, 1.6, 0.0, 0.1, 1.5], 0),  # the looks disagree
        ([0.8, 0.7, 0.8, 0.75, 0.8], 0),  # neither upright nor lying
        ([3.1, 3.1], 0),  # too few
        ([], 0),
    ],
)
def test_turns_from_directions(directions, turn):
    assert turn_for(np.array(directions)) == turn


def half(quarters):
    """Yield every other picture of the side clip's beginning, turned against the clock."""
    return (np.rot90(image, quarters) for image in islice(pictures(SIDE, 160), 0, None, 2))


@pytest.fixture(scope="module")
def upright(tmp_path_factory):
    return analyze(write(tmp_path_factory.mktemp("up") / "up.mp4", half(0), rate=30), LITE)


@pytest.mark.model
@pytest.mark.parametrize(("quarters", "said"), [(1, 0), (2, 180)])
def test_a_lying_clip_is_turned_and_measured(tmp_path, upright, quarters, said):
    """By itself, or as the user says: the same numbers, as every pixel is the same."""
    clip = write(tmp_path / "lying.mp4", half(quarters), rate=30)
    turned = analyze(clip, replace(LITE, rotate_deg=said))
    notes = [note for note in turned.quality if note.code == "turned"]
    assert [f"{90 * quarters} degrees" in note.text for note in notes] == [True] * (said == 0)
    assert turned.clip.rotation_deg == 90 * quarters
    assert "turned" not in [note.code for note in upright.quality]
    cadence, same = (run.metrics["cadence_spm"].value for run in (turned, upright))
    assert cadence == pytest.approx(same, abs=0.5)


@pytest.mark.model
@pytest.mark.parametrize("quarters", [0, 2, 3])
def test_how_a_clip_lies(tmp_path, quarters):
    clip = write(tmp_path / "lying.mp4", islice(half(quarters), 40), rate=30)
    with open_estimator("lite") as estimator:
        assert isinstance(estimator, TwoPassEstimator)
        assert estimator.lying_turn(probe(clip), None, None) == 90 * quarters


@pytest.mark.model
def test_nobody_is_no_reason_to_turn(tmp_path):
    clip = write(tmp_path / "nobody.mp4", moving_pattern(60), rate=30)
    with pytest.raises(NoRunnerError) as caught:
        analyze(clip, LITE)
    assert caught.value.code == "no_person"
    assert "urned" not in str(caught.value)

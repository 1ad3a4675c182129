"""The runner as the overlay sees them."""

import numpy as np
import pytest

from formcheck.annotate.figure import extent, figure_of, middle_of
from formcheck.landmarks import Landmark
from formcheck.types import Contact, View
from tests.annotate.make import METRES_PER_PX, analysis_of, with_gait


def test_a_tilted_camera_gives_the_same_level_runner():
    # The camera turns about the picture's middle, level points about its corner: compare shapes.
    level, tilted = (figure_of(analysis_of(roll_deg=roll).gait) for roll in (0.0, 7.0))
    a, b = (figure.xy - figure.mid_hip[:, None] for figure in (level, tilted))
    np.testing.assert_allclose(a, b, atol=1e-6)
    assert tilted.trunk_px == pytest.approx(level.trunk_px)


def test_scale_and_offset_follow_the_crop():
    gait = analysis_of().gait
    whole, crop = figure_of(gait), figure_of(gait, 2.0, (10, 20))
    np.testing.assert_allclose(crop.xy, 2 * (whole.xy - (10, 20)))


@pytest.mark.parametrize(("stand", "forward"), [("left", -1), ("right", 1), ("rear", 1)])
def test_forward(stand, forward):
    assert figure_of(analysis_of(stand).gait).forward == forward


@pytest.mark.parametrize("stand", ["left", "right", "rear"])
def test_the_ground_lies_just_under_the_foot_that_counts(stand):
    figure = figure_of(analysis_of(stand).gait)
    _, lowest = extent(figure.xy)
    below_m = (figure.ground_y - np.nanmax(lowest[:, 1])) * METRES_PER_PX
    assert np.abs(below_m).max() < 0.06


def test_the_ground_without_contacts_is_where_feet_reach():
    analysis = with_gait(analysis_of(), contacts=())
    figure = figure_of(analysis.gait)
    _, lowest = extent(figure.xy)
    assert (figure.ground_y == figure.ground_y[0]).all()
    assert np.nanmedian(lowest[:, 1]) < figure.ground_y[0] <= np.nanmax(lowest[:, 1])


def test_nobody_has_no_size():
    gait = analysis_of().gait
    track = type(gait.track)(
        gait.track.t_s, np.full_like(gait.track.xy_px, np.nan), gait.track.confidence, 320, 240
    )
    figure = figure_of(with_gait(analysis_of(), track=track).gait)
    assert figure.trunk_px == 0
    assert figure.height_px == 0


def test_hidden_points_are_not_seen():
    analysis = analysis_of()
    hidden = analysis.gait.modelled.copy()
    hidden[3, Landmark.LEFT_KNEE] = True
    figure = figure_of(with_gait(analysis, modelled=hidden).gait)
    assert not figure.seen(Landmark.LEFT_HIP, Landmark.LEFT_KNEE)[3]
    assert figure.seen(Landmark.LEFT_HIP)[3]
    assert figure.seen(Landmark.LEFT_KNEE)[4]


def test_middle_of_a_contact():
    assert middle_of(Contact("left", 1.0, 1.25), 0.7) == pytest.approx(1.125)
    assert middle_of(Contact("left", 1.0, np.nan), 0.8) == pytest.approx(1.14)
    assert np.isnan(middle_of(Contact("left", np.nan, 1.25), 0.7))


def test_facing_decides_when_there_is_no_near_side():
    gait = with_gait(analysis_of(), view=View("side", "left", None, 0.6)).gait
    assert figure_of(gait).forward == -1

"""What is drawn, and where."""

import numpy as np
import pytest

from formcheck.annotate import body, marks
from formcheck.annotate.figure import figure_of
from formcheck.annotate.ink import Painter
from formcheck.annotate.panels import Row, corner_panel, free_of_strip, timeline
from formcheck.annotate.readings import knee_angles, landings, step_widths
from formcheck.annotate.scene import overlay, rows, runner_box
from formcheck.annotate.shapes import (
    AMBER,
    CYAN,
    MUTED,
    WHITE,
    YELLOW,
    Box,
    Label,
    Panel,
    Pen,
    Rgb,
    Strokes,
)
from formcheck.annotate.theme import MIN_TEXT_PX, theme_for
from formcheck.kernel import measure
from formcheck.landmarks import SIDES, Landmark, Side
from formcheck.types import Contact, PoseTrack, View
from formcheck.video.canvas import blank_canvas
from tests.annotate.make import HEIGHT, METRES_PER_PX, WIDTH, analysis_of, with_gait

THEME = theme_for(1280, 720, 500)


def scene_of(analysis, *, still=False):
    figure = figure_of(analysis.gait)
    return overlay(analysis, figure, theme_for(WIDTH, HEIGHT, figure.height_px), still=still)


def parts(shapes):
    """Return shapes to unpack, whatever their kinds."""
    return shapes


def labels(shapes):
    return {text for shape in shapes if isinstance(shape, Label) for text in shape.texts}


def strokes(shapes, color):
    return [s for s in shapes if isinstance(s, Strokes) and s.pen.color == color]


def texts_with(shapes, word):
    return sorted(text for text in labels(shapes) if word in text)


# ------------------------------------------------------------------------------ numbers


def test_side_view_shows_its_numbers():
    shapes = scene_of(analysis_of())
    assert texts_with(shapes, "18 cm")
    assert texts_with(shapes, "lean ")
    assert texts_with(shapes, "bounce 7.5 cm")
    assert {shape.name for shape in rows(analysis_of())} == {"Cadence", "Lean now", "Landing ahead"}


def test_rear_view_shows_its_numbers():
    analysis = analysis_of("rear")
    shapes = scene_of(analysis)
    assert texts_with(shapes, "3° in")
    assert texts_with(shapes, "9° in")
    assert texts_with(shapes, "6 cm")
    names = [row.name for row in rows(analysis)]
    assert names == ["Cadence", "Left knee", "Right knee", "Step width"]


@pytest.mark.parametrize("stand", ["left", "rear"])
def test_withheld_metrics_leave_no_numbers(stand):
    analysis = analysis_of(stand, values={})
    shapes = scene_of(analysis)
    assert all(text.endswith(" s") for text in labels(shapes))  # only the clock
    assert not strokes(shapes, YELLOW)
    assert rows(analysis) == []


def test_numbers_in_words():
    assert marks.number(-0.2, "cm") == "0 cm"
    assert marks.number(-3.4, "cm") == "−3 cm"
    assert marks.number(np.nan, "cm") == ""
    assert [marks.inward(v) for v in (4.6, -4.6, 0.3, np.nan)] == ["5° in", "5° out", "0°", ""]
    assert body.degrees([-0.3, 5.5, np.nan]) == ["0°", "6°", ""]


def test_a_value_is_a_dash_before_its_first_moment():
    analysis = analysis_of()
    values = next(row.values for row in rows(analysis) if row.name == "Landing ahead")
    first = min(c.initial_contact_s for c in analysis.gait.contacts if c.side == "left")
    before = analysis.gait.track.t_s < first - 0.02
    assert all((values[i] == "–") == before[i] for i in range(len(values)))


# ----------------------------------------------------------------------------- geometry


@pytest.mark.parametrize("roll_deg", [0.0, 6.0, -4.0])
def test_the_plumb_line_is_true_vertical(roll_deg):
    analysis = analysis_of(roll_deg=roll_deg)
    figure = figure_of(analysis.gait)
    level = parts(body.plumb(figure, THEME))[0].points_px
    np.testing.assert_allclose(
        level[..., 0], figure.mid_hip[:, None, None, 0].repeat(level.shape[1], 1).repeat(2, 2)
    )
    plumb = next(
        s
        for s in scene_of(analysis)
        if isinstance(s, Strokes) and s.points_px.shape[1] > 5 and s.pen.color == WHITE
    )
    run, rise = (plumb.points_px[:, 0, 1] - plumb.points_px[:, 0, 0]).T
    # Content that is turned clockwise has its "down" pointing to the left.
    np.testing.assert_allclose(np.degrees(np.arctan2(-run, rise)), roll_deg, atol=1e-6)


def test_the_plumb_line_goes_through_the_hips_to_the_ground():
    figure = figure_of(analysis_of("right").gait)
    line = parts(body.plumb(figure, THEME))[0].points_px
    top, bottom = line[:, 0, 0], line[:, -1, 1]
    np.testing.assert_allclose(bottom[:, 1], figure.ground_y)
    np.testing.assert_allclose(figure.mid_hip[:, 1] - top[:, 1], 1.02 * figure.trunk_px)


@pytest.mark.parametrize("stand", ["left", "right"])
def test_the_landing_mark_measures_what_its_number_says(stand):
    analysis = analysis_of(stand, fps=120.0)
    figure = figure_of(analysis.gait)
    readings = landings(analysis)
    helpers, measure, label = parts(marks.landing(figure, readings, THEME))
    which = np.searchsorted(figure.t_s, readings.t_s[1])
    start, end = measure.points_px[which, 0]
    ahead_cm = figure.forward * (end - start)[0] * METRES_PER_PX * 100
    assert ahead_cm == pytest.approx(readings.value[1], abs=1.0)
    assert start[1] == end[1]
    assert helpers.points_px[which, 0, 1].tolist() == start.tolist()
    assert figure.forward * (label.anchor_px[which, 0] - end[0]) > 0


def test_the_landing_mark_is_held_then_fades():
    analysis = analysis_of(fps=60.0, seconds=3.0)
    figure = figure_of(analysis.gait)
    readings = landings(analysis)
    _, measure, label = parts(marks.landing(figure, readings, THEME))
    age = figure.t_s - readings.t_s[0]
    held = (age > -0.008) & (age < 0.6 * figure.stride_s)
    gone = (age > 0.751 * figure.stride_s) & (figure.t_s < readings.t_s[1] - 0.01)
    assert held.sum() > 20
    assert (measure.opacity[held] == 1).all()
    assert (label.opacity[held] == 1).all()
    assert (label.which[held] >= 0).all()
    assert (measure.opacity[gone] == 0).all()
    assert (measure.opacity[age < -0.01] == 0).all()
    # While it is held it does not move.
    assert np.ptp(measure.points_px[held], axis=0).max() == 0


def test_the_knee_is_marked_at_midstance_on_its_outer_side():
    analysis = analysis_of("rear", fps=60.0)
    figure = figure_of(analysis.gait)
    for side in SIDES:
        outward = -1 if side == "left" else 1
        readings = knee_angles(analysis, side)
        _, leg, label = parts(marks.knee(figure, side, readings, THEME))
        i = np.argmin(np.abs(figure.t_s - readings.t_s[0]))
        now = np.stack([figure.point(name, side)[i] for name in ("hip", "knee", "ankle")])
        np.testing.assert_allclose(leg.points_px[i, 0], now, atol=1.5)
        assert outward * (label.anchor_px[i, 0] - now[1, 0]) > 0


def test_step_width_joins_the_ankles_of_successive_steps():
    analysis = analysis_of("rear", fps=60.0)
    figure = figure_of(analysis.gait)
    readings = step_widths(analysis)
    lines, _ = parts(marks.step_width(figure, readings, THEME))
    i = np.argmin(np.abs(figure.t_s - readings.t_s[1]))
    start, end = lines.points_px[i, 0]
    assert (end - start)[0] * METRES_PER_PX * 100 == pytest.approx(readings.value[1], abs=1.5)


def test_lean_is_drawn_from_vertical_to_trunk():
    figure = figure_of(analysis_of("right").gait)
    sector, label = parts(body.lean(figure, np.full(figure.t_s.size, 6.2), THEME))
    first, last = sector.points_px[:, 0, 0], sector.points_px[:, 0, -1]
    np.testing.assert_allclose(first[:, 0], figure.mid_hip[:, 0], atol=1e-9)
    trunk = figure.mid_shoulder - figure.mid_hip
    along = last - figure.mid_hip
    cross = trunk[:, 0] * along[:, 1] - trunk[:, 1] * along[:, 0]
    np.testing.assert_allclose(cross, 0, atol=1e-6)
    assert label.texts == ("lean 6°",)
    assert (label.anchor_px[:, 0] < figure.mid_hip[:, 0]).all()  # behind a runner to the right


@pytest.mark.parametrize("stand", ["left", "right", "rear"])
def test_the_wake_stays_in_the_picture(stand):
    figure = figure_of(analysis_of(stand).gait)
    theme = theme_for(WIDTH, HEIGHT, figure.height_px)
    for shape in body.wake(figure, "", theme):
        if isinstance(shape, Strokes):
            x = shape.points_px[..., 0]
            assert np.nanmin(x) >= 0
            assert np.nanmax(x) <= WIDTH


# --------------------------------------------------------------------- seen and filled in


def test_filled_in_points_are_dashed_and_never_solid():
    analysis = analysis_of()
    hidden = analysis.gait.modelled.copy()
    hidden[5, Landmark.RIGHT_KNEE] = True
    figure = figure_of(with_gait(analysis, modelled=hidden).gait)
    pen = Pen(MUTED, 4.0, 1.0)
    guessed, solid = parts(body.limbs(figure, "right", pen, THEME))
    thigh, shank, upper_arm = 2, 3, 0
    assert np.isnan(solid.points_px[5, [thigh, shank]]).all()
    assert np.isfinite(solid.points_px[5, upper_arm]).all()
    assert np.isfinite(solid.points_px[4, thigh]).all()
    assert np.isfinite(guessed.points_px[5]).any()
    assert np.isnan(guessed.points_px[4]).all()
    assert guessed.pen.width_px < solid.pen.width_px
    dots = body.skeleton(figure, THEME)
    assert dots


def test_near_side_is_bright_and_on_top():
    figure = figure_of(analysis_of("right").gait)
    assert body.side_colors(figure) == {"left": MUTED, "right": CYAN}
    colors = [s.pen.color for s in body.skeleton(figure, THEME) if isinstance(s, Strokes)]
    assert colors.index(MUTED) < colors.index(CYAN)


def test_from_behind_both_sides_are_bright():
    figure = figure_of(analysis_of("rear").gait)
    assert body.side_colors(figure) == {"left": CYAN, "right": AMBER}


def test_missing_heads_and_hips_draw_what_is_left():
    analysis = analysis_of()
    xy = analysis.gait.track.xy_px.copy()
    xy[:, [Landmark.NOSE, Landmark.LEFT_EAR, Landmark.RIGHT_EAR]] = np.nan
    xy[10:20, [Landmark.LEFT_HIP, Landmark.RIGHT_HIP]] = np.nan
    track = PoseTrack(analysis.gait.track.t_s, xy, analysis.gait.track.confidence, WIDTH, HEIGHT)
    shapes = scene_of(with_gait(analysis, track=track))
    limbs = strokes(shapes, CYAN)
    assert any(np.isfinite(s.points_px[15]).all(axis=(1, 2)).any() for s in limbs)


def test_nobody_draws_nothing():
    analysis = analysis_of()
    nothing = np.full_like(analysis.gait.track.xy_px, np.nan)
    track = PoseTrack(analysis.gait.track.t_s, nothing, analysis.gait.track.confidence, 320, 240)
    assert scene_of(with_gait(analysis, track=track)) == []


def test_stills_go_without_panels_and_past_moments():
    analysis = analysis_of(fps=60.0)
    shapes = scene_of(analysis, still=True)
    assert not [s for s in shapes if isinstance(s, Panel)]
    contacts = [c.initial_contact_s for c in analysis.gait.contacts if c.side == "left"]
    number = next(s for s in shapes if isinstance(s, Label) and "18 cm" in s.texts)
    assert number.opacity is not None
    shown = analysis.gait.track.t_s[number.opacity > 0]
    assert shown.size
    assert all(min(abs(t - c) for c in contacts) < 0.06 for t in shown)


# ------------------------------------------------------------------------------- panels


def bars_of(panel, row, color):
    line = panel.rgba[row]
    alike = np.abs(line[:, :3] - np.array(color)).max(axis=1) < 60
    return np.flatnonzero(alike)


def test_the_timeline_has_a_bar_for_each_contact_and_a_playhead():
    t_s = np.linspace(0, 2, 61)
    contacts = [Contact("left", 0.5, 0.75), Contact("right", 1.0, np.nan)]
    colors: dict[Side, Rgb] = {"left": CYAN, "right": AMBER}
    panel, head, clock = parts(timeline(t_s, contacts, colors, Box(600, 100, 700, 600), THEME))
    x = head.points_px[:, 0, 0, 0] - panel.origin_px[0]
    upper = panel.rgba.shape[0] // 4
    columns = bars_of(panel, upper, CYAN)
    columns = columns[columns > x[0]]
    per_s = (x[-1] - x[0]) / 2
    assert columns.min() == pytest.approx(x[0] + 0.5 * per_s, abs=1.5)
    assert columns.max() == pytest.approx(x[0] + 0.75 * per_s, abs=1.5)
    tick = bars_of(panel, 3 * panel.rgba.shape[0] // 4, AMBER)
    tick = tick[tick > x[0]]
    assert tick.size <= 3
    assert tick.mean() == pytest.approx(x[0] + per_s, abs=2)
    assert np.all(np.diff(x) > 0)
    assert clock.texts[clock.which[30]] == "1.0 s"
    assert panel.origin_px[1] > 600


def test_a_contact_that_began_before_the_clip_starts_at_its_edge():
    t_s = np.linspace(0, 2, 61)
    panel, head, _ = parts(
        timeline(
            t_s,
            [Contact("left", np.nan, 0.25)],
            {"left": CYAN, "right": AMBER},
            Box(0, 0, 1, 1),
            THEME,
        )
    )
    x = head.points_px[:, 0, 0, 0] - panel.origin_px[0]
    columns = bars_of(panel, panel.rgba.shape[0] // 4, CYAN)
    assert columns[columns > x[0]].min() == pytest.approx(x[0], abs=1.5)


def test_the_timeline_leaves_the_feet_free():
    feet_low = Box(500, 200, 700, 720)
    panel, *_ = parts(timeline(np.arange(3.0), [], {"left": CYAN, "right": AMBER}, feet_low, THEME))
    assert panel.origin_px[1] < 100
    free = free_of_strip(feet_low, THEME)
    assert free.top >= panel.origin_px[1] + panel.rgba.shape[0]
    corner, *_ = parts(corner_panel([Row("Cadence", ["170"])], feet_low, free, THEME))
    assert corner.origin_px[1] >= free.top


def test_the_corner_panel_goes_where_the_runner_is_not():
    free = Box(16, 16, 1264, 640)
    for runner, left in ((Box(0, 0, 300, 700), False), (Box(900, 0, 1200, 700), True)):
        panel, *_ = parts(corner_panel([Row("Cadence", ["170 steps/min"])], runner, free, THEME))
        assert (panel.origin_px[0] < 640) == left
        assert panel.origin_px[0] + panel.rgba.shape[1] <= 1264


def test_changing_numbers_move_over_the_panel():
    rows_ = [Row("Lean now", ["5°", "6°", ""])]
    panel, label = parts(corner_panel(rows_, Box(600, 0, 700, 700), Box(16, 16, 1264, 640), THEME))
    assert label.texts == ("5°", "6°")
    assert label.which.tolist() == [0, 1, -1]
    assert label.anchor_px[0, 0] <= panel.origin_px[0] + panel.rgba.shape[1]


def test_a_small_picture_keeps_the_first_rows_only():
    theme = theme_for(320, 180, 140)
    many = [Row(name, ["1"]) for name in "ABCDE"]
    panel, *_ = parts(corner_panel(many, Box(150, 0, 200, 180), Box(4, 4, 316, 150), theme))
    assert panel.rgba.shape[0] < 0.35 * 180
    assert corner_panel([], Box(0, 0, 1, 1), Box(4, 4, 316, 150), theme) == []


@pytest.mark.parametrize("size", [(160, 120), (320, 240), (1280, 720), (720, 1280), (3840, 2160)])
def test_texts_can_be_read_at_any_resolution(size):
    theme = theme_for(size[0], size[1], 0.75 * size[1])
    assert theme.small_px >= MIN_TEXT_PX
    assert theme.text_px <= 0.11 * min(size)
    assert theme.line_px >= 1.5


def test_the_runners_box_holds_the_runner():
    figure = figure_of(analysis_of(roll_deg=5.0).gait)
    box = runner_box(figure)
    assert 0 < box.left < box.right < WIDTH
    assert 0 < box.top < box.bottom < HEIGHT
    assert box.bottom - box.top > 0.5 * HEIGHT


# ----------------------------------------------------------------------- hard to draw


def with_holes(analysis):
    """Lose half of all points, here and there."""
    lost = np.random.default_rng(0).random(analysis.gait.track.xy_px.shape[:2]) < 0.5
    xy, body_xy = analysis.gait.track.xy_px.copy(), analysis.gait.body_xy.copy()
    xy[lost] = body_xy[lost] = np.nan
    track = PoseTrack(analysis.gait.track.t_s, xy, analysis.gait.track.confidence, WIDTH, HEIGHT)
    return with_gait(analysis, track=track, body_xy=body_xy, measures=measure(body_xy))


@pytest.mark.parametrize(
    ("analysis", "size"),
    [
        (with_holes(analysis_of(values={})), (WIDTH, HEIGHT)),
        (with_holes(analysis_of("rear")), (WIDTH, HEIGHT)),
        (analysis_of("front"), (WIDTH, HEIGHT)),
        (analysis_of(), (64, 48)),
        (analysis_of(seconds=0.034, values={}), (WIDTH, HEIGHT)),
        (with_gait(analysis_of(values={}), stride_time_s=np.nan), (WIDTH, HEIGHT)),
        (with_gait(analysis_of(), view=View("side", None, None, 0.5)), (WIDTH, HEIGHT)),
    ],
    ids=["holes", "rear holes", "front", "tiny", "one frame", "no rhythm", "no near side"],
)
def test_every_frame_can_be_drawn(analysis, size):
    figure = figure_of(analysis.gait, size[1] / HEIGHT)
    painter = Painter(
        overlay(analysis, figure, theme_for(size[0], size[1], figure.height_px)), size
    )
    canvas = blank_canvas(*size)
    for i in range(figure.t_s.size):
        for plane in canvas.planes:
            plane[:] = 90
        painter.draw(canvas.planes, i)
        assert (canvas.planes[0] != 90).any()

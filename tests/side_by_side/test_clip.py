"""The side-by-side clip: what is seen where, checked in the pixels of the file that was written.

A mark that is drawn above the head of each synthetic runner, in the source pictures only, shows
where a picture was put. Two clips of one gait, however they were filmed, must show it at one place.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from formcheck.annotate import annotate_clip
from formcheck.annotate.shapes import AMBER, CYAN, INK
from formcheck.errors import UsageError
from formcheck.landmarks import Landmark, index, mid_hip, mid_shoulder
from formcheck.outputs import analyze_to_folder
from formcheck.pipeline import Options
from formcheck.report.build import build_report
from formcheck.report.schema import ViewRecord, save_report
from formcheck.report.stored import StoredRun, load_run
from formcheck.report.tables import write_frames
from formcheck.side_by_side.clip import faces_other_way, output_times, write_side_by_side
from formcheck.side_by_side.layout import FOOTER_PX, HEADER_PX, Style, layout_of
from formcheck.side_by_side.panes import GROUND
from formcheck.side_by_side.phase import match_phases
from formcheck.side_by_side.scene import details, names_of, remarks, wrapped
from formcheck.side_by_side.source import FrameStream
from formcheck.side_by_side.subject import Hold, nearest_frames, subject_of
from formcheck.types import PoseTrack, Runner
from formcheck.video import ClipReader, probe
from tests.annotate.make import analysis_of, with_gait
from tests.video.clips import number_of, record, steady

MARK = (200, 20, 200)
PANE = 640
STEP = 5
SAMPLE = Path(__file__).parents[2] / "sample_videos" / "side_easy_60fps.mp4"


def above_head(xy):
    """Return where the mark is drawn for landmarks (..., K, 2)."""
    up = mid_shoulder(xy) - mid_hip(xy)
    return mid_hip(xy) + 1.75 * up


def picture_of(analysis, number):
    """Draw a grey picture with the mark."""
    track = analysis.gait.track
    y, x = np.mgrid[: track.height_px, : track.width_px] + 0.5
    at = above_head(track.xy_px[number])
    inside = np.hypot(x - at[0], y - at[1]) < 0.03 * track.height_px
    return np.where(inside[..., None], MARK, (110, 115, 120)).astype(np.uint8)


def larger(analysis, factor):
    """Return the same clip filmed with more pixels."""
    track = analysis.gait.track
    size_px = [round(factor * k) for k in (track.width_px, track.height_px)]
    track = PoseTrack(track.t_s, factor * track.xy_px, track.confidence, *size_px)
    clip = replace(analysis.clip, width_px=size_px[0], height_px=size_px[1])
    return with_gait(replace(analysis, clip=clip), track=track)


def stored(folder, analysis, fps=30.0, *, film=True, annotated=False, pace=None):
    """Write what `formcheck analyze` would write of a clip, and return the run and the clip."""
    folder.mkdir()
    clip = folder / "run.mp4"
    if film:
        times = steady(analysis.gait.track.t_s.size, fps)
        record(clip, times, draw=lambda number: picture_of(analysis, number))
        sha256 = probe(clip).sha256
        analysis = replace(analysis, clip=replace(analysis.clip, sha256=sha256))
        if annotated:
            annotate_clip(clip, analysis, folder / "annotated.mp4")
    analysis = replace(analysis, runner=Runner(belt_speed_mps=3.0, pace=pace))
    save_report(build_report(analysis), folder / "report.json")
    write_frames(analysis.gait, folder / "frames.csv")
    return load_run(folder), clip


def marks(rgb):
    """Return where the mark is (x, y), NaN where it is not seen."""
    red, green, blue = (rgb[..., k].astype(int) for k in range(3))
    rows, columns = np.nonzero((red - green > 60) & (blue - green > 60))
    return (
        np.array((columns.mean() + 0.5, rows.mean() + 0.5))
        if rows.size > 50
        else np.full(2, np.nan)
    )


def frames_of(path, step=STEP):
    """Return every fifth picture: there are many, and they are large."""
    with ClipReader(path) as clip:
        return [frame.rgb() for frame in clip if frame.index % step == 0]


def panes(rgb):
    rows = slice(HEADER_PX, HEADER_PX + PANE)
    return rgb[rows, :PANE], rgb[rows, -PANE:]


def has_color(rgb, at, color, reach=3, near=70):
    """Return whether a colour is found close to a point (x, y)."""
    x, y = (int(k) for k in at)
    part = rgb[max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1].astype(int)
    return bool((np.abs(part - color).sum(axis=-1) < near).any())


@pytest.fixture(scope="module")
def twins(tmp_path_factory):
    """One gait from both sides of the treadmill: other size, roll, frame rate and start."""
    folder = tmp_path_factory.mktemp("twins")
    first = analysis_of("left", seconds=2.0)
    second = larger(analysis_of("right", fps=60.0, seconds=1.8, roll_deg=3.0), 1.5)
    return stored(folder / "a", first), stored(folder / "b", second, 60.0)


@pytest.fixture(scope="module")
def beside(twins, tmp_path_factory):
    (first, one), (second, other) = twins
    out = tmp_path_factory.mktemp("beside") / "side_by_side.mp4"
    told: list[float] = []
    write_side_by_side(first, second, out, clips=(one, other), progress=told.append)
    return out, told


def test_it_plays_in_browsers_at_an_even_pace(twins, beside):
    out, told = beside
    match = match_phases(twins[0][0].report, twins[1][0].report)
    with av.open(str(out)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert stream.average_rate == 60
    info = probe(out)
    np.testing.assert_allclose(np.diff(info.frame_times_s), 1 / 60, atol=2e-5)
    first_t, second_t = (run.frames.t_s for run, _ in twins)
    at_s = output_times(match, first_t, second_t, 60.0, by_frame=True)
    assert info.frames == at_s.size > 60
    np.testing.assert_allclose(
        np.diff(at_s[::2])[:-1], 1 / 30, atol=1e-6
    )  # the first is not stretched
    assert (info.width_px, info.height_px) == (2 * PANE + 4, HEADER_PX + PANE + FOOTER_PX)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_one_gait_filmed_twice_is_seen_at_one_place(beside):
    """The mark's place holds scale, level, mirror, floor, drift and time, all at once."""
    found = np.array([[marks(pane) for pane in panes(rgb)] for rgb in frames_of(beside[0])])
    assert np.isfinite(found).all()
    apart = found[:, 0] - found[:, 1]
    assert np.abs(np.median(apart, axis=0)).max() < 5
    assert np.percentile(np.abs(apart), 90) < 8
    assert np.ptp(found[:, 0, 1]) > 15  # the bounce is still there
    assert np.ptp(found[:, 0, 0]) < 25  # the runner stays in the middle


def test_skeletons_lie_on_both_runners_in_their_colours(twins, beside):
    subjects, match, layout = laid_out(twins)
    shown = frames_of(beside[0])
    at_s = output_times(match, subjects[0].t_s, subjects[1].t_s, 60.0, by_frame=True)
    times = (at_s, match.to_second(at_s))
    assert probe(beside[0]).frames == at_s.size
    for which, (subject, color) in enumerate(zip(subjects, (CYAN, AMBER), strict=True)):
        seen = subject.t_s[nearest_frames(subject.t_s, times[which])]
        points = subject.screen_points(seen, layout.target_px[which], layout.body_px)
        near = subject.report.view.near_side
        shank = points[:, [index("knee", near), index("ankle", near)]].mean(axis=1)
        hits = [has_color(rgb, at, color) for rgb, at in zip(shown, shank[::STEP], strict=True)]
        assert np.mean(hits) > 0.9, which


def laid_out(twins, style="beside"):
    runs = [run for run, _ in twins]
    hold: Hold = "hip" if style == "overlay" else "floor"
    mirrored = faces_other_way(runs[0].report.view, runs[1].report.view)
    subjects = [subject_of(runs[0], hold=hold), subject_of(runs[1], mirrored=mirrored, hold=hold)]
    return subjects, match_phases(runs[0].report, runs[1].report), layout_of(style, subjects)


def test_both_bodies_are_equally_long_and_stand_on_one_floor(twins):
    subjects, match, layout = laid_out(twins)
    middles = 0.5 * (match.first_s[match.kind == 1] + match.first_s[match.kind == 0][:2])
    ankles, bodies = [], []
    for which, subject in enumerate(subjects):
        at_s = middles if which == 0 else match.to_second(middles)
        points = subject.screen_points(at_s, layout.target_px[which], layout.body_px)
        points = points - layout.target_px[which]
        ankles.append(points[:, index("toe", subject.report.view.near_side), 1])
        bodies.append(np.linalg.norm(mid_shoulder(points) - mid_hip(points), axis=-1))
    np.testing.assert_allclose(bodies[0], bodies[1], rtol=0.03)
    np.testing.assert_allclose(ankles[0], ankles[1], atol=6)
    np.testing.assert_allclose(ankles[0], 0, atol=12)


def test_the_whole_body_stays_in_its_pane(twins):
    for style in ("beside", "overlay"):
        subjects, _, layout = laid_out(twins, style)
        for which, subject in enumerate(subjects):
            pane = layout.pane_of(which)
            points = subject.screen_points(subject.t_s, layout.target_px[which], layout.body_px)
            low, high = np.nanmin(points, axis=(0, 1)), np.nanmax(points, axis=(0, 1))
            assert (low > (pane.left, pane.top)).all()
            assert (high < (pane.right, pane.bottom)).all()


def test_overlay_lays_both_about_the_hips(twins, tmp_path):
    (first, one), (second, other) = twins
    out = tmp_path / "overlay.mp4"
    write_side_by_side(first, second, out, clips=(one, other), style="overlay")
    subjects, _, layout = laid_out(twins, "overlay")
    for which, subject in enumerate(subjects):
        points = subject.screen_points(subject.t_s, layout.target_px[which], layout.body_px)
        np.testing.assert_allclose(mid_hip(points) - layout.target_px[which], 0, atol=1e-6)
    shown = frames_of(out)
    assert shown[0].shape[1] == layout.panes[0].right
    # Both marks fall onto each other: together they are hardly larger than one.
    spread = [np.std(np.nonzero(_violet(rgb))[1]) for rgb in shown[1:-1]]
    radius = 0.03 * 240 * layout.body_px / subjects[0].body_px
    assert np.median(spread) < 0.75 * radius


def _violet(rgb):
    red, green, blue = (rgb[..., k].astype(int) for k in range(3))
    return (red - green > 12) & (blue - green > 12)


def test_without_pictures_both_are_drawn_on_plain_ground(twins, tmp_path):
    first, second = (replace(run, folder=None) for run, _ in twins)
    out = tmp_path / "plain.mp4"
    write_side_by_side(first, second, out)
    subjects, match, layout = laid_out(twins)
    at_s = output_times(match, subjects[0].t_s, subjects[1].t_s, 60.0, by_frame=False)
    shown = frames_of(out)
    assert probe(out).frames == at_s.size
    for which, times in enumerate((at_s, match.to_second(at_s))):
        points = subjects[which].screen_points(times, layout.target_px[which], layout.body_px)
        near = subjects[which].report.view.near_side
        thigh = points[:, [index("hip", near), index("knee", near)]].mean(axis=1)
        color = (CYAN, AMBER)[which]
        hits = [has_color(rgb, at, color) for rgb, at in zip(shown, thigh[::STEP], strict=True)]
        assert np.mean(hits) > 0.9
        corner = panes(shown[2])[which][20, 20].astype(int)
        assert np.abs(corner - GROUND).max() < 10


def test_the_annotated_clip_is_shown_where_no_other_is_given(tmp_path):
    first, _ = stored(tmp_path / "a", analysis_of(seconds=2.0), annotated=True)
    # This one was analysed from a quarter of a second on: its annotated clip begins there.
    whole = analysis_of(seconds=2.0)
    track, late = whole.gait.track, slice(8, None)
    track = PoseTrack(
        track.t_s[late], track.xy_px[late], track.confidence[late], track.width_px, track.height_px
    )
    gait = replace(
        whole.gait,
        track=track,
        body_xy=whole.gait.body_xy[late],
        measures=whole.gait.measures[:, late],
        modelled=whole.gait.modelled[late],
        contacts=tuple(c for c in whole.gait.contacts if c.initial_contact_s > track.t_s[0]),
    )
    second, clip = stored(tmp_path / "b", replace(whole, gait=gait), film=False)
    record(clip, steady(whole.gait.track.t_s.size), draw=lambda number: picture_of(whole, number))
    annotate_clip(clip, replace(whole, gait=gait), tmp_path / "b" / "annotated.mp4")
    out = tmp_path / "out.mp4"
    write_side_by_side(first, second, out)
    found = np.array([[marks(pane) for pane in panes(rgb)] for rgb in frames_of(out)])
    apart = found[:, 0] - found[:, 1]
    assert np.ptp(found[:, 0, 1]) > 15
    assert np.percentile(np.abs(apart - np.median(apart, axis=0)), 90) < 8


def test_lettering_is_never_mirrored(tmp_path):
    first, _ = stored(tmp_path / "a", analysis_of("left", seconds=2.0), annotated=True)
    second, _ = stored(tmp_path / "b", analysis_of("right", seconds=2.0), annotated=True)
    out = tmp_path / "out.mp4"
    write_side_by_side(first, second, out)
    left, right = panes(frames_of(out)[2])
    assert np.isfinite(marks(left)).all()
    assert np.abs(left[-8:].astype(int) - INK).max() < 12  # the annotated clip's timeline is cut
    assert np.isnan(marks(right)).all()
    assert np.abs(right[20, 20].astype(int) - GROUND).max() < 10


@pytest.mark.parametrize(("slow", "rate"), [(1.0, 30), (2.5, 30)])
def test_slow_motion(twins, tmp_path, slow, rate):
    run, clip = twins[0]
    out = tmp_path / "slow.mp4"
    write_side_by_side(run, run, out, clips=(clip, clip), slow=slow)
    match = match_phases(run.report, run.report)
    info = probe(out)
    assert info.frame_rate_hz == pytest.approx(rate, rel=1e-3)
    assert info.duration_s == pytest.approx(slow * np.ptp(match.first_s), abs=0.08)
    shown = frames_of(out)
    for rgb in shown:
        one, other = (marks(pane) for pane in panes(rgb))
        np.testing.assert_allclose(one, other, atol=0.6)


def test_a_clip_that_plays_in_slow_motion(tmp_path):
    """Filmed at 120 frames a second, played at 30: true times are a quarter of the file's."""
    true = analysis_of(fps=120.0, seconds=1.6)
    slow = replace(true, clip=replace(true.clip, slow_motion_factor=4.0, frame_rate_hz=120.0))
    first, one = stored(tmp_path / "slow", slow, 30.0)
    second, other = stored(tmp_path / "true", true, 120.0)
    out = tmp_path / "out.mp4"
    write_side_by_side(first, second, out, clips=(one, other))
    found = np.array([[marks(pane) for pane in panes(rgb)] for rgb in frames_of(out)])
    assert np.abs(found[:, 0] - found[:, 1]).max() < 1.5
    assert probe(out).frame_rate_hz == pytest.approx(60, rel=1e-3)


def test_faces_are_blurred_on_request(tmp_path):
    run, clip = stored(tmp_path / "a", analysis_of(seconds=2.0))
    # The mark sits above the head; a larger head circle is what hides it here.
    plain, blurred = tmp_path / "plain.mp4", tmp_path / "blurred.mp4"
    write_side_by_side(run, run, plain, clips=(clip, clip))
    write_side_by_side(run, run, blurred, clips=(clip, clip), blur_face=True)
    _, _, layout = laid_out([(run, clip), (run, clip)])
    before, after = frames_of(plain)[2], frames_of(blurred)[2]
    changed = np.abs(before.astype(int) - after.astype(int)).max(axis=2) > 12
    rows, _ = np.nonzero(changed)
    assert rows.size > 100
    shoulders = layout.target_px[0][1] - 0.75 * layout.body_px
    assert np.percentile(rows, 99) < shoulders


@pytest.mark.parametrize("stand", ["rear", "front"])
def test_seen_from_behind_and_from_the_front(tmp_path, stand):
    first, one = stored(tmp_path / "a", analysis_of("rear", seconds=2.0))
    second, other = stored(tmp_path / "b", analysis_of(stand, seconds=2.0))
    out = tmp_path / "out.mp4"
    style: Style = "beside" if stand == "front" else "overlay"
    write_side_by_side(first, second, out, clips=(one, other), style=style)
    assert probe(out).frames > 20
    match = match_phases(first.report, second.report)
    assert match.legs == match.second_legs == ("left", "right")


def test_views_that_cannot_be_laid_over_each_other(tmp_path):
    side, _ = stored(tmp_path / "a", analysis_of(seconds=2.0), film=False)
    rear, _ = stored(tmp_path / "b", analysis_of("rear", seconds=2.0), film=False)
    with pytest.raises(UsageError, match="beside") as caught:
        write_side_by_side(side, rear, tmp_path / "out.mp4", style="overlay")
    assert caught.value.code == "other_view"
    write_side_by_side(side, rear, tmp_path / "out.mp4")
    assert probe(tmp_path / "out.mp4").frames > 20


def test_what_cannot_be_shown_is_said(twins, tmp_path):
    (first, one), (second, other) = twins
    out = tmp_path / "out.mp4"
    cases: list[tuple[str, dict[str, Any], tuple[StoredRun, StoredRun]]] = [
        ("no_frames", {}, (replace(first, frames=None), second)),
        (
            "no_frames",
            {},
            (first, replace(second, report=second.report.model_copy(update={"view": None}))),
        ),
        ("too_few_contacts", {}, (first, without_events(second))),
        ("no_body", {}, (first, without_legs(second))),
        ("other_clip", {"clips": (other, None)}, (first, second)),
        ("usage", {"slow": 0.5}, (first, second)),
        ("usage", {"slow": float("nan")}, (first, second)),
    ]
    for code, options, (one_run, other_run) in cases:
        with pytest.raises(UsageError) as caught:
            write_side_by_side(one_run, other_run, out, **options)
        assert caught.value.code == code
        assert str(caught.value).endswith(".")
    assert list(tmp_path.iterdir()) == []
    assert one.exists()


def without_events(run):
    return replace(run, report=run.report.model_copy(update={"events": type(run.report.events)()}))


def without_legs(run):
    xy = run.frames.xy_px.copy()
    xy[:, [Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE]] = np.nan
    return replace(run, frames=replace(run.frames, xy_px=xy))


def test_gaps_in_the_track_leave_the_picture_alone(tmp_path):
    whole = analysis_of(seconds=2.0)
    xy = whole.gait.track.xy_px.copy()
    xy[20:30] = np.nan
    gapped = with_gait(whole, track=replace(whole.gait.track, xy_px=xy))
    first, _ = stored(tmp_path / "a", whole)
    second, _ = stored(tmp_path / "b", gapped, film=False)
    out = tmp_path / "out.mp4"
    write_side_by_side(first, second, out)
    match = match_phases(first.report, second.report)
    shown = frames_of(out)
    amber = [
        int((np.abs(panes(rgb)[1].astype(int) - AMBER).sum(axis=-1) < 60).sum()) for rgb in shown
    ]
    at_s = output_times(match, first.frames.t_s, second.frames.t_s, 30.0, by_frame=True)
    times = match.to_second(at_s)[::STEP]
    gone = (times > 21 / 30) & (times < 28 / 30)
    assert max(np.array(amber)[gone]) < 50 < min(np.array(amber)[times < 19 / 30])


@pytest.mark.parametrize(
    ("first", "second", "other_way"),
    [
        (("side", "left"), ("side", "right"), True),
        (("side", "left"), ("side", "left"), False),
        (("rear", None), ("front", None), True),
        (("rear", None), ("rear", None), False),
        (("side", "left"), ("rear", None), False),
    ],
)
def test_who_is_mirrored(first, second, other_way):
    views = [ViewRecord(kind=kind, facing=facing, confidence=1) for kind, facing in (first, second)]
    assert faces_other_way(*views) is other_way
    assert faces_other_way(*views[::-1]) is other_way
    assert faces_other_way(None, views[0]) is False


def test_frames_come_by_nearest_time_in_order(tmp_path):
    clip = record(tmp_path / "clip.mp4", steady(40, 25.0))
    asked = np.sort(np.random.default_rng(3).uniform(0.3, 1.5, 60))
    with FrameStream(probe(clip), asked[0], asked[-1]) as stream:
        numbers = [number_of(stream.at(t).rgb()) for t in asked]
    assert numbers == np.rint(asked * 25).astype(int).tolist()


def test_nearest_frames():
    t_s = np.array((0.0, 0.1, 0.3))
    at_s = np.array((-1.0, 0.04, 0.06, 0.19, 0.21, 0.3, 2.0))
    assert nearest_frames(t_s, at_s).tolist() == [0, 0, 1, 1, 2, 2, 2]
    assert nearest_frames(t_s[:1], at_s).tolist() == [0] * 7


def test_names_tell_the_runs_apart(twins):
    report = twins[0][0].report

    def named(**told):
        return report.model_copy(update={"runner": report.runner.model_copy(update=told)})

    assert names_of(named(pace="tempo"), named(pace="easy")) == ("Tempo", "Easy")
    assert names_of(named(date="2026-01-02"), named(date="2026-03-04")) == (
        "2026-01-02",
        "2026-03-04",
    )
    assert names_of(named(pace="easy"), named(pace="easy")) == ("First", "Second")
    assert names_of(named(), named(date="2026-03-04")) == ("First", "Second")


def test_details_are_what_is_known_and_fits(twins):
    report = twins[0][0].report
    assert details(report, 600) == "10.8 km/h  ·  170 steps/min"
    assert details(report, 120) == "10.8 km/h"
    assert details(report, 5) == ""


def test_remarks_say_what_was_done(twins):
    subjects, match, _ = laid_out(twins)
    text = " ".join(remarks(match, subjects, ("Easy", "Tempo"), "overlay", 4.0))
    for part in ("4 times slower", "Tempo is mirrored", "left beside right", "middle of the hips"):
        assert part in text
    assert "% of its own speed" not in text  # one gait, one speed
    same = match_phases(twins[0][0].report, twins[0][0].report)
    assert len(remarks(same, [subjects[0]] * 2, ("First", "Second"), "beside", 1.0)) == 1


def test_lines_break_between_words():
    lines = wrapped(["One two three four five.", "Six seven eight."], 15, 120)
    assert " ".join(lines) == "One two three four five. Six seven eight."
    assert len(lines) > 1
    assert wrapped([], 15, 120) == [""]


def test_beyond_the_picture_it_is_dark(tmp_path):
    """A portrait clip is slimmer than its pane."""
    run, clip = stored(tmp_path / "a", analysis_of(seconds=2.0, size_px=(160, 240)))
    out = tmp_path / "out.mp4"
    write_side_by_side(run, run, out, clips=(clip, clip))
    left, _ = panes(frames_of(out)[2])
    assert np.abs(left[320, 4].astype(int) - INK).max() < 10
    assert left[280:360, 280:360].mean() > 80


@pytest.mark.model
@pytest.mark.slow
def test_two_parts_of_a_real_clip(tmp_path):
    """The network's own points, contacts and level; the second part starts on another foot."""
    runner = Runner(height_m=1.79, belt_speed_mps=2.6)
    runs = []
    for name, span in (("a", (0.0, 2.2)), ("b", (2.5, 4.9))):
        options = Options(runner=runner, from_s=span[0], to_s=span[1], pose="full", video=False)
        analyze_to_folder(SAMPLE, tmp_path / name, options)
        runs.append(load_run(tmp_path / name))
    out = tmp_path / "out.mp4"
    write_side_by_side(runs[0], runs[1], out, clips=(SAMPLE, SAMPLE))
    match = match_phases(runs[0].report, runs[1].report)
    assert probe(out).duration_s == pytest.approx(np.ptp(match.first_s), abs=0.03)
    differences = [np.abs(a.astype(int) - b).mean() for a, b in map(panes, frames_of(out))]
    assert np.median(differences) < 13  # one runner, one phase, two skeleton colours

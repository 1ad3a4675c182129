"""The annotated clip: frames, times, duration, and that the right thing lies on the right frame."""

from dataclasses import replace

import av
import numpy as np
import pytest

from formcheck.annotate import annotate_clip, still_frames
from formcheck.annotate.stills import STILL_HEIGHT_PX, crop_box, typical_moments
from formcheck.annotate.times import TrackTimes, track_times
from formcheck.errors import ClipError
from formcheck.landmarks import Landmark
from formcheck.types import PoseTrack
from formcheck.video import ClipReader, probe
from tests.annotate.make import HEIGHT, WIDTH, analysis_of, with_gait
from tests.video.clips import psnr, record, steady

FPS = 30.0


def backdrop(number, width=WIDTH, height=HEIGHT):
    """A smooth picture that differs from frame to frame."""
    x, y = np.meshgrid(np.arange(width) / width, np.arange(height) / height)
    return np.stack((90 + 60 * x + number % 30, 90 + 60 * y, np.full_like(x, 120)), axis=-1).astype(
        np.uint8
    )


def noise(number, width=WIDTH, height=HEIGHT):
    """A picture full of detail, the same in every frame."""
    return np.random.default_rng(0).integers(0, 255, (height, width, 3), np.uint8)


def clip_at(path, times_s, draw=backdrop):
    return record(path, times_s, draw=draw)


def frames_of(path):
    with ClipReader(path) as clip:
        return [(frame.t_s, frame.rgb()) for frame in clip]


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return clip_at(tmp_path_factory.mktemp("source") / "run.mp4", steady(60, FPS))


@pytest.fixture(scope="module")
def annotated(source):
    out = source.with_name("annotated.mp4")
    told: list[float] = []
    annotate_clip(source, analysis_of(), out, progress=told.append)
    return out, told


def test_duration_size_and_frame_times_are_the_originals(source, annotated):
    before, after = probe(source), probe(annotated[0])
    np.testing.assert_allclose(after.frame_times_s, before.frame_times_s, atol=2e-5)
    assert after.duration_s == pytest.approx(before.duration_s, abs=1e-3)
    assert (after.width_px, after.height_px) == (before.width_px, before.height_px)


def test_it_plays_in_browsers(annotated):
    with av.open(str(annotated[0])) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"


def test_progress_grows_to_one(annotated):
    told = annotated[1]
    assert told == sorted(told)
    assert 0 <= told[0] < 0.1
    assert told[-1] == 1.0
    assert len(told) > 50


def test_the_skeleton_lies_on_the_runner_of_the_same_frame(source, annotated):
    track = analysis_of().gait.track
    plain, drawn = frames_of(source), frames_of(annotated[0])
    for i in (10, 31, 50):
        changed = np.abs(drawn[i][1].astype(int) - plain[i][1].astype(int)).max(axis=2) > 60
        for point in (Landmark.LEFT_KNEE, Landmark.LEFT_ANKLE, Landmark.LEFT_ELBOW):
            x, y = track.xy_px[i, point]
            assert changed[int(y), int(x)], (i, point.name)
        # Far from runner, panel and timeline the picture is as it was.
        part = np.s_[120:200, 280:310]
        assert psnr(drawn[i][1][part], plain[i][1][part]) > 32


def test_uneven_frame_times_are_kept(tmp_path):
    rng = np.random.default_rng(5)
    steps = rng.choice((3000, 3003, 6000), 40)
    times_s = np.concatenate(((0,), np.cumsum(steps))) / 90_000
    source = clip_at(tmp_path / "uneven.mp4", times_s.tolist())
    out = tmp_path / "out.mp4"
    annotate_clip(source, analysis_of(times_s=times_s), out)
    np.testing.assert_allclose(probe(out).frame_times_s, times_s, atol=2e-5)


def test_only_the_analysed_part_is_written(source, tmp_path):
    whole = analysis_of()
    track = whole.gait.track
    part = slice(15, 45)
    gait = replace(
        whole.gait,
        track=PoseTrack(track.t_s[part], track.xy_px[part], track.confidence[part], WIDTH, HEIGHT),
        body_xy=whole.gait.body_xy[part],
        measures=whole.gait.measures[:, part],
        modelled=whole.gait.modelled[part],
    )
    annotate_clip(source, replace(whole, gait=gait), tmp_path / "part.mp4")
    np.testing.assert_allclose(
        probe(tmp_path / "part.mp4").frame_times_s, np.arange(30) / FPS, atol=2e-5
    )


def test_slow_motion_plays_as_slowly_as_the_original(tmp_path):
    """A clip filmed at 120 fps that plays at 30: the track's times are the true ones."""
    source = clip_at(tmp_path / "slow.mp4", steady(60, FPS))
    true = analysis_of(fps=120.0, seconds=0.5)
    slow = replace(true, clip=replace(true.clip, slow_motion_factor=4.0))
    np.testing.assert_allclose(track_times(slow).played_s, np.arange(60) / FPS)
    out = tmp_path / "out.mp4"
    annotate_clip(source, slow, out)
    np.testing.assert_allclose(probe(out).frame_times_s, np.arange(60) / FPS, atol=2e-5)
    plain, drawn = frames_of(source), frames_of(out)
    x, y = slow.gait.track.xy_px[40, Landmark.LEFT_KNEE].astype(int)
    assert np.abs(drawn[40][1][y, x].astype(int) - plain[40][1][y, x]).max() > 60


def test_a_frame_the_track_lacks_is_written_without_drawing(source, tmp_path):
    whole = analysis_of()
    kept = np.arange(60) != 30
    track = whole.gait.track
    gait = replace(
        whole.gait,
        track=PoseTrack(track.t_s[kept], track.xy_px[kept], track.confidence[kept], WIDTH, HEIGHT),
        body_xy=whole.gait.body_xy[kept],
        measures=whole.gait.measures[:, kept],
        modelled=whole.gait.modelled[kept],
    )
    out = tmp_path / "lacking.mp4"
    annotate_clip(source, replace(whole, gait=gait), out)
    plain, drawn = frames_of(source), frames_of(out)
    assert len(drawn) == 60
    assert psnr(drawn[30][1], plain[30][1]) > 30 > psnr(drawn[29][1], plain[29][1])


def test_faces_are_blurred_in_every_frame_and_only_on_request(tmp_path):
    source = clip_at(tmp_path / "run.mp4", steady(30, FPS), draw=noise)
    analysis = analysis_of(seconds=1.0, values={})
    nose = analysis.gait.track.xy_px[:, Landmark.NOSE].astype(int)

    def contrast(path):
        spots = []
        for (_, rgb), (x, y) in zip(frames_of(path), nose, strict=True):
            spots.append(rgb[y - 3 : y + 4, x - 3 : x + 4].astype(float).std(axis=(0, 1)).mean())
        return np.array(spots)

    clear, blurred = tmp_path / "clear.mp4", tmp_path / "blurred.mp4"
    annotate_clip(source, analysis, clear)
    annotate_clip(source, analysis, blurred, blur_face=True)
    assert (contrast(clear) > 18).all()
    assert (contrast(blurred) < 6).all()


def test_upright_frames_of_a_turned_clip_are_drawn_upright(tmp_path):
    """A portrait clip of odd size: scaled to even, drawn in its own proportions."""
    source = clip_at(tmp_path / "tall.mp4", steady(12, FPS), draw=lambda i: backdrop(i, 180, 320))
    analysis = analysis_of(seconds=0.4, size_px=(180, 320))
    out = tmp_path / "out.mp4"
    annotate_clip(source, analysis, out)
    assert (probe(out).width_px, probe(out).height_px) == (180, 320)


def test_a_clip_that_is_gone_is_told(tmp_path):
    with pytest.raises(ClipError, match="does not exist"):
        annotate_clip(tmp_path / "gone.mp4", analysis_of(), tmp_path / "out.mp4")
    assert not list(tmp_path.iterdir())


def test_a_time_belongs_to_the_nearest_frame_within_half_a_step():
    times = TrackTimes(np.array((0.0, 0.1, 0.2, 0.4)), 0.1)
    assert [times.nearest(t) for t in (-1.0, 0.14, 0.16, 9.0)] == [0, 1, 2, 3]
    assert [times.at(t) for t in (0.04, 0.3, 0.36, 0.46)] == [0, None, 3, None]
    assert times.span_s == pytest.approx((0.0, 0.45))
    assert track_times(analysis_of(fps=25.0)).step_s == pytest.approx(0.04)


# -------------------------------------------------------------------------------- stills


def test_side_stills_show_contact_and_midstance_of_the_near_foot(source):
    analysis = analysis_of()
    contact, midstance = still_frames(source, analysis)
    assert contact.label == "Initial contact, left foot"
    assert midstance.label == "Midstance, left foot"
    own = [c for c in analysis.gait.contacts if c.side == "left"]
    assert min(abs(contact.t_s - c.initial_contact_s) for c in own) < 0.5 / FPS + 1e-6
    assert 0.05 < midstance.t_s - contact.t_s < 0.25
    for still in (contact, midstance):
        assert still.rgb.dtype == np.uint8
        assert still.rgb.shape[0] == STILL_HEIGHT_PX
        assert 0.4 * STILL_HEIGHT_PX < still.rgb.shape[1] < 1.5 * STILL_HEIGHT_PX


def test_rear_stills_show_midstance_of_both_feet(source):
    labels = {still.label for still in still_frames(source, analysis_of("rear"))}
    assert labels == {"Midstance, left foot", "Midstance, right foot"}


def test_stills_blur_the_face_on_request(tmp_path):
    source = clip_at(tmp_path / "run.mp4", steady(60, FPS), draw=noise)
    analysis = analysis_of()
    clear, blurred = (
        still_frames(source, analysis, blur_face=blur)[0].rgb.astype(float)
        for blur in (False, True)
    )
    changed = np.abs(clear - blurred).max(axis=2) > 40
    rows, _ = np.nonzero(changed)
    assert changed.mean() > 0.01
    assert np.percentile(rows, 95) < 0.35 * STILL_HEIGHT_PX


def test_without_contacts_there_are_no_stills(source):
    for stand in ("left", "rear"):
        assert still_frames(source, with_gait(analysis_of(stand), contacts=())) == []


def test_the_typical_contact_is_the_one_nearest_to_the_median():
    analysis = analysis_of(seconds=4.0)
    withheld = analysis_of(seconds=4.0, values={})
    unsampled = replace(
        withheld,
        metrics={key: replace(metric, samples=None) for key, metric in withheld.metrics.items()},
    )
    for each in (analysis, withheld, unsampled):
        (_, contact), (_, midstance) = typical_moments(each)
        assert 0 < contact < midstance < 4.0
    (_, contact), _ = typical_moments(withheld)
    assert contact == pytest.approx(2.0, abs=0.5)


def test_crops_stay_in_the_picture_and_hold_the_runner():
    points = np.array(((300.0, 20.0), (310.0, 230.0), (np.nan, np.nan)))
    box = crop_box(points, (WIDTH, HEIGHT))
    assert 0 <= box.left <= 300
    assert 310 <= box.right <= WIDTH
    assert box.top == 0
    assert box.bottom == HEIGHT
    wide = crop_box(np.array(((100.0, 100.0), (104.0, 150.0))), (WIDTH, HEIGHT))
    assert wide.right - wide.left >= 0.6 * (wide.bottom - wide.top)


class Stopped(Exception):
    """What stops the work halfway."""


@pytest.mark.parametrize("after", [0.02, 0.3, 0.7, 0.9])
def test_an_error_on_the_way_comes_through(source, tmp_path, after):
    """Frames that are being drawn in advance are waited for; nothing is left behind."""

    def stop(share):
        if share >= after:
            raise Stopped

    for _ in range(5):
        with pytest.raises(Stopped):
            annotate_clip(source, analysis_of(), tmp_path / "out.mp4", progress=stop)
    assert list(tmp_path.iterdir()) == []

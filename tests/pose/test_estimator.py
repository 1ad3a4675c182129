"""The two passes together."""

import threading

import numpy as np
import pytest

import formcheck
from formcheck.errors import NoRunnerError, UsageError
from formcheck.landmarks import NAMES
from formcheck.pose import open_estimator
from formcheck.pose.decode import Points
from formcheck.pose.estimator import read_landmarks
from formcheck.pose.geometry import crop_matrix, to_frame
from formcheck.pose.models import MODELS_VARIABLE
from formcheck.pose.path import smooth_path
from formcheck.request import Request
from tests.models.folders import SKELETON, link_models, places, write_halpe
from tests.pose.pictures import frame_of, on_canvas, picture, write_clip

RATE_HZ = 30.0
FRAMES = 45


def canvas(i, speed=2):
    return on_canvas(picture("side"), 0.9, 640, 440, 20 + speed * i, 4)


@pytest.fixture(scope="module")
def moving(tmp_path_factory):
    """A clip in which a picture of a runner moves two pixels a frame."""
    path = tmp_path_factory.mktemp("clips") / "moving.mp4"
    return write_clip(path, [canvas(i) for i in range(FRAMES)], RATE_HZ)


def estimate(name, clip, from_s=None, to_s=None, progress=lambda _: None):
    with open_estimator(name, "cpu") as estimator:
        return estimator.estimate(clip, from_s=from_s, to_s=to_s, progress=progress)


def test_landmarks_move_with_the_picture(moving):
    track = estimate("lite", moving)
    assert track.t_s == pytest.approx(np.arange(FRAMES) / RATE_HZ, abs=1e-4)
    assert (track.width_px, track.height_px) == (640, 440)
    still = track.xy_px - np.arange(FRAMES)[:, None, None] * (2, 0)
    spread = still.std(axis=0)[track.confidence.mean(axis=0) > 0.6]
    assert len(spread) >= 8
    assert np.median(spread) < 1.0
    assert track.notes == ()


def test_only_the_longest_shot_of_a_montage_is_read(tmp_path):
    stripes = np.kron(np.random.default_rng(1).integers(0, 255, (11, 16, 3)), np.ones((40, 40, 1)))
    other = [stripes.astype(np.uint8)] * 20
    clip = write_clip(tmp_path / "cut.mp4", other + [canvas(i) for i in range(FRAMES)], RATE_HZ)
    track = estimate("lite", clip)
    assert track.t_s == pytest.approx((20 + np.arange(FRAMES)) / RATE_HZ, abs=1e-4)
    assert [note.code for note in track.notes] == ["several_shots"]
    assert "2 shots" in track.notes[0].text


def test_the_same_clip_gives_the_same_track(moving):
    first, second = (estimate("lite", moving) for _ in range(2))
    assert np.array_equal(first.xy_px, second.xy_px)
    assert np.array_equal(first.confidence, second.confidence)


def test_a_part_keeps_the_times_of_the_clip(moving):
    track = estimate("lite", moving, from_s=0.2, to_s=1.3)
    assert track.t_s[0] == pytest.approx(0.2, abs=1e-3)
    assert track.t_s[-1] == pytest.approx(1.3 - 1 / RATE_HZ, abs=1e-3)


def test_progress_only_grows_and_ends_at_one(moving):
    shares: list[float] = []
    estimate("lite", moving, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert len(shares) > FRAMES


def test_a_clip_without_a_person_says_so(tmp_path):
    clip = write_clip(tmp_path / "room.mp4", [np.full((240, 320, 3), 96, np.uint8)] * 30)
    with pytest.raises(NoRunnerError, match="No person was found") as caught:
        estimate("lite", clip)
    assert caught.value.code == "no_person"


def test_a_person_for_a_moment_is_too_brief(tmp_path):
    room = np.full((440, 640, 3), 96, np.uint8)
    clip = write_clip(tmp_path / "brief.mp4", [canvas(i) for i in range(15)] + [room] * 30)
    with pytest.raises(NoRunnerError, match="only for a moment") as caught:
        estimate("lite", clip)
    assert caught.value.code == "runner_too_brief"


def test_a_simcc_network_fits_as_one_more_folder(moving, tmp_path, monkeypatch):
    link_models(tmp_path)
    write_halpe(tmp_path)
    monkeypatch.setenv(MODELS_VARIABLE, str(tmp_path))
    track = estimate("rtmpose", moving)
    crop = places()[[SKELETON[name] for name in NAMES]]
    # whatever the picture, the stand-in sees points in fixed places of an upright crop
    seen = (track.xy_px - track.xy_px[:, :1])[:, 1:]
    scale = (seen / (crop - crop[0])[1:]).reshape(FRAMES, -1)
    assert np.ptp(scale, axis=1).max() < 1e-6
    assert scale.mean() == pytest.approx(2.5 * 200 * 0.9 / 256, rel=0.15)
    assert track.confidence == pytest.approx(0.8)
    # nobody has measured whose idea of a hip its points follow
    assert (track.network, track.convention) == ("rtmpose", "rtmpose")
    assert estimate("lite", moving).convention == "blazepose"
    # it is what the command and the public function take; fixed places are nobody who runs
    assert Request(pose="RTMPose").options().pose == "rtmpose"
    with pytest.raises(NoRunnerError):
        formcheck.analyze(moving, pose="rtmpose")


def test_networks_that_are_not_there_are_refused():
    with pytest.raises(UsageError, match="'rtmpose' is not known: give full, heavy"):
        Request(pose="rtmpose").options()


class Corners:
    """A landmarker that puts every landmark at the same place of the crop."""

    name = convention = sha256 = provider = "corners"
    size_px, scale, turned, workers = 64, 1.0, True, 2

    def __init__(self, batch=1, fails_at=None):
        self.batch = batch
        self.fails_at = fails_at
        self.calls = 0

    def __call__(self, crops):
        self.calls += 1
        if self.fails_at is not None and self.calls > self.fails_at:
            raise MemoryError("no room")
        count = len(crops)
        xy = np.full((count, 19, 2), (16.0, 48.0))
        return Points(xy, np.full((count, 19), 0.5), np.ones(count), np.full((count, 2, 2), np.nan))

    def close(self):
        pass


PATH = smooth_path(np.array((0.0, 0.1, 0.2)), np.tile((320.0, 220.0, 200.0, 0.3), (3, 1)))


def some_frames(count=30):
    return (frame_of(canvas(0), i, i / RATE_HZ) for i in range(count))


@pytest.mark.parametrize("batch", [1, 4, 7])
def test_frames_beyond_the_path_have_no_landmarks_in_batches_of_any_size(batch):
    t_s, xy, confidence = read_landmarks(some_frames(), PATH, Corners(batch), lambda _: None)
    assert t_s == pytest.approx(np.arange(30) / RATE_HZ)
    known = t_s <= 0.2 + 0.25
    expected = to_frame(np.array([[(16.0, 48.0)]]), crop_matrix(PATH.regions[0], 64)[None])[0, 0]
    assert xy[known] == pytest.approx(np.broadcast_to(expected, (known.sum(), 19, 2)))
    assert np.isnan(xy[~known]).all()
    assert np.all(confidence[~known] == 0)
    assert np.all(confidence[known] == 0.5)


def test_an_error_in_the_network_ends_all_threads_and_is_raised():
    before = threading.active_count()
    with pytest.raises(MemoryError, match="no room"):
        read_landmarks(some_frames(), PATH, Corners(fails_at=3), lambda _: None)
    assert threading.active_count() == before


def test_an_error_while_decoding_ends_all_threads_and_is_raised():
    def broken():
        yield from some_frames(5)
        raise OSError("disk gone")

    before = threading.active_count()
    with pytest.raises(OSError, match="disk gone"):
        read_landmarks(broken(), PATH, Corners(), lambda _: None)
    assert threading.active_count() == before

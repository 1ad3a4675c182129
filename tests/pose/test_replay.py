import numpy as np
import pytest

from formcheck.errors import ModelError
from formcheck.pose import ReplayEstimator, load_track, save_track
from formcheck.types import PoseTrack


@pytest.fixture
def track():
    rng = np.random.default_rng(3)
    points, confidence = rng.random((30, 19, 2)), rng.random((30, 19))
    return PoseTrack(
        np.arange(30) / 30, points, confidence, 640, 360, convention="joints", network="lite"
    )


def test_a_stored_track_comes_back_unchanged(track, tmp_path):
    save_track(track, tmp_path / "track.npz")
    again = load_track(tmp_path / "track.npz")
    assert np.array_equal(again.xy_px, track.xy_px)
    assert np.array_equal(again.confidence, track.confidence)
    assert np.array_equal(again.t_s, track.t_s)
    assert (again.width_px, again.height_px) == (640, 360)
    assert (again.convention, again.network) == ("joints", "lite")


def test_a_track_need_not_say_which_network_made_it(track, tmp_path):
    path = tmp_path / "track.npz"
    arrays = {name: getattr(track, name) for name in ("t_s", "xy_px", "confidence")}
    np.savez(path, width_px=640, height_px=360, **arrays)
    again = load_track(path)
    assert (again.convention, again.network) == ("blazepose", "")


def test_replaying_gives_the_part_asked_for(track, tmp_path):
    save_track(track, tmp_path / "track.npz")
    shares: list[float] = []
    with ReplayEstimator(tmp_path / "track.npz") as estimator:
        part = estimator.estimate(tmp_path, from_s=0.2, to_s=0.5, progress=shares.append)
    assert part.t_s == pytest.approx(track.t_s[(track.t_s >= 0.2) & (track.t_s < 0.5)])
    assert shares[-1] == 1
    assert part.network == "lite"
    assert (estimator.name, estimator.provider) == ("replay", "none")
    assert estimator.sha256 == ""


def test_something_else_is_no_track(tmp_path):
    path = tmp_path / "notes.npz"
    path.write_text("no archive")
    with pytest.raises(ModelError, match="is not a stored pose track") as caught:
        load_track(path)
    assert caught.value.code == "bad_track"
    with pytest.raises(ModelError, match="is not a stored pose track"):
        load_track(tmp_path / "none.npz")
    np.savez(path, t_s=np.arange(3))
    with pytest.raises(ModelError, match="is not a stored pose track"):
        load_track(path)


def test_a_track_that_does_not_say_who_made_it_as_it_should_is_none(track, tmp_path):
    path = tmp_path / "track.npz"
    save_track(track, path)
    with np.load(path) as data:
        content = {name: data[name] for name in data.files}
    np.savez(path, **{**content, "maker": ("lite", "0" * 64)})
    with pytest.raises(ModelError, match="is not a stored pose track"):
        ReplayEstimator(path)

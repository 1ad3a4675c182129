"""Pictures that a converter repeated: found by their regular stillness, left out, and told."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from formcheck.gait.model import build_gait
from formcheck.gait.repeats import repeated, without_repeats
from formcheck.metrics import measure_gait
from formcheck.pose import open_estimator
from formcheck.types import PoseTrack, Runner
from tests.gait.exact import filmed
from tests.synthetic import with_gap

SAMPLE = Path(__file__).resolve().parents[2] / "sample_videos" / "side_easy_60fps.mp4"
STILL_PX = 0.2
"""What a network's points move between two encodings of one picture."""


def converted(track: PoseTrack, to_hz: float) -> PoseTrack:
    """Raise a track's frame rate by showing each new frame as the last picture before it."""
    count = int(np.ptp(track.t_s) * to_hz)
    shown_s = np.arange(count) / to_hz
    source = np.searchsorted(track.t_s, shown_s + 1e-6, side="right") - 1
    xy = track.xy_px[source]
    xy = xy + np.random.default_rng(1).normal(0, STILL_PX, xy.shape)
    return replace(track, t_s=shown_s, xy_px=xy, confidence=track.confidence[source])


@pytest.mark.parametrize("stand", ["left", "rear"])
@pytest.mark.parametrize(
    ("true_hz", "to_hz"), [(25.0, 50.0), (30.0, 60.0), (24.0, 30.0), (25.0, 60.0), (50.0, 60.0)]
)
def test_the_true_rate_is_found(stand, true_hz, to_hz):
    track = filmed(stand, true_hz, 5.0)[2]
    thinned, (note,) = without_repeats(converted(track, to_hz))
    assert note.code == "repeated_frames"
    assert f"{to_hz:.0f} frames" in note.text
    assert f"only {true_hz:.0f} of" in note.text
    np.testing.assert_allclose(np.diff(thinned.t_s), 1 / true_hz, rtol=0.01)
    np.testing.assert_allclose(thinned.xy_px, track.xy_px[: len(thinned.xy_px)], atol=1.5)


@pytest.mark.parametrize("stand", ["left", "rear"])
@pytest.mark.parametrize("rate_hz", [30.0, 60.0, 240.0])
def test_whole_clips_are_left_alone(stand, rate_hz):
    track = filmed(stand, rate_hz, 3.0, noise_px=0.5)[2]
    thinned, notes = without_repeats(track)
    assert thinned is track
    assert notes == ()


def test_pictures_that_stand_still_now_and_then_are_no_conversion():
    track = filmed("left", 60.0, 4.0)[2]
    xy = track.xy_px.copy()
    for frame in np.flatnonzero(np.random.default_rng(2).random(len(xy) - 1) < 0.3) + 1:
        xy[frame] = xy[frame - 1]
    assert not repeated(xy).any()


def test_a_runner_who_is_not_seen_does_not_stand_still():
    track = with_gap(filmed("left", 30.0, 4.0)[2], 1.0, 2.5)
    assert not repeated(track.xy_px).any()
    assert repeated(converted(track, 60.0).xy_px).any()


def test_missing_pictures_keep_their_times():
    """Twice 30, and half a second of it lost: an even grid would shift what comes after."""
    track = converted(filmed("left", 30.0, 5.0)[2], 60.0)
    left = (track.t_s < 2.0) | (track.t_s >= 2.5)
    cut = replace(
        track, t_s=track.t_s[left], xy_px=track.xy_px[left], confidence=track.confidence[left]
    )
    thinned, _ = without_repeats(cut)
    assert set(thinned.t_s) <= set(cut.t_s)


def doubled(path: Path, seconds: float) -> None:
    """Write the sample's every second picture twice, at its own rate."""
    with av.open(str(SAMPLE)) as source, av.open(str(path), "w") as target:
        stream = target.add_stream("libx264", rate=60)
        stream.width, stream.height = source.streams.video[0].width, source.streams.video[0].height
        stream.options = {"crf": "24", "preset": "veryfast"}
        for number, frame in enumerate(source.decode(video=0)):
            if number >= 60 * seconds:
                break
            if number % 2 == 0:
                image = np.asarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8)
            picture = av.VideoFrame.from_ndarray(image, format="rgb24")
            picture.pts, picture.time_base = number, Fraction(1, 60)
            target.mux(stream.encode(picture))
        target.mux(stream.encode(None))


@pytest.mark.model
def test_a_doubled_clip_is_measured_at_its_true_rate(tmp_path):
    clip = tmp_path / "doubled.mp4"
    doubled(clip, 2.5)
    with open_estimator("full") as estimator:
        track = estimator.estimate(clip, from_s=None, to_s=None, progress=lambda share: None)
    gait = build_gait(track, Runner(height_m=1.79, belt_speed_mps=2.6))
    assert "repeated_frames" in {note.code for note in gait.notes}
    assert np.median(np.diff(gait.track.t_s)) == pytest.approx(1 / 30, rel=0.001)
    metrics = measure_gait(gait, Runner(height_m=1.79, belt_speed_mps=2.6))
    assert metrics["contact_time_ms"].status == "measured"
    assert metrics["cadence_spm"].status == "measured"

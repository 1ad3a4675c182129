"""Clips that browsers do not play get a copy that keeps every frame's time."""

from __future__ import annotations

import numpy as np
import pytest

from formcheck.video import plays_in_browsers, probe, write_browser_copy
from tests.video.clips import Recipe, record, steady


@pytest.mark.parametrize(
    ("name", "codec", "plays"),
    [("a.mp4", "libx264", True), ("a.mov", "libx264", True), ("a.mp4", "libx265", False)],
)
def test_what_browsers_play(tmp_path, name, codec, plays):
    clip = record(tmp_path / name, steady(12), Recipe(codec=codec))
    assert plays_in_browsers(clip) is plays


@pytest.mark.parametrize("turn_deg", [0, 90])
def test_a_copy_keeps_times_and_is_upright(tmp_path, turn_deg):
    info = probe(record(tmp_path / "a.mp4", [0.0, 0.03, 0.05, 0.11, 0.12], Recipe(codec="libx265")))
    turned = info.turned(turn_deg)
    write_browser_copy(turned, tmp_path / "copy.mp4")
    copy = probe(tmp_path / "copy.mp4")
    assert plays_in_browsers(tmp_path / "copy.mp4")
    assert (copy.width_px, copy.height_px) == (turned.width_px, turned.height_px)
    np.testing.assert_allclose(copy.frame_times_s, info.frame_times_s, atol=1e-3)

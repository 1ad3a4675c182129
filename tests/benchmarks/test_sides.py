"""The differences that the benchmark of left and right puts in are those that it names."""

from __future__ import annotations

import pytest

from benchmarks.sides import ANGLE_DEG, CONTACT_SHARE, SHIN, gait_of, imposed, truth_of


def test_each_difference_is_as_large_as_it_says():
    put_in = {one.key: one for one in imposed(gait_of(4))}
    shin = [truth_of(put_in[SHIN].specs[stand], SHIN) for stand in ("left", "right")]
    assert shin[1] - shin[0] == pytest.approx(ANGLE_DEG, abs=0.5)
    for key in ("knee_fppa_midstance_deg", "pelvic_drop_midstance_deg"):
        spec = put_in[key].specs["rear"]
        left, right = (truth_of(spec, f"{key}_{side}") for side in ("left", "right"))
        assert right - left == pytest.approx(ANGLE_DEG, abs=0.5)
    spec = put_in["contact_time_ms"].specs["left"]
    assert spec["contact_difference_s"] == pytest.approx(CONTACT_SHARE * spec["contact_s"])

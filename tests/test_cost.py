"""The table of what each stage costs."""

from __future__ import annotations

import pytest

from formcheck.cost import StageClock
from formcheck.pipeline import Stage
from formcheck.video import ClipReader
from tests.video.clips import record, steady


def test_stages_cost_what_was_spent_in_them(tmp_path, monkeypatch):
    now = {"wall": 100.0, "processor": 1.5}
    monkeypatch.setattr("formcheck.cost.time.perf_counter", lambda: now["wall"])
    monkeypatch.setattr("formcheck.cost.time.process_time", lambda: now["processor"])
    path = record(tmp_path / "clip.mp4", steady(12, 30.0))
    told: list[tuple[Stage, float]] = []
    clock = StageClock(lambda stage, share: told.append((stage, share)))
    clock("open", 0.0)
    now["wall"] += 2.0
    clock("pose", 0.0)
    with ClipReader(path) as frames:
        assert len(list(frames)) == 12
    now["processor"] += 4.0
    clock("pose", 1.0)
    now["wall"] += 0.25
    lines = [line.split() for line in clock.table().splitlines()]
    assert told == [("open", 0.0), ("pose", 0.0), ("pose", 1.0)]
    assert [line[0] for line in lines] == ["stage", "start", "open", "pose", "whole"]
    assert lines[1][1:4] == ["0.00", "1.50", "0"]
    assert lines[2][1:4] == ["2.00", "0.00", "0"]
    assert lines[3][1:3] == ["0.25", "4.00"]
    assert int(lines[3][3]) == 12 + 1  # opening the file decodes its first picture, too
    assert lines[4][1:3] == ["2.25", "5.50"]
    assert clock.whole.decoded_bytes == clock.costs["pose"].decoded_bytes > 0
    assert clock.peaks_mib["pose"] == pytest.approx(clock.peaks_mib["start"], rel=0.5)

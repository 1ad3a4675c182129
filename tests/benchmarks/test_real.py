"""Labels made by eye are read and set beside what was measured."""

from __future__ import annotations

import json

import pytest

from benchmarks.real import Value, labelled, read_label, told

LABEL = {
    "clip": "gym",
    "events": [
        {"leg": "near", "kind": "initial_contact", "t_s": 0.9},
        {"leg": "near", "kind": "initial_contact", "t_s": 0.2},
        {"leg": "far", "kind": "toe_off", "t_s": 0.4},
    ],
    "by_eye": {
        "ankle_ahead_of_hip_ratio_at_contact": "0.20 (0.19, 0.22; dark: +-0.03)",
        "tibia_deg_at_contact": "-1 +-2 (leaning back)",
        "trunk_lean_deg": "7",
    },
    "contact_time_on_the_clips_clock": {"near": {"mean_ms": 300.0}, "far": {"mean_ms": 290.0}},
    "cadence_spm_on_the_clips_clock": 160.0,
}


@pytest.mark.parametrize(
    ("text", "value", "own"),
    [
        ("0.22 (5 contacts 0.19-0.23)", 0.22, None),
        ("0.11-0.12 (near)", 0.115, None),
        ("-1 +-2 (leaning)", -1.0, 2.0),
        ("4 (2.4 at contact) +-2, bare", 4.0, 2.0),
        (7.5, 7.5, None),
    ],
)
def test_what_the_eye_told(text, value, own):
    found, stated = told(text)
    assert found == pytest.approx(value)
    assert stated == own


def test_words_alone_are_no_number():
    with pytest.raises(ValueError, match="does not begin"):
        told("about upright")


def test_a_label_is_read():
    label = read_label(LABEL)
    assert label.events["near", "initial_contact_s"].tolist() == [0.2, 0.9]
    value, sd = label.values["landing_ankle_hip_pct_leg"]
    assert value == pytest.approx(18.0)
    assert sd == pytest.approx(2.7 / 1.96)
    assert label.values["trunk_lean_deg"] == (7.0, 1.5)
    assert label.contact_ms is not None
    assert label.contact_ms[0] == 295.0
    assert label.cadence_spm is not None


def test_only_labels_with_their_clip_count(tmp_path):
    (tmp_path / "gym.json").write_text(json.dumps(LABEL))
    assert list(labelled(tmp_path, tmp_path / "none")) == []
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "gym.mov").write_bytes(b"")
    assert [path.name for _, path in labelled(tmp_path, tmp_path / "clips")] == ["gym.mov"]


@pytest.mark.parametrize(
    ("low", "high", "holds"), [(9.0, 11.0, True), (9.9, 10.1, True), (12.0, 14.0, False)]
)
def test_an_interval_holds_a_label_with_the_labels_own_uncertainty(low, high, holds):
    one = Value("gym", "trunk_lean_deg", 10.5, 0.5, (low + high) / 2, low, high, "measured")
    assert one.holds is holds
    withheld = Value("gym", "trunk_lean_deg", 10.5, 0.5, None, None, None, "low_confidence")
    assert withheld.holds is None

"""What users type, as tables: numbers that come out, and sentences for what cannot be meant."""

from __future__ import annotations

import json

import pytest

from formcheck.errors import UsageError
from formcheck.values import (
    load_json,
    parse_baseline,
    parse_bouts,
    parse_date,
    parse_height,
    parse_incline,
    parse_slow_motion,
    parse_speed,
)
from tests.cli.run import one_sentence


@pytest.mark.parametrize(
    ("text", "mps"),
    [
        ("10km/h", 10 / 3.6),
        ("10 km/h", 10 / 3.6),
        (" 10.5KM/H ", 10.5 / 3.6),
        ("10,5km/h", 10.5 / 3.6),
        ("10kmh", 10 / 3.6),
        ("12kph", 12 / 3.6),
        ("2.8m/s", 2.8),
        ("2.8mps", 2.8),
        ("6.2mph", 6.2 * 0.44704),
        (None, None),
    ],
)
def test_speed(text, mps):
    assert parse_speed(text) == (None if mps is None else pytest.approx(mps))


@pytest.mark.parametrize(
    "text",
    ["", "10", "km/h", "ten km/h", "10 knots", "10km/h!", "1e1km/h", "--3m/s", "-3m/s", "nanm/s"],
)
def test_speed_that_is_not_understood(text):
    with pytest.raises(UsageError, match="not understood") as caught:
        parse_speed(text)
    assert one_sentence(str(caught.value))


@pytest.mark.parametrize("text", ["0km/h", "3km/h", ".55m/s", "50km/h", "100mph", "280m/s"])
def test_speed_that_nobody_runs(text):
    with pytest.raises(UsageError, match="no running speed"):
        parse_speed(text)


@pytest.mark.parametrize(
    ("given", "metres"),
    [(None, None), (1.76, 1.76), (176, 1.76), (80, 0.8), (0.8, 0.8), (2.4, 2.4)],
)
def test_height(given, metres):
    assert parse_height(given) == (None if metres is None else pytest.approx(metres))


@pytest.mark.parametrize("given", [0, -1.7, 0.5, 3.0, 17.6, 50, 300, float("nan"), float("inf")])
def test_impossible_height(given):
    with pytest.raises(UsageError, match="no body height"):
        parse_height(given)


@pytest.mark.parametrize("percent", [0.0, 1.5, -3.0, 40.0])
def test_incline(percent):
    assert parse_incline(percent) == percent


@pytest.mark.parametrize("percent", [41.0, -90.0, float("nan"), float("inf")])
def test_impossible_incline(percent):
    with pytest.raises(UsageError, match="incline"):
        parse_incline(percent)


@pytest.mark.parametrize(("text", "date"), [(None, None), ("2024-02-29", "2024-02-29")])
def test_date(text, date):
    assert parse_date(text) == date


@pytest.mark.parametrize("text", ["", "29.2.2024", "2023-02-29", "yesterday", "2024-13-01"])
def test_impossible_date(text):
    with pytest.raises(UsageError, match="YYYY-MM-DD"):
        parse_date(text)


@pytest.mark.parametrize(
    ("text", "factor"), [("auto", None), (" AUTO ", None), ("1", 1.0), ("8", 8.0), ("9.6", 9.6)]
)
def test_slow_motion(text, factor):
    assert parse_slow_motion(text) == factor


@pytest.mark.parametrize("text", ["", "slow", "0", "0.5", "-8", "nan", "inf", "65", "8x"])
def test_impossible_slow_motion(text):
    with pytest.raises(UsageError, match="auto or a factor"):
        parse_slow_motion(text)


@pytest.mark.parametrize(
    ("text", "bouts"), [(None, None), ("2:1", (2.0, 1.0)), (" 1.5 : 0.5 ", (1.5, 0.5))]
)
def test_bouts(text, bouts):
    assert parse_bouts(text) == bouts


@pytest.mark.parametrize("text", ["", "2", "2:", "2-1", "a:b", "1.2.3:1", "2:1:1"])
def test_impossible_bouts(text):
    with pytest.raises(UsageError, match="2:1"):
        parse_bouts(text)


def test_report_or_its_folder(tmp_path):
    (tmp_path / "report.json").write_text(json.dumps({"a": 1}), "utf-8")
    assert load_json(tmp_path) == load_json(tmp_path / "report.json") == {"a": 1}


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"3", b"\xff\xfe", b'"text"'])
def test_what_is_no_report(tmp_path, content):
    file = tmp_path / "report.json"
    file.write_bytes(content)
    with pytest.raises(UsageError, match="not a formcheck report") as caught:
        load_json(file)
    assert one_sentence(str(caught.value))


def test_report_that_is_not_there(tmp_path):
    for path in (tmp_path, tmp_path / "missing.json"):
        with pytest.raises(UsageError, match="not a formcheck report"):
            load_json(path)


def test_baseline_of_steps_per_minute():
    assert parse_baseline(None) is None
    past = parse_baseline("168")
    assert past is not None
    assert past.baseline_spm == 168.0


@pytest.mark.parametrize("text", ["nan", "inf", "fast", "nowhere/report.json"])
def test_impossible_baseline(text):
    with pytest.raises(UsageError):
        parse_baseline(text)

"""What users type, as tables: numbers that come out, and sentences for what cannot be meant."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Literal

import pytest

from formcheck.cues.guide.shapes import RegionId
from formcheck.errors import UsageError
from formcheck.values import (
    from_text,
    load_json,
    parse_baseline,
    parse_bouts,
    parse_date,
    parse_height,
    parse_incline,
    parse_person,
    parse_rotation,
    parse_slow_motion,
    parse_speed,
    parse_time,
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
        ("8 mi/h", 8 * 0.44704),
        ("10 km / h", 10 / 3.6),
        ("5:30/km", 1000 / 330),
        ("5:30 min/km", 1000 / 330),
        ("5'30\"/km", 1000 / 330),
        ("5.5min/km", 1000 / 330),
        ("5,5 min/km", 1000 / 330),
        ("8:51/mile", 1609.344 / 531),
        ("8:51/mi", 1609.344 / 531),
        ("9 min/miles", 1609.344 / 540),
        (None, None),
    ],
)
def test_speed(text, mps):
    assert parse_speed(text) == (None if mps is None else pytest.approx(mps))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10",
        "km/h",
        "ten km/h",
        "10 knots",
        "10km/h!",
        "1e1km/h",
        "--3m/s",
        "-3m/s",
        "nanm/s",
        "5:70/km",
        "5:3/km",
        ":30/km",
        "5:30",
        "5:30/yard",
        "5:30km/h",
    ],
)
def test_speed_that_is_not_understood(text):
    with pytest.raises(UsageError, match="not understood") as caught:
        parse_speed(text)
    assert one_sentence(str(caught.value))


@pytest.mark.parametrize(
    "text",
    ["0km/h", "3km/h", ".55m/s", "50km/h", "100mph", "280m/s", "0:00/km", "1:00/km", "30:00/km"],
)
def test_speed_that_nobody_runs(text):
    with pytest.raises(UsageError, match="not a plausible running speed"):
        parse_speed(text)


@pytest.mark.parametrize(
    ("given", "metres"),
    [
        *((None, None), (1.76, 1.76), (176, 1.76), (80, 0.8), (0.8, 0.8), (2.4, 2.4)),
        *((text, 1.76) for text in ("1.76", "1,76", " 1,76 m", "1.76m", "176", "176cm", "176 CM")),
        *(("1760mm", 1.76), ("176,5cm", 1.765)),
        *(
            (text, 1.778)
            for text in ("5'10\"", "5'10", "5’10”", "5 ft 10 in", "5ft10", "5 10", "70in")
        ),
        *(("6'", 1.8288), ("5 feet 9.5 inches", 1.7653), ('70"', 1.778)),
    ],
)
def test_height(given, metres):
    assert parse_height(given) == (None if metres is None else pytest.approx(metres))


@pytest.mark.parametrize(
    "given",
    [
        0,
        -1.7,
        0.5,
        3.0,
        17.6,
        50,
        300,
        float("nan"),
        float("inf"),
        "",
        "tall",
        "1.76 km",
        "9'0\"",
        "1e0",
        "1.7.6",
        "nan",
        "５'10",
        "5'100",
    ],
)
def test_impossible_height(given):
    with pytest.raises(UsageError, match="not a plausible body height") as caught:
        parse_height(given)
    assert one_sentence(str(caught.value))


@pytest.mark.parametrize(
    ("told", "percent"),
    [
        (0.0, 0.0),
        (1.5, 1.5),
        (-3.0, -3.0),
        (40.0, 40.0),
        ("1%", 1.0),
        ("1,5", 1.5),
        ("1.5 %", 1.5),
        ("\u22122", -2.0),
        ("+1", 1.0),
    ],
)
def test_incline(told, percent):
    assert parse_incline(told) == percent


@pytest.mark.parametrize("percent", [41.0, -90.0, float("nan"), float("inf"), "", "steep", "41%"])
def test_impossible_incline(percent):
    with pytest.raises(UsageError, match="incline"):
        parse_incline(percent)


@pytest.mark.parametrize(
    ("text", "date"), [(None, None), ("2024-02-29", "2024-02-29"), (" 2024-02-29 ", "2024-02-29")]
)
def test_date(text, date):
    assert parse_date(text) == date


@pytest.mark.parametrize("text", ["", "29.2.2024", "2023-02-29", "yesterday", "2024-13-01"])
def test_impossible_date(text):
    with pytest.raises(UsageError, match="YYYY-MM-DD"):
        parse_date(text)


def test_dates_to_come_and_long_gone():
    """Tomorrow is allowed: it has begun somewhere on Earth."""
    tomorrow = date.today() + timedelta(days=1)
    assert parse_date(tomorrow.isoformat()) == tomorrow.isoformat()
    for day in (tomorrow + timedelta(days=1), date(2999, 1, 1), date(1, 1, 1), date(1979, 12, 31)):
        with pytest.raises(UsageError, match="no day on which") as caught:
            parse_date(day.isoformat())
        assert one_sentence(str(caught.value))


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        (None, None),
        (5, 5.0),
        ("5", 5.0),
        ("5s", 5.0),
        ("5,5 s", 5.5),
        ("0:05", 5.0),
        ("1:02.5", 62.5),
        ("1:00:00", 3600.0),
        ("00:05", 5.0),
    ],
)
def test_time(told, seconds):
    assert parse_time("from", told) == seconds


@pytest.mark.parametrize(
    "told", [-1, float("nan"), float("inf"), 1e308, "", "now", "0:75", "5m", "-0:05", "1e1", ":05"]
)
def test_impossible_time(told):
    with pytest.raises(UsageError, match="is not a time in the clip") as caught:
        parse_time("to", told)
    assert one_sentence(str(caught.value))


@pytest.mark.parametrize(("told", "turn"), [("0", 0), ("90", 90), (180, 180), (" 270 ", 270)])
def test_rotation(told, turn):
    assert parse_rotation(told) == turn


@pytest.mark.parametrize("told", ["45", "-90", "360", "left", "", "nan"])
def test_impossible_rotation(told):
    with pytest.raises(UsageError, match="--rotate"):
        parse_rotation(told)


@pytest.mark.parametrize(
    ("told", "who"), [("auto", "auto"), ("Left", "left"), ("right", "right"), ("2", 2), (1, 1)]
)
def test_person(told, who):
    assert parse_person(told) == who


@pytest.mark.parametrize("told", ["0", "10", "-1", "middle", "", "1.5", "²"])
def test_impossible_person(told):
    with pytest.raises(UsageError, match="--person"):
        parse_person(told)


KINDS = {
    "region": (RegionId | None, "Knee", "knee"),
    "pain-during": (float | None, "3/10", 3.0),
    "settles-hours": (float | None, "12 h", 12.0),
    "weeks": (float | None, "2,5 weeks", 2.5),
    "view": (Literal["auto", "side"], " SIDE", "side"),
    "runner": (str | None, "Anna", "Anna"),
}


@pytest.mark.parametrize("name", KINDS)
def test_fields_are_read_by_their_type(name):
    kind, told, value = KINDS[name]
    assert from_text(name, kind, told) == value


@pytest.mark.parametrize(
    ("name", "kind", "told"),
    [
        ("region", RegionId | None, "nose"),
        ("pain-during", float | None, "much"),
        ("pain-during", float, "nan"),
        ("view", Literal["auto", "side"], "top"),
        ("weeks", float, ""),
    ],
)
def test_fields_that_cannot_be_read(name, kind, told):
    with pytest.raises(UsageError, match=f"--{name} ") as caught:
        from_text(name, kind, told)
    assert one_sentence(str(caught.value))


@pytest.mark.parametrize(
    ("text", "factor"),
    [
        ("auto", None),
        (" AUTO ", None),
        ("1", 1.0),
        ("8", 8.0),
        ("9.6", 9.6),
        ("2,5", 2.5),
        ("8x", 8.0),
    ],
)
def test_slow_motion(text, factor):
    assert parse_slow_motion(text) == factor


@pytest.mark.parametrize("text", ["", "slow", "0", "0.5", "-8", "nan", "inf", "65", "8y"])
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

"""Feet, inches and miles: shown so, and never where only half of a sentence would be converted."""

from __future__ import annotations

import re

import pytest

from formcheck.catalogue import spec_of
from formcheck.report import words
from formcheck.report.page import build_page
from formcheck.report.units import spec_in, text_in
from formcheck.types import CM_PER_INCH


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ("The foot lands 21 cm ahead.", "The foot lands 8.3 in ahead."),
        ("−1.9 to 6.5 cm", "−0.7 to 2.6 in"),
        ("bounce 10.1 cm (between 9.2 and 10.9)", "bounce 4.0 in (between 3.6 and 4.3)"),
        (
            "from 10.1 to between 8.8 and 9.6 cm, changes under 0.9 are within measurement error",
            "from 4.0 to between 3.5 and 3.8 in, changes under 0.4 are within measurement error",
        ),
        ("went from 10.1 to 9.2 cm, more than noise", "went from 4.0 to 3.6 in, more than noise"),
        (
            "step length 0.95 m (between 0.94 and 0.96)",
            "step length 37.4 in (between 37.0 and 37.8)",
        ),
        ("Stand 3 to 5 m away.", "Stand 9.8 to 16.4 ft away."),
        ("At 10.0 km/h (2.78 m/s).", "At 9:39\N{NO-BREAK SPACE}min/mile."),
        ("Hop 10 to 20 cm (4 to 8 inches) high.", "Hop 4 to 8 inches high."),
        ("10.9 % of leg length, 5 ms, 10 min", "10.9 % of leg length, 5 ms, 10 min"),
    ],
)
def test_sentences(told, wanted):
    assert text_in(told, "imperial") == wanted
    assert text_in(told, "metric") == told


def test_runner_words():
    assert words.height(1.79, "imperial") == "5 ft 10 in"
    assert words.height(1.8283, "imperial") == "6 ft 0 in"
    assert (
        words.speed(2.6, "imperial") == "10:19\N{NO-BREAK SPACE}min/mile (5.8\N{NO-BREAK SPACE}mph)"
    )


def test_limits_are_those_of_the_metric():
    metric = spec_of("landing_ankle_hip_cm")
    assert metric is not None
    shown = spec_in(metric, "imperial")
    assert shown.unit == "in"
    assert shown.same_session[0] == pytest.approx(metric.same_session[0] / CM_PER_INCH)
    assert shown.axis == (1.0, 18.0)


def test_a_page_holds_no_metric_length(side_report):
    """Every row is the metric one divided; no sentence of the page keeps a centimetre."""
    report = side_report
    metric, shown = build_page(report), build_page(report, "imperial")
    rows = {row.key: row for _, members in metric.groups for row in members}
    again = {row.key: row for _, members in shown.groups for row in members}
    assert rows.keys() == again.keys()
    lengths = [key for key, row in rows.items() if row.unit in ("cm", "m")]
    assert lengths
    for key in lengths:
        one = again[key]
        assert one.unit == "in"
        assert float(one.figure) == pytest.approx(one.factor * report.metrics[key].value, abs=0.051)
    text = repr([again, shown.facts, shown.report.cues, shown.report.advice, shown.report.quality])
    assert re.findall(r"\d[ \N{NO-BREAK SPACE}](?:cm|km/h|m/s)\b", text) == []
    assert shown.courses != metric.courses or not metric.courses


def test_a_report_made_so_is_shown_so(side_report):
    report = side_report
    told = report.model_copy(
        update={"runner": report.runner.model_copy(update={"units": "imperial"})}
    )
    assert build_page(told).groups == build_page(report, "imperial").groups

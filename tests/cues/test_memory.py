"""What was said once holds, and is asked about, until it is said to be over."""

from __future__ import annotations

import pytest

from formcheck.cues import Advice, Symptoms, advise_reports
from tests.cues import build

ROWS = {**build.NEUTRAL_SIDE, "cadence_spm": 160.0, "landing_ankle_hip_pct_leg": 31.0}
DATES = ("2026-01-05", "2026-03-02", "2026-05-04", "2026-06-29")
ASKED = build.note("calf_kept")


def chain(*told: Symptoms) -> list[Advice]:
    """The advice of one report after the other, each with the one before as its baseline."""
    found: list[Advice] = []
    before = None
    for day, symptoms in zip(DATES, told, strict=False):
        clip = build.report(ROWS, date=day, pace="easy")
        advice = advise_reports([clip], symptoms, before)
        before = build.report(ROWS, "side", advice, date=day, pace="easy")
        before["runner"]["symptoms"] = symptoms.to_dict()
        found.append(advice)
    return found


@pytest.mark.parametrize(
    "first",
    [Symptoms("knee", 4, 20, past_achilles=True), Symptoms("achilles", 3, 20)],
    ids=["told", "sore"],
)
def test_trouble_of_the_calf_holds_and_is_asked_about_until_it_is_over(first):
    knee, over = Symptoms("knee", 4, 20), Symptoms("knee", 4, 20, calf_settled=True)
    begin, held, settled, after = chain(first, knee, over, knee)
    assert ASKED not in begin.notes
    assert "cadence" not in build.ids(held)
    assert held.known["past_achilles"]
    assert ASKED in held.notes
    for advice in (settled, after):
        assert "past_achilles" not in advice.known
        assert ASKED not in advice.notes
    assert "cadence" in build.ids(after)


def test_trouble_that_is_told_anew_is_not_asked_about():
    *_, last = chain(*[Symptoms("knee", 4, 20, past_achilles=True)] * 3)
    assert last.known["past_achilles"]
    assert ASKED not in last.notes

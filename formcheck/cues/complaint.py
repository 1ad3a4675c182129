"""What the runner said, in plain words: for the top of a sheet that goes to a clinician."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from formcheck.cues.loader import load_guide
from formcheck.cues.symptoms import RETESTS, Symptoms, symptoms_from
from formcheck.errors import UsageError
from formcheck.landmarks import SIDES

Line = tuple[str, str]
"""A label and what was said."""

SIGNS: Final[Mapping[str, str]] = {
    "stiff_next_morning": "stiff the next morning",
    "alters_gait": "changes how you run",
    "night_pain": "wakes you at night",
    "bone_spot": "one small sore spot on a bone, or pain on a single hop",
    "past_achilles": "calf or Achilles trouble in the last months",
    "slaps": "the feet slap the ground",
    "bone_settled": "a clinician has settled the bone",
    "calf_settled": "the calf or Achilles trouble told before is over",
}
FLARES: Final[Mapping[str, str]] = {
    "downhill": "downhill runs",
    "uphill": "uphill runs",
    "fast": "fast runs",
    "long": "long runs",
}
ASKED: Final[Mapping[str, str]] = {
    "calf_raises": "retest_raises",
    "squat_kg": "retest_squat",
    "hop_seconds": "retest_hop",
}
"""The text that asks for each of the strength tests."""
CHANGES: Final[Mapping[str, str]] = {
    "more": "more running",
    "faster": "more speed",
    "hills": "more hills",
    "surface": "another ground",
    "none": "nothing",
}


def complaint(answers: Mapping[str, Any] | None) -> tuple[Line, ...]:
    """Return what was said of pain and plans as labels and words; empty where nothing was.

    Parameters
    ----------
    answers : mapping, optional
        ``runner.symptoms`` of a report; answers that cannot be read are left out as a whole.
    """
    try:
        symptoms = symptoms_from(answers or {})
    except UsageError:
        return ()
    return tuple(line for line in _lines(symptoms) if line[1])


def _lines(said: Symptoms) -> Iterator[Line]:
    yield "Sore", _place(said)
    yield "Pain", _pain(said)
    yield "Settles", "" if said.settles_hours is None else f"within {said.settles_hours:g} hours"
    yield "Stirred by", FLARES.get(said.flares_on or "", "")
    yield "Also", ", ".join(words for name, words in SIGNS.items() if getattr(said, name))
    yield "Since", _weeks(said.sore_weeks)
    yield "Training changed without relief", _weeks(said.weeks)
    yield "What changed before", CHANGES.get(said.training_change or "", "")
    yield "New shoes", _shoes(said)
    yield "Race", "" if said.race_in_weeks is None else f"in {_weeks(said.race_in_weeks)}"
    yield "Kilometres a week", "" if said.weekly_km is None else f"{said.weekly_km:g}"
    yield "Age", "" if said.age is None else f"{said.age:g}"
    yield "Cue practised", {None: "", True: "yes", False: "no"}[said.practised]


def _place(said: Symptoms) -> str:
    labels = {region.id: region.label for region in load_guide().regions.region}
    places = " and ".join(labels[region] for region in said.regions)
    side = {"both": "both sides", None: ""}.get(said.side_of_body, f"{said.side_of_body} side")
    return ", ".join(part for part in (places, side) if part)


def _pain(said: Symptoms) -> str:
    told = (
        (said.pain_during, "while running"),
        (said.pain_easy, "on easy flat runs"),
        (said.pain_after, "in the 24 hours after"),
    )
    parts = [f"{pain:g} {when}" for pain, when in told if pain is not None]
    return f"{', '.join(parts)} (of 10)" if parts else ""


def _weeks(weeks: float | None) -> str:
    if weeks is None:
        return ""
    return "1 week" if weeks == 1 else f"{weeks:g} weeks"


def _shoes(said: Symptoms) -> str:
    if said.shoe_change_weeks is None:
        return ""
    drop = {None: "", "same": ", same drop"}.get(said.shoe_drop, f", {said.shoe_drop} drop")
    return f"since {_weeks(said.shoe_change_weeks)}{drop}"


def strength_told(
    answers: Mapping[str, Any] | None, remarks: Collection[str]
) -> tuple[tuple[str, str, str], ...]:
    """Return strength tests with their left and right numbers as words; a blank is not told.

    Parameters
    ----------
    remarks : collection of str
        Ids of what is said: only tests that it asks for are returned, and those with a number.
    """
    try:
        symptoms = symptoms_from(answers or {})
    except UsageError:
        symptoms = Symptoms()
    rows = []
    for name, what in RETESTS.items():
        left, right = (
            "" if number is None else f"{number:g}"
            for _, number in zip(SIDES, symptoms.retest(name), strict=True)
        )
        if left or right or ASKED[name] in remarks:
            rows.append((f"{what[0].upper()}{what[1:]}", left, right))
    return tuple(rows)

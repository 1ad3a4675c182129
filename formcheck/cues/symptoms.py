"""What the runner tells of pain, now and before."""

# ruff: noqa: RUF009  (`_asked` and `_ticked` return what `dataclasses.field` does)

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Final, Literal, get_args

from formcheck.cues.guide.shapes import REGIONS, IrritabilityRule, Level, RedFlagRule, RegionId
from formcheck.notes import usage

YesNo = Literal["yes", "no"]

_MAX: Final = {
    "pain_during": 10.0,
    "pain_after": 10.0,
    "pain_easy": 10.0,
    "settles_hours": 24.0 * 365,
    "weeks": 520.0,
    "sore_weeks": 2600.0,
    "shoe_change_weeks": 520.0,
    "race_in_weeks": 520.0,
    "calf_raises_left": 200.0,
    "calf_raises_right": 200.0,
    "squat_kg_left": 300.0,
    "squat_kg_right": 300.0,
    "hop_seconds_left": 600.0,
    "hop_seconds_right": 600.0,
    "weekly_km": 500.0,
    "age": 120.0,
}
_FLAGS: Final = (
    "stiff_next_morning",
    "alters_gait",
    "night_pain",
    "bone_spot",
    "past_achilles",
    "slaps",
    "bone_settled",
    "calf_settled",
)
_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "side_of_body": ("left", "right", "both"),
    "flares_on": ("downhill", "uphill", "fast", "long"),
    "shoe_drop": ("lower", "same", "higher"),
    "training_change": ("more", "faster", "hills", "surface", "none"),
}
RETESTS: Final[Mapping[str, str]] = {
    "calf_raises": "single-leg heel raises in a row",
    "squat_kg": "weight in the split squat, kg",
    "hop_seconds": "seconds of steady hopping on one foot",
}
"""Numbers worth measuring again, each with a left and a right one, and what they are called."""


def _asked(text: str, **more: object) -> Any:  # noqa: ANN401
    """Return a field that is not answered unless it is given."""
    return field(default=None, metadata={"help": text, **more})


def _ticked(text: str) -> Any:  # noqa: ANN401
    return field(default=False, metadata={"help": text})


@dataclass(frozen=True, slots=True)
class Symptoms:
    """Optional answers about pain, strength and plans; None means not answered.

    Attributes
    ----------
    region : str, tuple of str or None
        Where it is sore, of `REGIONS`; a tuple where several places are.
    pain_during, pain_after, pain_easy : float or None
        Pain 0 to 10: the worst during runs, the worst in the 24 hours after, and on easy flat runs.
    flares_on, side_of_body : str or None
        Which run stirs it most; left, right or both.
    settles_hours : float or None
        Hours until it has settled after a run.
    stiff_next_morning, alters_gait, night_pain, bone_spot : bool
        Stiff the next morning; changes how one runs; wakes one at night; one small sore spot on a
        bone, or pain on a single hop.
    weeks, sore_weeks : float or None
        Weeks of changed training without improvement; weeks since it began.
    practised : bool or None
        Whether the cue of the earlier report was practised.
    past_achilles, slaps, bone_settled, calf_settled : bool
        Calf or Achilles trouble in the last months; the feet slap the ground; a clinician has
        settled the bone that was in question before; the calf or Achilles trouble that was told
        before is over.
    calf_raises_left, ..., hop_seconds_right : float or None
        The numbers of `RETESTS`, a side each.
    shoe_change_weeks, race_in_weeks : float or None
        Weeks since a change of shoes, and until a race.
    shoe_drop, training_change : str or None
        The new shoe's drop against the old one's; what changed in training before it began.
    weekly_km, age : float or None
        Kilometres a week; years.

    Raises
    ------
    UsageError
        For an unknown word or an impossible number.
    """

    region: RegionId | tuple[RegionId, ...] | None = _asked(
        "Where it is sore; may be given several times.", several=True
    )
    pain_during: float | None = _asked("Worst pain during runs, 0 to 10.")
    settles_hours: float | None = _asked("Hours until it settles after a run.")
    stiff_next_morning: bool = _ticked("Stiff the morning after.")
    alters_gait: bool = _ticked("Pain changes how you run.")
    night_pain: bool = _ticked("Pain wakes you at night.")
    weeks: float | None = _asked("Weeks of changed training without improvement.")
    shoe_change_weeks: float | None = _asked("Weeks since a change of shoes.")
    race_in_weeks: float | None = _asked("Weeks until a race.")
    side_of_body: Literal["left", "right", "both"] | None = _asked("Which side is sore.")
    pain_after: float | None = _asked("Worst pain in the 24 hours after a run, 0 to 10.")
    pain_easy: float | None = _asked("Pain on easy flat runs, 0 to 10, where others hurt more.")
    flares_on: Literal["downhill", "uphill", "fast", "long"] | None = _asked(
        "Which run stirs it most."
    )
    bone_spot: bool = _ticked("One small sore spot on a bone, or pain on a single hop.")
    sore_weeks: float | None = _asked("Weeks since it began.")
    practised: bool | None = _asked("Whether you practised the last cue.", yes_no=True)
    past_achilles: bool = _ticked("Calf or Achilles trouble in the last months.")
    slaps: bool = _ticked("The feet slap the ground.")
    bone_settled: bool = _ticked("A clinician has settled the bone that was in question.")
    calf_settled: bool = _ticked("The calf or Achilles trouble told before is over.")
    calf_raises_left: float | None = _asked("Heel raises in a row on the left leg.")
    calf_raises_right: float | None = _asked("Heel raises in a row on the right leg.")
    squat_kg_left: float | None = _asked("Weight in the split squat, left leg in front, kg.")
    squat_kg_right: float | None = _asked("Weight in the split squat, right leg in front, kg.")
    hop_seconds_left: float | None = _asked("Seconds of steady hopping on the left foot.")
    hop_seconds_right: float | None = _asked("Seconds of steady hopping on the right foot.")
    shoe_drop: Literal["lower", "same", "higher"] | None = _asked(
        "The new shoe's drop against the old one's."
    )
    training_change: Literal["more", "faster", "hills", "surface", "none"] | None = _asked(
        "What changed in training before it began."
    )
    weekly_km: float | None = _asked("Kilometres a week.")
    age: float | None = _asked("Age in years.")

    def __post_init__(self) -> None:
        object.__setattr__(self, "region", _regions(self.region))
        if isinstance(self.practised, str):
            object.__setattr__(self, "practised", _yes(self.practised))
        for name, most in _MAX.items():
            _check_number(name, getattr(self, name), most)
        for name in _FLAGS:
            if not isinstance(getattr(self, name), bool):
                raise usage("answer_no_yes_or_no", option=_spoken(name), told=getattr(self, name))
        if not isinstance(self.practised, bool | None):
            raise usage("practised_no_yes_or_no", told=self.practised)
        for name, words in _CHOICES.items():
            if getattr(self, name) not in (None, *words):
                raise usage(
                    "answer_not_known",
                    option=_spoken(name),
                    told=getattr(self, name),
                    known=", ".join(words),
                )

    @property
    def regions(self) -> tuple[RegionId, ...]:
        """Every sore place."""
        if self.region is None:
            return ()
        return (self.region,) if isinstance(self.region, str) else self.region

    @property
    def pains(self) -> tuple[float, ...]:
        """Every pain that was told."""
        told = (self.pain_during, self.pain_after, self.pain_easy)
        return tuple(pain for pain in told if pain is not None)

    @property
    def sore(self) -> bool:
        """Whether anything was said about pain (a race or new shoes alone say nothing)."""
        told = (self.region, self.settles_hours, self.weeks, self.sore_weeks, *self.pains)
        return any(answer is not None for answer in told) or self._signs

    @property
    def hurts(self) -> bool:
        """Whether it is sore now: not where every pain that was told is none and nothing lasts."""
        calm = bool(self.pains) and max(self.pains) == 0 and not self.settles_hours
        return self.sore and (not calm or self._signs)

    @property
    def _signs(self) -> bool:
        return self.stiff_next_morning or self.alters_gait or self.night_pain or self.bone_spot

    def retest(self, name: str) -> tuple[float | None, float | None]:
        """Return the left and the right number of one of `RETESTS`."""
        return getattr(self, f"{name}_left"), getattr(self, f"{name}_right")

    def to_dict(self) -> dict[str, Any]:
        """Return the answers as plain JSON values."""
        found = asdict(self)
        if isinstance(self.region, tuple):
            found["region"] = list(self.region)
        return found


def symptoms_from(answers: Mapping[str, Any]) -> Symptoms:
    """Make `Symptoms` from plain values, as a report or a request holds them.

    Raises
    ------
    UsageError
        For an unknown name, an unknown region or an impossible number.
    """
    known = {field.name for field in fields(Symptoms)}
    unknown = sorted(set(answers) - known)
    if unknown:
        raise usage("symptom_not_known", told=unknown[0], known=", ".join(sorted(known)))
    given = {name: value for name, value in answers.items() if value is not None}
    return Symptoms(**given)


def irritability(symptoms: Symptoms | None, rule: IrritabilityRule) -> Level | None:
    """Return how irritable the injury is; None when nothing was said about pain.

    Every combination has an answer: the most careful sign decides, and a missing answer counts as
    moderate. Between a day and two to settle is moderate. Where the pain on easy flat runs is told
    beside a worse one, the easy runs decide, but a spike on another run keeps it moderate.
    """
    if symptoms is None or not symptoms.sore:
        return None
    worst, settles = _largest(symptoms.pain_during, symptoms.pain_after), symptoms.settles_hours
    usual = worst
    if symptoms.pain_easy is not None:
        usual = _largest(symptoms.pain_easy, symptoms.pain_after)
    if symptoms.alters_gait:
        return "high"
    if _over(usual, rule.moderate_pain) or _over(settles, rule.moderate_settles_hours):
        return "high"
    if usual is None or settles is None or symptoms.stiff_next_morning:
        return "moderate"
    peak = _largest(worst, symptoms.pain_easy) or 0.0
    if peak >= rule.moderate_from or settles > rule.low_settles_hours:
        return "moderate"
    return "low"


def severe(symptoms: Symptoms, rule: RedFlagRule) -> bool:
    """Return whether the pain is so high, or so high and lasting, that a clinician comes first."""
    if not symptoms.pains:
        return False
    worst = max(symptoms.pains)
    lasting = _over(symptoms.settles_hours, rule.lasting_hours)
    return worst >= rule.severe_pain or (worst > rule.lasting_pain and lasting)


def _largest(*values: float | None) -> float | None:
    return max((value for value in values if value is not None), default=None)


def _over(value: float | None, limit: float) -> bool:
    return value is not None and value > limit


def _regions(given: object) -> str | tuple[str, ...] | None:
    """Return one region as its word, several as a tuple in the order of `REGIONS`."""
    if given is None:
        return None
    words: list[object] = list(given) if isinstance(given, list | tuple | set) else [given]
    for word in words:
        if word not in REGIONS:
            raise usage("region_not_known", told=word, known=", ".join(REGIONS))
    found = tuple(region for region in REGIONS if region in words)
    return found if len(found) > 1 else found[0] if found else None


def _yes(word: str) -> bool:
    if word not in get_args(YesNo):
        raise usage("practised_no_yes_or_no", told=word)
    return word == "yes"


def _check_number(name: str, value: object, most: float) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise usage("answer_no_number", option=_spoken(name), told=value)
    if not 0.0 <= value <= most:
        raise usage("answer_out_of_range", option=_spoken(name), most=most, told=value)


def _spoken(name: str) -> str:
    return "--" + name.replace("_", "-")


KEPT_ANSWERS: Final = (
    "age",
    "calf_raises_left",
    "calf_raises_right",
    "hop_seconds_left",
    "hop_seconds_right",
)
"""Answers that hold until they are given anew."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What is known of a runner now, from this time and before.

    Attributes
    ----------
    symptoms : Symptoms
        What was told now, with what still holds of earlier answers.
    bone_open : bool
        A bone was in question before, and nobody has said since that it is settled.
    calf_kept : bool
        Trouble of the calf is taken from before: nobody has said that it is over.
    place_kept : bool
        The sore place is taken from before.
    sore_before : tuple of str
        Where it was sore before, while nothing is said of soreness now.
    """

    symptoms: Symptoms
    bone_open: bool = False
    place_kept: bool = False
    sore_before: tuple[RegionId, ...] = ()
    calf_kept: bool = False

    @property
    def kept(self) -> dict[str, Any]:
        """Return as plain values what the next advice should know."""
        known = self.symptoms
        names = (*KEPT_ANSWERS, "side_of_body")
        found = {name: value for name in names if (value := getattr(known, name)) is not None}
        if known.regions or self.sore_before:
            found["region"] = list(known.regions or self.sore_before)
        open_bone = self.bone_open or in_question(known)
        ticks = {
            "past_achilles": known.past_achilles,
            "bone_spot": open_bone,
            "bone_settled": known.bone_settled and not open_bone,
        }
        return found | {name: True for name, ticked in ticks.items() if ticked}


def in_question(symptoms: Symptoms) -> bool:
    """Return whether a bone may be injured."""
    return symptoms.bone_spot or "bone" in symptoms.regions


def remember(told: Symptoms | None, before: Symptoms | None) -> Memory:
    """Return what is known now from what is told now and what was known before.

    A place that was sore holds while soreness is spoken of without one; an age and
    numbers of strength tests hold until they are told anew; trouble of the calf holds until it is
    said to be over, and a bone stays in question until it is said to be settled.
    """
    now = told or Symptoms()
    if before is None:
        return Memory(now)
    missing = {name: getattr(before, name) for name in KEPT_ANSWERS if getattr(now, name) is None}
    places = tuple(place for place in before.regions if place != "bone")
    kept = now.sore and now.region is None and bool(places)
    if kept:
        missing["region"] = places
        missing["side_of_body"] = now.side_of_body or before.side_of_body
    calf = before.past_achilles or "achilles" in before.regions
    calf = calf and not now.calf_settled and "achilles" not in (places if kept else now.regions)
    if calf:
        missing["past_achilles"] = True
    if before.bone_settled:
        missing["bone_settled"] = True
    known = replace(now, **missing)
    still_open = in_question(before) and not now.bone_settled and not in_question(now)
    return Memory(
        known, still_open, kept, () if now.sore else places, calf and not now.past_achilles
    )

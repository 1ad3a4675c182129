"""What the runner says about pain, checked once, and how irritable it makes the injury."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final, Literal, get_args

from formcheck.cues.model import IrritabilityRule, Level
from formcheck.errors import UsageError

RegionId = Literal["knee", "itb", "shin", "hip", "achilles", "plantar", "forefoot", "bone"]
REGIONS: Final[tuple[RegionId, ...]] = get_args(RegionId)

_MAX: Final = {
    "pain_during": 10.0,
    "settles_hours": 24.0 * 365,
    "weeks": 520.0,
    "shoe_change_weeks": 520.0,
    "race_in_weeks": 520.0,
}
_FLAGS: Final = ("stiff_next_morning", "alters_gait", "night_pain")


@dataclass(frozen=True, slots=True)
class Symptoms:
    """Optional answers about pain and plans; None means not answered.

    Attributes
    ----------
    region : str or None
        Where it is sore, one of `REGIONS`.
    pain_during : float or None
        Pain during runs, 0 to 10.
    settles_hours : float or None
        Hours until it has settled after a run.
    stiff_next_morning, alters_gait, night_pain : bool
        Stiff the next morning; changes how one runs; wakes one at night.
    weeks : float or None
        Weeks of changed training without improvement.
    shoe_change_weeks, race_in_weeks : float or None
        Weeks since a change of shoes, and until a race.

    Raises
    ------
    UsageError
        For an unknown region or an impossible number.
    """

    region: RegionId | None = field(default=None, metadata={"help": "Where it is sore."})
    pain_during: float | None = field(default=None, metadata={"help": "Pain during runs, 0 to 10."})
    settles_hours: float | None = field(
        default=None, metadata={"help": "Hours until it settles after a run."}
    )
    stiff_next_morning: bool = field(default=False, metadata={"help": "Stiff the morning after."})
    alters_gait: bool = field(default=False, metadata={"help": "Pain changes how you run."})
    night_pain: bool = field(default=False, metadata={"help": "Pain wakes you at night."})
    weeks: float | None = field(
        default=None, metadata={"help": "Weeks of changed training without improvement."}
    )
    shoe_change_weeks: float | None = field(
        default=None, metadata={"help": "Weeks since a change of shoes."}
    )
    race_in_weeks: float | None = field(default=None, metadata={"help": "Weeks until a race."})

    def __post_init__(self) -> None:
        if self.region is not None and self.region not in REGIONS:
            raise UsageError(f"The region {self.region!r} is not known; use {', '.join(REGIONS)}.")
        for name, most in _MAX.items():
            _check_number(name, getattr(self, name), most)
        for name in _FLAGS:
            if not isinstance(getattr(self, name), bool):
                raise UsageError(f"{_spoken(name)} must be yes or no, not {getattr(self, name)!r}.")

    @property
    def sore(self) -> bool:
        """Whether anything was said about pain (a race or new shoes alone say nothing)."""
        pain = (self.region, self.pain_during, self.settles_hours, self.weeks)
        return any(answer is not None for answer in pain) or any(getattr(self, n) for n in _FLAGS)

    def to_dict(self) -> dict[str, Any]:
        """Return the answers as plain JSON values."""
        return asdict(self)


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
        raise UsageError(
            f"The symptom {unknown[0]!r} is not known; use {', '.join(sorted(known))}."
        )
    given = {name: value for name, value in answers.items() if value is not None}
    return Symptoms(**given)


def irritability(symptoms: Symptoms | None, rule: IrritabilityRule) -> Level | None:
    """Return how irritable the injury is; None when nothing was said about pain.

    Every combination has an answer: the most careful sign decides, and a missing answer counts as
    moderate. Between a day and two to settle is moderate.
    """
    if symptoms is None or not symptoms.sore:
        return None
    pain, settles = symptoms.pain_during, symptoms.settles_hours
    if symptoms.alters_gait or _over(pain, rule.moderate_pain):
        return "high"
    if _over(settles, rule.moderate_settles_hours):
        return "high"
    if pain is None or settles is None or symptoms.stiff_next_morning:
        return "moderate"
    if pain > rule.low_pain or settles > rule.low_settles_hours:
        return "moderate"
    return "low"


def _over(value: float | None, limit: float) -> bool:
    return value is not None and value > limit


def _check_number(name: str, value: object, most: float) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise UsageError(f"{_spoken(name)} must be a number, not {value!r}.")
    if not 0.0 <= value <= most:
        raise UsageError(f"{_spoken(name)} must lie between 0 and {most:g}, not {value:g}.")


def _spoken(name: str) -> str:
    return "--" + name.replace("_", "-")

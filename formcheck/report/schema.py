"""The one schema of a result: ``report.json`` as pydantic models, and the reader of such files.

Notes
-----
Numbers are rounded when a model is made, so a report equals what is read back from its file. Times
and the clip's own figures keep six decimals, every other number six significant digits; both are
far below what can be measured. NaN and infinity never reach the file: where a number may be missing
they become null, elsewhere they are refused.

Readers ignore fields they do not know; a later version may add fields but renames none.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_core import from_json, to_json

from formcheck.errors import UsageError
from formcheck.landmarks import SIDES
from formcheck.types import Severity, Status, Units, ViewKind

SCHEMA_ID: Final = "formcheck.report/1"
SIGNIFICANT_DIGITS: Final = 6
TIME_DECIMALS: Final = 6
REPORT_NAME: Final = "report.json"


def _finite_or_none(value: object) -> object:
    """Turn NaN and infinity into None, leave everything else alone."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _decimals(value: float) -> float:
    return round(value, TIME_DECIMALS) + 0.0  # adding zero turns -0.0 into 0.0


def _significant(value: float) -> float:
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}") + 0.0


# Far beyond every quantity here; what is larger was never measured, and its square may not exist.
LARGEST: Final = 1e12
_Possible = Annotated[float, Field(allow_inf_nan=False, ge=-LARGEST, le=LARGEST)]
Exact = Annotated[_Possible, AfterValidator(_decimals)]
Number = Annotated[_Possible, AfterValidator(_significant)]
MaybeNumber = Annotated[Number | None, BeforeValidator(_finite_or_none)]
Place = Annotated[_Possible, AfterValidator(lambda x: round(x, 4) + 0.0)]
Day = Annotated[str, AfterValidator(lambda text: date.fromisoformat(text).isoformat())]
LeftRight = Literal["left", "right"]
Joint = Literal["hip", "knee", "ankle", "heel", "toe"]
"""Points of a leg that can be put right by hand."""
Instant = Literal["contact", "midstance", "toe_off", "mid_swing"]
INSTANTS: Final[tuple[Instant, ...]] = get_args(Instant)
AnySide = Literal["both", "left", "right"]
Pace = Literal["easy", "tempo", "other"]


class Model(BaseModel):
    """Base of every part of a report: immutable, unknown fields ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", from_attributes=True)


class ClipRecord(Model):
    """The clip's file; `frame_rate_hz` and all times are after slow-motion correction."""

    name: str
    sha256: str
    width_px: int
    height_px: int
    rotation_deg: int = 0
    duration_s: Exact
    frames: int
    frame_rate_hz: Exact
    variable_frame_rate: bool = False
    slow_motion_factor: Number = 1.0
    from_s: Exact = 0.0
    to_s: Exact = 0.0


class ViewRecord(Model):
    """Where the camera stood; `given` tells that the user said so."""

    kind: ViewKind
    facing: LeftRight | None = None
    near_side: LeftRight | None = None
    confidence: Number
    given: bool = False


class RunnerRecord(Model):
    """What the user told about the runner and the run; `units` are those of page and clip."""

    id: str | None = None
    height_m: MaybeNumber = None
    belt_speed_mps: MaybeNumber = None
    incline_pct: Number = 0.0
    pace: Pace | None = None
    shoes: str | None = None
    date: Day | None = None
    symptoms: dict[str, Any] | None = None
    units: Units = "metric"


class ScaleCandidates(Model):
    """Metres per pixel by each independent way, null where it could not be had."""

    height: MaybeNumber = None
    belt: MaybeNumber = None
    gravity: MaybeNumber = None


class RollCandidates(Model):
    """What each source of level says alone, in degrees."""

    belt: MaybeNumber = None
    scene: MaybeNumber = None


class YawCandidates(Model):
    """What each source of the camera's place around the runner says alone, in degrees."""

    belt: MaybeNumber = None
    body: MaybeNumber = None
    feet: MaybeNumber = None
    room: MaybeNumber = None


class CalibrationRecord(Model):
    """Level, place and scale of the picture; `roll_source` tells whether the belt had a say.

    `yaw_deg` is how far the camera is off square to the belt, positive where it stands ahead of the
    runner (from behind and in front: off the belt's line, to the runner's right). `landing_source`
    tells whether a side view's landings were read from the shoe's own pixels.
    """

    roll_deg: Number
    roll_source: Literal["belt", "none"]
    roll_sd_deg: MaybeNumber = None
    roll_candidates: RollCandidates = RollCandidates()
    yaw_deg: MaybeNumber = None
    yaw_sd_deg: MaybeNumber = None
    yaw_candidates: YawCandidates = YawCandidates()
    metres_per_px: MaybeNumber = None
    scale_source: Literal["belt", "height", "combined", "none"]
    scale_candidates: ScaleCandidates = ScaleCandidates()
    landing_source: Literal["shoe", "landmarks"] = "landmarks"


class StandingRecord(Model):
    """How the runner stood still side-on: the zero of `trunk_lean_from_standing_deg`.

    `source` tells whether the clip itself begins with it or a clip of its own shows it, `from_s`
    and `to_s` when, on that clip's own clock. `lean_deg` is as the network sees it, so that only
    its difference to the running lean means something.
    """

    source: Literal["start", "clip"]
    from_s: Exact
    to_s: Exact
    lean_deg: Number
    lean_sd_deg: Number


class FootEvents(Model):
    """Contacts and toe-offs of one foot in seconds, ascending."""

    initial_contact_s: tuple[Exact, ...] = ()
    toe_off_s: tuple[Exact, ...] = ()


class Events(Model):
    """Contacts and toe-offs of both feet."""

    left: FootEvents = FootEvents()
    right: FootEvents = FootEvents()


class SamplesRecord(Model):
    """The single values of a metric: when, what, and on which foot's contact ("both": a stride)."""

    t_s: tuple[Exact, ...]
    value: tuple[MaybeNumber, ...]
    side: tuple[AnySide, ...]


class DriftRecord(Model):
    """Means of the first and last third of a metric's samples; `least`: what could be told."""

    first: Number
    last: Number
    least: Number


class UncorrectedRecord(Model):
    """A number as it was measured, before something was corrected by hand."""

    value: Number
    low: Number
    high: Number
    n: int


class CorrectionRecord(Model):
    """One correction by hand, of the step whose contact was measured at `contact_s`.

    A ``stride`` is struck out; an ``event`` of it is moved to `to_s`; a ``joint`` of the frame at
    `at_s` is moved to `to_px` in the upright picture.
    """

    kind: Literal["stride", "event", "joint"]
    side: LeftRight
    contact_s: Exact
    event: Literal["initial_contact", "toe_off"] | None = None
    to_s: Exact | None = None
    joint: Joint | None = None
    at_s: Exact | None = None
    to_px: tuple[Number, Number] | None = None
    by: str = ""


class MetricRecord(Model):
    """One measured number with its intervals, or the reason why it is withheld.

    `samples` are its single values where they are known, in keys without a side only; `drift` is
    how they went through the clip, where there are enough; `uncorrected` is what was measured,
    where the value has been corrected by hand.
    """

    value: MaybeNumber = None
    low: MaybeNumber = None
    high: MaybeNumber = None
    repeat_low: MaybeNumber = None
    repeat_high: MaybeNumber = None
    sd: MaybeNumber = None
    unit: str
    side: AnySide = "both"
    n: int = 0
    status: Status
    reason: str | None = None
    definition: str = ""
    samples: SamplesRecord | None = None
    drift: DriftRecord | None = None
    uncorrected: UncorrectedRecord | None = None

    @model_validator(mode="after")
    def _value_or_reason(self) -> MetricRecord:
        if (self.status == "measured") != (self.value is not None):
            raise ValueError("a metric has a value exactly when its status is 'measured'")
        return self


class Curve(Model):
    """The mean course of one measure over a stride, from contact to the same foot's next contact.

    `mean` and `sd` lie on an even grid from 0 to 100 % of the stride; null where the measure was
    not seen. `n` is the number of strides, `stance_pct` where the foot leaves the ground, and
    `modelled` tells that part of the course was filled in rather than seen.
    """

    unit: str
    side: LeftRight
    n: int
    mean: tuple[MaybeNumber, ...]
    sd: tuple[MaybeNumber, ...]
    stance_pct: MaybeNumber = None
    modelled: bool = False


class Posture(Model):
    """The body at one instant of the stride; points that were not seen are left out.

    `points` are x and y by landmark name, relative to mid-hip, y up; `phase_pct` is the instant's
    place in the stride.
    """

    phase_pct: Number
    points: dict[str, tuple[Place, Place]]


class StrideFigures(Model):
    """Mean positions of the body's points at four instants of one foot's stride.

    Level with gravity; x is forward in a side view, else to the runner's right. `unit` is metres,
    or lengths of the trunk where there is no scale. `n` is the number of strides.
    """

    side: LeftRight
    unit: Literal["m", "trunk"]
    n: int
    instants: dict[Instant, Posture]


class CueRecord(Model):
    """One thing to try, why, how much, when to film again and what it may cost."""

    id: str
    title: str
    seen: str = ""
    text: str
    why: str = ""
    dose: str = ""
    remeasure: str = ""
    trade_off: str = ""
    because: tuple[str, ...] = ()
    source: tuple[str, ...] = ()


class DrillRecord(Model):
    """One exercise with its amount, how to make it harder and when to stop."""

    id: str
    text: str
    dose: str = ""
    progression: str = ""
    stop_if: str = ""
    source: tuple[str, ...] = ()
    later: bool = False


class PlanStepRecord(Model):
    """One line of a plan."""

    when: str
    text: str


class CadenceRecord(Model):
    """The easy cadence that targets refer to, and the target and beat of a cadence cue."""

    baseline_spm: Number
    first_baseline_spm: Number
    baseline_given: bool = False
    target_low_spm: MaybeNumber = None
    target_high_spm: MaybeNumber = None
    metronome_spm: MaybeNumber = None
    bouts: str | None = None
    lead_in_min: Number = 0.0
    weeks: tuple[PlanStepRecord, ...] = ()


class PlanRecord(Model):
    """A week, or weeks, for a sore region."""

    id: str
    title: str
    steps: tuple[PlanStepRecord, ...] = ()
    source: tuple[str, ...] = ()
    since: str | None = None


class ResponseRecord(Model):
    """Whether a cue of an earlier report worked."""

    cue: str
    verdict: Literal[
        "worked", "done", "stay", "drop", "unclear", "untried", "eased", "pause", "waits"
    ]
    text: str
    id: str = ""


class RemarkRecord(Model):
    """A sentence of the advice by the id and kind of its text."""

    id: str
    kind: Literal["red_flag", "warning", "response", "note", "retest", "safety"]
    text: str


class TrialRecord(Model):
    """Since when a cue is on trial, and what was said of pain then."""

    cue: str
    since: str | None = None
    symptoms: dict[str, Any] | None = None


class GradeRecord(Model):
    """What the clip is good for, and the codes of the quality notes behind it."""

    id: Literal["good", "rhythm_and_posture", "film_again"]
    reasons: tuple[str, ...] = ()


class JudgementRecord(Model):
    """One of three answers to what may stand out; `text` says why, or what would tell it."""

    id: str
    title: str
    answer: Literal["ordinary", "stands_out", "cannot_be_told"]
    text: str = ""


class AdviceRecord(Model):
    """Everything advised besides the cues.

    `remarks` holds all sentences with their ids; `red_flags`, `notes` and `retest` are the same
    sentences without. Reports of before have only these.
    """

    drills: tuple[DrillRecord, ...] = ()
    irritability: Literal["low", "moderate", "high"] | None = None
    remarks: tuple[RemarkRecord, ...] = ()
    red_flags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    retest: tuple[str, ...] = ()
    cadence: CadenceRecord | None = None
    plans: tuple[PlanRecord, ...] = ()
    response: tuple[ResponseRecord, ...] = ()
    dropped: tuple[str, ...] = ()
    worked: tuple[str, ...] = ()
    trials: tuple[TrialRecord, ...] = ()
    known: dict[str, Any] = {}
    grade: GradeRecord | None = None
    findings: tuple[JudgementRecord, ...] = ()


class QualityRecord(Model):
    """One remark on the clip and what to do about it."""

    code: str
    severity: Severity
    text: str
    fix: str = ""


class ProvenanceRecord(Model):
    """What made the numbers."""

    formcheck: str
    model: str
    model_sha256: str
    provider: str


class Report(Model):
    """The whole result of one clip.

    `view` and `calibration` are null only when no runner could be measured; `quality` says why.
    """

    schema_id: Literal["formcheck.report/1"] = Field(default=SCHEMA_ID, alias="schema")
    clip: ClipRecord
    view: ViewRecord | None = None
    runner: RunnerRecord = RunnerRecord()
    calibration: CalibrationRecord | None = None
    standing: StandingRecord | None = None
    events: Events = Events()
    metrics: dict[str, MetricRecord] = {}
    curves: dict[str, Curve] = {}
    figures: StrideFigures | None = None
    cues: tuple[CueRecord, ...] = ()
    advice: AdviceRecord = AdviceRecord()
    quality: tuple[QualityRecord, ...] = ()
    corrections: tuple[CorrectionRecord, ...] = ()
    provenance: ProvenanceRecord

    def plain(self) -> dict[str, Any]:
        """Return the report as plain JSON values, as advice takes it."""
        return self.model_dump(mode="json", by_alias=True)

    def to_json(self) -> str:
        """Return the report as indented JSON text, lists of numbers on one line."""
        text = to_json(self, by_alias=True, indent=2).decode()
        return _NUMBER_LIST.sub(lambda match: " ".join(match[0].split()), text) + "\n"


# JSON strings hold no raw line breaks, so this can only match lists of numbers.
_NUMBER_LIST: Final = re.compile(r"\[\n(?:\s*(?:-?[\d.][\d.eE+-]*|null),?\n)+\s*\]")


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of ``report.json``."""
    schema = Report.model_json_schema(by_alias=True, mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def save_report(report: Report, path: Path) -> None:
    """Write a report as UTF-8 JSON."""
    path.write_text(report.to_json(), encoding="utf-8")


def load_report(path: Path | str) -> Report:
    """Read a report from a ``report.json`` or from the folder that holds one.

    Raises
    ------
    UsageError
        When there is no such file, or when it is not a formcheck report of this version.
    """
    file = Path(path)
    if file.is_dir():
        file = file / REPORT_NAME
    try:
        content = from_json(file.read_bytes(), allow_inf_nan=False)
    except OSError as error:
        raise _unreadable(file, f"cannot be opened ({error.strerror})") from error
    except ValueError as error:
        raise _unreadable(file, "is not JSON or is cut off") from error
    return parse_report(content, str(file))


def parse_report(content: object, name: str = "the report") -> Report:
    """Check decoded JSON and return the report; `name` is used in messages.

    Raises
    ------
    UsageError
        When `content` is not a formcheck report of this version.
    """
    found = content.get("schema") if isinstance(content, Mapping) else None
    if found != SCHEMA_ID:
        what = f"has the schema {found!r}" if isinstance(found, str) else "is no formcheck report"
        raise _unreadable(name, f"{what}, where {SCHEMA_ID!r} is read")
    try:
        return Report.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the report"
        raise _unreadable(name, f"is damaged at {where}: {first['msg']}") from error


def _unreadable(name: Path | str, what: str) -> UsageError:
    return UsageError(
        f"{name} {what}; give a report.json written by formcheck analyze.", "unreadable_report"
    )


def from_both_sides(first: Report, second: Report) -> bool:
    """Return whether one clip shows the left leg near the camera and the other the right."""
    near = {report.view.near_side for report in (first, second) if report.view is not None}
    return near == set(SIDES)

"""The result of the rules: cues, drills and remarks, as JSON values and as text for a terminal."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from formcheck.cues.guide.shapes import Level

Verdict = Literal["worked", "done", "stay", "drop", "unclear", "untried", "eased", "pause", "waits"]
Answer = Literal["ordinary", "stands_out", "cannot_be_told"]
GradeId = Literal["good", "rhythm_and_posture", "film_again"]
RemarkKind = Literal["red_flag", "warning", "response", "note", "retest", "safety"]


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence by the id of its text, so that the text may be mended later."""

    id: str
    kind: RemarkKind
    text: str


@dataclass(frozen=True, slots=True)
class ClipGrade:
    """What a clip is good for, and the codes of the quality notes behind it."""

    id: GradeId
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """One of the three answers to what may stand out; `text` says why, or what would tell it."""

    id: str
    title: str
    answer: Answer
    text: str


@dataclass(frozen=True, slots=True)
class Cue:
    """One thing to try; `seen` says what was measured, `because` names the metrics."""

    id: str
    title: str
    seen: str
    text: str
    why: str
    dose: str
    remeasure: str
    trade_off: str
    because: tuple[str, ...]
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drill:
    """One exercise with its dose, the way forward and when to stop.

    `later` marks those to begin with once the first ones are familiar.
    """

    id: str
    text: str
    dose: str
    progression: str
    stop_if: str
    source: tuple[str, ...]
    later: bool = False


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One line of a plan: when, and what to do."""

    when: str
    text: str


@dataclass(frozen=True, slots=True)
class CadenceAdvice:
    """The baseline, and the target and beat that follow from it (None without a cadence cue).

    `baseline_given` tells that the baseline does not come from this clip, so that later advice on
    the same report keeps it. `bouts` is minutes on and off, e.g. ``"2:1"``; before the first bout
    the beat runs for `lead_in_min` minutes. `weeks` tells how the beat is left out week by week.
    """

    baseline_spm: float
    first_baseline_spm: float
    baseline_given: bool = False
    target_low_spm: int | None = None
    target_high_spm: int | None = None
    metronome_spm: float | None = None
    bouts: str | None = None
    lead_in_min: float = 0.0
    weeks: tuple[PlanStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan for a sore region, and since when it is followed."""

    id: str
    title: str
    steps: tuple[PlanStep, ...]
    source: tuple[str, ...]
    since: str | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """Since when a cue is on trial, and what was said of pain then.

    Later reports judge the cue against this, also where one follows another.
    """

    cue: str
    since: str | None
    symptoms: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Response:
    """Whether an earlier cue worked.

    A cue that is ``"done"`` has held and needs no more practice; ``"untried"`` was not run;
    ``"eased"`` is not needed any more, though it was not seen to be run; ``"pause"`` may not have
    been run and rests while the soreness is worse; ``"waits"`` cannot be practised now. `id` names
    the text.
    """

    cue: str
    verdict: Verdict
    text: str
    id: str = ""

    @property
    def rests(self) -> bool:
        """Whether the cue is left out of this advice without being given up."""
        return self.verdict in ("done", "eased", "pause")


@dataclass(frozen=True, slots=True)
class Advice:
    """Everything that is said to one runner; at most two cues, none beside a red flag.

    Attributes
    ----------
    cues : tuple of Cue
        What to try, the more important first.
    drills : tuple of Drill
        Exercises for the sore region and the findings.
    irritability : {"low", "moderate", "high"} or None
        None when nothing was said about pain.
    remarks : tuple of Remark
        Everything else that is said, in order: red flags, warnings, verdicts on earlier cues,
        notes, numbers worth keeping, and the safety notes that close them.
    cadence : CadenceAdvice or None
        What the next advice needs so that the target does not climb.
    plans : tuple of Plan
        A week, or weeks, for the sore region.
    response : tuple of Response
        Verdicts on the cues of the baseline report.
    dropped : tuple of str
        Cues that did not help and are not offered again.
    worked : tuple of str
        Cues that have worked; the next step is asked of them.
    trials : tuple of Trial
        The cues that are given, with their beginnings.
    known : mapping
        Answers that hold until they are given anew: what the next advice should know.
    grade : ClipGrade or None
        What the clip is good for.
    findings : tuple of Judgement
        The three answers: ordinary, stands out, cannot be told.
    """

    cues: tuple[Cue, ...] = ()
    drills: tuple[Drill, ...] = ()
    irritability: Level | None = None
    remarks: tuple[Remark, ...] = ()
    cadence: CadenceAdvice | None = None
    plans: tuple[Plan, ...] = ()
    response: tuple[Response, ...] = ()
    dropped: tuple[str, ...] = ()
    worked: tuple[str, ...] = ()
    trials: tuple[Trial, ...] = ()
    known: Mapping[str, Any] = field(default_factory=dict)
    grade: ClipGrade | None = None
    findings: tuple[Judgement, ...] = ()

    def texts(self, *kinds: RemarkKind) -> tuple[str, ...]:
        """Return the sentences of the given kinds, in order."""
        return tuple(remark.text for remark in self.remarks if remark.kind in kinds)

    @property
    def red_flags(self) -> tuple[str, ...]:
        """Reasons to see a clinician before anything else."""
        return self.texts("red_flag")

    @property
    def notes(self) -> tuple[str, ...]:
        """Remarks, warnings and verdicts first; the safety notes close them."""
        return self.texts("warning", "response", "note", "safety")

    @property
    def retest(self) -> tuple[str, ...]:
        """Numbers worth keeping along with the drills."""
        return self.texts("retest")

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values: ``{"cues": [...], "advice": {...}}`` as in the report."""
        spoken = {"red_flags": self.red_flags, "notes": self.notes, "retest": self.retest}
        advice: dict[str, Any] = json.loads(json.dumps(asdict(self) | spoken))  # tuples to lists
        return {"cues": advice.pop("cues"), "advice": advice}


WIDTH = 88
WORDS: Mapping[Answer, str] = {
    "stands_out": "Stands out, {}",
    "cannot_be_told": "Cannot be told, {}",
}


def advice_text(advice: Advice, width: int = WIDTH) -> str:
    """Return the advice as text, wrapped to `width` columns, without a final newline."""
    first = [drill for drill in advice.drills if not drill.later]
    later = [drill for drill in advice.drills if drill.later]
    weeks = advice.cadence.weeks if advice.cadence is not None else ()
    blocks = [
        *_section("Please see a clinician", advice.red_flags, width),
        *_section("First", advice.texts("warning"), width),
        *_section("How it went", advice.texts("response"), width),
        *(_cue(number, cue, width) for number, cue in enumerate(advice.cues, start=1)),
        *_steps("The beat, week by week", weeks, width),
        *(_drill("Drill", drill, width) for drill in first),
        *(_drill("Later", drill, width) for drill in later),
        *(block for plan in advice.plans for block in _steps(plan.title, plan.steps, width)),
        *_section("Keep these numbers", advice.retest, width),
        *_section("Notes", advice.texts("note", "safety"), width),
        *_answers(advice.findings, width),
    ]
    return "\n\n".join(blocks)


def _steps(title: str, steps: Iterable[PlanStep], width: int) -> Iterator[str]:
    lines = [_line(step.when, step.text, width) for step in steps]
    if lines:
        yield "\n".join([_wrap(title, "", "  ", width), *lines])


def _answers(findings: Iterable[Judgement], width: int) -> Iterator[str]:
    """Say what stands out, what is ordinary, and what cannot be told and why."""
    rows = list(findings)
    plain = [one.title for one in rows if one.answer == "ordinary"]
    lines = [
        _line(WORDS[one.answer].format(one.title), one.text, width)
        for one in rows
        if one.answer != "ordinary"
    ]
    if plain:
        lines.append(_line("Ordinary", ", ".join(plain), width))
    if lines:
        yield "\n".join(["What the clip shows", *lines])


def _cue(number: int, cue: Cue, width: int) -> str:
    lines = (
        ("Seen", cue.seen),
        ("Try", cue.text),
        ("Why", cue.why),
        ("How", cue.dose),
        ("Watch for", cue.trade_off),
        ("Film again", cue.remeasure),
    )
    body = [_line(label, text, width) for label, text in lines if text]
    return "\n".join([f"Cue {number}: {cue.title}", *body])


def _drill(label: str, drill: Drill, width: int) -> str:
    lines = (("Dose", drill.dose), ("Next", drill.progression), ("Stop", drill.stop_if))
    body = [_line(label, text, width) for label, text in lines]
    return "\n".join([_wrap(f"{label}: {drill.text}", "", "  ", width), *body])


def _section(title: str, items: Iterable[str], width: int) -> Iterator[str]:
    lines = [_wrap(item, "  - ", "    ", width) for item in items]
    if lines:
        yield "\n".join([title, *lines])


def _line(label: str, text: str, width: int) -> str:
    return _wrap(f"{label}: {text}", "  ", "    ", width)


def _wrap(text: str, first: str, rest: str, width: int) -> str:
    return textwrap.fill(
        text, width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
    )

"""Write ``docs/advice.md`` from the advice data: ``python -m formcheck.cues.docs [--check]``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path

from formcheck.cues.guide.checks import CUE_TEXTS, CUES, RESPONSE_TEXTS, TAG_MEANING, known_tags
from formcheck.cues.guide.loader import load_guide, read_file
from formcheck.cues.guide.shapes import Case, CueRule, FactsFile, Guide, Region, Sign, Text
from formcheck.generated import keep_page

PAGE = Path(__file__).parents[2] / "docs" / "advice.md"

INTRODUCTION = """\
# What formcheck advises, and why

<!-- Written by `python -m formcheck.cues.docs`; edit the files in formcheck/cues/guide instead. -->

Everything below is data: `rules.toml` (what is looked for and which cues follow), `drills.toml`,
`regions.toml` (sore places, irritability, races, plans), `texts.toml` (all other remarks). Change a
number there, run `python -m formcheck.cues.docs`, and this page follows. A slip of the pen is
answered with the file and the line.

“guide L13” is paragraph 13 of the running guide that the advice follows, a general text by a
physical therapist on cadence, form and drills. Authors and years are laboratory studies. “own
choice” marks what was decided here, mostly thresholds; the files say why. No threshold is a norm.

- At most two cues at a time; a red flag silences them all.
- A finding must survive its interval: the careful end of it, not only the value, lies beyond the
  threshold. A metric that is withheld, or comes from too few strides, finds nothing.
- Every question has one of three answers: ordinary, stands out, cannot be told, with what would
  tell it. A clip is graded first: good, rhythm and posture only, film again.
- A cue counts as a success only if it was practised, against the soreness at its beginning. It
  promises only what a clip of another day could show.
- Without a complaint and with nothing extreme there is no cue.
- One lever answers several findings: a quicker step stands for landing and bounce, and the second
  place goes to trunk or arms.
- Where gates disagree, the more careful one wins.
"""


def page() -> str:
    """Return the whole page."""
    guide = load_guide()
    facts = read_file(files("formcheck.cues.guide"), "facts.toml", FactsFile)
    blocks = (
        [INTRODUCTION.rstrip()],
        _findings(guide),
        _grading(guide),
        _cues(guide),
        _cadence(guide),
        _gates(guide),
        _irritability(guide),
        _drills(guide),
        _plans(guide),
        _response(guide),
        _texts(guide),
        _facts(facts),
        _words(guide),
    )
    return "\n".join(line for block in blocks for line in (*block, ""))


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    names = list(head)
    lines = [names, ["---"] * len(names), *(list(row) for row in rows)]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]


def _list(words: Iterable[str]) -> str:
    return ", ".join(words)


def _findings(guide: Guide) -> Iterator[str]:
    yield "## What is looked for"
    for finding in guide.rules.finding:
        yield f"\n**{finding.id}** ({_list(finding.source)}): {finding.says}"
        yield ""
        yield from (f"- {_case(case)}" for case in finding.case)


def _case(case: Case) -> str:
    side = ", on one side" if case.sided else ""
    return " and ".join(_sign(sign) for sign in case.signs) + side


def _sign(sign: Sign) -> str:
    """Say a sign in words."""
    parts = [
        ("more than {:g}", sign.estimate_above),
        ("interval above {:g}", sign.above),
        ("less than {:g}", sign.estimate_below),
        ("interval below {:g}", sign.below),
        ("certainly risen by more than {:g}", sign.rose),
        ("certainly fallen by more than {:g}", sign.fell),
    ]
    said = [text.format(number) for text, number in parts if number is not None]
    extra = [
        ("difference between the sides", sign.between_sides),
        (f"{sign.faster:g} more when faster or uphill", sign.faster != 0.0),
        ("if measured", sign.optional),
    ]
    said += [text for text, holds in extra if holds]
    if sign.by_speed is not None:
        by = sign.by_speed
        said.append(
            f"where the speed is known {by.estimate_above:g} and {by.above:g} at {by.at_mps:g} m/s "
            f"and {by.per_mps:g} more for each m/s"
        )
    return f"`{sign.metric}` ({_list(said)})"


def _grading(guide: Guide) -> Iterator[str]:
    rule = guide.rules.grading
    yield "## What a clip is good for"
    yield ("\nA note that is an error, walking, or nothing measured: film again. Notes by codes:\n")
    yield f"- film again: {_list(rule.film_again)}"
    yield f"- rhythm and posture only: {_list(rule.rhythm_and_posture)}, or no landing measured"
    for code, keys in rule.drops.items():
        yield f"- {code}: {_list(f'`{key}`' for key in keys)} not judged"


def _cues(guide: Guide) -> Iterator[str]:
    yield "## Cues"
    for cue in guide.rules.cue:
        yield f"\n### {cue.id}: {cue.title}"
        yield f"\nFor {_list(cue.answers)}. Sources: {_list(cue.source)}."
        yield ""
        yield from (f"- {line}" for line in _cue_lines(cue))


def _cue_lines(cue: CueRule) -> Iterator[str]:
    for key in (key for key in CUE_TEXTS if key not in ("title", "fast")):
        if text := getattr(cue, key):
            yield f"{key.replace('_', ' ')}: {text}"
    for expect in cue.expects:
        how = "to the target"
        if expect.percent is not None:
            how = f"by {expect.percent[0]:g} to {expect.percent[1]:g} %"
        elif expect.change is not None:
            how = f"by {expect.change[0]:g} to {expect.change[1]:g}"
        yield f"should move: `{expect.metric}` {how}"
    if cue.only_for:
        yield f"only for: {_list(cue.only_for)}"


def _cadence(guide: Guide) -> Iterator[str]:
    rule = guide.rules.cadence
    low, high = rule.raise_percent
    yield "## Cadence target"
    yield (
        f"\nBaseline plus {low:g} to {high:g} %, never beyond {rule.ceiling_percent:g} % above the "
        "first baseline. The baseline is what the runner gives, or what an earlier report worked "
        "from, or the easy clip itself. Ways of practising, the most careful of those that apply:\n"
    )
    rows = (
        (b.id, f"{b.on_min:g}", f"{b.off_min:g}", f"{b.lead_in_min:g}", b.text, _list(b.source))
        for b in guide.rules.bouts
    )
    yield from _table(("id", "min on", "min off", "lead-in", "said", "sources"), rows)


def _gates(guide: Guide) -> Iterator[str]:
    yield "## Sore places and cues"
    yield "\n“brings” adds the cue without a finding.\n"
    rows = ((r.id, r.label, *(_gate(r, cue) for cue in CUES)) for r in guide.regions.region)
    yield from _table(("region", "place", *CUES), rows)


def _gate(region: Region, cue: str) -> str:
    gate = region.cues.get(cue, "")
    return f"{gate}, brings" if cue in region.triggers else gate


def _irritability(guide: Guide) -> Iterator[str]:
    rule, regions = guide.regions.irritability, guide.regions
    yield "## Irritability, red flags, race, shoes\n"
    rows = (
        (
            "high",
            f"the pain alters gait, or is above {rule.moderate_pain:g} of 10, or takes more than "
            f"{rule.moderate_settles_hours:g} hours to settle",
            f"only {_list(rule.cues_when_high)}; no hops",
        ),
        (
            "moderate",
            f"pain of {rule.moderate_from:g} or more, or more than {rule.low_settles_hours:g} "
            "hours to settle, or stiff the next morning, or an answer is missing",
            "cues on easy runs; no hops",
        ),
        ("low", "none of these", "cues on easy runs"),
    )
    yield from _table(("irritability", "when", "then"), rows)
    flag = regions.red_flag
    yield (
        "\n- red flags: pain that alters gait, pain at night, a bone, one small sore spot on a "
        f"bone or pain on a single hop, pain of {flag.severe_pain:g} or more, pain above "
        f"{flag.lasting_pain:g} that takes more than {flag.lasting_hours:g} hours to settle"
    )
    raises, hops = regions.strength.enough_raises, regions.strength.enough_hop_seconds
    yield f"- hops: only after {hops:g} seconds of steady hopping on one foot"
    yield (
        f"- the calf: fewer than {raises:g} single-leg heel raises ask for care with a quicker "
        "step, recent trouble rules it out until both sides are strong"
    )
    weeks = regions.persistence.few_weeks
    yield f"- longer than {weeks:g} weeks: a clinician's note beside the cues"
    yield f"- shoes changed within {regions.shoes.recent_weeks:g} weeks: a remark"
    for race in regions.race:
        then = [f"practice {race.bouts}"] if race.bouts else []
        then += [f"at most {race.max_cues} cue"] if race.max_cues is not None else []
        span = f"{race.from_weeks:g} to {race.to_weeks:g} weeks away"
        yield f"- race {race.id}: {_list([span, *then])}"


def _drills(guide: Guide) -> Iterator[str]:
    yield "## Drills"
    places = {
        drill.id: [
            *(r.id for r in guide.regions.region if drill.id in {d.id for d in r.drills}),
            *(e.finding for e in guide.regions.extra if drill.id in e.drills),
        ]
        for drill in guide.drills.drill
    }
    for drill in guide.drills.drill:
        calm = "; only while irritability is low" if drill.springy else ""
        where = _list(places[drill.id]) or "none: the way forward from another drill"
        yield f"\n### {drill.id} ({drill.area})"
        yield f"\n{drill.text} For: {where}{calm}. Sources: {_list(drill.source)}."
        yield f"\n- dose: {drill.dose}"
        yield f"- dose when sore: {drill.dose_sore}"
        yield f"- dose while it flares easily: {drill.dose_high}"
        yield f"- progression: {drill.progression}"
        yield f"- stop: {drill.stop_if}"
    own = ((r.id, d.id, d.dose) for r in guide.regions.region for d in r.drills if d.dose)
    yield "\nDoses of a region's own:\n"
    yield from _table(("region", "drill", "dose"), own)


def _plans(guide: Guide) -> Iterator[str]:
    yield "## Plans"
    for plan in guide.regions.plan:
        yield f"\n### {plan.title}"
        yield f"\nRegion {plan.region}; {_list(plan.source)}.\n"
        for step in plan.steps:
            cadence = f" With the cadence cue: {step.with_cadence}" if step.with_cadence else ""
            slow = f" Without fast running: {step.without_fast}" if step.without_fast else ""
            yield f"- {step.when}: {step.text}{cadence}{slow}"


def _response(guide: Guide) -> Iterator[str]:
    rule = guide.rules.response
    yield "## Did it work?"
    first, last = rule.hold_weeks
    yield (
        f"\nWith soreness in both reports: at least {rule.points:g} points less during runs and "
        f"settled within {rule.settled_hours:g} hours, or gone, is success if the cue was "
        "practised (the cadence cue: if the cadence rose); "
        "what was not practised is neither praised nor given up; less sore stays until "
        f"week {last:g}; as sore as before stays until week {first:g} and is dropped after that, "
        "or when no dates are known; worse, elsewhere or more irritable is dropped at once. A "
        "dropped cue is not replaced in the same advice and not offered again. Without soreness "
        f"the number decides ({_list(rule.source)}).\n"
    )
    for key in RESPONSE_TEXTS:
        yield f"- {key}: {getattr(rule, key)}"


def _texts(guide: Guide) -> Iterator[str]:
    yield "## Remarks"
    for kind in ("red_flag", "warning", "note", "retest", "safety", "page"):
        yield f"\n### {kind.replace('_', ' ')}\n"
        rows = (_text(text) for text in guide.texts.text if text.kind == kind)
        yield from _table(("id", "when", "said", "sources"), rows)


def _text(text: Text) -> tuple[str, str, str, str]:
    when = _list((*text.when, *(f"not {word}" for word in text.unless)))
    said = f"{text.text} (Leaves fast running out.)" if text.slows else text.text
    return text.id, when, said, _list(text.source)


def _facts(facts: FactsFile) -> Iterator[str]:
    yield "## The guide, statement by statement\n"
    rows = (
        (f.id, f"L{f.line}", f.says, _list(f.used) or f"not used: {f.unused}") for f in facts.facts
    )
    yield from _table(("no.", "line", "gist", "where it went"), rows)


def _words(guide: Guide) -> Iterator[str]:
    yield "## Words for `when` and `unless`\n"
    yield from _table(("word", "holds when"), TAG_MEANING.items())
    families = sorted(known_tags(guide.rules, guide.regions) - set(TAG_MEANING))
    yield f"\nand {_list(f'`{word}`' for word in families)}."


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, or with ``--check`` only say whether it is up to date."""
    return keep_page("formcheck.cues.docs", PAGE, page, arguments)


if __name__ == "__main__":
    sys.exit(main())

"""Checks across the advice files: names that must exist, numbers that must be possible."""

from __future__ import annotations

import re
import string
from collections.abc import Collection, Iterable, Iterator
from typing import Final, Protocol, get_args

from formcheck.catalogue import specs
from formcheck.cues.guide.shapes import (
    REGIONS,
    CueRule,
    Guide,
    Level,
    Region,
    RegionsFile,
    ResponseRule,
    RulesFile,
)

TAG_MEANING: Final = {
    "always": "every advice",
    "symptoms": "something was said about pain",
    "no_symptoms": "nothing was said about pain",
    "cue": "there is at least one cue",
    "drills": "there is at least one drill",
    "nothing": "all that this view can show could be told, nothing was found, and there is no cue",
    "nothing_seen": "as nothing, but the rest could not be told",
    "film_again": "the clip is too poor to judge anything",
    "rhythm_and_posture": "the clip shows no landing that can be judged",
    "doubtful": "some numbers are too near a limit, too unsure or too few to tell",
    "walking": "there is no flight between the steps",
    "flag": "there is a red flag",
    "trying": "a cue of an earlier advice is on trial",
    "trying.cadence": "the cadence cue is on trial and its first baseline is known",
    "follow_up": "there is an earlier report with cues",
    "not_sore_now": "every pain that was told is none",
    "several": "several places are sore",
    "young": "the runner is, or may be, no adult",
    "sore.long": "sore for many weeks, whatever was tried",
    "pain.which_run": "the pain is high, and that on easy flat runs was not told",
    "side.other": "what stands out is on the other leg than the sore one",
    "side.unseen": "the sore leg is the one away from the camera",
    "slaps": "the feet slap the ground",
    "mileage.high": "many kilometres a week",
    "hops.wait": "a hop test was too short for hops",
    "retest.given": "numbers of strength tests were given",
    "retest.change": "numbers of strength tests were given now and with the earlier report",
    "calf.caution": "the calf asks for care with a quicker step",
    "calf.kept": "trouble of the calf is known from before, and nobody has said that it is over",
    "calf.block": "the calf rules a quicker step out",
    "pelvis.both": "the pelvis drops on both sides",
    "pelvis.left": "the pelvis drops while the left leg carries the body, not on the right",
    "pelvis.right": "the pelvis drops while the right leg carries the body, not on the left",
    "window.only": "of the knees only the gap between them stands out",
    "paces.mixed": "faster clips were left aside",
    "baseline.given": "the baseline does not come from this clip",
    "pain.unknown": "pain during runs or the hours to settle were not told",
    "baseline.runs": "the baseline is the mean of several easy runs",
    "baseline.far": "those runs lie far apart",
    "slow_belt": "the belt runs at a slow jog",
    "drop": "a cue is given up in this advice",
    "drop.cadence": "the cadence cue is given up in this advice",
    "no_new": "a cue is stopped, or the runner is told to go on as before: nothing new begins",
    "worse": "a cue is stopped as something is sorer than before",
    "flagged.before": "the last report told of a red flag that is not told now",
    "bone.settled": "a clinician has settled a bone that was in question",
    "place.unknown": "it is sore, and where is not known",
    "place.kept": "the sore place is taken from the earlier report",
    "tests.calf": "heel raises are among the drills",
    "no_fast": "something that is said leaves fast running out for now",
    "plan": "there is a plan for the sore region",
    "no_uphill": "uphill running does not suit: hills, calf or foot, flaring easily, or young",
    "race.near": "a race is four weeks away or less",
    "race.soon": "a race is twelve weeks away or less",
    "race.in_plan": "a race comes before the plan of the sore region is over",
    "downhill": "the clip was run down a slope",
    "baseline.kept": "another baseline was left aside, as a quicker step is on trial",
    "flag.bone_before": "a bone was in question before and has not been said to be settled",
    "flag.any_bone": "one of the three signs of a bone",
    "flag.bone_spot": "one small sore spot on a bone, or pain on a single hop",
    "flag.severe": "the pain is very high, or high and does not settle",
    "blind": "nothing could be judged",
    "unjudged": "some of what this view can show could not be judged",
    "held_back": "something was found, but its cue waits for calmer days",
    "flag.alters_gait": "the pain changes how the runner runs",
    "flag.night_pain": "pain wakes the runner at night",
    "flag.bone": "the region is bone",
    "weeks.long": "longer than a few weeks without improvement",
    "settles.days": "takes days to settle",
    "sore.before": "it was sore before, and nothing is said of it now",
    "settles.slowly": "takes between one and two days to settle",
    "gentle": "it flares, is slow to settle or worse, the runner is young, or a bone has settled",
    "shoes.recent": "the shoes changed recently",
    "shoes.changed": "the shoes differ from those of the baseline report",
    "not_comparable": "the baseline report was filmed under other conditions",
    "cadence.unknown": "a cadence cue would fit, but there is no cadence",
    "cadence.not_easy": "a cadence cue would fit, but the clip is not an easy run",
    "cadence.ceiling": "a cadence cue would fit, but the first baseline leaves no room",
    "cadence.quick": "a cadence cue would fit, but the easy cadence is quick already",
    "cadence.reached": "the clip is already at the target, and may stay there",
    "cadence.above": "the clip is well above the target",
    "cadence.return": "a quicker rhythm is ruled out while the clip or an earlier cue has one",
    "shoes.lower": "new shoes with a lower drop",
    "shoes.higher": "new shoes with a higher drop",
    "shoes.calf": "a place is sore that a lower drop loads",
    "pace.unknown": "no pace was given",
    "faster": "run faster than easy, or uphill",
    "treadmill": "a belt speed was given",
    "measured.knee": "the knees were measured from behind",
    "measured.foot": "the foot's angle at landing was measured",
}


def known_tags(rules: RulesFile, regions: RegionsFile) -> frozenset[str]:
    """Return every word that `when` and `unless` may use."""
    families: tuple[tuple[str, Iterable[str]], ...] = (
        ("region", (region.id for region in regions.region)),
        ("irritability", get_args(Level)),
        ("race", (race.id for race in regions.race)),
        ("finding", (finding.id for finding in rules.finding)),
        ("cue", (cue.id for cue in rules.cue)),
        ("drill", {drill.id for region in regions.region for drill in region.drills}),
        ("flares", ("downhill", "uphill", "fast", "long")),
        ("training", ("more", "faster", "hills", "surface", "none")),
    )
    words = (f"{family}.{name}" for family, names in families for name in names)
    return frozenset(TAG_MEANING) | frozenset(words)


Path = tuple[str | int, ...]
"""Keys and indices from the top of a file to an entry."""

Problem = tuple[str, Path, str]
Reference = tuple[Path, str, str, Collection[str]]
"""Where a name stands, what kind of name it is, the name, and the names that exist."""

CUES: Final = (
    "cadence",
    "land_under_hips",
    "less_bounce",
    "lean_from_ankles",
    "unfold_waist",
    "free_arms",
    "knee_control",
    "step_width",
)
TARGET_WORDS: Final = ("target",)
CADENCE_WORDS: Final = (
    *TARGET_WORDS,
    "target_low",
    "target_high",
    "raise",
    "now",
    "now_raise",
    "baseline",
    "metronome",
    "half_rate",
    "bouts",
    "weeks_low",
    "weeks_high",
)
NOTE_WORDS: Final = (
    "unjudged",
    "doubtful",
    "held",
    "usual_low",
    "usual_high",
    "ceiling",
    "first",
    "trying",
    "places",
    "places_before",
    "kept",
    "retests",
    "runs",
    "runs_low",
    "runs_high",
)
RESPONSE_WORDS: Final = ("title", "back", "points", "hours", "weeks_low", "weeks_high", "first")
RESPONSE_TEXTS: Final = tuple(
    name for name, field in ResponseRule.model_fields.items() if field.annotation is str
)
CUE_TEXTS: Final = (
    "title",
    "text",
    "hold_text",
    "hold_dose",
    "hold_remeasure",
    "above_text",
    "why",
    "dose",
    "fast",
    "remeasure",
    "trade_off",
    "caution",
)
CADENCE_TAGS: Final = frozenset({"cue.cadence", "cadence.above"})
GUIDE_LINES: Final = 58


class Named(Protocol):
    """A row with an id and sources."""

    @property
    def id(self) -> str:
        """Unique within its list."""

    @property
    def source(self) -> tuple[str, ...]:
        """Where it comes from."""


def problems(guide: Guide) -> Iterator[Problem]:
    """Yield what is wrong across the files: file, path of the entry, sentence without full stop."""
    for file, table, rows in tables(guide):
        yield from _ids_and_sources(file, table, rows)
    yield from _signs(guide.rules)
    yield from _unknown("rules.toml", _cue_references(guide.rules))
    yield from _unknown("regions.toml", _region_references(guide))
    for missing in sorted(set(REGIONS) - {region.id for region in guide.regions.region}):
        yield "regions.toml", (), f"the region {missing!r} is missing"
    yield from _braces(guide)
    yield from _unknown("texts.toml", _text_references(guide))


def tables(guide: Guide) -> tuple[tuple[str, str, tuple[Named, ...]], ...]:
    """Return every list of rows that has ids and sources: file, name of the table, rows."""
    rules, regions = guide.rules, guide.regions
    return (
        ("rules.toml", "finding", rules.finding),
        ("rules.toml", "cue", rules.cue),
        ("rules.toml", "bouts", rules.bouts),
        ("drills.toml", "drill", guide.drills.drill),
        ("regions.toml", "region", regions.region),
        ("regions.toml", "race", regions.race),
        ("regions.toml", "extra", regions.extra),
        ("regions.toml", "plan", regions.plan),
        ("texts.toml", "text", guide.texts.text),
    )


def _ids_and_sources(file: str, table: str, rows: Iterable[Named]) -> Iterator[Problem]:
    seen: set[str] = set()
    for i, row in enumerate(rows):
        if row.id in seen:
            yield file, (table, i, "id"), f"the id {row.id!r} is used twice"
        seen.add(row.id)
        if not row.source:
            yield file, (table, i, "source"), "a source is missing"
        for word in row.source:
            if word.startswith("guide") and not _guide_line(word):
                message = f"{word!r} is no line of the guide; write for example 'guide L13'"
                yield file, (table, i, "source"), message


def _guide_line(word: str) -> bool:
    match = re.fullmatch(r"guide L(\d+)", word)
    return match is not None and 1 <= int(match[1]) <= GUIDE_LINES


def _unknown(file: str, references: Iterable[Reference]) -> Iterator[Problem]:
    """Yield the references to names that do not exist."""
    for path, kind, word, names in references:
        if word not in names:
            known = ", ".join(sorted(names))
            yield file, path, f"the {kind} {word!r} is not known; known are {known}"


def _signs(rules: RulesFile) -> Iterator[Problem]:
    """Check the metrics that signs name, and that their thresholds are possible values."""
    for f, finding in enumerate(rules.finding):
        for c, case in enumerate(finding.case):
            for s, sign in enumerate(case.signs):
                path: Path = ("finding", f, "case", c, "signs", s)
                yield from _unknown("rules.toml", [(path, "metric", sign.metric, specs())])
                spec = specs().get(sign.metric)
                low, high = spec.possible if spec else (-float("inf"), float("inf"))
                for number in sign.numbers:
                    if not low <= number <= high:
                        yield "rules.toml", path, f"{number:g} is impossible for {sign.metric}"


def _cue_references(rules: RulesFile) -> Iterator[Reference]:
    every = {finding.id for finding in rules.finding}
    leading = {finding.id for finding in rules.finding if not finding.context}
    for i, cue in enumerate(rules.cue):
        yield ("cue", i, "id"), "cue", cue.id, CUES
        for word in cue.answers:
            yield ("cue", i, "answers"), "finding", word, leading
        for word in cue.cautious_after:
            yield ("cue", i, "cautious_after"), "finding", word, every
        for word in cue.only_for:
            yield ("cue", i, "only_for"), "region", word, REGIONS
        for e, expect in enumerate(cue.expects):
            yield ("cue", i, "expects", e), "metric", expect.metric, specs()


def _region_references(guide: Guide) -> Iterator[Reference]:
    regions = guide.regions
    cues = {cue.id for cue in guide.rules.cue}
    drills = {drill.id for drill in guide.drills.drill}
    bouts = {row.id for row in guide.rules.bouts}
    for word in regions.irritability.cues_when_high:
        yield ("irritability", "cues_when_high"), "cue", word, cues
    for i, region in enumerate(regions.region):
        yield from _one_region(("region", i), region, cues, drills)
        if region.bouts is not None:
            yield ("region", i, "bouts"), "practice", region.bouts, bouts
    for i, extra in enumerate(regions.extra):
        findings = {finding.id for finding in guide.rules.finding}
        yield ("extra", i, "finding"), "finding", extra.finding, findings
        for word in extra.drills:
            yield ("extra", i, "drills"), "drill", word, drills
    for i, plan in enumerate(regions.plan):
        yield ("plan", i, "region"), "region", plan.region, REGIONS
    for i, race in enumerate(regions.race):
        if race.bouts is not None:
            yield ("race", i, "bouts"), "practice", race.bouts, bouts


def _one_region(
    path: Path, region: Region, cues: Collection[str], drills: Collection[str]
) -> Iterator[Reference]:
    yield (*path, "id"), "region", region.id, REGIONS
    for word in region.cues:
        yield (*path, "cues"), "cue", word, cues
    for word in region.triggers:
        yield (*path, "triggers"), "cue", word, cues
    for i, drill in enumerate(region.drills):
        yield (*path, "drills", i), "drill", drill.id, drills


def _text_references(guide: Guide) -> Iterator[Reference]:
    words = known_tags(guide.rules, guide.regions)
    for i, text in enumerate(guide.texts.text):
        for word in text.when:
            yield ("text", i, "when"), "circumstance", word, words
        for word in text.unless:
            yield ("text", i, "unless"), "circumstance", word, words


def _braces(guide: Guide) -> Iterator[Problem]:
    """Check that the braces in every text are whole and name words that can be filled in."""
    for i, cue in enumerate(guide.rules.cue):
        yield from _cue_braces(i, cue)
    response = guide.rules.response
    for key in RESPONSE_TEXTS:
        yield from _words("rules.toml", ("response", key), getattr(response, key), RESPONSE_WORDS)
    for i, plan in enumerate(guide.regions.plan):
        for s, step in enumerate(plan.steps):
            path: Path = ("plan", i, "steps", s)
            yield from _words("regions.toml", path, step.text, ())
            yield from _words("regions.toml", path, step.with_cadence or "", TARGET_WORDS)
    for i, text in enumerate(guide.texts.text):
        allowed = (*NOTE_WORDS, *(CADENCE_WORDS if CADENCE_TAGS.intersection(text.when) else ()))
        yield from _words("texts.toml", ("text", i, "text"), text.text, allowed)


def _cue_braces(i: int, cue: CueRule) -> Iterator[Problem]:
    """Only the cadence cue has a target to speak of."""
    allowed = CADENCE_WORDS if cue.id == "cadence" else ()
    for key in CUE_TEXTS:
        yield from _words("rules.toml", ("cue", i, key), getattr(cue, key) or "", allowed)


def _words(file: str, path: Path, text: str, allowed: Iterable[str]) -> Iterator[Problem]:
    try:
        words = {word for _, word, _, _ in string.Formatter().parse(text) if word is not None}
    except ValueError:
        yield file, path, "a brace is not closed"
        return
    for word in sorted(words - set(allowed)):
        yield file, path, f"the word {{{word}}} cannot be filled in here"

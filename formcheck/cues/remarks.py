"""What is said besides cues: the circumstances that hold, and the remarks they call for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from formcheck.cues import history
from formcheck.cues.advice import Judgement, Remark, RemarkKind
from formcheck.cues.evidence import SIDED, Doubt, Evidence, doubt, looked_at, met, resolve, told
from formcheck.cues.guide.shapes import Finding, Text, TextsFile
from formcheck.cues.practice import given_plans, own_plans, race_in_plan
from formcheck.cues.select import Choice, blocked, wanted
from formcheck.cues.situation import Situation
from formcheck.cues.symptoms import RETESTS, severe
from formcheck.landmarks import SIDES
from formcheck.types import Metric, Status, ViewKind

FEW: Final = "too few strides"
DOWNHILL: Final = "run downhill"
REASONS: Final[Mapping[Status, str]] = {
    "measured": FEW,
    "too_few_strides": FEW,
    "wrong_view": "needs another view",
    "low_confidence": "not seen clearly",
    "frame_rate_too_low": "frame rate too low",
    "no_scale": "no scale: give height or belt speed",
    "occluded": "hidden",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was decided: cues given, cues held back, and the drills by id."""

    given: tuple[Choice, ...]
    held: tuple[Choice, ...]
    drills: frozenset[str] = frozenset()


def say(
    file: TextsFile, tags: frozenset[str], words: Mapping[str, str], *kinds: RemarkKind
) -> tuple[Remark, ...]:
    """Return the texts of the given kinds whose circumstances hold, kind after kind.

    Parameters
    ----------
    tags : frozenset of str
        The circumstances; `TAG_MEANING` of `formcheck.cues.guide.checks` tells them.
    words : mapping of str to str
        What the texts may name in braces.
    """
    return tuple(
        Remark(row.id, kind, row.text.format_map(words))
        for kind in kinds
        for row in file.text
        if row.kind == kind and _applies(row, tags)
    )


def slowed(file: TextsFile, tags: frozenset[str]) -> bool:
    """Return whether a text whose circumstances hold leaves fast running out for now."""
    return any(row.slows and _applies(row, tags) for row in file.text)


def _applies(row: Text, tags: frozenset[str]) -> bool:
    return tags.issuperset(row.when) and tags.isdisjoint(row.unless)


def trying(now: Situation) -> tuple[str, ...]:
    """Return the cues of earlier advice that the runner may be practising."""
    before = () if now.past is None else now.past.cues
    return tuple(dict.fromkeys([*before, *now.present.trying]))


def note_words(now: Situation, outcome: Outcome) -> dict[str, str]:
    """Return what notes may name in braces."""
    blank, cadence = unjudged(now), now.guide.rules.cadence
    titles = {row.id: row.title for row in now.guide.rules.finding}
    cues = {cue.id: cue.title for cue in now.guide.rules.cue}
    labels = [region.label for region in now.regions]
    held = [titles[f] for c in outcome.held for f in c.rule.answers if f in now.found]
    runs = now.present.runs_spm
    return {
        "unjudged": "; ".join(f"{finding.title} ({reason})" for finding, reason in blank),
        "doubtful": ", ".join(titles[name] for name in doubts(now)),
        "held": ", ".join(dict.fromkeys(held)),
        "usual_low": f"{cadence.usual_spm[0]:g}",
        "usual_high": f"{cadence.usual_spm[1]:g}",
        "ceiling": f"{cadence.ceiling_percent:g}",
        "first": f"{now.cadence.first_baseline_spm or 0.0:.0f}",
        "trying": ", ".join(f"“{cues[name]}”" for name in trying(now) if name in cues),
        "retests": retests(now),
        "places": " and ".join(labels),
        "places_before": " and ".join(region.label for region in now.case.wary),
        "kept": f"{now.cadence.baseline_spm or 0.0:.0f}",
        "runs": str(len(runs)),
        "runs_low": f"{min(runs, default=0.0):.0f}",
        "runs_high": f"{max(runs, default=0.0):.0f}",
    }


def judgements(now: Situation) -> tuple[Judgement, ...]:
    """Return the three answers for everything that the view can show."""
    blank = {finding.id: reason for finding, reason in unjudged(now)}
    unsure, grading = doubts(now), now.guide.rules.grading
    rows = []
    for finding in now.guide.rules.finding:
        if finding.context or not _shows(finding, now.present.views):
            continue
        if finding.id in now.found:
            rows.append(Judgement(finding.id, finding.title, "stands_out", finding.says))
        elif finding.id in blank:
            why = blank[finding.id]
            tell = {FEW: grading.few_strides, DOWNHILL: grading.downhill}.get(why, finding.tell)
            text = f"{why[0].upper()}{why[1:]}. {tell}"
            rows.append(Judgement(finding.id, finding.title, "cannot_be_told", text))
        elif finding.id in unsure:
            text = f"{getattr(grading, unsure[finding.id])} {finding.tell}"
            rows.append(Judgement(finding.id, finding.title, "cannot_be_told", text))
        else:
            rows.append(Judgement(finding.id, finding.title, "ordinary", ""))
    return tuple(rows)


def doubts(now: Situation) -> dict[str, Doubt]:
    """Return the findings that do not hold but could, and why that cannot be told."""
    found = {}
    for finding in now.guide.rules.finding:
        if not finding.context and finding.id not in now.found:
            why = doubt(finding, now.evidence) if _shows(finding, now.present.views) else None
            if why is not None:
                found[finding.id] = why
    return found


def retests(now: Situation) -> str:
    """Say how the strength tests went since the earlier report; empty without numbers of both."""
    before = None if now.past is None else now.past.symptoms
    if before is None:
        return ""
    said = []
    for name, what in RETESTS.items():
        pairs = zip(SIDES, before.retest(name), now.told.retest(name), strict=True)
        steps = [f"{side} {old:g} to {new:g}" for side, old, new in pairs if _both(old, new)]
        said += [f"{what} {' and '.join(steps)}"] if steps else []
    return "; ".join(said)


def _both(old: float | None, new: float | None) -> bool:
    return old is not None and new is not None


def unjudged(now: Situation) -> list[tuple[Finding, str]]:
    """Return the findings that do not hold and could not be looked at in full, and why."""
    return [
        (finding, _reason(finding, now.evidence))
        for finding in now.guide.rules.finding
        if not finding.context
        and _shows(finding, now.present.views)
        and finding.id not in now.found
        and not told(finding, now.evidence)
    ]


def _shows(finding: Finding, views: tuple[ViewKind, ...]) -> bool:
    wanted_views = {"side": {"side"}, "rear": {"rear", "front"}}
    return finding.view == "any" or not wanted_views[finding.view].isdisjoint(views)


def _reason(finding: Finding, evidence: Evidence) -> str:
    """Return why the first metric is missing that an answer asks for."""
    if evidence.downhill:
        return DOWNHILL
    missing = (group for group in finding.needs if not met(group, finding, evidence))
    for key in next(missing, ()):
        metric: Metric | None = evidence.metrics.get(key)
        if metric is not None:
            return REASONS[metric.status]
    return "not measured"


SLOW_JOG_MPS: Final = 2.2
LANDING_KEYS: Final = tuple(f"landing_ankle_hip_pct_leg{side}" for side in ("", "_left", "_right"))


def red_flags(now: Situation) -> frozenset[str]:
    """Return the circumstances that silence every cue."""
    asked, regions = now.symptoms, now.guide.regions
    flags = {
        "flag.alters_gait": asked.alters_gait,
        "flag.night_pain": asked.night_pain,
        "flag.bone": "bone" in asked.regions,
        "flag.bone_spot": asked.bone_spot,
        "flag.bone_before": now.memory.bone_open,
        "flag.severe": severe(asked, regions.red_flag),
    }
    raised = {flag for flag, is_up in flags.items() if is_up}
    if raised & {"flag.bone", "flag.bone_spot", "flag.bone_before"}:
        raised.add("flag.any_bone")
    return frozenset(raised | {"flag"} if raised else raised)


def flag_tags(now: Situation, flags: frozenset[str]) -> frozenset[str]:
    """Return the circumstances beside a red flag: what is on trial is called off."""
    tags = {"always", "symptoms", *flags, *(["trying"] if trying(now) else ())}
    if now.race is not None and now.race.soon:
        tags.add("race.soon")
    if "cadence" in trying(now) and now.cadence.first_baseline_spm is not None:
        tags.add("trying.cadence")
    return frozenset(tags)


def circumstances(now: Situation, outcome: Outcome) -> frozenset[str]:
    """Return every circumstance that holds."""
    return frozenset(
        {
            "always",
            *_pain_tags(now),
            *_place_tags(now),
            *_strength_tags(now),
            *_outcome_tags(now, outcome),
            *_told_tags(now, outcome),
            *_pelvis_tags(now),
            *_cadence_tags(now),
            *_clip_tags(now),
            *_baseline_tags(now),
            *_past_tags(now),
        }
    )


def _pain_tags(now: Situation) -> Iterator[str]:
    asked, regions = now.symptoms, now.guide.regions
    yield "symptoms" if now.sore else "no_symptoms"
    if asked.sore and not asked.hurts:
        yield "not_sore_now"
    if now.level is not None and asked.hurts:
        yield f"irritability.{now.level}"
    if asked.weeks is not None and asked.weeks > regions.persistence.few_weeks:
        yield "weeks.long"
    if asked.sore_weeks is not None and asked.sore_weeks > regions.persistence.many_weeks:
        yield "sore.long"
    yield from _settle_tags(now)
    if not asked.pains or asked.settles_hours is None:
        yield "pain.unknown"
    worst = asked.pain_during
    high = worst is not None and worst > regions.irritability.moderate_pain
    if high and asked.pain_easy is None:
        yield "pain.which_run"
    if asked.flares_on is not None:
        yield f"flares.{asked.flares_on}"


def _settle_tags(now: Situation) -> Iterator[str]:
    """Return how long it takes to settle, and whether exercises have the lesser dose."""
    if now.slow_to_settle and now.level != "high":
        yield "settles.slowly"
    if (now.symptoms.settles_hours or 0.0) > now.guide.regions.red_flag.lasting_hours:
        yield "settles.days"
    if now.gentle:
        yield "gentle"


def _place_tags(now: Situation) -> Iterator[str]:
    asked, regions = now.symptoms, now.guide.regions
    yield from (f"region.{region.id}" for region in now.regions)
    if len(now.regions) > 1:
        yield "several"
    if now.no_uphill:
        yield "no_uphill"
    if given_plans(now):
        yield "plan"
    yield from _memory_tags(now)
    yield from _race_tags(now)
    shoes = asked.shoe_change_weeks
    if shoes is not None and shoes <= regions.shoes.recent_weeks:
        yield "shoes.recent"
        if asked.shoe_drop == "lower":
            yield "shoes.lower"
        if asked.shoe_drop == "higher":
            yield "shoes.higher"
    if {"achilles", "plantar", "forefoot"} & set(asked.regions) or now.case.calf is not None:
        yield "shoes.calf"
    yield from _side_tags(now)
    yield from _habit_tags(now)


def _memory_tags(now: Situation) -> Iterator[str]:
    """Tell what is known of the place from before, or not at all."""
    if now.case.placeless:
        yield "place.unknown"
    if now.memory.sore_before:
        yield "sore.before"
    if now.memory.calf_kept:
        yield "calf.kept"
    if now.memory.place_kept:
        yield "place.kept"
    if now.symptoms.bone_settled:
        yield "bone.settled"


def _race_tags(now: Situation) -> Iterator[str]:
    if now.race is None:
        return
    yield f"race.{now.race.id}"
    if now.race.near:
        yield "race.near"
    if any(race_in_plan(plan, now) for plan in own_plans(now)):
        yield "race.in_plan"


def _habit_tags(now: Situation) -> Iterator[str]:
    """Tell what was said of training and steps."""
    asked, regions = now.symptoms, now.guide.regions
    if asked.training_change is not None:
        yield f"training.{asked.training_change}"
    if asked.weekly_km is not None and asked.weekly_km >= regions.mileage.high_km:
        yield "mileage.high"
    if asked.slaps:
        yield "slaps"


def _side_tags(now: Situation) -> Iterator[str]:
    """Tell how the sore side lies to what stands out and to the camera."""
    sore = now.symptoms.side_of_body
    if sore not in ("left", "right"):
        return
    keys = [key for found in now.found.values() if not found.finding.context for key in found.keys]
    sides = {now.evidence.metrics[key].side for key in keys if key in now.evidence.metrics}
    if sides and sides <= {"left", "right"} and sore not in sides:
        yield "side.other"
    landings = (now.evidence.metrics.get(key) for key in LANDING_KEYS)
    filmed = {metric.side for metric in landings if metric is not None and metric.value is not None}
    if filmed and filmed.isdisjoint({"both", sore}):
        yield "side.unseen"


def _strength_tags(now: Situation) -> Iterator[str]:
    asked, rule, said = now.symptoms, now.guide.regions.strength, now.told
    if now.case.young:
        yield "young"
    if now.case.calf is not None:
        yield f"calf.{now.case.calf}"
    if any(n is not None and n < rule.enough_hop_seconds for n in asked.retest("hop_seconds")):
        yield "hops.wait"
    if any(n is not None for name in RETESTS for n in said.retest(name)):
        yield "retest.given"
    if retests(now):
        yield "retest.change"


def _outcome_tags(now: Situation, outcome: Outcome) -> Iterator[str]:
    yield from (f"finding.{name}" for name in now.found)
    yield from (f"cue.{choice.rule.id}" for choice in outcome.given)
    if outcome.given:
        yield "cue"
    if outcome.drills:
        yield "drills"
    yield from (f"drill.{name}" for name in outcome.drills)
    if not outcome.drills.isdisjoint({"heel_raise", "loaded_calf"}):
        yield "tests.calf"
    if any(f in now.found for c in outcome.held for f in c.rule.answers):
        yield "held_back"
    knee = now.found.get("knee_inward")
    if knee is not None and set(knee.keys) == {"knee_window_pct"}:
        yield "window.only"


def _told_tags(now: Situation, outcome: Outcome) -> Iterator[str]:
    """Tell what could be judged at all."""
    leading = [f for f in now.guide.rules.finding if not f.context]
    blank, unsure = unjudged(now), doubts(now)
    if blank:
        yield "unjudged"
    if unsure:
        yield "doubtful"
    if now.grade.id != "good":
        yield now.grade.id
    if "walking" in now.grade.reasons:
        yield "walking"
    if not any(looked_at(f, now.evidence) for f in leading):
        if not now.grade.reasons:
            yield "blind"
        return
    found = any(f.id in now.found for f in leading)
    if not outcome.given and not outcome.held and not found:
        whole = not unsure and not blank and now.grade.id == "good"
        yield "nothing" if whole else "nothing_seen"


def _pelvis_tags(now: Situation) -> Iterator[str]:
    """Return on which side the pelvis drops."""
    found = now.found.get("pelvic_drop")
    sides = {now.evidence.metrics[key].side for key in found.keys} if found is not None else set()
    if "both" in sides or {"left", "right"} <= sides:
        yield "pelvis.both"
    else:
        yield from (f"pelvis.{side}" for side in sides)


def _cadence_tags(now: Situation) -> Iterator[str]:
    rule = next(cue for cue in now.guide.rules.cue if cue.id == "cadence")
    # A runner who must not run quicker is sent back to the first baseline, never told to hold.
    dropped = "cadence" in now.case.dropped_now
    state, stopped = now.cadence, dropped or blocked(rule, now.case)
    if dropped:
        yield "drop.cadence"
    raised = (state.raised_percent or 0.0) >= now.guide.rules.cadence.tried_percent
    known = state.given and state.first_baseline_spm is not None
    rests = "cadence" in now.case.resting
    if known and raised and stopped and not rests:
        yield "cadence.return"
    elif state.place in ("reached", "above") and not stopped and now.level != "high":
        yield f"cadence.{state.place}"
    if wanted(rule, now.case) and not stopped and state.obstacle is not None:
        yield f"cadence.{state.obstacle}"


def _clip_tags(now: Situation) -> Iterator[str]:
    runner = now.present.runner
    if runner.pace is None:
        yield "pace.unknown"
    if now.evidence.faster:
        yield "faster"
    if now.evidence.downhill:
        yield "downhill"
    if runner.belt_speed_mps is not None:
        yield "treadmill"
        if runner.belt_speed_mps < SLOW_JOG_MPS:
            yield "slow_belt"
    if now.present.paces_mixed:
        yield "paces.mixed"
    for tag, key in (
        ("measured.knee", "knee_fppa_midstance_deg"),
        ("measured.foot", "foot_inclination_ic_deg"),
    ):
        if any(resolve(key, now.evidence, side) is not None for side in SIDED):
            yield tag


def _baseline_tags(now: Situation) -> Iterator[str]:
    """Return where the baseline comes from."""
    if now.cadence.given:
        yield "baseline.given"
    if now.baseline_kept:
        yield "baseline.kept"
    runs = now.present.runs_spm
    if len(runs) > 1:
        yield "baseline.runs"
        far = now.guide.rules.cadence.far_apart_percent
        if max(runs) > (1.0 + far / 100.0) * min(runs):
            yield "baseline.far"


def _past_tags(now: Situation) -> Iterator[str]:
    runner = now.present.runner
    if now.past is None:
        return
    if now.past.cues:
        yield "follow_up"
    if now.worse:
        yield "worse"
    if now.case.no_new:
        yield "no_new"
    if now.flagged_before:
        yield "flagged.before"
    if now.case.dropped_now:
        yield "drop"
    if now.past.metrics and not history.comparable(now.past, now.present):
        yield "not_comparable"
    shoes = (now.past.runner.shoes, runner.shoes)
    if None not in shoes and shoes[0] != shoes[1]:
        yield "shoes.changed"

"""Which circumstances hold: the words that texts may name in `when` and `unless`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from formcheck.cues import past as history
from formcheck.cues.notes import Outcome, doubts, retests, trying, unjudged
from formcheck.cues.practice import given_plans, own_plans, race_in_plan
from formcheck.cues.select import blocked, wanted
from formcheck.cues.signs import SIDED, looked_at, resolve
from formcheck.cues.situation import Situation
from formcheck.cues.symptoms import RETESTS, severe

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
    sides = {now.scene.metrics[key].side for key in keys if key in now.scene.metrics}
    if sides and sides <= {"left", "right"} and sore not in sides:
        yield "side.other"
    landings = (now.scene.metrics.get(key) for key in LANDING_KEYS)
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
    if not any(looked_at(f, now.scene) for f in leading):
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
    sides = {now.scene.metrics[key].side for key in found.keys} if found is not None else set()
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
    if now.scene.faster:
        yield "faster"
    if now.scene.downhill:
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
        if any(resolve(key, now.scene, side) is not None for side in SIDED):
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

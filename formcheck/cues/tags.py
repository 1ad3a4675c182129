"""The circumstances that `when` and `unless` in ``texts.toml`` may name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, get_args

from formcheck.cues.regions_model import RegionsFile
from formcheck.cues.row import Level
from formcheck.cues.rules_model import RulesFile

MEANING: Final = {
    "always": "every advice",
    "symptoms": "something was said about pain",
    "no_symptoms": "nothing was said about pain",
    "cue": "there is at least one cue",
    "drills": "there is at least one drill",
    "nothing": "all that this view can show could be told, nothing was found, and there is no cue",
    "nothing_seen": "as nothing, but the rest could not be told",
    "film_again": "the clip is too poor to judge anything",
    "rhythm_and_posture": "the clip shows no landing that can be judged",
    "doubtful": "some numbers are too near a limit to tell",
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
    "untried.worse": "the soreness is worse without the cue having been run",
    "flag.bone_spot": "one small sore spot on a bone, or pain on a single hop",
    "flag.severe": "the pain is very high, or high and does not settle",
    "blind": "nothing could be judged",
    "unjudged": "some of what this view can show could not be judged",
    "held_back": "something was found, but its cue waits for calmer days",
    "flag.alters_gait": "the pain changes how the runner runs",
    "flag.night_pain": "pain wakes the runner at night",
    "flag.bone": "the region is bone",
    "weeks.long": "longer than a few weeks without improvement",
    "settles.slowly": "takes between one and two days to settle",
    "gentle": "high irritability, slow to settle, or young: exercises have the lesser dose",
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


def known(rules: RulesFile, regions: RegionsFile) -> frozenset[str]:
    """Return every word that `when` and `unless` may use."""
    families: tuple[tuple[str, Iterable[str]], ...] = (
        ("region", (region.id for region in regions.region)),
        ("irritability", get_args(Level)),
        ("race", (race.id for race in regions.race)),
        ("finding", (finding.id for finding in rules.finding)),
        ("cue", (cue.id for cue in rules.cue)),
        ("flares", ("downhill", "uphill", "fast", "long")),
        ("training", ("more", "faster", "hills", "surface", "none")),
    )
    words = (f"{family}.{name}" for family, names in families for name in names)
    return frozenset(MEANING) | frozenset(words)

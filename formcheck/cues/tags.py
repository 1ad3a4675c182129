"""The circumstances that `when` and `unless` in ``texts.toml`` may name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, get_args

from formcheck.cues.model import Level, RegionsFile, RulesFile

MEANING: Final = {
    "always": "every advice",
    "symptoms": "something was said about pain",
    "no_symptoms": "nothing was said about pain",
    "cue": "there is at least one cue",
    "drills": "there is at least one drill",
    "nothing": "something could be judged, nothing was found, and there is no cue",
    "blind": "nothing could be judged",
    "unjudged": "some of what this view can show could not be judged",
    "held_back": "something was found, but its cue waits for calmer days",
    "flag.alters_gait": "the pain changes how the runner runs",
    "flag.night_pain": "pain wakes the runner at night",
    "flag.bone": "the region is bone",
    "weeks.long": "longer than a few weeks without improvement",
    "settles.slowly": "takes between one and two days to settle",
    "shoes.recent": "the shoes changed recently",
    "shoes.changed": "the shoes differ from those of the baseline report",
    "not_comparable": "the baseline report was filmed under other conditions",
    "cadence.unknown": "a cadence cue would fit, but there is no cadence",
    "cadence.not_easy": "a cadence cue would fit, but the clip is not an easy run",
    "cadence.ceiling": "a cadence cue would fit, but the first baseline leaves no room",
    "cadence.reached": "the clip is already at the target",
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
    )
    words = (f"{family}.{name}" for family, names in families for name in names)
    return frozenset(MEANING) | frozenset(words)

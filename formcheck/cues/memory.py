"""What was said once and need not be said again: the place, the calf, the age, and a bone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from formcheck.cues.symptoms import RegionId, Symptoms

KEPT: Final = (
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
        names = (*KEPT, "side_of_body")
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
    missing = {name: getattr(before, name) for name in KEPT if getattr(now, name) is None}
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

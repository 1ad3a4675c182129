"""The one thing worth saying about two clips: what was seen, never whether it is good."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from formcheck.catalogue import spec_of, split_side
from formcheck.changes import worth
from formcheck.comparison.rules import texts
from formcheck.comparison.schema import Change, Mode
from formcheck.report import words

REACHES: Final = (
    "landing_ankle_hip_cm",
    "landing_ankle_hip_pct_leg",
    "late_swing_reach_cm",
    "late_swing_reach_pct_leg",
    "vertical_oscillation_cm",
    "vertical_oscillation_pct_leg",
)
NAMED: Final = 2


@dataclass(frozen=True, slots=True)
class Context:
    """What a sentence looks at.

    `changes` are ordered as the metrics are shown; `faster` is 1 where the second run was the
    faster one, -1 where the first, 0 where neither or not known; `rate_hz` the lower frame rate;
    `near` the legs that the clips show near the camera.
    """

    mode: Mode
    changes: Mapping[str, Change]
    faster: int
    rate_hz: float
    near: tuple[str, str] = ("", "")


def sentence(context: Context) -> str:
    """Return the sentence for two clips that can be compared."""
    said = texts()["sentence"]
    if all(change.verdict == "not_comparable" for change in context.changes.values()):
        return str(said["blind"])
    found = _reached(context) or _folded(context)
    if found:
        return found
    real = _ranked(context, "real")
    if context.mode == "left_right":
        return _of_sides(context, real)
    if real:
        return _changed(context, real)
    maybe = _ranked(context, "possible")
    return (
        str(said["maybe"]).format(list=_listed(maybe, context)) if maybe else str(said["nothing"])
    )


def _of_sides(context: Context, real: list[str]) -> str:
    """Return the sentence for a left and a right leg of one run."""
    said = texts()["sentence"]
    legs = [key for key in real if not _is_of_arms(key)]
    if real:
        return str(said["differ" if legs else "differ_arms"]).format(
            list=_listed(legs or real, context)
        )
    maybe = _ranked(context, "possible")
    if maybe:
        return str(said["maybe_sides"]).format(list=_listed(maybe, context))
    return str(said["alike"])


def _is_of_arms(key: str) -> bool:
    spec = spec_of(key)
    return spec is not None and spec.family == "arms"


def _reached(context: Context) -> str:
    """Tell that the faster run came with reach or bounce in place of quicker steps; else empty."""
    cadence = context.changes.get("cadence_spm")
    if context.mode != "easy_tempo" or not context.faster or cadence is None:
        return ""
    rose = _turned(cadence.difference, context)
    if cadence.threshold is None or rose is None:
        return ""
    if rose >= max(cadence.threshold, _worth("cadence_spm", context)):
        return ""
    grown = [key for key in REACHES if _grew(key, context)]
    if not grown:
        return ""
    return str(texts()["sentence"]["reached"]).format(
        cadence=_ends("cadence_spm", context), list=_listed(_one_a_family(grown), context)
    )


def _folded(context: Context) -> str:
    """Tell that the trunk leans further while the body does not; else empty."""
    trunk, line = context.changes.get("trunk_lean_deg"), context.changes.get("lean_bias_deg")
    if (
        context.mode == "left_right"
        or trunk is None
        or line is None
        or not _grew("trunk_lean_deg", context)
    ):
        return ""
    fell = _turned(line.difference, context)
    if line.verdict != "real" or fell is None or fell >= 0:
        return ""
    return str(texts()["sentence"]["folded"]).format(
        trunk=_ends("trunk_lean_deg", context), line=_ends("lean_bias_deg", context)
    )


def _turned(difference: float | None, context: Context) -> float | None:
    """Return a difference from the slower to the faster run (else from first to second)."""
    if difference is None:
        return None
    return -difference if context.mode == "easy_tempo" and context.faster < 0 else difference


def _grew(key: str, context: Context) -> bool:
    """Return whether a metric really rose, and by enough to be worth a sentence."""
    change = context.changes.get(key)
    rose = _turned(change.difference, context) if change is not None else None
    if change is None or rose is None or change.verdict != "real":
        return False
    return rose >= _worth(key, context)


def _worth(key: str, context: Context) -> float:
    return worth(key, context.rate_hz)


def _changed(context: Context, real: list[str]) -> str:
    said = texts()["sentence"]
    if context.mode == "easy_tempo":
        own = [key for key in real if context.changes[key].expected_from_speed == "no"]
        if own and context.faster:
            return str(said["unexpected"]).format(list=_listed(own, context))
        if all(context.changes[key].expected_from_speed == "yes" for key in real[:NAMED]):
            return str(said["expected"]).format(list=_listed(real, context))
    return str(said["changed"]).format(list=_listed(real, context))


def _ranked(context: Context, verdict: str) -> list[str]:
    """Return the metrics of a verdict, one a family, furthest beyond their limit first.

    A metric that is told in words only is never named, nor is one leg beside the mean of both.
    """

    def beyond(key: str) -> float:
        change = context.changes[key]
        return abs(change.difference or 0.0) / max(change.threshold or 0.0, 1e-12)

    known = [
        key
        for key, change in context.changes.items()
        if change.verdict == verdict
        and (info := spec_of(key)) is not None
        and not info.words
        and split_side(key)[1] is None
    ]
    return sorted(_one_a_family(known), key=beyond, reverse=True)


def _one_a_family(keys: Iterable[str]) -> list[str]:
    """Keep the first metric of each family."""
    found: dict[str, str] = {}
    for key in keys:
        spec = spec_of(key)
        found.setdefault(spec.family if spec is not None else key, key)
    return list(found.values())


def _listed(keys: Iterable[str], context: Context) -> str:
    said = texts()["sentence"]
    sides = {"first_side": context.near[0], "second_side": context.near[1]}
    template: Callable[..., str] = str(
        said["apart" if context.mode == "left_right" else "change"]
    ).format
    parts = []
    for key in list(keys)[:NAMED]:
        info, (one, two) = spec_of(key), _amounts(key, context)
        name = info.name[0].lower() + info.name[1:] if info is not None else key
        parts.append(template(name=name, first=one, second=two, **sides))
    return " and ".join(parts)


def _ends(key: str, context: Context) -> str:
    one, two = _amounts(key, context)
    return f"{one} and {two}"


def _amounts(key: str, context: Context) -> tuple[str, str]:
    """Return both values in words, of the slower run first where one is the slower."""
    change, info = context.changes[key], spec_of(key)
    values = change.first or 0.0, change.second or 0.0
    if context.mode == "easy_tempo" and context.faster < 0:
        values = values[1], values[0]
    if info is None:
        return f"{values[0]:.4g} {change.unit}", f"{values[1]:.4g} {change.unit}"
    return words.amount(values[0], info), words.amount(values[1], info)

"""From single strides to one metric: mean and intervals, or the reason it is withheld."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from scipy.special import stdtrit

from formcheck.catalogue import MetricSpec, specs, split_side
from formcheck.conventions import convention_of
from formcheck.gait.elevation import off_level_deg
from formcheck.gait.networks import network_limits
from formcheck.gait.notes import LEAST_RATE_SHARE
from formcheck.landmarks import SIDES, Side
from formcheck.metrics.strides import Strides
from formcheck.types import Floats, Metric, Samples, Status

LARGEST_LAG_ONE = 0.6
LEAST_SEEN = 0.5
# Up to here a side view's errors grow as the camera's angle, from here on as its square.
OBLIQUE_DEG = 12.0
# The network whose offsets the catalogue holds.
CORRECTED = "blazepose"


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """What a metric function hands over.

    Attributes
    ----------
    each : (N,) float
        Value of each step or stride, NaN where unknown.
    value : float or None
        The clip's value where it is not the plain mean of `each`.
    side : {"both", "left", "right"}
        The limb it is of.
    shared_sd : float
        Standard uncertainty that all of `each` share, in the metric's unit: from the common error
        of event times, say.
    level_gain : float
        Change of the value per degree of camera roll.
    scaled : bool
        Whether the scale's relative uncertainty applies.
    error : float or None
        Standard error of the value where the spread of `each` does not tell it.
    count : int or None
        Number of steps behind the value where it is not that of `each`.
    of_pixels : bool
        Whether a close look at the pictures tells it, not the network's points.
    samples : Samples or None
        When each value was read and on which foot, as it is: `each` may be about the mean of both.
    status, reason
        Why it must be withheld, when a function knows (e.g. an occluded limb).
    """

    each: Floats
    value: float | None = None
    side: Literal["both", "left", "right"] = "both"
    shared_sd: float = 0.0
    level_gain: float = 0.0
    scaled: bool = False
    error: float | None = None
    count: int | None = None
    of_pixels: bool = False
    samples: Samples | None = None
    status: Status = "measured"
    reason: str | None = None


def finish(key: str, estimate: Estimate | None, strides: Strides) -> Metric:
    """Turn an estimate into a metric with its 95 % intervals, or say why it is withheld.

    Parameters
    ----------
    key : str
        Metric key.
    estimate : Estimate or None
        None where the view does not show the metric.
    strides : Strides
        For frame rate, level and scale.
    """
    rule = specs()[split_side(key)[0]].of_view(strides.gait.view.kind)
    if estimate is None:
        return _withheld(key, rule, "wrong_view", f"Needs a {_shown_from(rule)} view.")
    rule = rule.of_pixels() if estimate.of_pixels else rule
    estimate = _trusted(conventional(estimate, key, strides), rule, strides.gait.track.network)
    each = estimate.each[np.isfinite(estimate.each)]
    count = each.size if estimate.count is None else estimate.count
    missing = _missing(rule, estimate, strides, count)
    if missing is not None:
        samples = estimate.samples if missing[0] == "too_few_strides" else None
        return replace(_withheld(key, rule, *missing), side=estimate.side, n=count, samples=samples)
    value = float(np.mean(each)) if estimate.value is None else estimate.value
    sd = float(np.std(each, ddof=1)) if each.size > 1 else None
    error = mean_error(each) if estimate.error is None else estimate.error
    calibration = strides.gait.calibration
    own = float(np.hypot(error, rule.repeat_sd))
    shared = np.array(
        [
            estimate.shared_sd,
            estimate.level_gain * calibration.roll_sd_deg,
            value * calibration.scale_rel_sd if estimate.scaled else 0.0,
            _yaw_error(rule, estimate, strides),
            rule.elevation_effect * off_level_deg(calibration),
            rule.bias_sd,
        ]
    )
    network = network_limits(strides.gait.track.network)
    reach = 1.96 * (1.0 if rule.key in network.as_good else network.widen)
    half, repeat_half = reach * float(np.sqrt(own**2 + shared @ shared)), reach * own
    return Metric(
        key,
        rule.unit,
        "measured",
        value,
        value - half,
        value + half,
        value - repeat_half,
        value + repeat_half,
        sd,
        estimate.side,
        count,
        samples=estimate.samples,
    )


def conventional(estimate: Estimate, key: str, strides: Strides) -> Estimate:
    """Take the pose network's mean offset out of an estimate, where it is known."""
    rule = specs()[split_side(key)[0]].of_view(strides.gait.view.kind)
    if estimate.of_pixels:
        rule = rule.of_pixels()
    elif strides.gait.track.convention != CORRECTED:
        return _of_joints(estimate, rule, strides)
    return replace(
        estimate,
        each=rule.gain * estimate.each + rule.offset,
        value=None if estimate.value is None else rule.gain * estimate.value + rule.offset,
        shared_sd=rule.gain * estimate.shared_sd,
        level_gain=rule.gain * estimate.level_gain,
        samples=estimate.samples and estimate.samples.changed(rule.gain, rule.offset),
    )


def _of_joints(estimate: Estimate, rule: MetricSpec, strides: Strides) -> Estimate:
    """Leave an estimate as it is; unknown landmarks may be off by as much as the usual ones."""
    if convention_of(strides.gait.track.convention).known or not estimate.each.size:
        return estimate
    value = float(np.nanmean(estimate.each)) if estimate.value is None else estimate.value
    off = abs(rule.offset) + abs((rule.gain - 1.0) * value)
    return replace(estimate, shared_sd=float(np.hypot(estimate.shared_sd, off)))


def _yaw_error(rule: MetricSpec, estimate: Estimate, strides: Strides) -> float:
    """Return what a camera off its place adds to the error of a value.

    From behind it adds to one foot what it takes from the other, so the mean of both is nearly free
    of it.
    """
    calibration = strides.gait.calibration
    both = strides.gait.view.kind != "side" and estimate.side == "both"
    effect = rule.yaw_effect_both if both else rule.yaw_effect
    off_deg = float(np.hypot(calibration.yaw_deg, calibration.yaw_sd_deg))
    # What is seen aslant looks shorter by the square of the angle.
    steep = 1.0 if strides.gait.view.kind != "side" else max(1.0, off_deg / OBLIQUE_DEG)
    return effect * off_deg * steep


def _trusted(estimate: Estimate, rule: MetricSpec, network: str) -> Estimate:
    """Withhold what a network does not see well enough."""
    if estimate.status != "measured" or rule.key not in network_limits(network).withheld:
        return estimate
    reason = f"The {network} network mixes up the legs too often for this: measure with heavy."
    return replace(estimate, status="low_confidence", reason=reason)


def sampled(side: Literal["both", "left", "right"], t_s: Floats, value: Floats) -> Samples:
    """Return samples that all fall on one foot's contacts, or on whole strides."""
    return Samples(t_s, value, (side,) * value.size)


def joined(parts: Iterable[Samples]) -> Samples:
    """Return several samples as one, in order of time."""
    known = list(parts)
    t_s = np.concatenate([part.t_s for part in known])
    value = np.concatenate([part.value for part in known])
    side = [one for part in known for one in part.side]
    order = np.argsort(t_s, kind="stable")
    return Samples(t_s[order], value[order], tuple(side[n] for n in order))


def of_feet(
    key: str,
    at_s: Mapping[Side, Floats],
    each: Mapping[Side, Floats],
    shared_sd: float = 0.0,
    level_gain: float = 0.0,
    *,
    of_pixels: bool = False,
) -> dict[str, Estimate]:
    """Return a metric of each foot, and of both: the mean of the two feet's means.

    What rolls the camera or hides the level adds to one foot what it takes from the other, so the
    mean is free of it.
    """
    samples = {side: sampled(side, at_s[side], each[side]) for side in SIDES}
    found = {
        f"{key}_{side}": Estimate(
            each[side],
            side=side,
            shared_sd=shared_sd,
            level_gain=level_gain,
            of_pixels=of_pixels,
            samples=samples[side],
        )
        for side in SIDES
    }
    found[key] = Estimate(
        pooled(each.values()), samples=joined(samples.values()), of_pixels=of_pixels
    )
    return found


def occluded(strides: Strides, side: Side, names: tuple[str, ...]) -> dict[str, Any]:
    """Return the status of a limb that the camera did not see in most frames."""
    worst = min(names, key=lambda name: strides.seen(name, side))
    if strides.seen(worst, side) >= LEAST_SEEN:
        return {}
    return {
        "status": "occluded",
        "reason": f"The {side} {worst} was hidden in more than half of the frames.",
    }


def pooled(legs: Iterable[Floats]) -> Floats:
    """Join the values of both legs about the mean of the legs' means, NaN left in place.

    A steady difference between the legs is no spread of the strides.
    """
    known = [each for each in legs if np.isfinite(each).any()]
    if not known:
        return np.array([])
    means = [float(np.nanmean(each)) for each in known]
    spread = [each - mean for each, mean in zip(known, means, strict=True)]
    return np.asarray(np.concatenate(spread) + np.mean(means))


def mean_error(each: Floats) -> float:
    """Return the standard error of the mean of successive strides, widened for small numbers.

    Neighbouring strides resemble each other, so the lag-one autocorrelation lowers their number.
    The result is scaled so that 1.96 of it spans Student's 95 % interval.
    """
    n = each.size
    if n < 2:
        return 0.0
    centred = each - each.mean()
    variance = float(centred @ centred)
    lag_one = float(centred[1:] @ centred[:-1]) / variance if variance > 0 else 0.0
    lag_one = float(np.clip(lag_one, 0.0, LARGEST_LAG_ONE))
    effective = max(2.0, n * (1 - lag_one) / (1 + lag_one))
    student = float(stdtrit(max(1.0, effective - 1), 0.975)) / 1.96
    return student * float(np.std(each, ddof=1)) / float(np.sqrt(effective))


def _missing(
    rule: MetricSpec, estimate: Estimate, strides: Strides, n: int
) -> tuple[Status, str] | None:
    """Return why a metric cannot be shown, most basic reason first."""
    kind = strides.gait.view.kind
    if kind not in rule.views:
        return (
            "wrong_view",
            f"Needs a {_shown_from(rule)} view; this clip is from the {kind}.",
        )
    if estimate.status != "measured":
        return estimate.status, estimate.reason or "Not seen well enough."
    if strides.frame_rate_hz < LEAST_RATE_SHARE * rule.min_rate_hz:
        return (
            "frame_rate_too_low",
            f"Needs {rule.min_rate_hz:.0f} frames a second or more; "
            f"this clip has {strides.frame_rate_hz:.0f}.",
        )
    if "scale" in rule.needs and strides.gait.calibration.metres_per_px is None:
        return "no_scale", "Needs the runner's height or the belt speed for centimetres."
    if n < rule.min_n:
        return "too_few_strides", f"Needs {rule.min_n} steps in the clip; {n} were found."
    return None


def _shown_from(rule: MetricSpec) -> str:
    """Return the views to film from; whatever the front shows, the back shows better."""
    return " or ".join(kind for kind in rule.views if kind != "front")


def _withheld(key: str, rule: MetricSpec, status: Status, reason: str) -> Metric:
    return Metric(key, rule.unit, status, reason=reason)

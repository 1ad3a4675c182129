"""Left against right: how the two feet differ in step time and contact time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from formcheck.gait.events import FAR_SD_S
from formcheck.landmarks import SIDES, Side
from formcheck.metrics.estimate import Estimate, mean_error
from formcheck.metrics.strides import Strides
from formcheck.types import Floats

FEWEST = 2
# A clip that would only show a larger difference than this shows none.
WIDEST_PCT = 8.0
TOO_WIDE = (
    "The two feet were not seen alike: only a difference of {:.0f} % or more would show. Film one "
    "clip from each side and compare them."
)


FAR_NOT_READ = (
    "The far foot was hidden and taken to move as the near one: film one clip from each side and "
    "compare them."
)


def differences(strides: Strides, step: Estimate, contact: Estimate) -> dict[str, Estimate]:
    """Measure 200 (left - right) / (left + right) of step time and contact time.

    A step belongs to the foot that lands. What all contacts of one foot are late by makes its steps
    longer and the other foot's shorter by as much.
    """
    landed_sd_s = strides.gait.landed_sd_s
    apart_sd_s = float(np.hypot(landed_sd_s["left"], landed_sd_s["right"]))
    landed, left = (_far_modelled(strides, name) for name in ("initial_contact", "toe_off"))
    return {
        "step_time_difference_pct": _read(landed, _difference(step, 2 * apart_sd_s)),
        "contact_time_difference_pct": _read(
            landed or left, _difference(contact, 1000 * apart_sd_s)
        ),
    }


def _far_modelled(strides: Strides, event: str) -> bool:
    """Return whether a far foot's events of a kind are the near one's, half a stride later."""
    near = strides.gait.view.near_side
    far = [one for one in strides.gait.contacts if near is not None and one.side != near]
    sd_s = np.array([getattr(one, f"{event}_sd_s") for one in far])
    known = np.isfinite([getattr(one, f"{event}_s") for one in far])
    return bool((sd_s[known] >= FAR_SD_S).any())


def _read(modelled: bool, found: Estimate) -> Estimate:
    """Withhold a difference of the feet where one was not read: it would always be none."""
    if not modelled or found.status != "measured":
        return found
    return replace(found, status="low_confidence", reason=FAR_NOT_READ)


def _difference(estimate: Estimate, apart_sd: float) -> Estimate:
    """Return the difference of the feet's means; `apart_sd` is in the estimate's own unit."""
    left, right = (_known(estimate, side) for side in SIDES)
    count = min(left.size, right.size)
    if count < FEWEST:
        return replace(estimate, each=np.array([]), value=None, count=count, samples=None)
    means = float(left.mean()), float(right.mean())
    share = 200 / sum(means)
    error = float(np.hypot(mean_error(left), mean_error(right)))
    told_pct = 1.96 * share * float(np.hypot(apart_sd, error))
    unsure: dict[str, Any] = {}
    if estimate.status == "measured" and told_pct > WIDEST_PCT:
        unsure = {"status": "low_confidence", "reason": TOO_WIDE.format(told_pct)}
    return replace(
        estimate,
        each=share * (left[:count] - right[:count]),
        value=share * (means[0] - means[1]),
        shared_sd=share * apart_sd,
        error=share * error,
        count=count,
        samples=None,
        **unsure,
    )


def _known(estimate: Estimate, side: Side) -> Floats:
    """Return the values on one foot's contacts that are known."""
    if estimate.samples is None:
        return np.array([])
    own = estimate.samples.of(side).value
    return np.asarray(own[np.isfinite(own)])

"""What is known less well of a runner who is small in the picture."""

from __future__ import annotations

from typing import Literal

from formcheck.gait.body import trunk_length
from formcheck.gait.calibration import table
from formcheck.metrics.strides import Strides

TRUNK_PX = 50.0


def small_sd(strides: Strides, what: Literal["lean_deg", "bounce_rel"]) -> float:
    """Return the standard uncertainty that the runner's size in the picture brings.

    Parameters
    ----------
    strides : Strides
        Its track tells the trunk's length in pixels.
    what : {"lean_deg", "bounce_rel"}
        In degrees, or as a share of the bounce; see ``calibration.toml``.
    """
    rule = table()["small"]
    trunk_px = trunk_length(strides.gait.track.xy_px)
    return float(rule[what] * (TRUNK_PX / trunk_px) ** rule["power"])

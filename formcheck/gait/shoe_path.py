"""A shoe's path against the belt: how the belt carries it while it lies flat, and how it falls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from formcheck.gait.belt import BeltLine
from formcheck.gait.body import to_body, x_sign
from formcheck.gait.calibration import table
from formcheck.gait.touchdown import BALL, Fall
from formcheck.types import Floats, ShoePath, View

FEWEST_LANDINGS = 3
# A foot that goes slower than this, in foot lengths a second, is on no belt.
STILL = 2.0
# How well a flat shoe's place is known at best.
PLACE_SD_PX = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Belt:
    """How flat shoes go through the picture, in pixels a second, y down.

    Attributes
    ----------
    velocity_px : (2,) float
        Mean over the landings.
    sd_px : (2,) float
        Its standard error.
    single_px : mapping of float to (2,) float
        Of each landing, by its rough time: the mean, or as far from it as a hand that sways the
        camera brings it.
    """

    velocity_px: Floats
    sd_px: Floats
    single_px: Mapping[float, Floats]


def belt_of(path: ShoePath) -> Belt | None:
    """Return the belt's movement by a flat shoe; None with fewer than three landings.

    Single landings differ by the noise of the places and by the camera's own movement. They are
    drawn to their mean by the share of the first (random effects, DerSimonian and Laird 1986).
    """
    landings, velocities, squares, residuals, spare = [], [], [], [], 0
    for landing_s in np.unique(path.landing_s):
        own = path.flat & (path.landing_s == landing_s)
        if own.sum() < 2:
            continue
        lag_s, xy_px = path.t_s[own] - path.t_s[own].mean(), path.xy_px[own]
        velocity = lag_s @ xy_px / (lag_s @ lag_s)
        landings.append(float(landing_s))
        velocities.append(velocity)
        squares.append(float(lag_s @ lag_s))
        residuals.append(xy_px - xy_px.mean(axis=0) - np.outer(lag_s, velocity))
        spare += int(own.sum()) - 2
    if len(landings) < FEWEST_LANDINGS:
        return None
    single, square = np.array(velocities), np.array(squares)
    noise = np.sum(np.concatenate(residuals) ** 2, axis=0) / max(spare, 1)
    noise = np.maximum(noise, PLACE_SD_PX**2) / square[:, None]
    mean = square @ single / square.sum()
    camera = np.maximum(0.0, np.var(single, axis=0, ddof=1) - noise.mean(axis=0))
    drawn = mean + camera / (camera + noise) * (single - mean)
    sd = np.std(single, axis=0, ddof=1) / np.sqrt(len(landings))
    return Belt(mean, sd, dict(zip(landings, drawn, strict=True)))


def against_belt(path: ShoePath, belt: Belt, view: View) -> Fall:
    """Take the belt's movement out of a shoe's path: what is left is falling and turning.

    Samples of a landing of which the flat shoe was not followed are NaN.
    """
    foot_px = float(np.linalg.norm(path.sole_px))
    lag_s = path.t_s - path.landing_s
    moved_px, turn_deg = np.full(path.xy_px.shape, np.nan), np.full(lag_s.size, np.nan)
    for landing_s, velocity_px in belt.single_px.items():
        own = path.landing_s == landing_s
        moved = path.xy_px[own] - np.outer(lag_s[own], velocity_px)
        moved_px[own] = moved - moved[path.flat[own]].mean(axis=0)
        turn_deg[own] = path.turn_deg[own] - path.turn_deg[own & path.flat].mean()
    up = _up(path, belt)
    half_px = path.sole_px / 2
    cos, sin = np.cos(np.radians(turn_deg)), np.sin(np.radians(turn_deg))
    turned_px = np.stack([cos * half_px[0] - sin * half_px[1], sin * half_px[0] + cos * half_px[1]])
    lever = (turned_px.T - half_px) @ up
    middle = moved_px @ up
    return Fall(
        lag_s,
        (middle - lever) / foot_px,
        (middle + (2 * BALL - 1) * lever) / foot_px,
        -x_sign(view) * turn_deg,
    )


def along_belt(path: ShoePath, belt: Belt, view: View) -> tuple[Floats, Floats]:
    """Return the unit vectors of the picture along the belt, where the runner goes, and off it."""
    up = _up(path, belt)
    along = np.array([-up[1], up[0]])
    return (along if to_body(along, view)[0] > 0 else -along), up


def _up(path: ShoePath, belt: Belt) -> Floats:
    """Return the unit vector of the picture that is square to the belt, upwards.

    Off a treadmill planted feet stand still in the picture: then the sole tells.
    """
    moves = np.linalg.norm(belt.velocity_px) > STILL * np.linalg.norm(path.sole_px)
    along = belt.velocity_px if moves else path.sole_px
    up = np.array([along[1], -along[0]]) / float(np.linalg.norm(along))
    return np.asarray(up if up[1] < 0 else -up)


def shoe_belt_line(path: ShoePath, view: View) -> BeltLine | None:
    """Return the belt's line by a flat shoe in pixels; None with few landings or without a belt."""
    rule = table()["landing"]
    belt = belt_of(path)
    if belt is None:
        return None
    forward, up = to_body(belt.velocity_px, view)
    if -forward < STILL * np.linalg.norm(path.sole_px):
        return None  # no belt moves it
    forward_sd, up_sd = belt.sd_px
    return BeltLine(
        float(-forward) * rule["speed_ratio"],
        float(np.degrees(np.arctan2(-up, -forward))),
        float(np.hypot(np.degrees(up_sd / -forward), rule["slope_sd_deg"])),
        float(np.hypot(forward_sd / -forward, rule["speed_rel_sd"])),
    )

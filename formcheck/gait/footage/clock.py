"""Does the clip play at life's speed? If not, height, belt speed and free fall disagree.

A clip that plays k times slower than life shows belt and steps k times slower, and a body that
takes the time of a fall k² times as high, while height stays height.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from formcheck.gait.footage.rules import rules
from formcheck.gait.networks import network_limits
from formcheck.notes import note
from formcheck.types import QualityNote, ViewKind

SCALE_DISAGREES = "scale_disagrees"


def tells_fall(network: str, strides: float) -> bool:
    """Return whether contact times are known well enough to tell how far a body falls.

    Parameters
    ----------
    network : str
        Name of the pose network; some mix up the legs too often.
    strides : float
        How many strides the clip shows.
    """
    withheld = "contact_time_ms" in network_limits(network).withheld
    return not withheld and strides >= rules()["clock"]["least_strides"]


def clock_notes(
    scales: Mapping[str, float | None],
    usual: float,
    rise_px: float,
    cadence_spm: float,
    disagreement: tuple[QualityNote, ...],
    kind: ViewKind = "side",
) -> tuple[QualityNote, ...]:
    """Say that the clip's clock is not that of life, where body, belt and fall tell so.

    Parameters
    ----------
    scales : mapping of str to float or None
        Metres per pixel by ``height``, ``belt`` and ``gravity``.
    usual : float
        Metres per pixel if the runner were of usual height.
    rise_px : float
        How far the hips rise in a step.
    cadence_spm : float
        Steps per minute by the clip's clock.
    disagreement : tuple of QualityNote
        What was found of height against belt speed; passed on unless the clock explains it.
    kind : {"side", "rear", "front"}
        The view; the fall is known less well from behind and in front.

    Returns
    -------
    tuple of QualityNote
        ``clock_wrong`` where the clock is surely off, ``clock_doubtful`` where it may be,
        ``scale_against_gravity`` where the fall does not fit and the clock is none of it.
    """
    height, belt, gravity = scales["height"], scales["belt"], scales["gravity"]
    rule = rules()["clock"]
    body = height or usual
    own_sd = rule["fall_sd"] if kind == "side" else rule["rear_fall_sd"]
    fall, fall_sd = None, float(np.hypot(own_sd, 0.0 if height else rule["usual_sd"]))
    if gravity is not None:
        fall = float(np.log(body / gravity)) - rule["fall_bias"]
        if fall < 0 and rise_px * body < rule["least_rise_m"]:
            fall = None  # a runner who hardly leaves the ground falls less than free
    if height and belt:
        return _against_belt(float(np.log(belt / height)), fall, fall_sd, disagreement)
    if fall is None:
        return disagreement
    slower, slower_sd = _slower(fall, fall_sd, cadence_spm)
    by_clock, by_scale = abs(slower) / slower_sd, abs(fall) / fall_sd
    if by_clock > rule["noticed_sds"] and by_scale > 1:
        sure = by_clock > rule["sure_sds"]
        return (*disagreement, _by_fall(slower, fall, height is not None, sure=sure))
    if height and by_scale > rule["sure_sds"]:
        return (*disagreement, _fall_alone(fall))
    return disagreement


def _slower(fall: float, fall_sd: float, cadence_spm: float) -> tuple[float, float]:
    """Return how much slower than life a clip plays, and its standard deviation, as logarithms.

    That by which fall and cadence would both come nearest to those of a usual runner: being slower
    lowers the fall twice and the cadence once.
    """
    rule = rules()["clock"]
    off = np.array([fall / fall_sd, np.log(cadence_spm / rule["usual_spm"]) / rule["cadence_sd"]])
    by = np.array([-2 / fall_sd, -1 / rule["cadence_sd"]])
    return float(by @ off / (by @ by)), float(1 / np.linalg.norm(by))


def _against_belt(
    off: float, fall: float | None, fall_sd: float, disagreement: tuple[QualityNote, ...]
) -> tuple[QualityNote, ...]:
    """Weigh a wrong clock against a wrong belt speed, where height and belt disagree."""
    rule = rules()["clock"]
    if not any(note.code == SCALE_DISAGREES for note in disagreement):
        if fall is None or abs(fall) < rule["noticed_sds"] * fall_sd:
            return disagreement
        return (*disagreement, _fall_alone(fall))
    by_clock = 0.0 if fall is None else abs(fall + 2 * off) / fall_sd
    by_speed = 0.0 if fall is None else abs(fall) / fall_sd
    likely = abs(off) < np.log(rule["most_factor"])
    if not likely or by_clock > rule["sure_sds"]:
        return disagreement
    if by_speed > rule["noticed_sds"] and by_clock < by_speed:
        return (note("clock_wrong", times=_times(off)),)
    return (*disagreement, note("clock_doubtful", times=_times(off)))


def _by_fall(slower: float, fall: float, given: bool, *, sure: bool) -> QualityNote:
    """Say what fall and cadence tell where only the body's height is there to compare."""
    return note(
        "clock_wrong" if sure else "clock_doubtful",
        "by_fall",
        times=_times(slower),
        tall="the height that was given" if given else "a usual height",
        off_pct=100 * abs(np.expm1(fall)),
        size="large" if fall > 0 else "small",
    )


def _fall_alone(fall: float) -> QualityNote:
    """Say that the fall fits neither height nor belt, which agree: the clock is none of it."""
    size = "large" if fall > 0 else "small"
    return note("scale_against_gravity", off_pct=100 * abs(np.expm1(fall)), size=size)


def _times(log_factor: float) -> str:
    factor = float(np.exp(abs(log_factor)))
    return f"{factor:.2f} times {'slower' if log_factor > 0 else 'faster'}"

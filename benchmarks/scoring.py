"""Errors against truth: metrics over clips, events over contacts, and the tables that show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.clips import Truth
from formcheck.landmarks import SIDES, Side
from formcheck.types import Contact, Floats, Metric

MATCH_S = 0.1
EDGE_S = 0.12
EVENT_KINDS = ("initial_contact_s", "toe_off_s")

# What the project aims at on clips of at least 60 frames a second: root mean square error with the
# mean offset over clips removed, and as it is.
TARGETS: Mapping[str, tuple[float | None, float | None]] = {
    "cadence_spm": (None, 0.3),
    "contact_time_ms": (None, 8.0),
    "flight_time_ms": (None, 8.0),
    "duty_factor": (None, 0.015),
    "vertical_oscillation_cm": (None, 0.5),
    "trunk_lean_deg": (1.0, 3.0),
    "landing_ankle_hip_cm": (1.5, 3.0),
    "landing_ankle_hip_pct_leg": (1.6, None),
    "shank_angle_ic_deg": (2.0, 4.0),
    "knee_flexion_ic_deg": (3.0, 6.0),
    "knee_flexion_peak_stance_deg": (3.0, 6.0),
    "foot_inclination_ic_deg": (4.0, 6.0),
    "elbow_angle_deg": (4.0, 8.0),
    "arm_swing_deg": (5.0, 8.0),
    "knee_fppa_midstance_deg": (2.5, 4.0),
    "pelvic_drop_midstance_deg": (1.5, 3.0),
    "step_width_cm": (1.2, 2.0),
    "step_length_m": (None, 0.015),
    "step_time_difference_pct": (None, 0.7),
    "contact_time_difference_pct": (None, 2.0),
    "hip_adduction_midstance_deg": (2.5, None),
    "hip_extension_to_deg": (3.0, None),
    "shank_angle_midstance_deg": (2.0, None),
    "knee_excursion_stance_deg": (3.0, None),
    "tibia_angle_loading_deg": (2.5, None),
    "landing_heel_com_cm": (2.0, None),
}


# From behind, vertical oscillation has an aim of its own.
REAR_BOUNCE_CM = 0.7


@dataclass(frozen=True, slots=True)
class Row:
    """One metric of one clip beside its truth; value and bounds are None where withheld."""

    clip: str
    kind: str
    view: str
    fps: float
    key: str
    truth: float
    status: str
    value: float | None
    low: float | None
    high: float | None
    repeat_low: float | None
    repeat_high: float | None


@dataclass(frozen=True, slots=True, eq=False)
class EventErrors:
    """Errors of one kind of event of one leg of one clip, in seconds (measured minus true)."""

    clip: str
    kind: str
    view: str
    fps: float
    leg: str
    event: str
    error_s: Floats
    missed: int
    extra: int


def metric_rows(truth: Truth, measured: Mapping[str, Metric]) -> list[Row]:
    """Put every metric that has a truth beside it."""
    rows = []
    for key, true in truth.metrics.items():
        m = measured.get(key)
        found = (None,) * 5 if m is None else (m.value, m.low, m.high, m.repeat_low, m.repeat_high)
        status = "missing" if m is None else m.status
        rows.append(Row(truth.name, truth.kind, truth.view, truth.fps, key, true, status, *found))
    return rows


def event_errors(truth: Truth, contacts: Sequence[Contact]) -> list[EventErrors]:
    """Match the contacts of each leg with the true ones."""
    found = []
    for side in SIDES:
        leg = _leg(truth, side)
        own = [contact for contact in contacts if contact.side == side]
        for event in EVENT_KINDS:
            measured = np.array([getattr(contact, event) for contact in own], dtype=float)
            error, missed, extra = match_events(
                truth.events[side][event], measured, truth.duration_s
            )
            found.append(
                EventErrors(
                    truth.name, truth.kind, truth.view, truth.fps, leg, event, error, missed, extra
                )
            )
    return found


def _leg(truth: Truth, side: Side) -> str:
    if truth.near_side is None:
        return "both"
    return "near" if side == truth.near_side else "far"


def match_events(true: Floats, measured: Floats, duration_s: float) -> tuple[Floats, int, int]:
    """Match each measured instant with the nearest true one.

    Parameters
    ----------
    true, measured : (N,), (M,) float
        Instants in seconds; NaN among the measured ones is left out.
    duration_s : float
        Length of the clip; what is unmatched within `EDGE_S` of either end is not counted.

    Returns
    -------
    error_s : (P,) float
        Measured minus true of the matched pairs, at most `MATCH_S` apart.
    missed, extra : int
        True instants without a measured one, and the other way round.
    """
    measured = measured[np.isfinite(measured)]
    if true.size == 0 or measured.size == 0:
        return np.empty(0), _inside(true, duration_s), _inside(measured, duration_s)
    apart = np.abs(measured[:, None] - true[None, :])
    nearest_true, nearest_measured = apart.argmin(axis=1), apart.argmin(axis=0)
    mutual = nearest_measured[nearest_true] == np.arange(measured.size)
    mutual &= apart[np.arange(measured.size), nearest_true] <= MATCH_S
    matched = nearest_true[mutual]
    missed = _inside(np.delete(true, matched), duration_s)
    return measured[mutual] - true[matched], missed, _inside(measured[~mutual], duration_s)


def _inside(times: Floats, duration_s: float) -> int:
    return int(np.count_nonzero((times > EDGE_S) & (times < duration_s - EDGE_S)))


# ------------------------------------------------------------------------------------- tables


def metric_table(rows: Iterable[Row]) -> list[str]:
    """Return one markdown table line a metric: errors, worst clip, coverage, half width."""
    lines = [
        "| metric | n | withheld | bias | RMSE | RMSE, offset removed | worst | covered |"
        " half width | aim |",
        "|---|--:|--:|--:|--:|--:|---|--:|--:|---|",
    ]
    by_key: dict[str, list[Row]] = {}
    for row in rows:
        by_key.setdefault(row.key, []).append(row)
    for key, group in by_key.items():
        lines.append(_metric_line(key, group))
    return lines


def _metric_line(key: str, rows: Sequence[Row]) -> str:
    shown = [row for row in rows if row.value is not None]
    withheld = len(rows) - len(shown)
    if not shown:
        return f"| `{key}` | 0 | {withheld} | | | | | | | {_aim(key)} |"
    error = errors(shown)
    bias = float(error.mean())
    worst = int(np.abs(error).argmax())
    spread = f"{np.sqrt(np.mean((error - bias) ** 2)):.3g}" if len(shown) > 1 else ""
    return (
        f"| `{key}` | {len(shown)} | {withheld or ''} | {bias:+.3g} | {rms(error):.3g} | {spread} "
        f"| {error[worst]:+.3g} ({shown[worst].clip}) | {coverage(shown)} | {half_width(shown)} "
        f"| {_aim(key)} |"
    )


def _aim(key: str) -> str:
    spread, total = TARGETS.get(key, (None, None))
    parts = [f"{total:g}"] if total is not None else []
    parts += [f"{spread:g} offset removed"] if spread is not None else []
    return ", ".join(parts)


def errors(rows: Sequence[Row]) -> Floats:
    """Return measured minus true of the rows that have a value."""
    return np.array([row.value - row.truth for row in rows if row.value is not None])


def rms(values: Floats) -> float:
    """Return the root of the mean square."""
    return float(np.sqrt(np.mean(values**2)))


def coverage(rows: Sequence[Row]) -> str:
    """Return how many of the intervals hold the truth, as `hits/n`."""
    bounds = [(row.low, row.high, row.truth) for row in rows]
    held = [
        low <= true <= high for low, high, true in bounds if low is not None and high is not None
    ]
    return f"{sum(held)}/{len(held)}" if held else ""


def half_width(rows: Sequence[Row]) -> str:
    """Return the mean half width of the intervals."""
    widths = [
        (row.high - row.low) / 2.0 for row in rows if row.low is not None and row.high is not None
    ]
    return f"{np.mean(widths):.3g}" if widths else ""


def interval_table(rows: Sequence[Row]) -> list[str]:
    """Return one markdown table line a metric and view: how wide and how right its intervals are.

    The aim is that 90 to 98 of 100 hold the truth and the mean half width is at most twice what the
    project aims at for the root mean square error (without the mean offset, where there is only
    that).
    """
    lines = [
        "| metric | view | n | covered | half width | RMSE aim | half width / aim |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if row.low is not None and row.key in TARGETS:
            groups.setdefault((row.key, row.view), []).append(row)
    for (key, view), group in groups.items():
        aim = _total_aim(key, view)
        held, n = (int(part) for part in coverage(group).split("/"))
        width = half_width(group)
        lines.append(
            f"| `{key}` | {view} | {n} | {100 * held / n:.0f} % | {width} | {aim:g} "
            f"| {float(width) / aim:.2f} |"
        )
    return lines


def _total_aim(key: str, view: str) -> float:
    if (key, view) == ("vertical_oscillation_cm", "rear"):
        return REAR_BOUNCE_CM
    spread, total = TARGETS[key]
    return total if total is not None else spread or np.nan


def event_table(found: Iterable[EventErrors]) -> list[str]:
    """Return one markdown table line a view, frame rate, leg and kind of event, in milliseconds."""
    lines = [
        "| view | frames/s | leg | event | n | bias ms | SD ms | RMSE ms | RMSE ms, offset removed"
        " by clip | missed | extra |",
        "|---|--:|---|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    groups: dict[tuple[str, float, str, str], list[EventErrors]] = {}
    for one in found:
        groups.setdefault((one.view, one.fps, one.leg, one.event), []).append(one)
    for (view, fps, leg, event), group in sorted(groups.items(), key=lambda item: _order(item[0])):
        lines.append(f"| {view} | {fps:g} | {leg} | {event[:-2]} | {_event_cells(group)} |")
    return lines


def _order(group: tuple[str, float, str, str]) -> tuple[bool, str, float, str, str]:
    view, fps, leg, event = group
    return view != "side", view, fps, {"near": "0", "far": "1"}.get(leg, leg), event


def _event_cells(group: Sequence[EventErrors]) -> str:
    error = 1000.0 * np.concatenate([one.error_s for one in group])
    missed, extra = sum(one.missed for one in group), sum(one.extra for one in group)
    if error.size == 0:
        return f"0 | | | | | {missed} | {extra}"
    within = 1000.0 * np.concatenate(
        [one.error_s - one.error_s.mean() for one in group if one.error_s.size]
    )
    return (
        f"{error.size} | {error.mean():+.1f} | {error.std():.1f} | {rms(error):.1f} "
        f"| {rms(within):.1f} | {missed} | {extra}"
    )

"""One metric in two clips: the difference, the limit it must reach, and the verdict."""

from __future__ import annotations

from typing import Final

from formcheck.changes import added_by_another_day, threshold
from formcheck.comparison.rules import OPPOSITE, Direction, rules, texts, with_speed
from formcheck.comparison.schema import Change, Expected, Verdict
from formcheck.landmarks import SIDES
from formcheck.report.schema import MetricRecord

ABSENT: Final = MetricRecord(unit="", status="low_confidence")


def repeat_half_width(record: MetricRecord) -> float | None:
    """Return half the interval that holds for a second clip of the same set-up.

    Where a report has none, half the interval against the truth; None where it has neither.
    """
    for low, high in ((record.repeat_low, record.repeat_high), (record.low, record.high)):
        if record.value is not None and low is not None and high is not None:
            return max(record.value - low, high - record.value)
    return None


def verdict_of(difference: float, limit: float) -> Verdict:
    """Return how sure a difference is; none at all is noise whatever the limit."""
    size = abs(difference)
    if size == 0:
        return "within_noise"
    if size >= limit:
        return "real"
    return "possible" if size >= rules().limits.possible_share * limit else "within_noise"


def change_of(
    key: str,
    first: MetricRecord,
    second: MetricRecord,
    *,
    rate_hz: float,
    same_setup: bool,
    faster: int,
    speed_told: bool,
    sides: bool = False,
    added_share: float = 1.0,
) -> Change:
    """Compare one metric.

    Parameters
    ----------
    key : str
        Metric key.
    first, second : MetricRecord
        The metric in both reports (`ABSENT` where a report lacks it).
    rate_hz : float
        The lower frame rate of both.
    same_setup : bool
        The camera was not moved, and both clips are of one session.
    faster : int
        1 where the second run was the faster, -1 where the first, 0 where neither or not known.
    speed_told : bool
        Whether it is known which was the faster, or that neither was.
    sides : bool
        The first is one leg's and the second the other's: what healthy runners' legs differ by does
        not count.
    added_share : float
        The share of what another day and camera place add that comes in where the camera was moved.
    """
    reason = _missing(first, second, sides=sides)
    halves = repeat_half_width(first), repeat_half_width(second)
    if reason is None and None in halves:
        reason = texts()["reasons"]["interval"]
    if reason is not None:
        return uncompared(first, second, reason)
    added = 0.0 if same_setup else added_share * added_by_another_day(key, rate_hz)
    limit = threshold(halves[0] or 0.0, halves[1] or 0.0, added)
    difference = (second.value or 0.0) - (first.value or 0.0)
    apart = rules().healthy.apart(first.unit, first.value or 0.0) if sides else 0.0
    limit = max(limit, apart, rules().sides_limit.get(key, 0.0) if sides else 0.0)
    verdict = verdict_of(difference, limit) if abs(difference) >= apart else "within_noise"
    allowed = with_speed(key)
    return Change.model_validate(
        uncompared(first, second, None).model_dump()
        | {
            "difference": difference,
            "low": difference - limit,
            "high": difference + limit,
            "threshold": limit,
            "verdict": verdict,
            "expected_from_speed": expected(difference, verdict, allowed, faster, told=speed_told),
        }
    )


def uncompared(first: MetricRecord, second: MetricRecord, reason: str | None) -> Change:
    """Return both values without a comparison, and why."""
    known = first if first.unit else second
    return Change(
        first=first.value,
        second=second.value,
        verdict="not_comparable",
        unit=known.unit,
        side=known.side,
        first_low=first.low,
        first_high=first.high,
        second_low=second.low,
        second_high=second.high,
        reason=reason,
    )


def expected(
    difference: float,
    verdict: Verdict,
    allowed: tuple[Direction, ...],
    faster: int,
    *,
    told: bool,
) -> Expected:
    """Return whether running at the other speed usually brings this difference.

    A difference within noise counts as none. Without a difference of speed nothing comes from it.
    """
    if not told or (faster and not allowed):
        return "unknown"
    if not faster:
        return "no"
    went: Direction = "same"
    if verdict in ("real", "possible"):
        went = "up" if difference > 0 else "down"
    return "yes" if (went if faster > 0 else OPPOSITE[went]) in allowed else "no"


def _missing(first: MetricRecord, second: MetricRecord, *, sides: bool = False) -> str | None:
    """Return why a metric cannot be compared; None where it can."""
    said = texts()["reasons"]
    if sides and any(one.value is not None and one.side == "both" for one in (first, second)):
        return str(said["both_legs"])
    lost = [which for which, one in (("first", first), ("second", second)) if one.value is None]
    if lost:
        reason = (second if lost == ["second"] else first).reason or said["absent"]
        where = "both" if len(lost) == 2 else lost[0]
        return str(said[where]).format(reason=reason[0].lower() + reason[1:])
    if sides and {first.side, second.side} != set(SIDES):
        return str(said["both_legs"])
    pairs = [] if sides else [("side", first.side, second.side)]
    for what, one, two in (*pairs, ("unit", first.unit, second.unit)):
        if one != two:
            return str(said[what]).format(first=one, second=two)
    return None

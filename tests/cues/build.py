"""Short ways to write down metrics, reports and advice for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from formcheck.catalogue import specs
from formcheck.cues import Advice, load_guide
from formcheck.types import Metric

HALF_WIDTHS: Mapping[str, float] = {
    "cadence_spm": 0.4,
    "duty_factor": 0.02,
    "arm_backswing_deg": 8.0,
    "vertical_oscillation_cm": 0.8,
    "vertical_oscillation_pct_leg": 0.8,
    "vertical_ratio_pct": 0.8,
    "head_rise_cm": 1.6,
    "trunk_lean_deg": 3.1,
    "trunk_lean_from_standing_deg": 1.5,
    "lean_bias_deg": 1.5,
    "landing_ankle_hip_pct_leg": 3.5,
    "late_swing_reach_pct_leg": 3.5,
    "late_swing_reach_cm": 3.5,
    "shank_angle_ic_deg": 5.0,
    "knee_flexion_ic_deg": 5.4,
    "foot_inclination_ic_deg": 6.0,
    "elbow_angle_deg": 8.0,
    "elbow_range_deg": 8.0,
    "arm_swing_deg": 8.0,
    "wrist_height_pct_trunk": 8.0,
    "knee_fppa_midstance_deg": 4.0,
    "femoral_adduction_deg": 4.0,
    "knee_window_pct": 20.0,
    "pelvic_drop_midstance_deg": 3.0,
    "step_width_cm": 2.0,
}
"""Typical half widths of the 95 % interval at 60 frames a second."""

REPEAT_SHARE = 0.3


def metric(
    key: str, value: float, half: float | None = None, n: int = 14, side: str = "both"
) -> Metric:
    """A measured metric with a symmetric interval; the repeat interval is narrower."""
    base = key.removesuffix("_left").removesuffix("_right")
    half = HALF_WIDTHS[base] if half is None else half
    near = REPEAT_SHARE * half
    if key != base:
        side = key.removeprefix(base + "_")
    return Metric(
        key=key,
        unit=specs()[base].unit,
        status="measured",
        value=value,
        low=value - half,
        high=value + half,
        repeat_low=value - near,
        repeat_high=value + near,
        n=n,
        side=side,  # type: ignore[arg-type]
    )


def metrics(rows: Mapping[str, float | Sequence[float]], **changes: Any) -> dict[str, Metric]:
    """Metrics from values, or from [value, half width]."""
    made = {}
    for key, row in rows.items():
        value, half = (row, None) if isinstance(row, int | float) else row
        made[key] = metric(key, value, half, **changes)
    return made


def report(
    rows: Mapping[str, float | Sequence[float]],
    view: str = "side",
    advice: Advice | None = None,
    **runner: Any,
) -> dict[str, Any]:
    """A report as JSON would hold it, with what advice reads of it."""
    said = {"cues": [], "advice": {}} if advice is None else advice.to_dict()
    return {
        "schema": "formcheck.report/1",
        "view": {"kind": view},
        "runner": runner,
        "metrics": {
            key: {
                name: getattr(row, name)
                for name in ("value", "low", "high", "repeat_low", "repeat_high", "n", "side")
            }
            | {"status": row.status, "unit": row.unit, "unknown_field": 1}
            for key, row in metrics(rows).items()
        },
        **said,
    }


def ids(advice: Advice) -> list[str]:
    """The cues' ids, in order."""
    return [cue.id for cue in advice.cues]


def note(name: str, **words: str) -> str:
    """The text of a remark, by its id, with what fills its braces."""
    cadence = load_guide().rules.cadence
    usual = [f"{spm:g}" for spm in cadence.usual_spm]
    text = next(text.text for text in load_guide().texts.text if text.id == name)
    ceiling = f"{cadence.ceiling_percent:g}"
    known = {"usual_low": usual[0], "usual_high": usual[1], "ceiling": ceiling}
    return text.format_map(Blank({**known, **words}))


class Blank(dict[str, str]):
    """Leaves empty what a test does not fill in."""

    def __missing__(self, key: str) -> str:
        return ""


NEUTRAL_SIDE: Mapping[str, float] = {
    "cadence_spm": 168.0,
    "vertical_oscillation_cm": 7.8,
    "vertical_ratio_pct": 8.0,
    "trunk_lean_deg": 6.0,
    "landing_ankle_hip_pct_leg": 19.0,
    "shank_angle_ic_deg": 3.0,
    "knee_flexion_ic_deg": 16.0,
    "elbow_angle_deg": 98.0,
    "arm_swing_deg": 52.0,
}
NEUTRAL_REAR: Mapping[str, float] = {
    "cadence_spm": 168.0,
    "vertical_oscillation_cm": 7.8,
    "knee_fppa_midstance_deg": 3.5,
    "knee_fppa_midstance_deg_left": 3.0,
    "knee_fppa_midstance_deg_right": 4.0,
    "pelvic_drop_midstance_deg": 5.0,
    "pelvic_drop_midstance_deg_left": 5.0,
    "pelvic_drop_midstance_deg_right": 5.0,
    "femoral_adduction_deg_left": 6.5,
    "femoral_adduction_deg_right": 6.8,
    "step_width_cm": 6.5,
}

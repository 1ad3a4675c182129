"""Reports with chosen numbers."""

from __future__ import annotations

from typing import Any

from formcheck.catalogue import spec_of
from formcheck.report.schema import Report

NEAR = "left"
VALUES = {
    "cadence_spm": 165.0,
    "contact_time_ms": 250.0,
    "vertical_oscillation_cm": 8.0,
    "vertical_oscillation_pct_leg": 9.0,
    "trunk_lean_deg": 5.0,
    "lean_bias_deg": 8.0,
    "landing_ankle_hip_cm": 18.0,
    "landing_ankle_hip_pct_leg": 20.0,
    "foot_inclination_ic_deg": 10.0,
    "arm_swing_deg": 45.0,
}
HALF = {
    "cadence_spm": 0.3,
    "contact_time_ms": 5.0,
    "vertical_oscillation_cm": 0.3,
    "vertical_oscillation_pct_leg": 0.35,
    "trunk_lean_deg": 0.5,
    "lean_bias_deg": 0.8,
    "landing_ankle_hip_cm": 1.2,
    "landing_ankle_hip_pct_leg": 1.3,
    "foot_inclination_ic_deg": 1.5,
    "arm_swing_deg": 1.5,
}


def metric(key: str, value: float, half: float | None = None, **fields: Any) -> dict[str, Any]:
    """Return one metric as it stands in a report."""
    info = spec_of(key)
    assert info is not None
    half = HALF.get(key, 1.0) if half is None else half
    near = info.group in ("landing", "arms") or key == "lean_bias_deg"
    return {
        "value": value,
        "low": value - 3 * half,
        "high": value + 3 * half,
        "repeat_low": value - half,
        "repeat_high": value + half,
        "unit": info.unit,
        "side": NEAR if near else "both",
        "n": 20,
        "status": "measured",
    } | fields


def lost(unit: str = "deg", reason: str = "The left ankle was hidden.") -> dict[str, Any]:
    """Return a metric that was withheld."""
    return {"unit": unit, "status": "occluded", "reason": reason, "side": NEAR}


def report(
    *,
    clip: dict[str, Any] | None = None,
    view: dict[str, Any] | None = None,
    runner: dict[str, Any] | None = None,
    calibration: dict[str, Any] | None = None,
    provenance: dict[str, Any] | None = None,
    metrics: dict[str, Any] | None = None,
    moved: dict[str, float] | None = None,
    **fields: Any,
) -> Report:
    """Return a report of an easy run at 2.8 m/s; `moved` is added to the usual values."""
    values = {key: value + (moved or {}).get(key, 0.0) for key, value in VALUES.items()}
    content = {
        "schema": "formcheck.report/1",
        "clip": {
            "name": "run.mp4",
            "sha256": "",
            "width_px": 1280,
            "height_px": 720,
            "duration_s": 8.0,
            "frames": 480,
            "frame_rate_hz": 60.0,
            "to_s": 8.0,
        }
        | (clip or {}),
        "view": {"kind": "side", "facing": "left", "near_side": NEAR, "confidence": 0.9}
        | (view or {}),
        "runner": {"id": "r1", "height_m": 1.75, "belt_speed_mps": 2.8, "pace": "easy"}
        | (runner or {}),
        "calibration": {
            "roll_deg": 0.2,
            "roll_source": "belt",
            "metres_per_px": 0.003,
            "scale_source": "combined",
        }
        | (calibration or {}),
        "metrics": {key: metric(key, value) for key, value in values.items()} | (metrics or {}),
        "provenance": {
            "formcheck": "0.1.0",
            "model": "blazepose_heavy_v1",
            "model_sha256": "1" * 64,
            "provider": "CPUExecutionProvider",
        }
        | (provenance or {}),
    }
    return Report.model_validate(content | fields)


TEMPO: dict[str, Any] = {"pace": "tempo", "belt_speed_mps": 3.7}

"""Metrics of the side view: trunk lean, landing, shank, knee, foot and arm of the near side.

References
----------
Shank, knee and foot at initial contact: Souza RB. Phys Med Rehabil Clin N Am 2016; 27: 217-236.
doi:10.1016/j.pmr.2015.08.006.
Foot ahead of the hip at landing: Lieberman DE and others. J Exp Biol 2015; 218: 3406-3414.
doi:10.1242/jeb.125500.
Trunk lean: Teng HL, Powers CM. J Orthop Sports Phys Ther 2014; 44: 785-792.
doi:10.2519/jospt.2014.5204.
Inclination of the foot against its own flat stance: Altman AR, Davis IS. A kinematic method for
footstrike pattern detection. Gait Posture 2012; 35: 298-300. doi:10.1016/j.gaitpost.2011.09.104.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from formcheck.landmarks import LEG, Side
from formcheck.metrics.estimate import Estimate, occluded, sampled
from formcheck.metrics.mass import head_pitch_rows, heel_ahead
from formcheck.metrics.sampling import at_events, mean_cycle, seen_median
from formcheck.metrics.small import small_sd
from formcheck.metrics.stance import at_instants, stance
from formcheck.metrics.strides import Strides
from formcheck.track.local import local_fit
from formcheck.types import Floats, Samples

ARM_HARMONICS = 4
LEG_HARMONICS = 8
FLAT = (0.3, 0.4, 0.5)
# Where late swing is looked at, in strides before and after initial contact.
LATE_SWING = (0.2, 0.03)
SMOOTH_S = 0.045
SMOOTH_FRAMES = 2.0
# A foot that lands on its heel turns flat about this fast.
TURNING_DEG_PER_S = 300.0


def side_metrics(strides: Strides, leg: float) -> dict[str, Estimate]:
    """Measure every side-view metric of posture, landing and arms.

    Parameters
    ----------
    leg : float
        Leg length in the unit of the body frame.
    """
    near, leans = strides.near, stride_means(strides, strides.row("trunk_deg"))
    landed = landing(strides, near, leg)
    knees = (landed[f"knee_flexion_{at}_deg"] for at in ("ic", "peak_stance"))
    return {
        "trunk_lean_deg": Estimate(
            leans.value,
            cycle_mean(strides, strides.row("trunk_deg")),
            shared_sd=small_sd(strides, "lean_deg"),
            level_gain=1.0,
            samples=leans,
        ),
        **_against_standing(strides),
        **landed,
        **stance(strides, near, *knees),
        "landing_heel_com_cm": heel_ahead(strides, near, leg),
        "head_pitch_deg": _head_pitch(strides, near),
        **arms(strides, near),
    }


def _head_pitch(strides: Strides, near: Side) -> Estimate:
    """Line from between the ears to the nose, mean over whole strides."""
    pitch = head_pitch_rows(strides)
    samples = stride_means(strides, pitch)
    return Estimate(
        samples.value,
        cycle_mean(strides, pitch),
        level_gain=1.0,
        samples=samples,
        **occluded(strides, near, ("ear",)),
    )


def _against_standing(strides: Strides) -> dict[str, Estimate]:
    """Measure the lean against the runner's own standing posture, where that was seen.

    The level takes part in both, so that it does not matter, but for a standing clip of its own,
    whose level's uncertainty is part of the posture's.
    """
    standing = strides.gait.standing
    if standing is None:
        return {}
    lean = strides.row("trunk_deg")
    mean = cycle_mean(strides, lean)
    leans = stride_means(strides, lean).changed(1.0, -standing.lean_deg)
    return {
        "trunk_lean_from_standing_deg": Estimate(
            leans.value,
            None if mean is None else mean - standing.lean_deg,
            shared_sd=float(np.hypot(standing.lean_sd_deg, small_sd(strides, "lean_deg"))),
            samples=leans,
        )
    }


def landing(strides: Strides, near: Side, leg: float) -> dict[str, Estimate]:
    """Measure where and how the near foot lands, at its initial contact."""
    landed = strides.initial_contact_s[near]
    late_s = strides.gait.landed_sd_s[near]
    limb = occluded(strides, near, LEG)

    def at_contact(
        name: str, factor: float = 1.0, level_gain: float = 0.0, scaled: bool = False
    ) -> Estimate:
        series = factor * strides.row(f"{name}_{near}")
        return at_instants(strides, near, series, landed, late_s, level_gain, scaled=scaled)

    def reaching(factor: float, *, scaled: bool) -> Estimate:
        each = factor * reach
        samples = sampled(near, landed, each)
        return Estimate(each, side=near, scaled=scaled, samples=samples, **limb)

    reach = _late_swing_reach(strides, near)
    # A degree of roll moves the ankle under the hip by the sine of it.
    lever = leg * np.sin(np.radians(1.0))
    return {
        "landing_ankle_hip_cm": at_contact("ankle_ahead", 100.0, 100 * lever, scaled=True),
        "landing_ankle_hip_pct_leg": at_contact("ankle_ahead", 100 / leg, 100 * lever / leg),
        "shank_angle_ic_deg": at_contact("shank_deg", level_gain=1.0),
        "knee_flexion_ic_deg": at_contact("knee_flexion_deg"),
        "foot_inclination_ic_deg": _foot_inclination(strides, near, at_contact("foot_deg")),
        "knee_flexion_peak_stance_deg": _knee_peak(strides, near),
        "late_swing_reach_cm": reaching(100.0, scaled=True),
        "late_swing_reach_pct_leg": reaching(100 / leg, scaled=False),
        "lean_bias_deg": _lean_bias(strides, near, at_contact("leg_deg")),
    }


def _late_swing_reach(strides: Strides, near: Side) -> Floats:
    """Return (N,) the farthest that the ankle gets ahead of the hips before each contact.

    The foot turns round there, so that neither the event's time nor the frame rate matters much.
    """
    series = strides.row(f"ankle_ahead_{near}")
    early_s, late_s = (part * strides.gait.stride_time_s for part in LATE_SWING)
    out = np.full(strides.initial_contact_s[near].size, np.nan)
    half_s = max(SMOOTH_S, SMOOTH_FRAMES / strides.frame_rate_hz)
    for n, landed in enumerate(strides.initial_contact_s[near]):
        if landed - early_s >= strides.t_s[0] and landed + late_s <= strides.t_s[-1]:
            grid = np.linspace(landed - early_s, landed + late_s, 40)
            out[n] = np.nanmax(local_fit(grid, strides.t_s, series[:, None], half_s)[0, :, 0])
    return out


def _lean_bias(strides: Strides, near: Side, landed: Estimate) -> Estimate:
    """Half of how much farther the leg trails at toe-off than it reaches at contact."""
    leaving = at_events(strides.t_s, -strides.row(f"leg_deg_{near}"), strides.toe_off_s[near])
    each = (leaving.each - landed.each) / 2
    return replace(
        landed,
        each=each,
        shared_sd=landed.shared_sd / 2,
        level_gain=1.0,
        samples=sampled(near, strides.initial_contact_s[near], each),
    )


def _foot_inclination(strides: Strides, near: Side, landed: Estimate) -> Estimate:
    """Foot angle at contact minus its angle while the foot lies flat: the belt's own direction.

    By the shoe's own pixels where they were followed often enough, else by heel and toe.
    """
    if strides.by_shoe(near):
        each = strides.foot_deg[near]
        turned = TURNING_DEG_PER_S * strides.gait.landed_sd_s[near]
        return replace(
            landed,
            each=each,
            level_gain=0.0,
            shared_sd=turned,
            of_pixels=True,
            samples=sampled(near, strides.initial_contact_s[near], each),
        )
    flat = [
        at_events(strides.t_s, strides.row(f"foot_deg_{near}"), strides.part_of_contact(near, part))
        for part in FLAT
    ]
    each = landed.each - seen_median([sample.mean for sample in flat])
    return Estimate(
        each,
        side=near,
        shared_sd=landed.shared_sd,
        samples=sampled(near, strides.initial_contact_s[near], each),
        status=landed.status,
        reason=landed.reason,
    )


def _knee_peak(strides: Strides, near: Side) -> Estimate:
    """Largest knee flexion while the foot is down, from the mean course over the stride."""
    series = strides.row(f"knee_flexion_deg_{near}")
    cycle = mean_cycle(strides.phase, series, LEG_HARMONICS)
    turns = np.interp(strides.initial_contact_s[near], strides.t_s, strides.phase)
    contact_s = seen_median(strides.toe_off_s[near] - strides.initial_contact_s[near])
    if cycle is None or not np.isfinite(contact_s) or not np.isfinite(turns).any():
        return Estimate(np.array([]), side=near)
    start = float(np.angle(np.nanmean(np.exp(2j * np.pi * turns)))) / (2 * np.pi)
    part = contact_s / strides.gait.stride_time_s
    lag = (cycle.phase - start) % 1.0
    down = lag <= part
    peak_at = float(lag[down][np.argmax(cycle.mean[down])])
    peaks_s = strides.initial_contact_s[near] + peak_at * strides.gait.stride_time_s
    sample = at_events(strides.t_s, series, peaks_s)
    return Estimate(
        sample.each,
        float(cycle.mean[down].max()),
        near,
        samples=sampled(near, peaks_s, sample.each),
        **occluded(strides, near, LEG),
    )


def arms(strides: Strides, near: Side) -> dict[str, Estimate]:
    """Measure the near arm: elbow angle, swing and backswing of the upper arm against the trunk."""
    arm = occluded(strides, near, ("elbow", "wrist"))
    upper = mean_cycle(strides.phase, strides.row(f"upper_arm_deg_{near}"), ARM_HARMONICS)
    elbow = mean_cycle(strides.phase, strides.row(f"elbow_deg_{near}"), ARM_HARMONICS)
    swing = stride_ranges(strides, strides.row(f"upper_arm_deg_{near}"))
    back = stride_lowest(strides, strides.row(f"upper_arm_deg_{near}")).changed(-1.0)
    angles = stride_means(strides, strides.row(f"elbow_deg_{near}"))
    ranges = stride_ranges(strides, strides.row(f"elbow_deg_{near}"))
    height = strides.row(f"wrist_y_rel_hip_{near}") / strides.row("trunk_length")
    heights = stride_means(strides, height).changed(100.0)

    def of_strides(samples: Samples, value: float | None = None) -> Estimate:
        return Estimate(samples.value, value, near, samples=samples, **arm)

    return {
        "elbow_angle_deg": of_strides(
            angles, cycle_mean(strides, strides.row(f"elbow_deg_{near}"))
        ),
        "elbow_range_deg": of_strides(ranges, None if elbow is None else float(np.ptp(elbow.mean))),
        "wrist_height_pct_trunk": of_strides(heights),
        "arm_swing_deg": of_strides(swing, None if upper is None else float(np.ptp(upper.mean))),
        "arm_backswing_deg": of_strides(back, None if upper is None else float(-upper.mean.min())),
    }


def cycle_mean(strides: Strides, series: Floats) -> float | None:
    """Return the mean over whole strides, every phase with equal weight."""
    cycle = mean_cycle(strides.phase, series, ARM_HARMONICS)
    return None if cycle is None else float(cycle.mean.mean())


def stride_means(strides: Strides, series: Floats) -> Samples:
    """Return means over each whole stride."""
    return _per_stride(strides, series, np.nanmean)


def stride_ranges(strides: Strides, series: Floats) -> Samples:
    """Return ranges over each whole stride."""
    return _per_stride(strides, series, lambda z: np.nanmax(z) - np.nanmin(z))


def stride_lowest(strides: Strides, series: Floats) -> Samples:
    """Return lowest values over each whole stride."""
    return _per_stride(strides, series, np.nanmin)


def _per_stride(strides: Strides, series: Floats, of: Callable[[Floats], float]) -> Samples:
    number = np.floor(strides.phase)
    out, middle_s = [], []
    for n in np.unique(number[np.isfinite(number)]):
        inside = (number == n) & np.isfinite(series)
        whole = np.ptp(strides.phase[inside]) if inside.any() else 0.0
        if whole > 1 - 2.5 / (strides.frame_rate_hz * strides.gait.stride_time_s):
            out.append(float(of(series[inside])))
            middle_s.append(float(np.mean(strides.t_s[inside])))
    return sampled("both", np.array(middle_s), np.array(out))

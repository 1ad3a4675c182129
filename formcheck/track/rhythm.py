"""Stride rhythm of a landmark track: frequency and running phase, before any event is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from formcheck.landmarks import Landmark
from formcheck.track.local import least_squares
from formcheck.types import Floats, PoseTrack

SLOWEST_HZ = 0.1  # running slowed twelve times
FASTEST_HZ = 2.3
# Below this strength the legs may have been swapped in many frames.
SWAPPED_STRENGTH = 0.8
SIGN_ROUNDS = 8
# What a stride explains of the signals as they are, against what it explains with free signs and of
# what no swap changes. Any weight from 0.3 to 0.7 finds the true rhythm of 166 tracks of rendered
# runners, played at true time and 2 to 10 times slowed, and that of people counted by eye.
PLAIN_WEIGHT = 0.5
# How far repair may move a frequency that was found before it.
SAME_RHYTHM = 0.1
# Phases are looked at over half a stride around each frame (one standard deviation), about their
# course over three.
LOOKED_STRIDES, FOLLOWED_STRIDES = 0.5, 1.5
# So many frames are set against all others at once: all of them would fill the memory.
BLOCK = 256


@dataclass(frozen=True, slots=True, eq=False)
class Rhythm:
    """Stride frequency and phase.

    Attributes
    ----------
    stride_hz : float
        Strides (two steps) per second of clip time.
    phase : (T,) float
        Unwrapped stride phase in radians; a multiple of 2 pi where the left foot is farthest from
        the right one along the first leg axis.
    strength : float
        Share of the leg signals' variance that a stride of that frequency explains, 0 to 1.
    """

    stride_hz: float
    phase: Floats
    strength: float


def leg_signals(track: PoseTrack) -> Floats:
    """Return (T, 4) left minus right ankle and knee, picture x and y, in pixels.

    The difference of the legs repeats with the sign turned after half a stride, so its spectrum has
    the stride frequency and odd multiples only: a step cannot be mistaken for a stride.
    """
    xy = track.xy_px
    ankles = xy[:, Landmark.LEFT_ANKLE] - xy[:, Landmark.RIGHT_ANKLE]
    knees = xy[:, Landmark.LEFT_KNEE] - xy[:, Landmark.RIGHT_KNEE]
    return np.concatenate([ankles, knees], axis=1)


def shared_signals(track: PoseTrack) -> Floats:
    """Return (T, 7) middles of ankles, knees and hips, picture x and y, and the feet's distance.

    They repeat with every step and do not know left from right: no swap of the legs changes them.
    """
    xy = track.xy_px
    middles = [
        (xy[:, left] + xy[:, right]) / 2
        for left, right in (
            (Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE),
            (Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE),
            (Landmark.LEFT_HIP, Landmark.RIGHT_HIP),
        )
    ]
    apart = np.linalg.norm(xy[:, Landmark.LEFT_ANKLE] - xy[:, Landmark.RIGHT_ANKLE], axis=1)
    return np.concatenate([*middles, apart[:, None]], axis=1)


def find_rhythm(track: PoseTrack, about_hz: float | None = None) -> Rhythm | None:
    """Find the stride rhythm, or None where there is too little to look at.

    Frames in which the network swapped the legs show the difference with its sign turned; they are
    turned back while the rhythm is fitted, so that a clip with many swaps still has one.

    Parameters
    ----------
    track : PoseTrack
        Raw or repaired landmarks; NaN samples are left out.
    about_hz : float or None
        A stride frequency that is already known, to be looked for again in a repaired track.
    """
    signals = leg_signals(track)
    seen = np.isfinite(signals).all(axis=1)
    if seen.sum() < 12:
        return None
    t_s, z = track.t_s[seen], _detrended(track.t_s[seen], signals[seen])
    duration_s = float(t_s[-1] - t_s[0])
    lowest_hz = max(SLOWEST_HZ, 1.2 / duration_s)
    nyquist_hz = 0.45 / float(np.median(np.diff(track.t_s)))
    step_hz = 0.1 / duration_s
    grid_hz = np.arange(lowest_hz, min(FASTEST_HZ, nyquist_hz), step_hz)
    if about_hz is not None:
        grid_hz = grid_hz[np.abs(grid_hz / about_hz - 1) < SAME_RHYTHM]
    if grid_hz.size < 3:
        return None
    power = _explained(t_s, z, grid_hz)
    best_hz = float(grid_hz[np.argmax(power)])
    if power.max() < SWAPPED_STRENGTH:
        both = _detrended(t_s, shared_signals(track)[seen])
        known = PLAIN_WEIGHT * power + _explained_by_steps(t_s, both, grid_hz)
        best_hz, z = _unswapped(t_s, z, grid_hz, known)
    stride_hz = _refined(t_s, z, best_hz + step_hz * np.linspace(-1, 1, 41))
    main = int(np.argmax((z**2).sum(axis=0)))
    phase = demodulate(track.t_s, t_s, z[:, main], stride_hz)
    return Rhythm(stride_hz, phase, float(_explained(t_s, z, np.array([stride_hz]))[0]))


def _detrended(t_s: Floats, z: Floats) -> Floats:
    lag = t_s - t_s.mean()
    design = np.column_stack([np.ones_like(lag), lag])
    return np.asarray(z - design @ least_squares(design, z))


def _explained(t_s: Floats, z: Floats, grid_hz: Floats) -> Floats:
    """Return the share of variance that stride and third harmonic explain at each frequency.

    A third harmonic larger than the stride itself means a third of the true frequency: it does not
    count.
    """
    total = (z**2).sum()
    power = np.empty(grid_hz.size)
    for i, hz in enumerate(grid_hz):
        angle = 2 * np.pi * hz * t_s[:, None] * [1, 3]
        design = np.column_stack([np.cos(angle), np.sin(angle)])
        fit = least_squares(design, z)
        size = (fit**2).sum(axis=1).reshape(2, 2).sum(axis=0)
        kept = slice(None) if size[0] > size[1] else [0, 2]
        power[i] = 1 - ((z - design[:, kept] @ fit[kept]) ** 2).sum() / total
    return power


def _refined(t_s: Floats, z: Floats, grid_hz: Floats) -> float:
    """Return the frequency of the grid at which a stride leaves least of the signals.

    Level and drift are fitted together with the stride: over two or three strides they are not
    independent of it, and taking them out beforehand moves the frequency by per cents.
    """
    lag = (t_s - t_s.mean()) / np.ptp(t_s)
    left = np.empty(grid_hz.size)
    for i, hz in enumerate(grid_hz):
        angle = 2 * np.pi * hz * t_s[:, None] * [1, 2, 3]
        design = np.column_stack([np.ones_like(lag), lag, np.cos(angle), np.sin(angle)])
        left[i] = ((z - design @ least_squares(design, z)) ** 2).sum()
    return float(grid_hz[np.argmin(left)])


def _explained_by_steps(t_s: Floats, z: Floats, grid_hz: Floats) -> Floats:
    """Return the share of the signals' variance that two steps a stride explain, mean over signals.

    Unknown samples count as the mean. Where a quarter of the stride tells more than half of it, the
    stride is two: then the quarter does not count.
    """
    z = np.nan_to_num(z)
    total = np.maximum((z**2).sum(axis=0), 1e-12)
    share = np.empty(grid_hz.size)
    for i, hz in enumerate(grid_hz):
        angle = 2 * np.pi * hz * t_s[:, None] * [2, 4]
        design = np.column_stack([np.cos(angle), np.sin(angle)])
        fit = least_squares(design, z)
        size = (fit**2).reshape(2, 2, -1).sum(axis=0)
        fit[1::2] *= size[0] > size[1]
        share[i] = float(np.mean(1 - ((z - design @ fit) ** 2).sum(axis=0) / total))
    return share


def _unswapped(t_s: Floats, z: Floats, grid_hz: Floats, known: Floats) -> tuple[float, Floats]:
    """Return the best frequency and signals when any frame's legs may be swapped.

    At each frequency a first wave is laid where the legs are far apart; frames take the sign that
    fits it, the wave is fitted again, and so on. Signs that are free to turn explain two thirds of
    a wave at any frequency, so what each is known to explain without them (`known`) is added.
    """
    best = (-np.inf, float(grid_hz[0]), z)
    for hz, surely in zip(grid_hz, known, strict=True):
        angle = 2 * np.pi * hz * t_s
        design = np.column_stack(
            [np.cos(angle), np.sin(angle), np.cos(3 * angle), np.sin(3 * angle)]
        )
        main = int(np.argmax((z**2).sum(axis=0)))
        apart = np.abs(z[:, main])
        turn = np.angle(np.sum((apart - apart.mean()) * np.exp(-2j * angle))) / 2
        wave = np.cos(angle + turn)[:, None] * np.where(np.arange(z.shape[1]) == main, 1.0, 0.0)
        for _ in range(SIGN_ROUNDS):
            sign = np.where((z * wave).sum(axis=1) >= 0, 1.0, -1.0)
            turned = z * sign[:, None]
            wave = design @ least_squares(design, turned)
        left = ((turned - wave) ** 2).sum()
        strength = 1 - float(left / (z**2).sum())
        if strength + surely > best[0]:
            best = (strength + surely, float(hz), turned if sign.mean() >= 0 else -turned)
    return best[1], best[2]


def demodulate(at_s: Floats, t_s: Floats, z: Floats, stride_hz: float) -> Floats:
    """Return the running phase of one signal: constant rhythm plus its slow deviation.

    The deviation is followed over a few strides first and then, about that, over one: a stretch in
    which the signal says nothing cannot lose or add a step.
    """
    turning = z * np.exp(-2j * np.pi * stride_hz * t_s)
    slow = _local_mean(at_s, t_s, turning, FOLLOWED_STRIDES / stride_hz)
    course = np.unwrap(np.angle(slow))
    near = _local_mean(at_s, t_s, turning, LOOKED_STRIDES / stride_hz) * np.exp(-1j * course)
    return np.asarray(2 * np.pi * stride_hz * at_s + course + bounded_angle(near))


def bounded_angle(z: NDArray[np.complex128]) -> Floats:
    """Return angles, of which those beyond a quarter turn fold back: they change without jumps."""
    return np.asarray(np.arctan2(z.imag, np.abs(z.real)))


def _local_mean(
    at_s: Floats, t_s: Floats, z: NDArray[np.complex128], sd_s: float
) -> NDArray[np.complex128]:
    """Return sums of a signal around each time, weighted by a bell of this standard deviation."""
    mean = np.empty(at_s.size, complex)
    for first in range(0, at_s.size, BLOCK):
        part = slice(first, first + BLOCK)
        mean[part] = np.exp(-0.5 * ((at_s[part, None] - t_s) / sd_s) ** 2) @ z
    return mean


def locked_phase(carrier: Floats, t_s: Floats, z: Floats, stride_hz: float) -> Floats:
    """Return the phase of a signal that repeats with every step, by the phase of the strides.

    Parameters
    ----------
    carrier : (T,) float
        Phase of the strides at every frame.
    t_s, z : (T,) float
        Frame times, and the signal, NaN where unknown.
    stride_hz : float
        Strides per second.

    Returns
    -------
    (T,) float
        Phase of the strides that is zero at every other highest value of the signal. It follows
        the signal by a quarter of a step about its usual lag behind the carrier, and no farther:
        it has exactly the strides of the carrier.
    """
    seen = np.isfinite(z)
    turning = z[seen] * np.exp(-2j * carrier[seen])
    usual = np.sum(turning)
    near = _local_mean(t_s, t_s[seen], turning, LOOKED_STRIDES / stride_hz)
    lag = np.angle(usual) + bounded_angle(near * np.exp(-1j * np.angle(usual)))
    return np.asarray(carrier + lag / 2)

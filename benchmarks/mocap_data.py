"""Recorded treadmill running: C3D trials brought to the landmarks that a camera would see.

Joints are carried from the standing trial to the running trial by each segment's rigid markers. The
trials have no markers above the pelvis: trunk, head and arms are invented.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import ezc3d
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from formcheck.landmarks import LEG, N_LANDMARKS, SIDES, Landmark, Side, index
from formcheck.types import Floats
from tests.synthetic.spec import Contacts

FORCE_THRESHOLD_N = 50.0
SHORTEST_CONTACT_S = 0.1
TOE_LENGTH_M = 0.065  # from the ball of the foot to the tip of the shoe
SOLE_M = 0.02  # heel and toe landmarks above the ground
BALL_M = 0.06  # markers of the metatarsal heads above the ground
TOE_BEND_SHARE, TOE_BEND_LIMIT_RAD = 0.7, 0.6  # of the heel's rise, as shoes bend
BAD_FIT = 4.0  # times the median misfit of a segment's markers
FUKUCHI_SPEED_MPS = 3.5

Points = Mapping[str, Floats]


@dataclass(eq=False)
class Recorded:
    """A recorded runner, in the frame and with the names that the synthetic runner has."""

    name: str
    t_s: Floats
    points: Floats  # (T, 19, 3) in metres
    contacts: Contacts
    speed_mps: float
    incline_rad: float = 0.0

    @cached_property
    def _curve(self) -> CubicSpline:
        return CubicSpline(self.t_s, self.points)

    @property
    def leg_m(self) -> float:
        """Thigh, shank and height of the ankle over the sole."""
        hip, knee, ankle, toe = (
            self.points[:, index(name, "left")] for name in ("hip", "knee", "ankle", "toe")
        )
        lengths = np.linalg.norm(hip - knee, axis=-1) + np.linalg.norm(knee - ankle, axis=-1)
        return float(np.median(lengths) + ankle[:, 2].min() - toe[:, 2].min())

    def joints(self, t_s: Floats) -> Floats:
        """Return (T, 19, 3) positions of the landmarks in metres."""
        return np.asarray(self._curve(t_s))


# ---------------------------------------------------------------------------------- C3D to joints


def read_markers(path: Path, axes: Floats) -> tuple[Floats, Points]:
    """Return times and the markers' (T, 3) positions in metres, forward, left and up.

    `axes` (3, 3) has these directions as rows in the file's frame.
    """
    trial = ezc3d.c3d(str(path))
    rate = float(trial["header"]["points"]["frame_rate"])
    labels = trial["parameters"]["POINT"]["LABELS"]["value"]
    xyz = np.moveaxis(trial["data"]["points"][:3], 0, -1) @ axes.T / 1000.0
    return np.arange(xyz.shape[1]) / rate, dict(zip(labels, xyz, strict=True))


def carried(points: Points, running: Points, static: Points, markers: Sequence[str]) -> Points:
    """Carry points of the standing body along with a segment's markers.

    Parameters
    ----------
    points : mapping to (3,) float
        Points of the standing body.
    running, static : mapping to (T, 3) and to (3,) float
        Markers of both trials.
    markers : sequence of str
        The markers that move with the segment.

    Returns
    -------
    mapping to (T, 3) float
        The points in the running trial, by the rotation that fits the markers best (Kabsch 1976).
    """
    before = np.stack([static[name] for name in markers])
    now = np.stack([running[name] for name in markers], axis=1)
    centre_before, centre_now = before.mean(axis=0), now.mean(axis=1)
    spread = np.einsum("ni,tnj->tij", before - centre_before, now - centre_now[:, None])
    u, _, vt = np.linalg.svd(spread)
    u[:, :, 2] *= np.sign(np.linalg.det(u @ vt))[:, None]
    turn = u @ vt
    fitted = centre_now[:, None] + np.einsum("ni,tij->tnj", before - centre_before, turn)
    misfit = np.sqrt(np.mean((fitted - now) ** 2, axis=(1, 2)))
    good = np.flatnonzero(misfit < BAD_FIT * np.median(misfit))
    return {
        name: _bridged(centre_now + np.einsum("i,tij->tj", point - centre_before, turn), good)
        for name, point in points.items()
    }


def _bridged(points: Floats, good: NDArray[np.intp]) -> Floats:
    """Draw straight lines over the frames in which a marker was lost or mistaken."""
    frames = np.arange(len(points))
    return np.stack([np.interp(frames, good, axis) for axis in points[good].T], axis=-1)


def _sole(point: Floats, ahead_m: float = 0.0) -> Floats:
    """Return the landmark on the shoe below (and ahead of) a standing foot's point."""
    return np.array([point[0] + ahead_m, point[1], SOLE_M])


def _fukuchi_leg(running: Points, static: Points, side: Side) -> Points:
    """Return a leg's joints by name; the hip's centre after Bell et al. 1990."""
    s = side[0].upper()
    left, right = static["L.ASIS"], static["R.ASIS"]
    width = float(np.linalg.norm(left - right))
    outward = 1.0 if side == "left" else -1.0
    hip = (left + right) / 2.0 + width * np.array([-0.19, 0.36 * outward, -0.30])
    ball = (static[f"{s}.MT1"] + static[f"{s}.MT5"]) / 2.0
    ball[2] = BALL_M
    heel = _sole(static[f"{s}.Heel.Bottom"])
    pelvis = [f"{one}.{name}" for one in "LR" for name in ("ASIS", "PSIS", "Iliac.Crest")]
    foot = [f"{s}.{name}" for name in ("Heel.Bottom", "Heel.Lateral", "Heel.Top", "MT1", "MT5")]

    def cluster(segment: str) -> list[str]:
        return sorted(name for name in running if name.startswith(f"{s}.{segment}."))

    def centre(joint: str) -> Floats:
        return (static[f"{s}.{joint}"] + static[f"{s}.{joint}.Medial"]) / 2.0

    sole = {"heel": heel, "ball": ball, "toe": _sole(ball, TOE_LENGTH_M)}
    running = _outer_markers_right(running, s)
    return {
        **carried({"hip": hip}, running, static, pelvis),
        **carried({"knee": centre("Knee")}, running, static, cluster("Thigh")),
        **carried({"ankle": centre("Ankle")}, running, static, cluster("Shank")),
        **carried(sole, running, static, foot),
    }


def _outer_markers_right(running: Points, s: str) -> Points:
    """Exchange the inner and outer marker of the forefoot where their labels are mixed up."""
    inner, outer = running[f"{s}.MT1"], running[f"{s}.MT5"]
    leftwards = np.median(outer[:, 1] - inner[:, 1])
    if (leftwards > 0) == (s == "L"):
        return running
    return {**running, f"{s}.MT1": outer, f"{s}.MT5": inner}


def _ferber_leg(running: Points, static: Points, side: Side) -> Points:
    """Return a leg's joints by name; the hip markers sit at the sides of the pelvis."""
    s = side[0].upper()
    own, across = static[f"{s}_hip"], static["R_hip" if s == "L" else "L_hip"]
    hip = own + 0.25 * (across - own)
    ankle = (static[f"{s}_lat_ankle"] + static[f"{s}_med_ankle"]) / 2.0
    knee = (static[f"{s}_lat_knee"] + static[f"{s}_med_knee"]) / 2.0
    heel = _sole(np.mean([static[f"{s}_foot_{i}"] for i in range(1, 5)], axis=0))
    ball = ankle + np.array([0.11, 0.0, 0.0])
    ball[2] = BALL_M

    def cluster(segment: str) -> list[str]:
        return [f"{segment}_{i}" for i in range(1, 5)]

    sole = {"heel": heel, "ball": ball, "toe": _sole(ball, TOE_LENGTH_M)}
    return {
        **carried({"hip": hip}, running, static, cluster("pelvis")),
        **carried({"knee": knee}, running, static, cluster(f"{s}_thigh")),
        **carried({"ankle": ankle}, running, static, cluster(f"{s}_shank")),
        **carried(sole, running, static, cluster(f"{s}_foot")),
    }


@dataclass(frozen=True, slots=True)
class Source:
    """How a data set's files are laid out; `axes` are forward, left and up in their frame."""

    axes: Floats
    leg: Callable[[Points, Points, Side], Points]


FUKUCHI = Source(np.array([[1.0, 0, 0], [0, 0, -1.0], [0, 1.0, 0]]), _fukuchi_leg)
FERBER = Source(np.array([[0, 0, -1.0], [-1.0, 0, 0], [0, 1.0, 0]]), _ferber_leg)


def load_joints(running_path: Path, static_path: Path, source: Source) -> tuple[Floats, Floats]:
    """Return times and (T, 19, 3) landmarks with the belt at height 0 and the hips above 0."""
    t, running = read_markers(running_path, source.axes)
    _, standing = read_markers(static_path, source.axes)
    static = {name: marker.mean(axis=0) for name, marker in standing.items()}
    joints = np.empty((t.size, N_LANDMARKS, 3))
    belts = []
    for side in SIDES:
        leg = dict(source.leg(running, static, side))
        _bend_toes(leg)
        belts.append(np.percentile(leg["ball"][:, 2], 2.0) - BALL_M)
        for name in ("hip", "knee", "ankle", "heel", "toe"):
            joints[:, index(name, side)] = leg[name]
    middle = (joints[:, Landmark.LEFT_HIP] + joints[:, Landmark.RIGHT_HIP]) / 2.0
    legs = [index(name, side) for name in LEG for side in SIDES]
    joints[:, legs] -= [*middle[:, :2].mean(axis=0), np.mean(belts)]
    _add_upper_body(t, joints)
    return t, joints


def _bend_toes(leg: dict[str, Floats]) -> None:
    """Bend the toes against the stiff foot, as a shoe does while the heel comes up."""
    away = leg["toe"] - leg["heel"]
    pitch = np.arctan2(away[:, 2], away[:, 0])
    pitch = pitch + np.clip(-TOE_BEND_SHARE * pitch, 0.0, TOE_BEND_LIMIT_RAD)
    cos, sin, down = np.cos(pitch), np.sin(pitch), BALL_M - SOLE_M
    leg["toe"][:, 0] = leg["ball"][:, 0] + TOE_LENGTH_M * cos + down * sin
    leg["toe"][:, 2] = leg["ball"][:, 2] + TOE_LENGTH_M * sin - down * cos


def _add_upper_body(t_s: Floats, joints: Floats) -> None:
    """Put a trunk, a head and swinging arms on the recorded pelvis, which nothing scores."""
    middle = (joints[:, Landmark.LEFT_HIP] + joints[:, Landmark.RIGHT_HIP]) / 2.0
    height = float(np.median(middle[:, 2])) / 0.53
    chest = middle + height * np.array([0.03, 0.0, 0.286])
    joints[:, Landmark.NOSE] = chest + height * np.array([0.06, 0.0, 0.125])
    ahead = joints[:, Landmark.LEFT_KNEE, 0] - joints[:, Landmark.RIGHT_KNEE, 0]
    wave = ahead / np.abs(ahead).max()
    for side in SIDES:
        sign = 1.0 if side == "left" else -1.0
        joints[:, index("ear", side)] = chest + height * np.array([0.01, sign * 0.04, 0.13])
        shoulder = chest + height * np.array([0.0, sign * 0.105, 0.0])
        swing = np.radians(-14.0) - sign * np.radians(28.0) * wave
        fore = swing + np.radians(85.0)
        still = np.zeros_like(t_s)
        elbow = shoulder + 0.172 * height * np.stack([np.sin(swing), still, -np.cos(swing)], -1)
        wrist = elbow + 0.146 * height * np.stack([np.sin(fore), still, -np.cos(fore)], -1)
        for name, point in (("shoulder", shoulder), ("elbow", elbow), ("wrist", wrist)):
            joints[:, index(name, side)] = point


# --------------------------------------------------------------------------------------- truth


def force_contacts(path: Path, t_s: Floats, joints: Floats) -> Contacts:
    """Return the contacts by the treadmill's vertical force, threshold crossings interpolated."""
    trial = ezc3d.c3d(str(path))
    rate = float(trial["header"]["analogs"]["frame_rate"])
    labels = trial["parameters"]["ANALOG"]["LABELS"]["value"]
    force = -trial["data"]["analogs"][0, labels.index("F1Z")]
    if np.abs(force).max() < 10.0:  # written in kilonewtons
        force = 1000.0 * force
    above = force > FORCE_THRESHOLD_N
    rising = np.flatnonzero(~above[:-1] & above[1:])
    falling = np.flatnonzero(above[:-1] & ~above[1:])
    falling = falling[falling > rising[0]]
    pairs = zip(rising, falling, strict=False)
    starts, ends = np.array(
        [
            (_crossing(force, int(a)) / rate, _crossing(force, int(b)) / rate)
            for a, b in pairs
            if (b - a) / rate > SHORTEST_CONTACT_S
        ]
    ).T
    middle = np.searchsorted(t_s, (starts + ends) / 2.0)
    left, right = (joints[middle, index("ankle", side), 2] for side in SIDES)
    return Contacts(left < right, starts, ends, np.full(starts.size, np.nan))


def _crossing(force: Floats, i: int) -> float:
    """Return the sample, with fraction, at which the force crosses the threshold after `i`."""
    return i + float((FORCE_THRESHOLD_N - force[i]) / (force[i + 1] - force[i]))


def belt_speed_mps(t_s: Floats, joints: Floats) -> float:
    """Return how fast the lowest heels run back."""
    speeds = []
    for side in SIDES:
        heel = joints[:, index("heel", side)]
        velocity = np.gradient(heel[:, 0], t_s)
        flat = heel[:, 2] <= np.percentile(heel[:, 2], 12.0)
        speeds.append(-float(np.median(velocity[flat])))
    return float(np.mean(speeds))


def load_fukuchi(folder: Path) -> Recorded:
    """Return the trial with forces."""
    running = folder / "RBDS001runT35.c3d"
    t, joints = load_joints(running, folder / "RBDS001static.c3d", FUKUCHI)
    return Recorded("RBDS001", t, joints, force_contacts(running, t, joints), FUKUCHI_SPEED_MPS)


def load_ferber(folder: Path) -> Iterator[Recorded]:
    """Yield the trials without forces that have a standing trial."""
    standing = sorted(folder.glob("*_static.c3d"))
    for path in sorted(folder.glob("*_run.c3d")):
        own = path.with_name(path.name.replace("_run", "_static"))
        if own in standing:
            t, joints = load_joints(path, own, FERBER)
            nothing = np.empty(0)
            contacts = Contacts(nothing.astype(bool), nothing, nothing, nothing)
            yield Recorded(path.stem[:15], t, joints, contacts, belt_speed_mps(t, joints))

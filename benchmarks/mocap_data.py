"""Recorded treadmill running: trials brought to the landmarks that a camera would see.

Joints are carried from the standing trial to the running trial by each segment's rigid markers. The
C3D trials have no markers above the pelvis: trunk, head and arms are invented. The TRC trials have
trunk and arms, but no head and no standing trial: the knee is where thigh and shank turn about.
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
    upper_body: bool = False  # whether trunk and arms were recorded

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


# ------------------------------------------------------------------------------------ whole bodies


HEEL_MARKER_M, ANKLE_OVER_HEEL_M = 0.05, 0.04


def load_hamner(folder: Path) -> Iterator[Recorded]:
    """Yield the trials with trunk and arms (`run*/markers.trc`, `grf.mot`), looped to last longer.

    They hold three strides: the whole ones are repeated, so that strides do not vary.
    """
    for path in sorted(folder.glob("run*/markers.trc")):
        t, points = read_trc(path)
        joints = np.empty((t.size, N_LANDMARKS, 3))
        for side in SIDES:
            for name, place in _hamner_side(points, side).items():
                joints[:, index(name, side)] = place
        middle = (joints[:, Landmark.LEFT_HIP] + joints[:, Landmark.RIGHT_HIP]) / 2.0
        shoulders = (joints[:, Landmark.LEFT_SHOULDER] + joints[:, Landmark.RIGHT_SHOULDER]) / 2.0
        joints[:, Landmark.NOSE] = shoulders + np.array([0.1, 0.0, 0.2])
        soles = [joints[:, index(name, side), 2] for name in ("heel", "toe") for side in SIDES]
        belt = np.percentile(np.min(soles, axis=0), 5.0) - SOLE_M
        joints -= [*middle[:, :2].mean(axis=0), belt]
        contacts = _plate_contacts(path.with_name("grf.mot"))
        speed = int(path.parent.name.removeprefix("run")) / 100.0
        yield looped(Recorded(f"hamner {speed:g}", t, joints, contacts, speed, upper_body=True))


def read_trc(path: Path) -> tuple[Floats, Points]:
    """Return times and the markers' (T, 3) positions in metres, forward, left and up."""
    lines = path.read_text().splitlines()
    names = [name for name in lines[3].split("\t")[2:] if name.strip()]
    rows = np.array([line.split("\t")[: 2 + 3 * len(names)] for line in lines[6:] if line.strip()])
    values = rows.astype(float)
    xyz = values[:, 2:].reshape(len(values), len(names), 3) @ FUKUCHI.axes.T / 1000.0
    return values[:, 1], {name: xyz[:, n] for n, name in enumerate(names)}


def _hamner_side(points: Points, side: Side) -> Points:
    """Return one side's landmarks; what a camera sees of a shoe lies below its markers."""
    s = side[0].upper()
    thigh, shank = ([f"{s}{segment}{n}" for n in (1, 2, 3)] for segment in ("TH", "TB"))
    heel = points[f"{s}CAL"]
    ball = np.mean([points[name] for name in (f"{s}TOE", f"{s}MT5") if name in points], axis=0)
    flat = int(np.argmin(heel[:, 2] + ball[:, 2]))
    ankle = heel[flat] + 0.3 * (ball[flat] - heel[flat])
    ankle[2] = heel[flat, 2] + ANKLE_OVER_HEEL_M
    still = {name: points[name][flat] for name in shank}
    up = np.array([0.0, 0.0, 1.0])
    heel = heel - (HEEL_MARKER_M - SOLE_M) * up
    ball = ball + (heel[flat, 2] - ball[flat, 2]) * up
    forward = (ball - heel) / np.linalg.norm(ball - heel, axis=1)[:, None]
    shoulder = points[f"{s}ACR"]
    chest = (points["CLAV"] + points["C7"]) / 2.0
    return {
        "hip": _hip(points, side),
        "knee": turning_point(points, thigh, shank),
        **carried({"ankle": ankle}, points, still, shank),
        "heel": heel,
        "toe": ball + TOE_LENGTH_M * forward,
        "shoulder": shoulder,
        "elbow": (points[f"{s}LEL"] + points[f"{s}MEL"]) / 2.0,
        "wrist": (points[f"{s}FAradius"] + points[f"{s}FAulna"]) / 2.0,
        "ear": chest + np.array([0.03, 0.08 if side == "left" else -0.08, 0.2]),
    }


def _hip(points: Points, side: Side) -> Floats:
    """Return the hip's centre after Bell et al. 1990 in the frame of the pelvis' four markers."""
    left, right = points["LASI"], points["RASI"]
    front, back = (left + right) / 2.0, (points["LPSI"] + points["RPSI"]) / 2.0
    width = np.linalg.norm(left - right, axis=1)[:, None]
    leftwards = (left - right) / width
    ahead = front - back
    ahead = ahead - np.sum(ahead * leftwards, axis=1)[:, None] * leftwards
    ahead = ahead / np.linalg.norm(ahead, axis=1)[:, None]
    outward = 1.0 if side == "left" else -1.0
    up = np.cross(ahead, leftwards)
    return np.asarray(front + width * (-0.19 * ahead + 0.36 * outward * leftwards - 0.30 * up))


def turning_point(points: Points, upper: Sequence[str], lower: Sequence[str]) -> Floats:
    """Return (T, 3) the point that two rigid segments share while they turn about each other.

    Along the axis of a hinge it is not determined; there it stays near the markers.
    """
    turns, centres = zip(*(_turns(points, names) for names in (upper, lower)), strict=True)
    rows = np.concatenate([turns[0], -turns[1]], axis=2).reshape(-1, 6)
    apart = (centres[1] - centres[0]).reshape(-1)
    # Weak springs to halfway between the clusters' centres settle what the motion does not.
    start = (centres[1][0] - centres[0][0]) / 2.0
    spring = 0.05 * np.sqrt(len(centres[0])) * np.eye(6)
    wanted = np.concatenate([apart, spring @ np.concatenate([start, -start])])
    found = np.linalg.lstsq(np.vstack([rows, spring]), wanted, rcond=None)[0]
    return np.asarray(centres[0] + turns[0] @ found[:3])


def _turns(points: Points, names: Sequence[str]) -> tuple[Floats, Floats]:
    """Return (T, 3, 3) how a cluster is turned against its first frame, and (T, 3) its centre."""
    still = {name: points[name][0] for name in names}
    origin = np.mean(list(still.values()), axis=0)
    ends = {axis: origin + np.eye(3)[n] for n, axis in enumerate("xyz")}
    moved = carried({"o": origin, **ends}, points, still, names)
    return np.stack([moved[axis] - moved["o"] for axis in "xyz"], axis=-1), moved["o"]


def _plate_contacts(path: Path) -> Contacts:
    """Return the contacts by each foot's own vertical force."""
    lines = path.read_text().splitlines()
    head = lines.index("endheader") + 1
    names = lines[head].split()
    rows = np.array([line.split() for line in lines[head + 1 :]], float)
    found = []
    for side in SIDES:
        force = rows[:, names.index(f"{side[0].upper()}_ground_force_vy")]
        above = force > FORCE_THRESHOLD_N
        starts = rows[1:, 0][~above[:-1] & above[1:]]
        stops = rows[1:, 0][above[:-1] & ~above[1:]]
        for start in starts:
            later = stops[stops > start]
            if later.size and later[0] - start > SHORTEST_CONTACT_S:
                found.append((start, later[0], side == "left"))
    found.sort()
    start_s, stop_s, left = (np.array(one) for one in zip(*found, strict=True))
    return Contacts(left.astype(bool), start_s, stop_s, np.full(start_s.size, np.nan))


def looped(runner: Recorded, seconds: float = 20.0) -> Recorded:
    """Return a recording that repeats its whole strides; where they do not meet, it slides over."""
    c = runner.contacts
    own = c.start_s[c.is_left == c.is_left[0]]
    first, last = own[0], own[own <= runner.t_s[-1]][-1]
    period = last - first
    t_s = np.arange(0.0, seconds, 0.005)
    within = t_s % period
    points = runner.joints(first + within)
    jump = runner.joints(np.array([last]))[0] - runner.joints(np.array([first]))[0]
    points = points - (within / period)[:, None, None] * jump
    inside = (c.start_s >= first - 1e-9) & (c.start_s < last - 1e-9)
    laps = period * np.arange(int(seconds / period))
    start_s, end_s = ((one[inside] - first + laps[:, None]).ravel() for one in (c.start_s, c.end_s))
    is_left = np.tile(c.is_left[inside], laps.size)
    tiled = Contacts(is_left, start_s, end_s, np.full(start_s.size, np.nan))
    return Recorded(runner.name, t_s, points, tiled, runner.speed_mps, upper_body=runner.upper_body)

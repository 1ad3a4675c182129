"""The frozen dataclasses that cross stages, each checked once when it is made.

Conventions everywhere: times are seconds since the clip's first frame (`_s`), image points are
pixels with x right and y down and pixel centres at .5 (`_px`), missing is NaN, left and right are
the runner's own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from formcheck.landmarks import N_LANDMARKS, Side

Floats = NDArray[np.float64]
CM_PER_INCH: Final = 2.54
METRES_PER_MILE: Final = 1609.344
ViewKind = Literal["side", "rear", "front"]
Status = Literal[
    "measured",
    "too_few_strides",
    "wrong_view",
    "low_confidence",
    "frame_rate_too_low",
    "no_scale",
    "occluded",
]
Severity = Literal["info", "warn", "error"]
Units = Literal["metric", "imperial"]
"""What lengths and speeds are shown in; they are measured and stored in metres."""


@dataclass(frozen=True, slots=True)
class QualityNote:
    """One remark on the clip: a stable code, a sentence, and what to do about it."""

    code: str
    severity: Severity
    text: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Clip:
    """What is known of a clip's file. `frame_rate_hz` is true (after slow-motion correction)."""

    name: str
    sha256: str
    width_px: int
    height_px: int
    rotation_deg: int
    duration_s: float
    frames: int
    frame_rate_hz: float
    variable_frame_rate: bool = False
    slow_motion_factor: float = 1.0
    from_s: float = 0.0
    to_s: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class PoseTrack:
    """Landmarks of one runner over a clip.

    Attributes
    ----------
    t_s : (T,) float
        Frame times, strictly increasing.
    xy_px : (T, K, 2) float
        Landmark positions in the upright (rotation applied) frame; NaN where unknown.
    confidence : (T, K) float
        The network's own 0 to 1; not comparable across networks.
    width_px, height_px : int
        Size of the upright frame.
    notes : tuple of QualityNote
        What the pose stage has to say, e.g. that a second person was in the picture.
    convention : str
        Whose idea of a hip or a heel the points follow: a network's name, or ``joints`` for true
        joint centres. Known offsets of a network are taken out of the metrics.
    network : str
        The network's name, where it is known: some see less well than the usual one.
    """

    t_s: Floats
    xy_px: Floats
    confidence: Floats
    width_px: int
    height_px: int
    notes: tuple[QualityNote, ...] = ()
    convention: str = "blazepose"
    network: str = ""

    def __post_init__(self) -> None:
        frames = self.t_s.shape[0]
        if self.t_s.ndim != 1 or (frames > 1 and not np.all(np.diff(self.t_s) > 0)):
            raise ValueError("t_s must be one-dimensional and strictly increasing")
        if self.xy_px.shape != (frames, N_LANDMARKS, 2):
            raise ValueError(f"xy_px must be {(frames, N_LANDMARKS, 2)}, got {self.xy_px.shape}")
        if self.confidence.shape != (frames, N_LANDMARKS):
            raise ValueError(
                f"confidence must be {(frames, N_LANDMARKS)}, got {self.confidence.shape}"
            )


@dataclass(frozen=True, slots=True)
class View:
    """Where the camera stands. `facing` is the side of the picture the runner runs towards."""

    kind: ViewKind
    facing: Literal["left", "right"] | None
    near_side: Side | None
    confidence: float
    given: bool = False


@dataclass(frozen=True, slots=True)
class Runner:
    """What the user told us about the runner and the run."""

    id: str | None = None
    height_m: float | None = None
    belt_speed_mps: float | None = None
    incline_pct: float = 0.0
    pace: Literal["easy", "tempo", "other"] | None = None
    shoes: str | None = None
    date: str | None = None
    units: Units = "metric"


class Scene(NamedTuple):
    """What the room says of the camera at the runner's column, in degrees with standard errors.

    `roll_deg` turns gravity clockwise; `aside_deg` is how far the line of sight is off square to
    the room's level lines, positive to the right; `pitch_deg` how far the camera looks down.
    `belt_deg` is how far to the right of the runner a belt points that is seen from behind or in
    front, by its edges.
    """

    roll_deg: float
    roll_sd_deg: float
    aside_deg: float = 0.0
    aside_sd_deg: float = math.inf
    pitch_deg: float = 0.0
    pitch_sd_deg: float = 6.0
    belt_deg: float = 0.0
    belt_sd_deg: float = math.inf


@dataclass(frozen=True, slots=True)
class Calibration:
    """Level and scale. `roll_deg` is the clockwise turn of the picture's content against gravity.

    `roll_source` says whether the belt had a say; `roll_candidates` what belt and room say alone.
    `metres_per_px` holds in the runner's mid plane (through the mid-hip); None without a scale.
    `yaw_deg` is how far the camera is off square to the belt, positive where it stands ahead of the
    runner (from behind and in front: off the belt's line, to the runner's right).
    `elevation_deg` is how far the camera looks down on the runner's hips.
    `roll_sd_deg`, `yaw_sd_deg`, `elevation_sd_deg` and `scale_rel_sd` are standard uncertainties
    (one sigma).
    `landing_source` says whether a side view's landings were read from the near shoe's own pixels
    or from landmarks, which are off in other ways.
    """

    roll_deg: float = 0.0
    roll_source: Literal["belt", "none"] = "none"
    roll_sd_deg: float = 1.0
    metres_per_px: float | None = None
    scale_source: Literal["belt", "height", "combined", "none"] = "none"
    scale_rel_sd: float = 0.05
    scale_candidates: Mapping[str, float | None] = field(
        default_factory=lambda: {"height": None, "belt": None, "gravity": None}
    )
    roll_candidates: Mapping[str, float | None] = field(
        default_factory=lambda: {"belt": None, "scene": None}
    )
    yaw_deg: float = 0.0
    yaw_sd_deg: float = 6.0
    yaw_candidates: Mapping[str, float | None] = field(
        default_factory=lambda: {"body": None, "feet": None, "room": None}
    )
    elevation_deg: float = 0.0
    elevation_sd_deg: float = 8.0
    landing_source: Literal["shoe", "landmarks"] = "landmarks"


@dataclass(frozen=True, slots=True)
class Contact:
    """One ground contact of one foot. Times may be NaN where the clip begins or ends in stance.

    `foot_deg` is the angle of the sole against the belt at initial contact, toes up positive; NaN
    where the shoe was not followed.
    """

    side: Side
    initial_contact_s: float
    toe_off_s: float
    initial_contact_sd_s: float = 0.01
    toe_off_sd_s: float = 0.015
    foot_deg: float = math.nan


@dataclass(frozen=True, slots=True, eq=False)
class ShoePath:
    """Where one shoe was in the picture around its landings, by its own pixels.

    Attributes
    ----------
    side : {"left", "right"}
        The foot.
    sole_px : (2,) float
        From heel to toe while the foot lies flat, in picture pixels.
    landing_s : (N,) float
        Roughly when the landing that a sample belongs to was: the same for all of its samples.
    t_s : (N,) float
        Frame times of the samples.
    xy_px : (N, 2) float
        Middle between heel and toe, in picture pixels.
    turn_deg : (N,) float
        Clockwise turn in the picture against the flat shoe.
    flat : (N,) bool
        Whether the foot surely lies flat.
    """

    side: Side
    sole_px: Floats
    landing_s: Floats
    t_s: Floats
    xy_px: Floats
    turn_deg: Floats
    flat: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class ToePath(ShoePath):
    """Where the toes of one shoe were from the flat foot until after they left the belt.

    Attributes
    ----------
    landing_s : (N,) float
        Roughly when the leaving that a sample belongs to was.
    xy_px : (N, 2) float
        Middle of what is followed: `ahead` foot lengths from the foot's middle towards the toes.
    alike : (N,) float
        How much a frame shows what is followed: a correlation of colours, at most 1.
    ahead : float
        In lengths of `sole_px`.
    """

    alike: Floats
    ahead: float


@dataclass(frozen=True, slots=True, eq=False)
class WaistPath:
    """How far waist and back were turned around the middles of the contacts, from behind.

    Attributes
    ----------
    t_s, middle_s : (N,) float
        Time of the frame, and middle of the contact that it belongs to.
    left : (N,) bool
        Whether the left foot stands.
    waist_deg, back_deg : (N,) float
        Clockwise turn in the picture against the mean picture of each, whatever its own direction.
    between_s : (M,) float
        The instant halfway between two contacts that a frame there belongs to.
    next_left : (M,) bool
        Whether the left foot lands next.
    between_deg : (M,) float
        The waist's turn there.
    """

    t_s: Floats
    middle_s: Floats
    left: NDArray[np.bool_]
    waist_deg: Floats
    back_deg: Floats
    between_s: Floats = field(default_factory=lambda: np.empty(0))
    next_left: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, bool))
    between_deg: Floats = field(default_factory=lambda: np.empty(0))


@dataclass(frozen=True, slots=True, eq=False)
class Pelvis:
    """How far the free side of the pelvis drops by the waist's own pixels, or why it is not known.

    Attributes
    ----------
    drop_deg : mapping of side to (N,) float
        At the middle of each contact of a foot, from the level; empty with a `reason`.
    reason : str or None
        Why it is not known.
    level_known : bool
        Whether the pelvis was seen between the contacts, where it is level on average; else
        halfway between the two feet's means is taken for it.
    middle_s : mapping of side to (N,) float
        The middles of those contacts.
    """

    drop_deg: Mapping[Side, Floats]
    reason: str | None = None
    level_known: bool = False
    middle_s: Mapping[Side, Floats] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Posture:
    """How a runner stood still side-on, in the picture.

    Attributes
    ----------
    source : {"start", "clip"}
        Whether the measured clip begins with it, or another clip shows it.
    facing : {"left", "right"}
        The side of the picture that the runner looks to.
    xy_px : (K, 2) float
        The usual places of shoulders and hips; the other landmarks are NaN.
    lean_sd_deg : float
        How well the trunk's lean is known in spite of sway.
    from_s, to_s : float
        When, in the clip that shows it.
    roll_deg, roll_sd_deg : float
        Clockwise turn of that clip's content where it is a clip of its own and its room tells, else
        None; and what is not known of it.
    """

    source: Literal["start", "clip"]
    facing: Literal["left", "right"]
    xy_px: Floats
    lean_sd_deg: float
    from_s: float
    to_s: float
    roll_deg: float | None = None
    roll_sd_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class Standing:
    """The runner's own zero: how the trunk leans while standing, forward positive.

    As the network sees it: only differences to the same network's running lean mean something.
    """

    source: Literal["start", "clip"]
    from_s: float
    to_s: float
    lean_deg: float
    lean_sd_deg: float


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """The single values of a metric: one a contact, a step or a stride.

    Attributes
    ----------
    t_s : (N,) float
        When it was read; of a whole stride, its middle.
    value : (N,) float
        In the metric's unit, NaN where it was not seen.
    side : (N,) of {"both", "left", "right"}
        The foot on whose contact it falls, "both" for a whole stride.
    """

    t_s: Floats
    value: Floats
    side: tuple[Literal["both", "left", "right"], ...]

    def changed(self, gain: float, offset: float = 0.0) -> Samples:
        """Return the samples with every value times `gain` plus `offset`."""
        return Samples(self.t_s, gain * self.value + offset, self.side)

    def of(self, side: Side) -> Samples:
        """Return the samples that fall on a foot's contacts."""
        own = np.array([one == side for one in self.side], dtype=bool)
        return Samples(self.t_s[own], self.value[own], (side,) * int(own.sum()))


@dataclass(frozen=True, slots=True, repr=False)
class Metric:
    """One measured number, or the reason why it is withheld (then `value` and bounds are None).

    `samples` are its single values where they are known, also where they are too few for a mean.
    """

    key: str
    unit: str
    status: Status
    value: float | None = None
    low: float | None = None
    high: float | None = None
    repeat_low: float | None = None
    repeat_high: float | None = None
    sd: float | None = None
    side: Literal["both", "left", "right"] = "both"
    n: int = 0
    reason: str | None = None
    samples: Samples | None = field(default=None, compare=False, repr=False)

    def __repr__(self) -> str:
        if self.value is None:
            return f"{self.key} not measured: {self.reason or self.status}"
        text = f"{self.key} {self.value:.4g} {self.unit}"
        if self.low is not None and self.high is not None:
            text += f" ({self.low:.4g} to {self.high:.4g})"
        return f"{text}, n={self.n}"


@dataclass(frozen=True, slots=True, eq=False)
class Gait:
    """Everything the measuring stages know of one clip, per frame and per contact.

    Attributes
    ----------
    track : PoseTrack
        Repaired and smoothed landmarks, in picture pixels (for drawing and for export).
    body_xy : (T, K, 2) float
        The repaired points, not smoothed, level with gravity and without slow drift: x forward
        (side view) or to the runner's right (rear view), y up, in metres when there is a scale,
        else in pixels. The origin is arbitrary but fixed.
    measures : (M, T) float
        The kernel's per-frame measures, rows named by `formcheck.kernel.MEASURES`.
    modelled : (T, K) bool
        True where a point was not seen but filled in (hidden far leg, short gap).
    contacts : tuple of Contact
        In order of initial contact, both feet.
    landed_sd_s : mapping of side to float
        Standard uncertainty that all initial contacts of a foot share.
    left_sd_s : float
        Standard uncertainty that all toe-offs share.
    pelvis : Pelvis or None
        Of a view from behind whose pictures were looked at.
    sides_told : bool
        Whether the contacts show that left and right are told apart; from the side it is not asked.
    standing : Standing or None
        How the runner stood, where that was seen from the same side.
    """

    track: PoseTrack
    view: View
    calibration: Calibration
    body_xy: Floats
    measures: Floats
    modelled: NDArray[np.bool_]
    contacts: tuple[Contact, ...]
    stride_time_s: float
    landed_sd_s: Mapping[Side, float]
    left_sd_s: float
    pelvis: Pelvis | None = None
    standing: Standing | None = None
    notes: tuple[QualityNote, ...] = ()
    sides_told: bool = True


@dataclass(frozen=True, slots=True)
class Provenance:
    """What made the numbers."""

    formcheck: str
    model: str
    model_sha256: str
    provider: str


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """The whole result of one clip."""

    clip: Clip
    runner: Runner
    gait: Gait
    metrics: Mapping[str, Metric]
    quality: tuple[QualityNote, ...]
    provenance: Provenance

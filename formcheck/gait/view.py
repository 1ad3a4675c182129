"""Which way the camera looks: side, rear or front, and which side of the runner is near."""

from __future__ import annotations

import numpy as np

from formcheck.landmarks import Landmark, Side
from formcheck.types import Floats, PoseTrack, View, ViewKind

# Share of leg sweep in sweep plus shoulder and hip width at which side and rear are equally likely,
# and the distance from it at which the choice is certain. Side clips of upright runners lie above
# 0.7, rear clips below 0.25.
SIDE_SHARE = 0.5
CERTAIN = 0.2


def find_view(track: PoseTrack, given: ViewKind | None = None) -> View:
    """Find the view and the runner's facing.

    From the side the ankles sweep along the picture and shoulders and hips lie behind each other;
    from behind it is the other way round.

    Parameters
    ----------
    track : PoseTrack
        Landmarks in pixels.
    given : {"side", "rear", "front"} or None
        The user's word, which is taken; facing is then still found.
    """
    share = _side_share(track.xy_px)
    kind: ViewKind = "side" if share > SIDE_SHARE else _rear_or_front(track.xy_px)
    confidence = float(np.clip(0.5 + 0.5 * abs(share - SIDE_SHARE) / CERTAIN, 0.5, 1.0))
    if given is not None:
        kind, confidence = given, 1.0
    if kind != "side":
        return View(kind, None, None, confidence, given is not None)
    facing: Side = "right" if forward_sign(track.xy_px) > 0 else "left"
    # A runner who runs towards the right of the picture shows the camera the right side.
    return View("side", facing, facing, confidence, given is not None)


def _middle(xy: Floats, name: str) -> Floats:
    return np.asarray((xy[:, Landmark[f"LEFT_{name}"]] + xy[:, Landmark[f"RIGHT_{name}"]]) / 2)


def _side_share(xy: Floats) -> float:
    hip, shoulder = _middle(xy, "HIP"), _middle(xy, "SHOULDER")
    trunk_px = np.nanmedian(np.linalg.norm(shoulder - hip, axis=1))
    widths = [
        np.nanmedian(np.abs(xy[:, Landmark[f"LEFT_{n}"], 0] - xy[:, Landmark[f"RIGHT_{n}"], 0]))
        for n in ("SHOULDER", "HIP")
    ]
    ankles = [xy[:, Landmark[f"{s}_ANKLE"], 0] - hip[:, 0] for s in ("LEFT", "RIGHT")]
    sweep_px = np.ptp(np.nanpercentile(np.concatenate(ankles), [5, 95]))
    return float(sweep_px / max(sweep_px + 2 * sum(widths), 0.05 * trunk_px))


def _rear_or_front(xy: Floats) -> ViewKind:
    """From behind, the runner's right shoulder and hip lie to the right in the picture."""
    offsets = [
        xy[:, Landmark[f"RIGHT_{n}"], 0] - xy[:, Landmark[f"LEFT_{n}"], 0]
        for n in ("SHOULDER", "HIP")
    ]
    return "rear" if np.nanmedian(np.concatenate(offsets)) > 0 else "front"


def forward_sign(xy: Floats) -> float:
    """Return the sign of picture x in which toes lie ahead of heels and the nose of the ears.

    Parameters
    ----------
    xy : (T, K, 2) float
        Landmarks in pixels.
    """
    pairs = [
        (Landmark.LEFT_TOE, Landmark.LEFT_HEEL),
        (Landmark.RIGHT_TOE, Landmark.RIGHT_HEEL),
        (Landmark.NOSE, Landmark.LEFT_EAR),
        (Landmark.NOSE, Landmark.RIGHT_EAR),
    ]
    ahead = [np.nanmedian(xy[:, a, 0] - xy[:, b, 0]) for a, b in pairs]
    return float(np.sign(np.nansum(ahead)) or 1.0)

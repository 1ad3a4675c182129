"""Copies of clips with truth as worse phones, hands and networks would have made them.

Usage: ``python -m benchmarks.degrade FOLDER --out FOLDER [--only NAME] [--kinds roll,blur]``

Each copy lies beside its own truth file, ready for ``python -m benchmarks.accuracy``. Nothing that
is done here changes the runner's motion, so metrics and events of the original stay true.

The kinds in `FILMS` are films that are not what they seem (played otherwise, cut, made up,
squeezed, shaken): the runner's metrics stay true, the times of frames and events do not.
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.filter
import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.clips import clips_with_truth
from formcheck.types import Floats

Image = NDArray[np.uint8]
TIME_BASE = Fraction(1, 90_000)
GOOD_QUALITY_CRF = "17"
LOW_BIT_RATE = 350_000
SLOW_HZ = 30.0
ROLL_DEG = 4.0
SEED = 7


def _all(times: Floats) -> NDArray[np.bool_]:
    return np.ones(times.size, dtype=bool)


def _same(image: Image, t_s: float) -> Image:
    return image


@dataclass(frozen=True, slots=True)
class Degradation:
    """Which frames stay, what happens to a picture, and how it is encoded."""

    keep: Callable[[Floats], NDArray[np.bool_]] = _all
    change: Callable[[Image, float], Image] = _same
    bit_rate: int | None = None
    roll_deg: float = 0.0


def _thinned(times: Floats) -> NDArray[np.bool_]:
    """Keep every n-th frame, so that about 30 a second are left."""
    step = max(1, round(1.0 / np.median(np.diff(times)) / SLOW_HZ))
    return np.asarray(np.arange(times.size) % step == 0)


def _uneven(times: Floats) -> NDArray[np.bool_]:
    """Keep frames one to three apart, as phones do in poor light."""
    steps = np.random.default_rng(SEED).choice([1, 2, 3], times.size, p=[0.5, 0.35, 0.15])
    kept = np.zeros(times.size, bool)
    kept[np.cumsum(steps)[np.cumsum(steps) < times.size]] = True
    kept[0] = True
    return kept


def _with_holes(times: Floats) -> NDArray[np.bool_]:
    """Lose about a tenth of the frames, one to four at a time."""
    rng = np.random.default_rng(SEED)
    kept = np.ones(times.size, bool)
    for start in np.flatnonzero(rng.random(times.size) < 0.04):
        kept[start : start + rng.integers(1, 5)] = False
    kept[[0, -1]] = True
    return kept


def _blurred(image: Image, t_s: float) -> Image:
    """Out of focus: a Gaussian of 0.35 % of the short side."""
    return _image(cv2.GaussianBlur(image, (0, 0), 0.0035 * min(image.shape[:2])))


def _small(image: Image, t_s: float) -> Image:
    """Short side 480 pixels."""
    height, width = image.shape[:2]
    factor = 480.0 / min(height, width)
    size = (2 * round(width * factor / 2), 2 * round(height * factor / 2))
    return _image(cv2.resize(image, size, interpolation=cv2.INTER_AREA))


def _rolled(image: Image, t_s: float) -> Image:
    return _moved(image, ROLL_DEG, 0.0, 0.0)


def _hand_held(image: Image, t_s: float) -> Image:
    """Sway of a standing person's hands: half a degree and one percent of the short side."""
    slow, fast = 2 * np.pi * 0.9 * t_s, 2 * np.pi * 2.3 * t_s
    size = 0.01 * min(image.shape[:2])
    return _moved(
        image,
        0.4 * np.sin(slow + 1.0) + 0.1 * np.sin(fast),
        size * np.sin(0.8 * slow) + 0.2 * size * np.sin(fast + 2.0),
        0.7 * size * np.sin(1.2 * slow + 2.0) + 0.2 * size * np.sin(1.1 * fast),
    )


def _moved(image: Image, clockwise_deg: float, right_px: float, down_px: float) -> Image:
    """Turn and shift the content; the border repeats the outermost pixels."""
    height, width = image.shape[:2]
    centre = ((width - 1) / 2.0, (height - 1) / 2.0)
    matrix = cv2.getRotationMatrix2D(centre, -clockwise_deg, 1.0)
    matrix[:, 2] += np.array([right_px, down_px])
    return _image(
        cv2.warpAffine(
            image, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
    )


def _image(pixels: Any) -> Image:
    return np.asarray(pixels, dtype=np.uint8)


DEGRADATIONS: Mapping[str, Degradation] = {
    "30fps": Degradation(keep=_thinned),
    "variable_rate": Degradation(keep=_uneven),
    "dropped_frames": Degradation(keep=_with_holes),
    "low_bit_rate": Degradation(bit_rate=LOW_BIT_RATE),
    "blur": Degradation(change=_blurred),
    "480p": Degradation(change=_small),
    "roll": Degradation(change=_rolled, roll_deg=ROLL_DEG),
    "hand_held": Degradation(change=_hand_held),
}


FILMS: Mapping[str, str] = {
    "slower_125": "setpts=1.25*PTS",
    "faster_125": "setpts=PTS/1.25",
    "faster_150": "setpts=PTS/1.5",
    "cut_1s": "select=lt(t\\,3)+gte(t\\,4);setpts=PTS-gte(T\\,4)/TB",
    "cut_03s": "select=lt(t\\,3)+gte(t\\,3.3);setpts=PTS-gte(T\\,3.3)*0.3/TB",
    "paused": "select=lt(t\\,3)+gte(t\\,3.5);setpts=PTS+gte(T\\,3.2)*20/TB",
    "half_slow": "setpts=if(lt(T\\,3)\\,PTS\\,2*PTS-3/TB)",
    "backward": "scale=640:-2;reverse",
    "interpolated": "fps=30;minterpolate=fps=60:mi_mode=mci",
    "blended": "tmix=frames=3",
    "squeezed": "scale=iw*0.75:ih;setsar=1",
    "shaken": "scale=iw*1.02:-2;crop=iw/1.02:ih/1.02:iw*0.01:'ih*0.01*(1+0.5*sin(2*PI*t*2.73))'",
}
"""Films that are not what they seem, as filters of FFmpeg, one after the other."""


def film(clip: Path, truth: Mapping[str, Any], kind: str, folder: Path) -> Path:
    """Write one copy of a clip that is not what it seems, with its truth; return its path."""
    target = folder / f"{clip.stem}__{kind}.mp4"
    times, size = _filtered(clip, FILMS[kind], target)
    changed = _changed_truth(truth, times, size) | {"degradation": kind, "name": target.stem}
    target.with_suffix(".json").write_text(json.dumps(changed), encoding="utf-8")
    return target


def _filtered(clip: Path, chain: str, target: Path) -> tuple[Floats, tuple[int, int]]:
    """Send a clip through filters into a file; return the times of its frames and its size."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(clip)) as source, av.open(str(target), "w") as container:
        video = source.streams.video[0]
        graph = av.filter.Graph()
        first = last = graph.add_buffer(template=video, time_base=video.time_base)
        for part in chain.split(";"):
            name, _, arguments = part.partition("=")
            step = graph.add(name, arguments or None)
            last.link_to(step)
            last = step
        sink = graph.add("buffersink")
        last.link_to(sink)
        graph.configure()
        stream: av.VideoStream | None = None
        times: list[float] = []
        for image, t_s in _pulled(source.decode(video), first, sink):
            stream = stream or _stream(container, image, None)
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.time_base, frame.pts = TIME_BASE, round(t_s / TIME_BASE)
            container.mux(stream.encode(frame))
            times.append(t_s)
        if stream is None:
            raise ValueError(f"{target.stem} has no frame")
        container.mux(stream.encode(None))
        return np.array(times), (stream.width, stream.height)


def _pulled(
    frames: Iterator[av.VideoFrame], first: Any, sink: Any
) -> Iterator[tuple[Image, float]]:
    """Push frames into filters and yield what comes out, with its time."""
    for frame in itertools.chain(frames, [None]):
        first.push(frame)
        while True:
            try:
                out = sink.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                break
            yield _image(out.to_ndarray(format="bgr24")), float(out.pts * out.time_base)


def degrade(clip: Path, truth: Mapping[str, Any], kind: str, folder: Path) -> Path:
    """Write one degraded copy of a clip with its truth and return the copy's path."""
    what = DEGRADATIONS[kind]
    times = np.asarray(truth["frame_times"], dtype=float)
    kept = what.keep(times)
    target = folder / f"{clip.stem}__{kind}.mp4"
    size = _encode(_frames(clip, times, kept, what.change), target, what.bit_rate)
    changed = _changed_truth(truth, times[kept], size) | {"degradation": kind, "name": target.stem}
    changed["camera"] = {
        **truth["camera"],
        "roll_deg": truth["camera"]["roll_deg"] + what.roll_deg,
    }
    target.with_suffix(".json").write_text(json.dumps(changed), encoding="utf-8")
    return target


def _frames(
    clip: Path, times: Floats, kept: NDArray[np.bool_], change: Callable[[Image, float], Image]
) -> Iterator[tuple[Image, float]]:
    """Yield the pictures that stay and their times."""
    with av.open(str(clip)) as container:
        for i, frame in enumerate(container.decode(video=0)):
            if i < times.size and kept[i]:
                yield change(_image(frame.to_ndarray(format="bgr24")), float(times[i])), times[i]


def _encode(
    frames: Iterator[tuple[Image, float]], target: Path, bit_rate: int | None
) -> tuple[int, int]:
    """Write pictures at their own times as H.264 and return width and height."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(target), "w") as container:
        stream: av.VideoStream | None = None
        for image, t_s in frames:
            if stream is None:
                stream = _stream(container, image, bit_rate)
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.time_base = TIME_BASE
            frame.pts = round(t_s / TIME_BASE)
            container.mux(stream.encode(frame))
        if stream is None:
            raise ValueError(f"{target.stem} has no frame to keep")
        container.mux(stream.encode(None))
        return stream.width, stream.height


def _stream(
    container: av.container.OutputContainer, first: Image, bit_rate: int | None
) -> av.VideoStream:
    stream = container.add_stream("libx264", rate=60)
    stream.height, stream.width = first.shape[:2]
    stream.pix_fmt = "yuv420p"
    stream.time_base = TIME_BASE
    stream.codec_context.time_base = TIME_BASE
    stream.options = {"preset": "veryfast"}
    if bit_rate is None:
        stream.options = {"preset": "veryfast", "crf": GOOD_QUALITY_CRF}
    else:
        stream.bit_rate = bit_rate
    return stream


def _changed_truth(
    truth: Mapping[str, Any], times: Floats, size: tuple[int, int]
) -> dict[str, Any]:
    """Return the truth with the copy's frames and size; joints of every frame are left out."""
    left_out = ("joints2d", "joints3d", "frame_time_note", "metres_per_pixel_sagittal_plane")
    kept = {key: value for key, value in truth.items() if key not in left_out}
    return kept | {
        "fps": round(1.0 / float(np.median(np.diff(times))), 3),
        "frames": times.size,
        "frame_times": times.tolist(),
        "image": {"width": size[0], "height": size[1]},
    }


def main() -> None:
    """Write the copies that the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path("out/degraded"))
    parser.add_argument("--only", default="", help="part of the names of the clips to copy")
    parser.add_argument("--kinds", default=",".join(DEGRADATIONS))
    args = parser.parse_args()
    for truth, clip in clips_with_truth(args.folder):
        if args.only in truth.name:
            doc = json.loads(clip.with_suffix(".json").read_text(encoding="utf-8"))
            for kind in args.kinds.split(","):
                make = film if kind in FILMS else degrade
                print(make(clip, doc, kind, args.out))


if __name__ == "__main__":
    main()

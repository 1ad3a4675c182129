"""Time of a whole analysis against a plain script, both measured in this run.

The plain script is what one writes first: OpenCV reads, MediaPipe's own landmarker looks at every
frame in video mode, lines are drawn, OpenCV writes. formcheck decodes, finds and follows the
runner, measures, annotates, encodes H.264 and writes its report.

Usage: ``python -m benchmarks.speed CLIP --tasks FOLDER [--models full heavy] [--rounds 2]``

FOLDER holds ``full.task`` and ``heavy.task``, MediaPipe's bundles of the same weights
(``python models/task.py full FOLDER/full.task``). Needs the extra ``mediapipe``.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import mediapipe
from mediapipe.tasks.python import BaseOptions, vision

from formcheck.cost import StageClock
from formcheck.outputs import analyze_to_folder
from formcheck.pipeline import Options
from formcheck.types import Runner

MODELS: tuple[str, ...] = ("full", "heavy")
BONES = (
    *((11, 12), (11, 13), (13, 15), (12, 14), (14, 16), (11, 23), (12, 24), (23, 24)),
    *((23, 25), (25, 27), (27, 29), (29, 31), (27, 31)),
    *((24, 26), (26, 28), (28, 30), (30, 32), (28, 32)),
)
HEIGHT_M = 1.76


@dataclass
class Cost:
    """Seconds on the clock and seconds of processor time."""

    wall_s: float = 0.0
    cpu_s: float = 0.0


@contextmanager
def timed(cost: Cost) -> Iterator[None]:
    """Add what runs inside to a cost."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    cost.wall_s += time.perf_counter() - wall
    cost.cpu_s += time.process_time() - cpu


def plain(clip: Path, task: Path, target: Path) -> int:
    """Run the plain script; return the number of frames."""
    source = cv2.VideoCapture(str(clip))
    rate = source.get(cv2.CAP_PROP_FPS)
    size = int(source.get(cv2.CAP_PROP_FRAME_WIDTH)), int(source.get(cv2.CAP_PROP_FRAME_HEIGHT))
    writer = cv2.VideoWriter(str(target), cv2.VideoWriter.fourcc(*"mp4v"), rate, size)
    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(task)),
        running_mode=vision.RunningMode.VIDEO,
    )
    frames = 0
    with vision.PoseLandmarker.create_from_options(options) as landmarker:
        while True:
            good, picture = source.read()
            if not good:
                break
            rgb = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
            image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=rgb)
            result = landmarker.detect_for_video(image, round(1000 * frames / rate))
            draw(picture, result)
            writer.write(picture)
            frames += 1
    writer.release()
    return frames


def draw(picture: Any, result: Any) -> None:
    """Draw the first body's skeleton."""
    if not result.pose_landmarks:
        return
    height, width = picture.shape[:2]
    points = [(round(p.x * width), round(p.y * height)) for p in result.pose_landmarks[0]]
    for first, second in BONES:
        cv2.line(picture, points[first], points[second], (0, 255, 0), 3, cv2.LINE_AA)


def formcheck(clip: Path, model: str, folder: Path) -> StageClock:
    """Run a whole analysis; return what each stage cost."""
    clock = StageClock()
    options = Options(runner=Runner(height_m=HEIGHT_M), pose=model)
    analyze_to_folder(clip, folder, options, clock)
    return clock


def best(rounds: int, run: Callable[[], object]) -> Cost:
    """Return the cost of the quickest round."""
    costs = []
    for _ in range(rounds):
        cost = Cost()
        with timed(cost):
            run()
        costs.append(cost)
    return min(costs, key=lambda cost: cost.wall_s)


def compare(clip: Path, model: str, task: Path, rounds: int, folder: Path) -> None:
    """Time both ways with one model and print a line."""
    frames = plain(clip, task, folder / "plain.mp4")  # once to warm up, and to count
    formcheck(clip, model, folder / "formcheck")
    slow = best(rounds, lambda: plain(clip, task, folder / "plain.mp4"))
    fast = best(rounds, lambda: formcheck(clip, model, folder / "formcheck"))
    clock = formcheck(clip, model, folder / "formcheck")
    for name, cost in (("plain script", slow), ("formcheck", fast)):
        per_frame = 1000 / frames
        print(
            f"{model:<6} {name:<13} {cost.wall_s:>7.1f} {cost.wall_s * per_frame:>9.1f}"
            f" {cost.cpu_s * per_frame:>13.1f} {cost.cpu_s:>7.1f} {slow.wall_s / cost.wall_s:>7.2f}"
        )
    print(clock.table())


def main() -> None:
    """Read the command line and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clip", type=Path)
    parser.add_argument("--tasks", type=Path, required=True)
    parser.add_argument("--models", nargs="+", choices=MODELS, default=MODELS)
    parser.add_argument("--rounds", type=int, default=2)
    arguments = parser.parse_args()
    print(f"{arguments.clip.name}, {os.cpu_count()} processors, best of {arguments.rounds} rounds")
    columns = f"{'ms/frame':>9} {'cpu ms/frame':>13} {'cpu s':>7} {'ratio':>7}"
    print(f"{'model':<6} {'':<13} {'s':>7} {columns}")
    with tempfile.TemporaryDirectory() as folder:
        for model in arguments.models:
            task = arguments.tasks / f"{model}.task"
            compare(arguments.clip, model, task, arguments.rounds, Path(folder))


if __name__ == "__main__":
    main()

"""How a worker process does its one job; `formcheck_api.jobs.work` confines it before."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import IO, Any, Final

from formcheck.crew.child import Limits, end_when, input_closed, keep_to, limit_this_process
from formcheck.cues import Symptoms, read_baseline
from formcheck.errors import FormcheckError, NoRunnerError, UsageError
from formcheck.machine import usable_cores
from formcheck.outputs import CLIP_NAME, analyze_to_folder
from formcheck.pipeline import OnStage, Options, Stage
from formcheck.report.schema import REPORT_NAME, Report, load_report
from formcheck.request import Request
from formcheck.video import ClipInfo, plays_in_browsers, probe, write_browser_copy
from formcheck_api.jobs import thumbnail
from formcheck_api.jobs.comparing import compare
from formcheck_api.jobs.outcomes import OnProgress, Order, Task, as_fields, out_of_memory
from formcheck_api.jobs.rewriting import baseline_of, rewrite
from formcheck_api.jobs.shown import shown_of
from formcheck_api.store.storage import CLIP, MEASURED, PLAYABLE, RESULT, THUMBNAIL, TRACK, Storage

# Where each stage begins and ends, as shares of a whole run on two cores.
SHARES: Final[Mapping[Stage, tuple[float, float]]] = {
    "open": (0.0, 0.03),
    "pose": (0.03, 0.70),
    "measure": (0.70, 0.74),
    "annotate": (0.74, 0.97),
    "write": (0.97, 1.0),
}
SMALLEST_STEP: Final = 0.005
_FULL: Final[Mapping[str, Any]] = {
    "failed": {
        "code": "storage_full",
        "text": "The disk is full, the results could not be stored: try again later.",
    }
}


def do(task: Task) -> None:
    """Do a job; say on standard output how it goes."""
    end_when(input_closed)
    _limit(task.limits)
    with _own_output() as output:
        told = partial(_tell, output)
        _say(output, **_done(task, told))


def _tell(output: IO[str], stage: str, share: float) -> None:
    _say(output, stage=stage, share=share)


def _done(task: Task, told: OnProgress) -> Mapping[str, Any]:
    """Do the job; return its last message."""
    doing = {"analysis": analyse, "comparison": compare}
    try:
        return {"done": doing[task.order.kind](task, told)}
    except FormcheckError as error:
        if _is_full(error.__cause__):
            return _FULL
        return {"failed": {"code": error.code, "text": as_fields(str(error))}}
    except MemoryError:
        return {"failed": asdict(out_of_memory(task.limits.memory_bytes))}
    except OSError as error:
        if not _is_full(error):
            raise
        return _FULL


def _is_full(error: BaseException | None) -> bool:
    """Return whether this is the system's way to say that there is no room."""
    full = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    return isinstance(error, OSError) and error.errno in full


def analyse(task: Task, told: OnProgress) -> dict[str, Any]:
    """Measure a stored clip and store the results; return what lists show of it."""
    order = task.order
    storage = Storage(order.storage)
    out = Path(task.folder) / RESULT
    with ExitStack() as held:
        clip = held.enter_context(storage.local(f"{order.id}/{CLIP}"))
        options = _options(task, storage, clip, held)
        try:
            report, _ = analyze_to_folder(
                clip, out, options, _overall(told), memory=task.limits.memory_bytes
            )
        except NoRunnerError:
            storage.put_folder(out, f"{order.id}/{RESULT}")
            raise
        # Measured again, the copy of the first time is still there.
        if not (options.blur_face or order.work.get("again")):
            _make_playable(clip, report, out)
    if options.keep_track is not None:
        shutil.move(options.keep_track, out / TRACK)
    pictured = thumbnail.write_thumbnail(out / CLIP_NAME, out / THUMBNAIL)
    if order.work.get("again"):
        shutil.copyfile(out / REPORT_NAME, out / MEASURED)
    storage.put_folder(out, f"{order.id}/{RESULT}")
    if order.work.get("corrections"):
        report = _corrected(order, storage, report)
    return {**shown_of(report), "thumbnail": pictured}


def _corrected(order: Order, storage: Storage, report: Report) -> Report:
    """Return the report with the corrections that held before and still fit."""
    try:
        return rewrite(storage, order.id, order.work)
    except UsageError:  # too few strides would be left
        return report


def _make_playable(clip: Path, report: Report, out: Path) -> None:
    """Write a copy of the clip for the page where browsers cannot play it upright as it is."""
    info = probe(clip)
    turn_deg = _turn_deg(info, report)
    if turn_deg or not plays_in_browsers(clip):
        write_browser_copy(info.turned(turn_deg), out / PLAYABLE)


def _turn_deg(info: ClipInfo, report: Report) -> int:
    """Return how far a clip was turned beyond what its file says."""
    return (report.clip.rotation_deg - info.rotation_deg) % 360


def _options(task: Task, storage: Storage, clip: Path, held: ExitStack) -> Options:
    """Return the pipeline's options of an order; files it needs live as long as `held`."""
    order = task.order
    work = order.work
    symptoms = Symptoms(**work["symptoms"]) if work["symptoms"] else None
    options = Request(**work["request"]).options(
        symptoms, read_baseline(baseline_of(work["baseline"], storage))
    )
    options = replace(options, name=work["name"])
    if work.get("again"):
        folder = f"{order.id}/{RESULT}"
        track = held.enter_context(storage.local(f"{folder}/{TRACK}"))
        was = load_report(held.enter_context(storage.local(f"{folder}/{REPORT_NAME}")))
        return replace(options, track=track, rotate_deg=_turn_deg(probe(clip), was))
    return replace(options, track=_track(order), keep_track=Path(task.folder) / TRACK)


def _track(order: Order) -> Path | None:
    """Return the stored track that stands in for the network, if there is one."""
    if order.replay is None:
        return None
    path = Path(order.replay) / f"{order.work['sha256']}.npz"
    return path if path.is_file() else None


def _overall(told: OnProgress) -> OnStage:
    """Turn shares of a stage into shares of the whole job, told in steps that can be seen."""
    last = -1.0

    def progress(stage: Stage, share: float) -> None:
        nonlocal last
        begin, end = SHARES[stage]
        overall = begin + share * (end - begin)
        if overall - last >= SMALLEST_STEP:
            last = overall
            told(stage, round(overall, 3))

    return progress


def _say(output: IO[str], **message: Any) -> None:  # noqa: ANN401
    output.write(json.dumps(message) + "\n")
    output.flush()


def _own_output() -> IO[str]:
    """Return what standard output was; whatever a library prints goes to standard error."""
    own = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return os.fdopen(own, "w", encoding="ascii")


def _limit(limits: Limits) -> None:
    """Set the limits that the system keeps: processor time, memory, cores."""
    if limits.cores:
        keep_to(limits.cores)
    limit_this_process(limits, len(limits.cores) or len(usable_cores()))

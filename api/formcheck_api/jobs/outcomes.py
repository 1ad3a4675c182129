"""What passes between the service and its workers: orders, limits, and how a job ended.

Workers import this, so it stays light.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a job failed: a stable code and a sentence."""

    code: str
    text: str


Order = dict[str, Any]
"""What a worker is told, as plain JSON values; see `formcheck_api.jobs.work`."""

Told = Callable[[str, float], None]
"""Called with the stage and the job's finished share, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may take; `cores` are the numbers of those it may use, none for all."""

    seconds: float
    memory_bytes: int
    cores: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """The job's files are in the storage; `shown` is what lists show of it."""

    shown: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Failed:
    """The job cannot be done, now or later."""

    failure: Failure


@dataclass(frozen=True, slots=True)
class Lost:
    """The worker died; another may do better."""

    failure: Failure


class Cancelled:
    """Somebody wanted no result any more."""


Outcome = Done | Failed | Lost | Cancelled


DAMAGED: Final = Failure(
    "damaged_record", "What was noted of this job is damaged: delete it and send the clip again."
)


def out_of_memory(limit_bytes: int) -> Failure:
    """Return the failure of a job that needs more memory than it may have."""
    text = f"The job needs more than {limit_bytes / 1e6:g} MB: film in a smaller size."
    return Failure("out_of_memory", text)


def as_fields(sentence: str) -> str:
    """Call options by their form fields: ``--pain-during`` becomes ``pain_during``."""
    return re.sub(r"--([a-z]+(?:-[a-z]+)*)", lambda match: match[1].replace("-", "_"), sentence)

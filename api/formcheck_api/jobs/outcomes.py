"""What passes between the service and its workers: orders, and how a job ended.

Workers import this, so it stays light.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from formcheck.crew.child import Limits


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a job failed: a stable code and a sentence."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Order:
    """What a worker is told of a job.

    Attributes
    ----------
    id : str
        The job's.
    kind : {"analysis", "comparison"}
        What is to be done.
    work : mapping
        What the user asked for, as the job's row keeps it.
    storage : str
        The address of clips and results.
    compared : tuple of str
        The analyses that a comparison is made from.
    replay : str or None
        A folder of stored tracks that stand in for the network.
    confined : bool
        Whether the worker shuts itself off from the rest of its machine.
    """

    id: str
    kind: str
    work: Mapping[str, Any]
    storage: str
    compared: tuple[str, ...] = ()
    replay: str | None = None
    confined: bool = True


@dataclass(frozen=True, slots=True)
class Task:
    """An order as a child process gets it: with its limits, and a folder for files meanwhile."""

    order: Order
    limits: Limits
    folder: str

    def to_json(self) -> bytes:
        """Return it as one line for `from_json`."""
        return json.dumps(asdict(self)).encode("ascii")

    @classmethod
    def from_json(cls, line: bytes) -> Task:
        """Return the task that a line holds."""
        told = json.loads(line)
        order, limits = told["order"], told["limits"]
        return cls(
            Order(**order | {"compared": tuple(order["compared"])}),
            Limits(**limits | {"cores": tuple(limits["cores"])}),
            told["folder"],
        )


OnProgress = Callable[[str, float], None]
"""Called with the stage and the job's finished share, 0 to 1."""


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

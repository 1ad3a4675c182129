"""What is the service's own: a marker in the folders it made, and the names it writes in them.

Nothing else is ever deleted. A folder that is neither empty nor marked is refused, unless it is
what an earlier version, which set no marker, would have left.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from formcheck.errors import UsageError

MARKER: Final = ".formcheck"
MARK: Final = b"formcheck made what lies here and deletes it when it is time.\n"
NOBODYS: Final = frozenset({"lost+found"})
"""What a file system itself puts into its root."""

_ID: Final = re.compile("[0-9a-f]{32}")
_UNFINISHED: Final = re.compile("[0-9]+-[0-9a-f]{32}")
_JOB_FOLDER: Final = re.compile("job-[a-z0-9_]{8}")


def is_id(name: str) -> bool:
    """Return whether this can be the name of a job's folder, or of an upload under way."""
    return _ID.fullmatch(name) is not None


def is_unfinished(name: str) -> bool:
    """Return whether this can be a file that is being written into the storage."""
    return _UNFINISHED.fullmatch(name) is not None


def is_job_folder(name: str) -> bool:
    """Return whether this can be the folder in which a worker works."""
    return _JOB_FOLDER.fullmatch(name) is not None


def refuse_others(where: str, setting: str, others: Iterable[str]) -> None:
    """Refuse a folder that holds what is not the service's.

    Raises
    ------
    UsageError
        Names one of it.
    """
    first = min(others, default=None)
    if first is not None:
        raise UsageError(
            f"{where} holds files that formcheck did not make, such as {first!r}, and it deletes "
            f"what is old in its folders: set {setting} to a new or empty one."
        )

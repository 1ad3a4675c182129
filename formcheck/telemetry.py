"""Switch off what libraries record of their use, before any of them is imported.

Importing any part of formcheck runs `switch_off` first, and processes that it starts inherit the
environment, so this holds on every way in: command line, library, service and all workers.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

ALLOW_VARIABLE: Final = "FORMCHECK_ALLOW_TELEMETRY"
# ONNX Runtime reads this when it is imported. Asked later, it has written a device's number and a
# database of events into the home folder already, to be sent when there is a network.
_OFF: Final[Mapping[str, str]] = {"ORT_DISABLE_TELEMETRY": "1"}


def is_allowed() -> bool:
    """Return whether the user wants libraries to record their use."""
    return os.environ.get(ALLOW_VARIABLE) == "1"


def switch_off() -> None:
    """Set what switches telemetry off, whatever the environment says, unless it is allowed."""
    if not is_allowed():
        os.environ.update(_OFF)

"""The service's side of looking at pictures: one process, started when needed, ended when idle."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLong
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from formcheck_api.confine import environment

LOOK_S: Final = 20.0
"""A first look loads the networks; a later one takes a fraction of a second."""
WAIT_S: Final = 1.5
IDLE_S: Final = 60.0


class BusyError(Exception):
    """Somebody else's picture is being looked at."""


class Looker:
    """Looks at one picture at a time; `close` ends its process.

    Parameters
    ----------
    home : Path
        Stands in for the process's home folder.
    confined : bool
        Whether the process is shut off from files and network.
    """

    def __init__(self, home: Path, *, confined: bool) -> None:
        self._home = home
        self._confined = confined
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._idle: threading.Timer | None = None
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="looker")

    def look(self, jpeg: bytes, place: str) -> dict[str, Any] | None:
        """Return what is right with a picture; None where it is none.

        Raises
        ------
        BusyError
            When others' pictures take too long.
        """
        if not self._turn.acquire(timeout=WAIT_S):
            raise BusyError
        try:
            return self._look(jpeg, place)
        finally:
            self._rest()
            self._turn.release()

    def close(self) -> None:
        """End the process."""
        with self._turn:
            if self._idle is not None:
                self._idle.cancel()
            self._end()
        self._reader.shutdown(wait=False)

    def _look(self, jpeg: bytes, place: str) -> dict[str, Any] | None:
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(place[:1].encode() + struct.pack(">I", len(jpeg)) + jpeg)
            process.stdin.flush()
            line = self._reader.submit(process.stdout.readline).result(LOOK_S)
            answer: dict[str, Any] | None = json.loads(line)
        except (OSError, ValueError, TooLong):  # it died over this picture, or hangs
            self._end()
            return None
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            command = [sys.executable, "-P", "-m", "formcheck_api.filming.looker"]
            self._process = subprocess.Popen(
                command + ([] if self._confined else ["open"]),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment(self._home),
                umask=0o077,
            )
        return self._process

    def _rest(self) -> None:
        """End the process when nothing comes for a while."""
        if self._idle is not None:
            self._idle.cancel()
        self._idle = threading.Timer(IDLE_S, self._end_if_idle)
        self._idle.daemon = True
        self._idle.start()

    def _end_if_idle(self) -> None:
        if self._turn.acquire(blocking=False):
            try:
                self._end()
            finally:
                self._turn.release()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

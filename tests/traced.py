"""Run a program under strace and tell what it opened, made and spoke to."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

STRACE = shutil.which("strace")


def _can_trace() -> bool:
    """Return whether strace is there and the system lets it work."""
    if STRACE is None:
        return False
    return subprocess.run([STRACE, "-f", "true"], capture_output=True, check=False).returncode == 0


NEEDS_STRACE = pytest.mark.skipif(not _can_trace(), reason="needs strace, and leave to use it")
CALLS = "network,open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink"
OPENS = ("open", "openat", "creat")
WRITES = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_TMPFILE")
LINE = re.compile(r"^\d+\s+(\w+)\((.*)$")
PATH = re.compile(r'(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"((?:[^"\\]|\\.)*)"')
ADDRESS = re.compile(r'inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"')
PORT = re.compile(r"sin6?_port=htons\((\d+)\)")
# What every process may write to: devices that keep nothing, and semaphores between processes.
NOWHERE = ("/dev/null", "/dev/tty", "/dev/shm/", "/proc/self/")


@dataclass(frozen=True)
class Trace:
    """What a traced program did.

    `written` are the paths that it tried to make or write, `spoken` the addresses beyond this
    machine's loopback, and name servers anywhere, that it tried to reach.
    """

    written: frozenset[Path]
    spoken: frozenset[str]

    def outside(self, *folders: Path) -> set[Path]:
        """Return what was written outside these folders."""
        return {
            path
            for path in self.written
            if not any(path.is_relative_to(folder) for folder in folders)
            and not str(path).startswith(NOWHERE)
        }


def clean_environment(home: Path, temporary: Path) -> dict[str, str]:
    """Return an environment with an empty home folder in which telemetry was asked for."""
    for folder in (home, temporary):
        folder.mkdir()
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "ORT_DISABLE_TELEMETRY": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def traced_command(log: Path, *words: object) -> list[str]:
    """Return the command that runs Python with these words under strace."""
    watched = ["-f", "-y", "--seccomp-bpf", "-s", "4096", "-e", f"trace=%{CALLS}", "-o", str(log)]
    return [str(STRACE), *watched, sys.executable, *map(str, words)]


@contextmanager
def tracing(
    folder: Path, environment: dict[str, str], *words: object
) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Start Python with these words under strace; yield the process and the log's path."""
    log = folder / "strace.txt"
    command = traced_command(log, *words)
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=pipe, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield process, log
        finally:
            process.kill()


def read_trace(log: Path, cwd: Path) -> Trace:
    """Return what a log of strace tells of a program that was started in a folder."""
    lines = log.read_text("utf-8", "replace").splitlines()
    calls = [found for line in lines if (found := LINE.match(line))]
    written, spoken = set(), set()
    for name, rest in (call.groups() for call in calls):
        if name in ("connect", "sendto", "sendmsg", "sendmmsg", "bind"):
            spoken |= set(_beyond(rest))
        elif name not in OPENS or WRITES.search(rest) or name == "creat":
            written |= {Path(os.path.normpath(cwd / path)) for path in _paths(rest)}
    return Trace(frozenset(written), frozenset(spoken))


def _beyond(rest: str) -> Iterator[str]:
    """Yield the addresses of a call that are not the loopback's, and of name servers."""
    port = PORT.search(rest)
    for four, six in ADDRESS.findall(rest):
        address = four or six
        loopback = address.startswith("127.") or address in ("::1", "::ffff:127.0.0.1")
        if not loopback or (port is not None and port[1] == "53"):
            yield f"{address} port {port[1] if port else '?'}"


def _paths(rest: str) -> Iterator[Path]:
    for folder, name in PATH.findall(rest):
        yield Path(folder) / name

"""The small world of processes that decode strangers' video: what they know, open and reach.

They start with an environment that holds no secrets and, on Linux, confine themselves before they
import anything else: Landlock leaves them the program's own files to read and their own folders to
write, a seccomp filter no network, no other program, and no other process. Where the kernel has
neither, they run without, and the service says so when it starts.
"""

from __future__ import annotations

import os
import platform
import site
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final

LINUX: Final = sys.platform == "linux"
PROCESSORS: Final = ("x86_64", "aarch64")
LEAST_LANDLOCK: Final = 2
"""The first version that can move a file from one folder to another."""

_TOLD: Final = frozenset(
    (
        "PATH", "LANG", "LANGUAGE", "TZ", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "SYSTEMROOT",
        "FORMCHECK_THREADS", "FORMCHECK_MODELS",
    )
)  # fmt: skip
_TOLD_FAMILIES: Final = ("LC_", "PYTHON", "OMP_", "OPENBLAS_", "MKL_", "COV_", "COVERAGE_")
_SECRETS: Final = ("FORMCHECK_", "PG")
_SYSTEM: Final = (
    "/usr", "/lib", "/lib32", "/lib64", "/bin", "/etc", "/nix/store", "/sys",
    "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/filesystems", "/proc/sys",
    "/dev/null", "/dev/zero", "/dev/urandom", "/dev/random",
)  # fmt: skip
"""Of /proc only what is its own: another process's environment stands there too."""
_NO_NETWORK: Final = ("socket", "socketpair")
_NO_OTHERS: Final = (
    "execve", "execveat", "ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd",
    "io_uring_setup", "bpf", "perf_event_open", "userfaultfd", "add_key", "keyctl", "request_key",
    "mount", "umount2", "pivot_root", "chroot", "unshare", "setns", "open_by_handle_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class World:
    """What a process may reach; `read` and `write` are files and folders with all in them."""

    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    network: bool = False


def environment(home: Path, *, network: bool = False) -> dict[str, str]:
    """Return the environment of a confined process.

    Parameters
    ----------
    home : Path
        Stands in for the home folder and that of temporary files.
    network : bool
        Whether it fetches clips from a storage elsewhere, whose own settings it then keeps.
    """
    kept = {name: value for name, value in os.environ.items() if _told(name, network=network)}
    own = dict.fromkeys(("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"), str(home))
    if network:  # keys of an object store may lie in the home folder
        own = {"TMPDIR": str(home)}
    return {**kept, **own}


def _told(name: str, *, network: bool) -> bool:
    if name in _TOLD or name.startswith(_TOLD_FAMILIES):
        return True
    return network and not name.startswith(_SECRETS)


def missing() -> list[str]:
    """Return which walls this system cannot build, in words."""
    if not LINUX or platform.machine() not in PROCESSORS:
        return ["files", "network"]
    try:
        found = _libraries()
    except ImportError:  # installed before these were needed
        return ["files", "network"]
    walls = {
        "files": found.landlock.abi_version() >= LEAST_LANDLOCK,
        "network": found.seccomp.supported(),
    }
    return [name for name, there in walls.items() if not there]


def confine(world: World) -> None:
    """Leave this process nothing but its world, from now on; as far as the system can."""
    lacking = missing()
    if "files" not in lacking:
        _wall_files(world)
    if "network" not in lacking:
        _wall_calls(world)


def own_files() -> Iterable[str]:
    """Return where the program and its libraries lie."""
    places = {*sys.path, sys.prefix, sys.base_prefix, sys.exec_prefix, *site.getsitepackages()}
    places |= {str(Path(place).resolve()) for place in places if place}
    root = str(Path(__file__).resolve().parents[2])  # the models, in a checkout
    return {place for place in (*places, root, *_SYSTEM) if place and Path(place).exists()}


def _wall_files(world: World) -> None:
    library = _libraries().landlock
    may = library.AccessFS
    reading = may.READ_FILE | may.READ_DIR | may.EXECUTE
    every = ~may.NONE
    models = os.environ.get("FORMCHECK_MODELS")
    os.open("/proc/self", os.O_PATH)  # stays open: else the system may make it anew, without rule
    scoped = library.Scope.SIGNAL | library.Scope.ABSTRACT_UNIX_SOCKET
    with library.Ruleset(handled_net=library.AccessNet.NONE, scoped=scoped) as rules:
        for path in (*own_files(), *world.read, *([models] if models else [])):
            _allow(rules, path, reading, may.READ_FILE | may.EXECUTE)
        for path in world.write:
            _allow(rules, path, every, may.READ_FILE | may.WRITE_FILE | may.TRUNCATE)
        _allow(rules, "/dev/null", every, may.READ_FILE | may.WRITE_FILE)
        rules.restrict()


def _allow(rules: Any, path: str, of_folders: Any, of_files: Any) -> None:  # noqa: ANN401
    if Path(path).exists():
        rules.allow_path(path, of_folders if Path(path).is_dir() else of_files)


def _wall_calls(world: World) -> None:
    library = _libraries().seccomp
    rules = library.Filter(library.Action.ALLOW)
    for call in (*_NO_OTHERS, *(() if world.network else _NO_NETWORK)):
        rules.errno(call, 1)
    rules.load()


@dataclass(frozen=True, slots=True)
class _Libraries:
    landlock: Any
    seccomp: Any


def _libraries() -> _Libraries:
    return _Libraries(import_module("landlockpy"), import_module("seccompy"))

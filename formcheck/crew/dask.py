"""A Dask cluster (extra ``cluster``): reaching it, and whether its workers can do the work."""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

from formcheck import __version__
from formcheck.errors import UsageError

PATIENCE_S: Final = 10
# Dask prints its own tracebacks; here what goes wrong is told once, as a sentence.
_TALKERS: Final = ("distributed", "distributed.client", "tornado.application", "asyncio")


def dask_library(asked_by: str, *, quiet: bool = True) -> Any:  # noqa: ANN401
    """Return the module ``distributed``.

    Parameters
    ----------
    asked_by : str
        The option or setting that wants a cluster, as the user knows it.
    quiet : bool
        Whether it is kept from printing on its own; a service keeps its log.

    Raises
    ------
    UsageError
        It is not installed.
    """
    try:
        found = import_module("distributed")
    except ImportError:
        raise UsageError(
            f"{asked_by} needs Dask, which is not installed: pip install 'formcheck[cluster]'."
        ) from None
    if quiet:
        for name in _TALKERS:
            logging.getLogger(name).setLevel(logging.CRITICAL)
    return found


def connect(library: Any, address: str, asked_by: str) -> Any:  # noqa: ANN401
    """Return a client of the scheduler at an address.

    Raises
    ------
    UsageError
        Nobody answers.
    """
    try:
        return library.Client(address, timeout=PATIENCE_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"No Dask scheduler answers at {address}, which {asked_by} names: start one with "
            "'dask scheduler', or check the address, such as tcp://host:8786."
        ) from error


def check_workers(client: Any, sees: Callable[..., bool], *told: str, missing: str) -> None:  # noqa: ANN401
    """Refuse workers that could not do the work.

    Parameters
    ----------
    client : distributed.Client
        Of the cluster.
    sees : callable
        Asked on each worker, with `told`, whether it sees what the work is made from.
    missing : str
        What to say of a worker that does not, after its address.

    Raises
    ------
    UsageError
        A worker cannot run formcheck, has another version, or does not see what it needs.
    """
    for worker, answer in client.run(_look, sees, told, on_error="return").items():
        if not isinstance(answer, tuple):
            raise UsageError(
                f"The worker {worker} cannot run formcheck ({answer}): install it there too, with "
                "the same version and Python."
            )
        version, seen = answer
        if version != __version__:
            raise UsageError(
                f"The worker {worker} has formcheck {version}, not {__version__}: install the same."
            )
        if not seen:
            raise UsageError(f"The worker {worker} {missing}")


def _look(sees: Callable[..., bool], told: tuple[str, ...]) -> tuple[str, bool]:
    """Return a worker's version of formcheck, and whether it sees what it needs."""
    return __version__, sees(*told)

"""Who does the jobs: child processes of this machine, or the workers of a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue

from formcheck.crew.child import Limits
from formcheck.crew.cores import core_shares
from formcheck.machine import usable_cores
from formcheck_api.jobs.children import run_child
from formcheck_api.jobs.cluster import ClusterCrew
from formcheck_api.jobs.outcomes import OnProgress, Order, Outcome
from formcheck_api.settings import Settings
from formcheck_api.store.storage import Storage


class LocalCrew:
    """Child processes, as many at once as there are slots, each with its share of the cores.

    Parameters
    ----------
    settings : Settings
        Limits and number of slots.
    scratch : Path
        Folder for files meanwhile.
    """

    def __init__(self, settings: Settings, scratch: Path) -> None:
        self._slots = settings.job_slots
        self._settings = settings
        self._scratch = scratch
        self._shares: SimpleQueue[tuple[int, ...]] = SimpleQueue()
        for share in core_shares(usable_cores(), self._slots):
            self._shares.put(share)

    @property
    def slots(self) -> int:
        """How many children there are at most."""
        return self._slots

    def run(self, order: Order, told: OnProgress, cancelled: Callable[[], bool]) -> Outcome:
        """Do one job in a child process."""
        share = self._shares.get()
        try:
            return run_child(
                order, limits_of(self._settings, share), self._scratch, told, cancelled
            )
        finally:
            self._shares.put(share)

    def close(self) -> None:
        """Nothing to give back: no child outlives its `run`."""


def limits_of(settings: Settings, cores: tuple[int, ...] = ()) -> Limits:
    """Return the limits of one job."""
    return Limits(60 * settings.job_minutes, int(settings.job_memory_mb * 1e6), cores)


def open_crew(settings: Settings, storage: Storage, scratch: Path) -> LocalCrew | ClusterCrew:
    """Return who does the jobs of these settings.

    Raises
    ------
    UsageError
        When the cluster cannot be used.
    """
    if not settings.cluster:
        return LocalCrew(settings, scratch)
    return ClusterCrew(
        settings.cluster, limits_of(settings), settings.jobs, storage, settings.storage
    )

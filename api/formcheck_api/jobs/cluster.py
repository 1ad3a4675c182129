"""The workers of a Dask cluster (extra ``cluster``), one job a worker.

The scheduler's own retries are not used: a job is bound to one worker, and when that goes away, it
is lost like that of a dead process here, with the same states and the same single retry.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, Final
from uuid import uuid4

from formcheck.crew.child import Limits
from formcheck.crew.dask import check_workers, connect, dask_library
from formcheck.errors import UsageError
from formcheck_api.jobs.children import run_child
from formcheck_api.jobs.outcomes import Cancelled, Failure, Lost, OnProgress, Order, Outcome
from formcheck_api.store.storage import Storage

logger = logging.getLogger(__name__)

ASKED_BY: Final = "FORMCHECK_CLUSTER"
POLL_S: Final = 0.2
LOOK_EVERY_S: Final = 2.0
ASK_EVERY_S: Final = 1.0
TOPIC: Final = "formcheck"

_LOST: Final = Lost(Failure("worker_lost", "The cluster's worker went away."))


class ClusterCrew:
    """Workers of a cluster; they may come and go.

    Parameters
    ----------
    address : str
        The scheduler's, e.g. ``tcp://host:8786``.
    limits : Limits
        Of each job, on the worker's machine.
    slots : int
        Most jobs at once; 0 for one a worker.
    storage : Storage
        Must be the same for the workers.
    url : str
        The storage's address.

    Raises
    ------
    UsageError
        Dask is not installed, nobody answers, or a worker has another version or other storage.
    """

    def __init__(
        self, address: str, limits: Limits, slots: int, storage: Storage, url: str
    ) -> None:
        self._dask = dask_library(ASKED_BY, quiet=False)
        self._address = address
        self._limits = limits
        self._most = slots
        self._lock = threading.Lock()
        self._taken: set[str] = set()
        self._heard: dict[str, SimpleQueue[tuple[str, float]]] = {}
        self._client = self._connected()
        try:
            self._check(storage, url)
        except BaseException:
            self._client.close()
            raise

    @property
    def slots(self) -> int:
        """One for each worker that is there now, within what was set."""
        there = len(self._workers())
        return min(there, self._most) if self._most else there

    def run(self, order: Order, told: OnProgress, cancelled: Callable[[], bool]) -> Outcome:
        """Do one job on a worker that has none."""
        worker = self._take(cancelled)
        if worker is None:
            return Cancelled()
        name = uuid4().hex
        heard = self._heard[name] = SimpleQueue()
        try:
            return self._run(order, worker, name, heard, told, cancelled)
        except (OSError, self._dask.client.FutureCancelledError) as error:
            logger.warning("the cluster did not answer: %s", error)
            return _LOST
        finally:
            del self._heard[name]
            with self._lock:
                self._taken.discard(worker)

    def close(self) -> None:
        """Leave the cluster."""
        self._client.close()

    def _run(
        self,
        order: Order,
        worker: str,
        name: str,
        heard: SimpleQueue[tuple[str, float]],
        told: OnProgress,
        cancelled: Callable[[], bool],
    ) -> Outcome:
        future = self._client.submit(
            do_on_worker, order, self._limits, name, key=name, pure=False, workers=[worker]
        )
        looked_s = time.monotonic()
        while not future.done():
            _pass_on(heard, told)
            if cancelled():
                self._dask.Event(name, client=self._client).set()
                future.cancel()
                return Cancelled()
            if time.monotonic() - looked_s > LOOK_EVERY_S:
                looked_s = time.monotonic()
                if worker not in self._workers():
                    future.cancel()
                    return _LOST
        if future.status != "finished":
            logger.warning("worker %s failed: %s", worker, future.exception())
            return _LOST
        outcome: Outcome = future.result()
        return outcome

    def _take(self, cancelled: Callable[[], bool]) -> str | None:
        """Wait for a worker without a job and take it; None when nobody wants it any more."""
        while not cancelled():
            with self._lock:
                free = sorted(self._workers() - self._taken)
                if free:
                    self._taken.add(free[0])
                    return free[0]
            time.sleep(POLL_S)
        return None

    def _workers(self) -> set[str]:
        """Return the addresses of the workers; none while the scheduler does not answer."""
        try:
            if self._client.status in ("closed", "closing"):
                self._client = self._connected()
            return set(self._client.nthreads())
        except (OSError, UsageError, RuntimeError) as error:
            logger.warning("the scheduler does not answer: %s", error)
            return set()

    def _connected(self) -> Any:  # noqa: ANN401
        client = connect(self._dask, self._address, ASKED_BY)
        client.subscribe_topic(TOPIC, self._hear)
        return client

    def _hear(self, event: tuple[float, dict[str, Any]]) -> None:
        """Take progress of a job; called in the client's own thread."""
        _, message = event
        heard = self._heard.get(message["run"])
        if heard is not None:
            heard.put((message["stage"], message["share"]))

    def _check(self, storage: Storage, url: str) -> None:
        """Refuse workers that could not do the work."""
        with storage.marked() as key:
            check_workers(
                self._client,
                _sees,
                url,
                key,
                missing=f"does not see the storage {url}: give it the same settings.",
            )


def do_on_worker(order: Order, limits: Limits, name: str) -> Outcome:
    """Do one job in a child process of a worker; runs there."""
    dask = dask_library(ASKED_BY, quiet=False)
    worker, ending = dask.get_worker(), dask.Event(name)
    asked_s = time.monotonic()

    def told(stage: str, share: float) -> None:
        worker.log_event(TOPIC, {"run": name, "stage": stage, "share": share})

    def cancelled() -> bool:
        nonlocal asked_s
        task = worker.state.tasks.get(name)
        if task is None or task.state == "cancelled":  # its service is gone
            return True
        if time.monotonic() - asked_s < ASK_EVERY_S:
            return False
        asked_s = time.monotonic()
        try:
            return bool(ending.is_set())
        except OSError:  # without its scheduler, nobody waits for the result
            return True

    return run_child(order, limits, None, told, cancelled)


def _sees(url: str, key: str) -> bool:
    """Return whether a worker sees a file of the storage."""
    return Storage(url).find(key) is not None


def _pass_on(heard: SimpleQueue[tuple[str, float]], told: OnProgress) -> None:
    """Pass progress on, or wait a moment for it."""
    try:
        told(*heard.get(timeout=POLL_S))
    except Empty:
        return

"""``kill -9`` at random moments of upload, queue, run, write and delete."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

import httpx

from benchmarks.attack.load import PATIENCE_S
from tests.api.processes import until
from tests.api.service import Service, send

LONGEST_S: Final = 12.0
WHOLE: Final = ("frames.csv", "report.html", "report.json", "strides.csv")
_AWAY: Final = (httpx.TransportError, ConnectionError)


@dataclass
class _Known:
    """What the client was told: accepted jobs, those deleted, those about which nobody knows."""

    accepted: dict[str, int] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)


def measure(service: Service, clip: Path, kills: int, seed: int = 0) -> None:
    """Kill the service so many times while it is used; print what is lost or twice."""
    random, known = Random(seed), _Known()
    with closing(_rows(service)) as rows:
        before = {job_id for (job_id,) in rows.execute("SELECT id FROM jobs")}
    for number in range(kills):
        users = [
            threading.Thread(target=_use, args=(service, clip, known, 2 * number + n, Random(n)))
            for n in range(2)
        ]
        for user in users:
            user.start()
        time.sleep(random.uniform(0.05, LONGEST_S))
        service.kill()
        for user in users:
            user.join()
        service.start()
    _wait(service)
    _print(service, known, kills, before)


def _use(service: Service, clip: Path, known: _Known, number: int, random: Random) -> None:
    """Send a clip, delete an earlier one now and then, until the service is gone."""
    with suppress(*_AWAY), service.client() as client:
        for step in range(100):
            answer = send(
                client, clip, incline=number / 10, height=1.5 + step / 100, no_video="true"
            )
            if answer.status_code == 202:
                with known.lock:
                    known.accepted[answer.json()["id"]] = number
            with known.lock:
                done = [each for each in known.accepted if each not in known.unsure]
            if done and random.random() < 0.3:
                _delete(client, known, random.choice(done))
            time.sleep(random.uniform(0, 0.5))


def _delete(client: httpx.Client, known: _Known, job_id: str) -> None:
    known.unsure.add(job_id)
    answer = client.delete(f"/v1/analyses/{job_id}")
    if answer.status_code == 204:
        known.deleted.add(job_id)


def _wait(service: Service) -> None:
    with service.client() as client:
        waiting = ('status="queued"} ', 'status="running"} ')

        def over() -> bool:
            lines = client.get("/metrics").text.splitlines()
            return not [line for line in lines if any(word in line for word in waiting)]

        until(over, "all jobs have ended", PATIENCE_S)


def _print(service: Service, known: _Known, kills: int, before: set[str]) -> None:
    with closing(_rows(service)) as rows:
        query = "SELECT id, status, fingerprint, error_code FROM jobs"
        jobs = {row[0]: row[1:] for row in rows.execute(query) if row[0] not in before}
        to_erase = {job_id for (job_id,) in rows.execute("SELECT job_id FROM erasures")}
    stored = {path.name: path for path in (service.folder / "storage").iterdir() if path.is_dir()}
    stored.pop(".incoming")
    kept = {job_id for job_id in known.accepted if job_id not in known.unsure}
    lost = kept - set(jobs)
    failed = {job_id for job_id, job in jobs.items() if job[0] != "done"}
    half = {
        job_id
        for job_id in set(jobs) - failed
        if not all(_whole(stored.get(job_id, Path("/none")) / "result" / name) for name in WHOLE)
    }
    twice = [mark for mark, n in Counter(job[1] for job in jobs.values()).items() if n > 1]
    back = known.deleted & set(jobs)
    strangers = set(stored) - set(jobs) - to_erase - before
    print(f"kills survived: {kills}, clips accepted {len(known.accepted)}, kept {len(jobs)}")
    print(f"  deleted {len(known.deleted)}, deletions cut off {len(known.unsure - known.deleted)}")
    print(f"  lost {len(lost)}, twice {len(twice)}, half written {len(half)}")
    print(
        f"  failed {len(failed)}, back after deletion {len(back)}, files of nobody {len(strangers)}"
    )


def _whole(path: Path) -> bool:
    if not path.is_file() or not path.stat().st_size:
        return False
    if path.suffix == ".json":
        json.loads(path.read_text("utf-8"))
    return True


def _rows(service: Service) -> sqlite3.Connection:
    return sqlite3.connect(service.folder / "formcheck.sqlite")

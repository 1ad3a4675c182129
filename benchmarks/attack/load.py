"""Many uploads at once: none may be lost, and memory stays flat."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from tests.api.processes import peak_memory_mb, until
from tests.api.service import ENDED, Service, send

PATIENCE_S: Final = 3600.0


def measure(service: Service, clip: Path, uploads: int) -> None:
    """Send the clip as often as asked at the same time; print what became of it."""
    before_mb, began = peak_memory_mb(service.pid), time.monotonic()

    def sent(number: int) -> int:
        with service.client() as client:
            client.timeout = PATIENCE_S
            return send(client, clip, incline=number / 10, no_video="true").status_code

    with ThreadPoolExecutor(uploads) as pool:
        answers = Counter(pool.map(sent, range(uploads)))
    sent_s = time.monotonic() - began
    with service.client() as client:

        def states() -> list[str]:
            found = client.get("/v1/analyses", params={"limit": 100}).json()["items"]
            ended = [item["status"] for item in found if item["status"] in ENDED]
            return ended if len(ended) == len(found) else []

        found = until(states, "all jobs have ended", PATIENCE_S)
    size_mb = clip.stat().st_size / 1e6
    print(f"uploads at once: {uploads} of {size_mb:.0f} MB, answers {dict(answers)}")
    print(f"  all answered after {sent_s:.1f} s, all ended after {time.monotonic() - began:.1f} s")
    print(f"  jobs {dict(Counter(found))}, lost: {answers[202] - len(found)}")
    peak_mb = peak_memory_mb(service.pid)
    print(f"  memory of the service: peak {peak_mb:.0f} MB, {before_mb:.0f} MB before")

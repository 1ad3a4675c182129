"""What the service counts, for Prometheus."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from formcheck_api.jobs.outcomes import Outcome

_JOB_SECONDS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800)


class Meters:
    """Counters of one service, in a registry of their own."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        self._requests = Counter(
            "formcheck_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=registry,
        )
        self._request_seconds = Histogram(
            "formcheck_request_seconds",
            "Time until a request was answered.",
            ("route",),
            registry=registry,
        )
        self._uploaded = Counter(
            "formcheck_uploaded_bytes", "Bytes of clips received.", registry=registry
        )
        self._jobs = Gauge(
            "formcheck_jobs", "Jobs by state.", ("kind", "status"), registry=registry
        )
        self._waiting = Gauge("formcheck_queue_length", "Jobs that wait.", registry=registry)
        self._ended = Counter(
            "formcheck_jobs_ended", "Jobs that ended here.", ("kind", "outcome"), registry=registry
        )
        self._job_seconds = Histogram(
            "formcheck_job_seconds",
            "Time a worker took.",
            ("kind",),
            buckets=_JOB_SECONDS,
            registry=registry,
        )

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; `route` is the address's pattern, never the address."""
        self._requests.labels(method, route, str(status)).inc()
        self._request_seconds.labels(route).observe(seconds)

    def uploaded(self, size: int) -> None:
        """Count a received clip's bytes."""
        self._uploaded.inc(size)

    def job_ended(self, kind: str, outcome: Outcome, seconds: float) -> None:
        """Count a job that a worker is through with."""
        self._ended.labels(kind, type(outcome).__name__.lower()).inc()
        self._job_seconds.labels(kind).observe(seconds)

    def page(self, states: Mapping[tuple[str, str], int]) -> bytes:
        """Return everything as Prometheus reads it; `states` counts jobs by kind and status."""
        self._jobs.clear()
        for (kind, status), count in states.items():
            self._jobs.labels(kind, status).set(count)
        self._waiting.set(sum(n for (_, status), n in states.items() if status == "queued"))
        return generate_latest(self._registry)

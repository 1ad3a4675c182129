"""Hostile requests: methods, addresses, headers and bodies that nobody has in mind."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Final
from urllib.parse import quote

from tests.api.processes import peak_memory_mb
from tests.api.service import Service
from tests.api.uploads import FORM

PATIENCE_S: Final = 60.0
METHODS: Final = (
    "GET",
    "GET",
    "GET",
    "POST",
    "POST",
    "DELETE",
    "PUT",
    "PATCH",
    "HEAD",
    "TRACE",
    "M",
)
ROUTES: Final = (
    "/", "/docs", "/openapi.json", "/metrics", "/healthz", "/readyz", "/page/main.js",
    "/v1/session", "/page/words.json", "/v1/analyses", "/v1/analyses/{id}",
    "/v1/analyses/{id}/report",
    "/v1/analyses/{id}/clip", "/v1/analyses/{id}/frames.csv", "/v1/analyses/{id}/report.html",
    "/v1/comparisons", "/v1/comparisons/{id}", "/v1/comparisons/{id}/clip", "/v1/advice", "/v1/x",
)  # fmt: skip
POSTED: Final = ("/v1/analyses", "/v1/comparisons", "/v1/advice", "/v1/session")
WORDS: Final = (
    "", "0", "-1", "1e308", "NaN", "null", "true", "[]", "{}", '"', "'", "\\", "%00", "%ff", "../",
    "..%2f", "é", "\u202e", "\ud7ff", "9" * 20, "9" * 5000, "a" * 300, "idna''x", "bytes=",
    "utf-8''", "<img src=x>", "=cmd", "0001-01-01", "9999-99-99", "clip", "height",
    "speed", "baseline",
)  # fmt: skip
HEADERS: Final = (
    "Range", "If-Range", "If-None-Match", "Content-Type", "Authorization", "Cookie", "Origin",
    "Sec-Fetch-Site", "Idempotency-Key", "X-Request-ID", "Accept-Encoding", "Expect",
    "X-Forwarded-For", "Content-Disposition", "Connection", "Upgrade", "Transfer-Encoding", "Host",
)  # fmt: skip


def measure(service: Service, job_id: str, requests: int, seed: int = 0) -> None:
    """Send so many requests; print how they were answered."""
    random, answers = Random(seed), Counter[str]()
    before_mb = peak_memory_mb(service.pid)
    for _ in range(requests):
        answers[_asked(service, _request(random, service.port, job_id))] += 1
    with service.client() as client:
        alive = client.get("/healthz").status_code == 200
    failed = sum(count for status, count in answers.items() if status == "500")
    print(f"requests fuzzed: {requests}, answered 500: {failed}, alive afterwards: {alive}")
    print(f"  answers {dict(sorted(answers.items()))}")
    peak_mb = peak_memory_mb(service.pid)
    print(f"  memory of the service: peak {peak_mb:.0f} MB, {before_mb:.0f} MB before")


def _asked(service: Service, request: bytes) -> str:
    """Send one request; return the status, or how there was none."""
    with socket.create_connection(("127.0.0.1", service.port), PATIENCE_S) as connection:
        try:
            connection.sendall(request)
            answer = connection.recv(64)
        except TimeoutError:
            return "silent"
        except OSError:
            return "closed"
    return answer.split()[1].decode("ascii", "replace") if b" " in answer else "closed"


def _request(random: Random, port: int, job_id: str) -> bytes:
    route = random.choice(ROUTES)
    method = random.choice(METHODS)
    if random.random() < 0.7:  # the method that belongs there
        method = "POST" if route in POSTED else "GET"
    ids = (_word(random),) if method == "DELETE" else (job_id, job_id, _word(random))
    path = route.replace("{id}", random.choice(ids))
    if random.random() < 0.3:
        path += f"?{_word(random)}={_word(random)}&limit={_word(random)}&cursor={_word(random)}"
    if random.random() < 0.9:
        path = quote(path, safe="/?=&%")
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    lines += [f"{random.choice(HEADERS)}: {_value(random)}" for _ in range(random.randrange(4))]
    bodies = (_json, _form, _form, _noise) if method == "POST" else (_nothing, _nothing, _noise)
    body = random.choice(bodies)(random)
    if body:
        kind = FORM["content-type"] if body.startswith(b"--b") else "application/json"
        lines += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "replace") + body


def _word(random: Random) -> str:
    return random.choice(WORDS) + random.choice(("", "", random.choice(WORDS)))


def _value(random: Random) -> str:
    value = random.choice(
        (
            _word(random),
            f"bytes={_word(random)}-{_word(random)}",
            f"multipart/form-data; boundary{random.choice(('', '*', '*0*'))}={_word(random)}",
            f"Bearer {_word(random)}",
            f"formcheck_session={_word(random)}",
        )
    )
    return value if random.random() < 0.02 else value.encode("ascii", "replace").decode("ascii")


def _nothing(random: Random) -> bytes:
    del random
    return b""


def _json(random: Random) -> bytes:
    values: tuple[Callable[[], str], ...] = (
        lambda: f'"{random.choice(WORDS)}"',
        lambda: random.choice(("NaN", "1e999", "9" * 5000, "-0", "null", "[" * 2000, '"\\ud800"')),
        lambda: f'["{"0" * 32}"]',
        lambda: '{"region": "knee", "weeks": 1e308, "pain_during": NaN}',
    )
    names = ("analyses", "first", "second", "mode", "symptoms", "baseline", "token", "same_setup")
    pairs = [f'"{name}": {random.choice(values)()}' for name in random.sample(names, 3)]
    return ("{" + ", ".join(pairs) + random.choice(("}", "", "}}"))).encode("utf-8", "replace")


def _form(random: Random) -> bytes:
    parts = []
    for _ in range(random.randrange(1, 4)):
        name = random.choice(("clip", "clip", "height", "from", "date", "runner", _word(random)))
        file = random.choice(
            (
                "",
                f'; filename="{_word(random)}"',
                f"; filename*={_word(random)}",
                f"; filename*0*={_word(random)}; filename*1={_word(random)}",
            )
        )
        parts.append(
            f'--b\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n{_word(random)}\r\n'
        )
    return ("".join(parts) + random.choice(("--b--\r\n", "", "--b"))).encode("utf-8", "replace")


def _noise(random: Random) -> bytes:
    return random.randbytes(random.randrange(300))

"""Those who want to use up the service: memory, connections, uploads, the queue, guesses."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import httpx
import numpy as np
import pytest

from tests.api.problems import problem
from tests.api.processes import files_in, held_worker, peak_memory_mb, until
from tests.api.service import Service, ended, running, send
from tests.api.uploads import FORM, HEAD, half_sent
from tests.e2e.clips import write

ANNA, BEN = "annas-token-0123456789", "bens-token-9876543210"
SENT_MB = 40
GROWN_MB = 15
CONNECTIONS = 30
PATHS = (
    "/v1/session",
    "/v1/comparisons",
    "/v1/advice",
    "/v1/analyses",
    "/v1/analyses/",
    "/v1/nothing",
    "/",
    "/docs",
    "/metrics",
    "/readyz",
)


@pytest.fixture(scope="module")
def guarded(clips, tmp_path_factory) -> Iterator[Service]:
    settings = {
        "replay_folder": clips.tracks,
        "tokens": f"anna:{ANNA}, ben:{BEN}",
        "jobs": 1,
        "max_uploads": 4,
        "max_queue": 4,
        "max_client_connections": CONNECTIONS,
        "upload_patience_s": 2,
    }
    with running(tmp_path_factory.mktemp("crowds") / "data", **settings) as started:
        yield started


def connected(service: Service) -> socket.socket:
    return socket.create_connection(("127.0.0.1", service.port), timeout=30)


def poured(service: Service, path: str, *headers: str) -> bytes:
    """Send a chunked form without end to an address; return what is answered."""
    head = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{service.port}", *headers]
    head += [f"Content-Type: {FORM['content-type']}", "Transfer-Encoding: chunked", "", ""]
    chunk = b"10000\r\n" + bytes(0x10000) + b"\r\n"
    with connected(service) as connection:
        try:
            connection.sendall("\r\n".join(head).encode("ascii"))
            for _ in range(SENT_MB * 1_000_000 // len(chunk)):
                connection.sendall(chunk)
            connection.sendall(b"0\r\n\r\n")
        except OSError:  # it was closed from there: that is right too
            pass
        try:
            return connection.recv(1000)
        except OSError:
            return b""


@pytest.mark.parametrize("path", PATHS)
def test_bodies_are_counted_before_anybody_is_asked(guarded, path):
    before_mb = peak_memory_mb(guarded.pid)
    answer = poured(guarded, path)
    assert answer[:12] in (
        b"",
        b"HTTP/1.1 413",
        b"HTTP/1.1 401",
        b"HTTP/1.1 404",
        b"HTTP/1.1 405",
        b"HTTP/1.1 307",
    )
    assert peak_memory_mb(guarded.pid) - before_mb < GROWN_MB


@pytest.mark.parametrize("header", ["Origin: https://x.example", "Sec-Fetch-Site: cross-site"])
@pytest.mark.parametrize("path", ["/v1/session", "/v1/analyses", "/docs"])
def test_bodies_of_other_sites_are_not_read(service, path, header):
    before_mb = peak_memory_mb(service.pid)
    assert poured(service, path, header)[:12] in (b"", b"HTTP/1.1 403")
    assert peak_memory_mb(service.pid) - before_mb < GROWN_MB


@pytest.mark.parametrize("size", ["1" * 6, "1" * 30, "1" * 5000], ids=len)
def test_announced_bodies_are_refused_at_once(guarded, size):
    head = f"POST /v1/session HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n"
    with connected(guarded) as connection:
        connection.sendall(f"{head}Expect: 100-continue\r\n\r\n".encode("ascii"))
        assert connection.recv(1000).split()[1] in (b"413", b"400")


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json", "/metrics", "/readyz", "/healthz"])
def test_other_names_and_sites_are_refused_everywhere(client, service, path):
    problem(client.get(path, headers={"Host": "rebound.example"}), 403, "other_site")
    problem(client.get(path, headers={"Origin": "https://x.example"}), 403, "other_site")
    assert client.get(path).status_code == 200


def test_a_link_from_elsewhere_opens_the_page(client):
    follows = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert client.get("/", headers=follows).status_code == 200
    problem(client.get("/v1/analyses", headers=follows), 403, "other_site")


def test_silent_connections_keep_nobody_out(guarded):
    with ExitStack() as held:
        silent = [held.enter_context(connected(guarded)) for _ in range(4 * CONNECTIONS)]
        for connection in silent[::2]:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ")
        began = time.monotonic()
        with guarded.client() as client:
            assert client.get("/healthz").status_code == 200
        assert time.monotonic() - began < 5
        used = held.enter_context(connected(guarded))
        used.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        until(lambda: b"alive" in used.recv(4000), "the answer is read")
        used.sendall(b"GET /healthz HT")
        silent.append(used)
        ends = time.monotonic() + 25
        for connection in silent:  # those that were let in are ended too, after a while
            connection.settimeout(max(0.1, ends - time.monotonic()))
            with suppress(ConnectionResetError):
                assert connection.recv(1) == b""


@pytest.mark.parametrize("path", ["/v1/analyses", "/v1/advice"])
def test_trickling_bodies_are_ended(guarded, path):
    head = f"POST {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {ANNA}\r\n"
    kind = FORM["content-type"] if path == "/v1/analyses" else "application/json"
    began = time.monotonic()
    with connected(guarded) as connection:
        connection.sendall(f"{head}Content-Type: {kind}\r\nContent-Length: 60000\r\n\r\n".encode())
        connection.sendall(HEAD)
        connection.setblocking(False)
        answer = b""
        while not answer and time.monotonic() - began < 30:
            try:
                connection.sendall(b"x")
                time.sleep(0.2)
                answer = connection.recv(1000)
            except BlockingIOError:
                continue
    assert answer.startswith(b"HTTP/1.1 408")
    assert files_in(guarded.folder / "uploads") == []


def test_invented_methods_are_one_method(guarded):
    with guarded.client(ANNA) as client:
        for number in range(30):
            assert client.request(f"M{number}", "/").status_code in (404, 405)
        page = client.get("/metrics").text
    assert 'method="other"' in page
    assert "M7" not in page
    with connected(guarded) as connection:
        connection.sendall(b"M" * 40_000 + b" / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert connection.recv(1000).split()[1] in (b"400", b"405")
    assert max(map(len, guarded.log.read_text("utf-8").splitlines())) < 5000


def test_metrics_need_a_token_where_there_are_any(guarded, tmp_path):
    with guarded.client() as client:
        problem(client.get("/metrics"), 401, "signed_out")
        assert client.get("/healthz").status_code == 200
    with guarded.client(BEN) as client:
        assert client.get("/metrics").status_code == 200


def test_what_is_wrong_is_told_to_those_with_a_token(guarded):
    supervised = guarded.folder / "storage"
    away = supervised.rename(supervised.with_name("away"))
    supervised.write_text("no folder", "ascii")
    try:
        with guarded.client() as client:
            found = problem(client.get("/readyz"), 503, "not_ready_to_work")
            assert str(guarded.folder) not in str(found)
        with guarded.client(ANNA) as client:
            found = problem(client.get("/readyz"), 503, "not_ready_to_work")
            assert "storage" in str(found["errors"])
    finally:
        supervised.unlink()
        away.rename(supervised)


def test_each_name_has_its_share_of_the_queue(guarded, clips):
    with guarded.client(ANNA) as anna, guarded.client(BEN) as ben, ExitStack() as held:
        ids = [send(anna, clips.side, incline=0, no_video="true").json()["id"]]
        with held_worker(guarded):
            ids += [send(anna, clips.side, incline=i, no_video="true").json()["id"] for i in (1, 2)]
            answer = send(anna, clips.side, incline=3)
            problem(answer, 429, "busy")
            assert int(answer.headers["retry-after"]) >= 1
            bens = send(ben, clips.side, incline=0, no_video="true")
            assert bens.status_code == 202
        address = f"/v1/analyses/{bens.json()['id']}"
        assert ended(ben, address)["status"] == "done"
        assert anna.get(f"/v1/analyses/{ids[2]}").json()["status"] != "done"  # ben was served first
        for job_id in ids:
            anna.delete(f"/v1/analyses/{job_id}")
        ben.delete(address)
        del held


def test_each_name_has_its_share_of_the_uploads(guarded, clips):
    with half_sent(guarded, ANNA), half_sent(guarded, ANNA):
        with guarded.client(ANNA) as anna:
            problem(send(anna, clips.side), 429, "busy")
        with guarded.client(BEN) as ben:
            answer = send(ben, clips.side, no_video="true")
            assert answer.status_code == 202
            ben.delete(f"/v1/analyses/{answer.json()['id']}")
    until(lambda: files_in(guarded.folder / "uploads") == [], "the half clips are gone")


def test_uploads_begun_at_the_same_moment(guarded):
    """As many are received as may be, however close together they begin."""

    def begun(_: int) -> int:
        def body() -> Iterator[bytes]:
            yield HEAD
            for _ in range(15):
                time.sleep(0.1)
                yield bytes(1000)

        with guarded.client(BEN) as client:
            try:
                return client.post("/v1/analyses", content=body(), headers=FORM).status_code
            except httpx.WriteError:
                return 429  # refused while it was still sending

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(begun, range(12)))
    assert len([status for status in answers if status != 429]) == 2


def test_pictures_of_odd_shape(guarded, tmp_path):
    tall = write(tmp_path / "tall.mp4", (np.zeros((1024, 64, 3), np.uint8) for _ in range(20)))
    with guarded.client(BEN) as client:
        problem(send(client, tall), 422, "too_oblong")


def test_guesses_are_slowed_down(guarded):
    """Comes last: for a while nobody's token is looked at from here."""
    answers = []
    with guarded.client(headers={"Authorization": "Bearer wrong"}) as client:
        for _ in range(12):
            answers.append(client.get("/v1/analyses").status_code)
    with guarded.client() as client:
        for _ in range(12):
            answers.append(client.post("/v1/session", json={"token": "wrong"}).status_code)
        last = client.post("/v1/session", json={"token": "wrong"})
    assert answers[:19] == [401] * 19
    assert answers[-3:] == [429] * 3
    problem(last, 429, "too_many_guesses")
    assert int(last.headers["retry-after"]) >= 1
    with guarded.client(ANNA) as client:
        until(lambda: client.get("/v1/analyses").status_code == 200, "the right one is taken")

"""Who may use the service: tokens, the page's cookie, other sites, other names."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from formcheck_api.server import check_exposure, listening, open_parts
from formcheck_api.settings import Settings, load_settings
from formcheck_api.store.database import Database
from formcheck_api.web.security import COOKIE
from sqlalchemy import text

from formcheck.errors import UsageError
from tests.api.problems import problem
from tests.api.service import PATIENCE_S, Service, analysed, environment, running, send

ANNA, BEN = "annas-token-0123456789", "bens-token-9876543210"
TOKENS = f"anna:{ANNA}, ben:{BEN}"
PATHS = ("", "/events", "/report", "/clip", "/frames.csv", "/strides.csv", "/report.html")


@pytest.fixture(scope="module")
def guarded(clips, tmp_path_factory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("guarded") / "data"
    with running(folder, replay_folder=clips.tracks, tokens=TOKENS) as service:
        yield service


@pytest.fixture(scope="module")
def annas(guarded, clips) -> str:
    with guarded.client(ANNA) as client:
        return analysed(client, clips.side)


def cookie_of(answer) -> str:
    header: str = answer.headers["set-cookie"]
    return header


def test_nobody_sees_anything(guarded, annas, clips):
    with guarded.client() as client:
        for path in ("/v1/analyses", *(f"/v1/analyses/{annas}{path}" for path in PATHS)):
            answer = client.get(path)
            problem(answer, 401, "signed_out")
            assert answer.headers["www-authenticate"] == "Bearer"
        problem(send(client, clips.side), 401, "signed_out")
        problem(client.post("/v1/advice", json={"analyses": [annas]}), 401, "signed_out")


@pytest.mark.parametrize(
    "header",
    ["Bearer wrong", f"Bearer {ANNA}x", f"Bearer {ANNA[:-1]}", "Bearer", f"Basic {ANNA}", ANNA],
)
def test_wrong_tokens(guarded, header):
    with guarded.client(headers={"Authorization": header}) as client:
        problem(client.get("/v1/analyses"), 401, "wrong_token")


def test_another_sees_nothing_of_it(guarded, annas, clips):
    with guarded.client(BEN) as client:
        assert client.get("/v1/analyses").json()["items"] == []
        for path in PATHS:
            problem(client.get(f"/v1/analyses/{annas}{path}"), 404, "not_found")
        problem(client.delete(f"/v1/analyses/{annas}"), 404, "not_found")
        problem(client.post("/v1/advice", json={"analyses": [annas]}), 404, "not_found")
        pair = {"first": annas, "second": annas[::-1]}
        problem(client.post("/v1/comparisons", json=pair), 404, "not_found")
        problem(send(client, clips.other, baseline=annas), 404, "not_found")
        own = send(client, clips.side).json()["id"]
        assert own != annas
        client.delete(f"/v1/analyses/{own}")
    with guarded.client(ANNA) as client:
        assert client.get(f"/v1/analyses/{annas}/report").status_code == 200


def test_keys_of_two_owners_do_not_meet(guarded, clips):
    ids = []
    for token, words in ((ANNA, {"incline": 1}), (BEN, {"incline": 2})):
        with guarded.client(token) as client:
            answer = send(client, clips.side, headers={"Idempotency-Key": "k"}, **words)
            assert answer.status_code == 202
            ids.append((token, answer.json()["id"]))
    for token, job_id in ids:
        with guarded.client(token) as client:
            assert client.delete(f"/v1/analyses/{job_id}").status_code == 204


def test_page_signs_in_and_out(guarded, annas):
    with guarded.client() as client:
        before = client.get("/v1/session").json()
        assert (before["signed_in"], before["needs_token"], before["name"]) == (False, True, None)
        problem(client.post("/v1/session", json={"token": "wrong"}), 401, "wrong_token")
        answer = client.post("/v1/session", json={"token": ANNA})
        assert answer.status_code == 204
        header = cookie_of(answer)
        for word in ("HttpOnly", "SameSite=strict", "Path=/"):
            assert word in header
        assert ANNA not in header
        now = client.get("/v1/session").json()
        assert (now["signed_in"], now["name"]) == (True, "anna")
        assert client.get(f"/v1/analyses/{annas}/clip").status_code == 200
        kept = client.cookies[COOKIE]
        assert client.delete("/v1/session").status_code == 204
        client.cookies.set(COOKIE, kept)
        problem(client.get("/v1/analyses"), 401, "signed_out")


def test_cookie_is_worthless_when_the_token_changes(clips, tmp_path):
    with running(tmp_path / "data", tokens=f"anna:{ANNA}") as service:
        with service.client() as client:
            client.post("/v1/session", json={"token": ANNA})
            kept = client.cookies[COOKIE]
        service.settings = {"tokens": f"anna:{BEN}"}
        service.restart()
        with service.client(cookies={COOKIE: kept}) as client:
            assert client.get("/v1/session").json()["signed_in"] is False


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
def test_other_sites_cannot_use_the_browser(guarded, service, annas, clips, headers):
    with guarded.client() as client:
        client.post("/v1/session", json={"token": ANNA})
        problem(client.delete(f"/v1/analyses/{annas}", headers=headers), 403, "other_site")
        problem(client.delete("/v1/session", headers=headers), 403, "other_site")
    with service.client() as client:
        problem(send(client, clips.side, headers=headers), 403, "other_site")
        problem(client.get("/v1/analyses", headers=headers), 403, "other_site")


def test_own_page_may(service):
    own = {"Origin": service.url, "Sec-Fetch-Site": "same-origin"}
    with service.client(headers=own) as client:
        assert client.get("/v1/analyses").status_code == 200
        assert client.post("/v1/session", json={"token": "any"}).status_code == 204


@pytest.mark.parametrize("name", ["elsewhere.example", "127.0.0.1.elsewhere.example", "10.0.0.1"])
def test_other_names_for_this_machine(client, service, name):
    answer = client.get("/v1/analyses", headers={"Host": f"{name}:{service.port}"})
    problem(answer, 403, "other_site")


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]", "LOCALHOST"])
def test_own_names(client, service, name):
    answer = client.get("/v1/analyses", headers={"Host": f"{name}:{service.port}"})
    assert answer.status_code == 200


def test_no_answer_may_be_read_by_other_sites(client):
    for path in ("/", "/v1/session", "/docs", "/nothing"):
        answer = client.get(path, headers={"Origin": client.base_url.scheme + "://x.example"})
        problem(answer, 403, "other_site")
        assert not [name for name in answer.headers if name.startswith("access-control-")]
    asked = {"Origin": "https://x.example", "Access-Control-Request-Method": "DELETE"}
    assert client.options("/v1/analyses", headers=asked).status_code == 403
    assert client.options("/v1/analyses").status_code == 405


def test_headers_of_the_page(client):
    answer = client.get("/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"


def refusal(tmp_path, monkeypatch, host: str = "127.0.0.1", **settings: object) -> str:
    """Try to open a service; return the sentence that says why that does not work."""
    for name, value in environment(tmp_path / "data", settings).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UsageError) as refused:
        open_and_close(host)
    return str(refused.value)


def open_and_close(host: str) -> None:
    settings = load_settings()
    check_exposure(host, settings)
    with open_parts(settings, host):
        pass


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_other_addresses_need_tokens(tmp_path, monkeypatch, host):
    assert "FORMCHECK_TOKENS" in refusal(tmp_path, monkeypatch, host)


def test_command_says_why_it_does_not_start(tmp_path):
    command = [sys.executable, "-m", "formcheck", "serve", "--host", "0.0.0.0", "--port", "0"]
    ran = subprocess.run(
        command,
        env=environment(tmp_path / "data", {}),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert len(ran.stderr.strip().splitlines()) == 1
    assert "FORMCHECK_TOKENS" in ran.stderr


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"tokens": "anna"}, "FORMCHECK_TOKENS"),
        ({"tokens": "a:secret-one,a:secret-two"}, "FORMCHECK_TOKENS"),
        ({"tokens": "a:secret-one,b:secret-one"}, "FORMCHECK_TOKENS"),
        ({"max_upload_mb": "lots"}, "FORMCHECK_MAX_UPLOAD_MB"),
        ({"data_folder": "/proc/none"}, "FORMCHECK_DATA_FOLDER"),
        ({"database_url": "postgresql+psycopg://127.0.0.1:1/none"}, "FORMCHECK_DATABASE_URL"),
        ({"database_url": "nothing"}, "FORMCHECK_DATABASE_URL"),
        ({"storage_url": "nothing://bucket"}, "FORMCHECK_STORAGE_URL"),
        ({"log_level": "BOGUS"}, "FORMCHECK_LOG_LEVEL"),
        ({"tokens": "local:secret-one"}, "FORMCHECK_TOKENS"),
        ({"max_upload_mb": "inf"}, "FORMCHECK_MAX_UPLOAD_MB"),
        ({"max_duration_s": "inf"}, "FORMCHECK_MAX_DURATION_S"),
        ({"job_minutes": "inf"}, "FORMCHECK_JOB_MINUTES"),
        ({"job_memory_mb": "inf"}, "FORMCHECK_JOB_MEMORY_MB"),
        ({"session_days": "inf"}, "FORMCHECK_SESSION_DAYS"),
        ({"retention_days": "1e308"}, "FORMCHECK_RETENTION_DAYS"),
        ({"database_wait_s": "inf"}, "FORMCHECK_DATABASE_WAIT_S"),
    ],
)
def test_impossible_settings(tmp_path, monkeypatch, settings, word):
    monkeypatch.delenv("FORMCHECK_DATABASE_URL", raising=False)
    sentence = refusal(tmp_path, monkeypatch, **settings)
    assert word in sentence
    assert "secret" not in sentence


def test_database_of_a_newer_version(tmp_path, monkeypatch):
    monkeypatch.delenv("FORMCHECK_DATABASE_URL", raising=False)
    address = f"sqlite:///{tmp_path / 'newer.sqlite'}"
    database = Database(address, 5)
    database.migrate()
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0099'"))
    database.close()
    assert "newer version" in refusal(tmp_path, monkeypatch, database_url=address)


def test_no_setting_may_be_endless():
    for name, field in Settings.model_fields.items():
        if field.annotation is float:
            with pytest.raises(ValueError, match=name):
                Settings.model_validate({name: float("inf")})


def test_one_service_a_folder(service, monkeypatch):
    assert "Another formcheck service" in refusal(service.folder.parent, monkeypatch)


def test_taken_port(service):
    with (
        pytest.raises(UsageError, match="choose another port"),
        listening("127.0.0.1", service.port),
    ):
        pass

"""A phone joins by a code: once, in time, and only where there is something to join."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from formcheck_api.store.tables import Code
from sqlalchemy import create_engine, update

from tests.api.problems import problem
from tests.api.service import Service, database_url

TOKEN = "annas-token-0123456789"
BY_NAME = {"Host": "form.example.org"}


@pytest.fixture(scope="module")
def exposed(tmp_path_factory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("joining") / "data"
    with Service(folder, {"tokens": f"anna:{TOKEN}"}, host="0.0.0.0") as service:
        service.url = service.url.replace("0.0.0.0", "127.0.0.1")
        yield service


def code_of(service) -> str:
    with service.client(TOKEN, BY_NAME) as client:
        answer = client.post("/v1/session/codes")
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["picture"].startswith("data:image/svg+xml")
    address, _, code = made["url"].partition("#/join/")
    assert address == "http://form.example.org/"
    return str(code)


def test_code_signs_one_phone_in_once(exposed):
    code = code_of(exposed)
    with exposed.client() as phone:
        assert phone.get("/v1/session").json()["can_join"] is True
        problem(phone.get("/v1/analyses"), 401, "signed_out")
        answer = phone.post("/v1/session/join", json={"code": code})
        assert answer.status_code == 204
        assert "HttpOnly" in answer.headers["set-cookie"]
        assert phone.get("/v1/analyses").status_code == 200
        assert phone.get("/v1/session").json()["name"] == "anna"
    with exposed.client() as other:
        problem(other.post("/v1/session/join", json={"code": code}), 401, "wrong_token")
        problem(other.get("/v1/analyses"), 401, "signed_out")


def test_old_code_is_worth_nothing(exposed):
    code = code_of(exposed)
    engine = create_engine(database_url(exposed))
    with engine.begin() as connection:
        connection.execute(update(Code).values(expires=1.0))
    engine.dispose()
    with exposed.client() as phone:
        problem(phone.post("/v1/session/join", json={"code": code}), 401, "wrong_token")


def test_code_is_kept_as_a_hash(exposed):
    code = code_of(exposed).encode()
    assert not any(code in file.read_bytes() for file in exposed.folder.glob("formcheck.sqlite*"))


def test_nobody_else_makes_one(exposed, client):
    with exposed.client(headers=BY_NAME) as stranger:
        problem(stranger.post("/v1/session/codes"), 401, "signed_out")
    with exposed.client(TOKEN) as here:
        problem(here.post("/v1/session/codes"), 404, "not_found")
    problem(client.post("/v1/session/codes"), 404, "not_found")
    assert client.get("/v1/session").json()["can_join"] is False

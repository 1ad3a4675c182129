"""Private links: what they show, to whom, and when they end; and what goes into a record."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from formcheck_api.store.tables import Share
from sqlalchemy import create_engine, update

from tests.api.problems import problem
from tests.api.service import Service, analysed, database_url, running

TOKEN = "annas-token-0123456789"
OTHER = "bens-token-9876543210"
KNOWN = {"runner": "anna", "date": "2026-05-01", "pace": "easy", "height": 1.75, "speed": "2.9m/s"}


@pytest.fixture(scope="module")
def guarded(clips, tmp_path_factory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("shares") / "data"
    tokens = f"anna:{TOKEN}, ben:{OTHER}"
    with running(folder, replay_folder=clips.tracks, tokens=tokens) as service:
        yield service


@pytest.fixture(scope="module")
def anna(guarded) -> Iterator[httpx.Client]:
    with guarded.client(TOKEN) as client:
        yield client


@pytest.fixture(scope="module")
def visit(anna, clips) -> list[str]:
    """Return a side and a rear clip of one runner and day."""
    return [analysed(anna, clip, **KNOWN) for clip in (clips.side, clips.rear)]


@pytest.fixture(scope="module")
def bens(anna, clips) -> str:
    """Return a clip of another runner that the same clinician sent."""
    return analysed(anna, clips.tempo, **{**KNOWN, "runner": "ben"})


@pytest.fixture(scope="module")
def later(anna, clips) -> str:
    """Return a clip of the same runner a week later; the last test of it deletes it."""
    return analysed(anna, clips.other, **{**KNOWN, "date": "2026-05-08"})


@pytest.fixture(scope="module")
def stranger(guarded) -> Iterator[httpx.Client]:
    """Return a client that has no token."""
    with guarded.client() as client:
        yield client


def share(client, ids, **body):
    address = f"/v1/analyses/{ids[0]}/shares"
    answer = client.post(address, json={"also": ids[1:], **body})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    return made, httpx.URL(made["url"]).path


def test_link_shows_its_visit_without_a_token_and_nothing_else(anna, stranger, visit, bens):
    _, path = share(anna, visit)
    page = stranger.get(path)
    assert page.status_code == 200
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["x-robots-tag"] == "noindex"
    assert "unsafe" not in page.headers["content-security-policy"]
    sheet = stranger.get(f"{path}/visit").json()["visit"]
    assert [clip["id"] for clip in sheet["clips"]] == visit
    part = stranger.get(f"{path}/clips/{visit[0]}", headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")
    problem(stranger.get(f"{path}/clips/{bens}"), 404, "not_found")
    problem(stranger.get(f"/v1/analyses/{visit[0]}"), 401, "signed_out")
    problem(stranger.delete(path), 405, "method_not_allowed")


def test_link_may_be_followed_from_another_site(anna, stranger, visit):
    _, path = share(anna, visit)
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert stranger.get(path, headers=followed).status_code == 200
    fetched = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}
    problem(stranger.get(f"{path}/visit", headers=fetched), 403, "other_site")


def test_withdrawn_link_shows_nothing(anna, guarded, stranger, visit):
    made, path = share(anna, visit)
    with guarded.client(OTHER) as ben:
        problem(ben.delete(f"/v1/shares/{made['id']}"), 404, "not_found")
        problem(ben.get(f"/v1/analyses/{visit[0]}/shares"), 404, "not_found")
    listed = anna.get(f"/v1/analyses/{visit[1]}/shares").json()["items"]
    assert made["id"] in [one["id"] for one in listed]
    assert "url" not in listed[0]
    assert anna.delete(f"/v1/shares/{made['id']}").status_code == 204
    gone = stranger.get(path)
    assert gone.status_code == 404
    assert "no longer valid" in gone.text
    problem(stranger.get(f"{path}/visit"), 404, "not_found")
    problem(stranger.get(f"{path}/clips/{visit[0]}"), 404, "not_found")
    problem(anna.delete(f"/v1/shares/{made['id']}"), 404, "not_found")


def test_expired_link_shows_nothing(anna, guarded, stranger, visit):
    made, path = share(anna, visit, days=1)
    engine = create_engine(database_url(guarded))
    with engine.begin() as connection:
        connection.execute(update(Share).where(Share.id == made["id"]).values(expires=1.0))
    engine.dispose()
    assert stranger.get(path).status_code == 404
    problem(stranger.get(f"{path}/visit"), 404, "not_found")
    listed = anna.get(f"/v1/analyses/{visit[0]}/shares").json()["items"]
    assert made["id"] not in [one["id"] for one in listed]


def test_secret_is_not_in_the_database(anna, guarded, visit):
    _, path = share(anna, visit)
    secret = path.rpartition("/")[2].encode()
    assert not any(secret in file.read_bytes() for file in guarded.folder.glob("formcheck.sqlite*"))


def test_strangers_get_no_link(guarded, stranger, visit):
    address = f"/v1/analyses/{visit[0]}/shares"
    problem(stranger.post(address, json={}), 401, "signed_out")
    with guarded.client(OTHER) as ben:
        problem(ben.post(address, json={}), 404, "not_found")


@pytest.mark.parametrize("days", [0, -1, 91, "x"])
def test_days_that_cannot_be(anna, visit, days):
    problem(anna.post(f"/v1/analyses/{visit[0]}/shares", json={"days": days}), 422, "invalid")


def test_two_people_or_days_are_no_visit(anna, visit, bens, later):
    for other, code in ((bens, "mixed_runners"), (later, "mixed_days")):
        both = [("analysis", visit[0]), ("analysis", other)]
        problem(anna.get("/v1/visits/page", params=both), 422, code)
        problem(anna.post(f"/v1/analyses/{visit[0]}/shares", json={"also": [other]}), 422, code)
    pair = {"first": visit[0], "second": bens}
    problem(anna.post("/v1/comparisons", json=pair), 422, "mixed_runners")


def test_visit_has_both_cameras_and_one_advice(anna, visit):
    page = anna.get("/v1/visits/page", params=[("analysis", one) for one in visit]).json()
    sheet = page["visit"]
    assert (sheet["runner"], sheet["date"]) == ("anna", "2026-05-01")
    rows = {row["key"]: row for table in sheet["tables"] for row in table["rows"]}
    assert rows["cadence_spm"]["both"]["text"]
    assert rows["step_width_cm"]["both"]["text"]
    told = anna.post("/v1/advice", json={"analyses": visit}).json()
    assert [cue["id"] for cue in sheet["advice"]["cues"]] == [cue["id"] for cue in told["cues"]]


def test_note_is_kept_and_goes_into_the_record(anna, guarded, visit):
    address = f"/v1/analyses/{visit[0]}"
    written = {"clinician": "K. Berg", "text": "Calf tight.\nAgain in three weeks."}
    assert anna.put(f"{address}/note", json=written).json() == written
    page = anna.get("/v1/visits/page", params=[("analysis", one) for one in visit]).json()
    assert page["note"] == written
    text = anna.get(f"{address}/note.txt")
    assert text.headers["content-type"].startswith("text/plain")
    assert "Seen by: K. Berg" in text.text
    assert "  Again in three weeks." in text.text
    assert "--" not in text.text
    with guarded.client(OTHER) as ben:
        problem(ben.put(f"{address}/note", json=written), 404, "not_found")
        problem(ben.get(f"{address}/note.txt"), 404, "not_found")
    anna.put(f"{address}/note", json={})
    assert "Notes" not in anna.get(f"{address}/note.txt").text


def test_fhir_of_a_stored_analysis(anna, guarded, visit):
    answer = anna.get(f"/v1/analyses/{visit[0]}/fhir")
    assert answer.headers["content-type"] == "application/fhir+json"
    made = answer.json()
    assert made["resourceType"] == "DiagnosticReport"
    assert made["issued"].endswith("+00:00")
    with guarded.client(OTHER) as ben:
        problem(ben.get(f"/v1/analyses/{visit[0]}/fhir"), 404, "not_found")


def test_link_ends_with_the_clip(anna, stranger, later):
    _, path = share(anna, [later])
    assert stranger.get(path).status_code == 200
    anna.delete(f"/v1/analyses/{later}")
    assert stranger.get(path).status_code == 404


def test_guessing_links_costs_waiting(anna, stranger):
    """The last test: nobody opens links of this service for a while afterwards."""
    statuses = [stranger.get(f"/shared/{number}").status_code for number in range(25)]
    assert statuses[0] == 404
    assert 429 in statuses
    assert anna.get("/v1/analyses").status_code == 200

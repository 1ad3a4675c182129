"""An analysis from upload to deletion, with a stored track in place of the network."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from formcheck.report.schema import Report
from tests.api.clips import runner_clip
from tests.api.problems import problem
from tests.api.service import analysed, ended, send, state_when

FILES = ("report", "clip", "frames.csv", "strides.csv", "report.html")


def events(client: httpx.Client, address: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield name and data of server-sent events until the stream ends."""
    with client.stream("GET", f"{address}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        name = ""
        for line in stream.iter_lines():
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                yield name, json.loads(value)


def storage_of(service) -> Path:
    return service.folder / "storage"


def test_upload_is_accepted_with_links(client, clips):
    answer = send(client, clips.other, height=1.75)
    assert answer.status_code == 202
    body = answer.json()
    assert body["status"] in ("queued", "running")
    assert body["links"]["self"] == f"/v1/analyses/{body['id']}"
    for link in ("self", "events"):
        with client.stream("GET", body["links"][link]) as stream:
            assert stream.status_code == 200
    assert ended(client, body["links"]["self"])["status"] == "done"
    client.delete(body["links"]["self"])


def test_events_tell_progress_until_the_end(client, clips):
    job_id = send(client, clips.other, height=1.8).json()["id"]
    told = list(events(client, f"/v1/analyses/{job_id}"))
    assert [name for name, _ in told[:-1]] == ["progress"] * (len(told) - 1)
    name, last = told[-1]
    assert name == "end"
    assert (last["status"], last["progress"]) == ("done", 1.0)
    shares = [state["progress"] for _, state in told]
    assert shares == sorted(shares)
    assert any(state["stage"] in ("open", "annotate") for _, state in told)
    assert last == client.get(f"/v1/analyses/{job_id}").json()
    client.delete(f"/v1/analyses/{job_id}")


def test_state_shows_what_lists_need(client, done):
    state = client.get(f"/v1/analyses/{done}").json()
    assert state["clip_name"] == "side.mp4"
    assert (state["view"], state["pace"], state["runner"]) == ("side", "easy", "anna")
    assert state["headline"]["cadence_spm"] == pytest.approx(170.0, abs=1.0)
    assert state["error"] is None


def test_report_is_the_librarys_own(client, done):
    answer = client.get(f"/v1/analyses/{done}/report")
    assert answer.headers["content-type"] == "application/json"
    report = Report.model_validate(answer.json())
    assert report.clip.name == "side.mp4"
    assert report.runner.height_m == 1.75
    assert report.runner.belt_speed_mps == 2.9
    assert report.provenance.model == "replay"


def test_tables_have_rows(client, done):
    for name, least in (("frames.csv", 150), ("strides.csv", 4)):
        answer = client.get(f"/v1/analyses/{done}/{name}")
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert len(list(csv.DictReader(answer.text.splitlines()))) >= least


def test_page_may_run_but_reach_nothing(client, done):
    answer = client.get(f"/v1/analyses/{done}/report.html")
    assert "cadence" in answer.text.lower()
    policy = answer.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-", slice(0, None)),
        ("bytes=0-0", slice(0, 1)),
        ("bytes=100-199", slice(100, 200)),
        ("bytes=-50", slice(-50, None)),
        ("bytes=100-99999999999", slice(100, None)),
    ],
)
def test_clip_in_parts(client, done, asked, part):
    address = f"/v1/analyses/{done}/clip"
    whole = client.get(address)
    assert whole.status_code == 200
    assert whole.headers["content-type"] == "video/mp4"
    assert whole.headers["accept-ranges"] == "bytes"
    answer = client.get(address, headers={"Range": asked})
    assert answer.content == whole.content[part]
    if len(answer.content) < len(whole.content):
        first = part.indices(len(whole.content))[0]
        last = first + len(answer.content) - 1
        assert answer.status_code == 206
        assert answer.headers["content-range"] == f"bytes {first}-{last}/{len(whole.content)}"


@pytest.mark.parametrize("asked", ["bytes=5-2", "bytes=-", "lines=1-2", "bytes=0-1,5-6", "x"])
def test_ranges_that_are_none_are_ignored(client, done, asked):
    answer = client.get(f"/v1/analyses/{done}/clip", headers={"Range": asked})
    assert answer.status_code == 200


@pytest.mark.parametrize("asked", ["bytes=99999999999-", "bytes=-0"])
def test_range_outside_the_file(client, done, asked):
    answer = client.get(f"/v1/analyses/{done}/clip", headers={"Range": asked})
    problem(answer, 416, "range")
    assert answer.headers["content-range"].startswith("bytes */")


def test_unchanged_file_is_not_sent_again(client, done):
    address = f"/v1/analyses/{done}/clip"
    mark = client.get(address).headers["etag"]
    assert client.get(address, headers={"If-None-Match": mark}).status_code == 304
    part = {"Range": "bytes=0-9"}
    assert client.get(address, headers={**part, "If-Range": mark}).status_code == 206
    assert client.get(address, headers={**part, "If-Range": '"old"'}).status_code == 200


def test_list_is_paged_newest_first(client, clips, done):
    ids = [analysed(client, clips.other, height=1.6 + step / 100) for step in range(3)]
    listed, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = client.get("/v1/analyses", params=query).json()
        assert len(page["items"]) <= 2
        listed += [item["id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert listed[:3] == ids[::-1]
    assert done in listed
    assert len(set(listed)) == len(listed)
    for job_id in ids:
        client.delete(f"/v1/analyses/{job_id}")


def test_delete_leaves_nothing(service, client, clips):
    job_id = analysed(client, clips.other, height=1.66)
    assert (storage_of(service) / job_id / "clip").is_file()
    answer = client.delete(f"/v1/analyses/{job_id}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert not (storage_of(service) / job_id).exists()
    for address in ("", "/events", *(f"/{name}" for name in FILES)):
        problem(client.get(f"/v1/analyses/{job_id}{address}"), 404, "not_found")
    problem(client.delete(f"/v1/analyses/{job_id}"), 404, "not_found")
    assert job_id not in client.get("/v1/analyses").text


def test_without_video_there_is_no_clip(client, clips):
    job_id = analysed(client, clips.other, no_video="true")
    problem(client.get(f"/v1/analyses/{job_id}/clip"), 404, "no_such_result")
    assert client.get(f"/v1/analyses/{job_id}/report").status_code == 200
    client.delete(f"/v1/analyses/{job_id}")


def test_failed_analysis_says_why_and_can_be_tried_again(client, clips):
    first = send(client, clips.other, from_=2.0).json()["id"]
    state = ended(client, f"/v1/analyses/{first}")
    assert state["status"] == "failed"
    assert state["error"]["code"] == "too_short"
    report = client.get(f"/v1/analyses/{first}/report").json()
    assert report["view"] is None
    assert report["quality"][-1]["code"] == "too_short"
    problem(client.get(f"/v1/analyses/{first}/clip"), 404, "no_such_result")
    second = send(client, clips.other, from_=2.0).json()["id"]
    assert second != first
    for job_id in (first, second):
        client.delete(f"/v1/analyses/{job_id}")


@pytest.mark.model
def test_running_analysis_is_not_ready_and_can_be_cancelled(service, client, clips, tmp_path):
    unknown = runner_clip(tmp_path / "no_track.mp4", tmp_path)  # so the network has to look at it
    job_id = send(client, unknown, pose="heavy").json()["id"]
    waiting = send(client, unknown, pose="heavy", height=1.7).json()["id"]
    state_when(client, f"/v1/analyses/{job_id}", "running")
    for name in FILES:
        problem(client.get(f"/v1/analyses/{job_id}/{name}"), 409, "not_ready")
    told = events(client, f"/v1/analyses/{job_id}")
    assert next(told)[0] == "progress"
    for each in (waiting, job_id):
        assert client.delete(f"/v1/analyses/{each}").status_code == 204
    name, last = list(told)[-1]
    assert (name, last["status"]) == ("end", "cancelled")
    assert not (storage_of(service) / job_id).exists()
    assert list((service.folder / "uploads").iterdir()) == []

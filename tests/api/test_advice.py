"""Advice and comparisons from stored analyses."""

from __future__ import annotations

import json

import pytest
from fastapi.exceptions import RequestValidationError
from formcheck_api.intake.forms import read_form

from formcheck.comparison import Comparison
from formcheck.cues import Symptoms, advise_reports
from formcheck.errors import UsageError
from tests.api.problems import problem
from tests.api.service import analysed, ended, send

NOBODYS = "0" * 32


@pytest.fixture(scope="module")
def rear(client, clips) -> str:
    return analysed(client, clips.rear, height=1.75, pace="easy", runner="anna")


@pytest.fixture(scope="module")
def tempo(client, clips) -> str:
    return analysed(client, clips.tempo, height=1.75, speed="3.8m/s", pace="tempo", runner="anna")


def report_of(client, job_id):
    return client.get(f"/v1/analyses/{job_id}/report").json()


@pytest.mark.parametrize(
    ("symptoms", "baseline"),
    [(None, None), ({"region": "knee", "pain_during": 2, "settles_hours": 5}, 165), ({}, None)],
)
def test_advice_is_the_librarys(client, done, rear, symptoms, baseline):
    body = {"analyses": [done, rear], "symptoms": symptoms, "baseline": baseline}
    answer = client.post("/v1/advice", json={k: v for k, v in body.items() if v is not None})
    assert answer.status_code == 200, answer.text
    reports = [report_of(client, job_id) for job_id in (done, rear)]
    said = None if symptoms is None else Symptoms(**symptoms)
    expected = advise_reports(reports, said, baseline).to_dict()
    found = answer.json()
    assert [cue["id"] for cue in found["cues"]] == [cue["id"] for cue in expected["cues"]]
    assert found["advice"]["notes"] == list(expected["advice"]["notes"])
    assert found["advice"]["irritability"] == expected["advice"]["irritability"]


def test_the_loop_through_the_service(client, done):
    """Two easy runs as the baseline, several sore places, practised or not, a red flag."""
    cadence = report_of(client, done)["metrics"]["cadence_spm"]["value"]
    knee = {"region": "knee", "side_of_body": "right", "pain_during": 4, "settles_hours": 20}

    def ask(symptoms, baseline):
        body = {"analyses": [done], "symptoms": symptoms, "baseline": baseline}
        answer = client.post("/v1/advice", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    first = ask(knee, [done, 165])
    assert first["advice"]["cadence"]["baseline_spm"] == pytest.approx((cadence + 165) / 2, abs=0.1)
    assert {one["answer"] for one in first["advice"]["findings"]} <= {
        "ordinary", "stands_out", "cannot_be_told",
    }  # fmt: skip
    assert first["advice"]["grade"]["id"] in ("good", "rhythm_and_posture")
    both = ask(knee | {"region": ["knee", "achilles"]}, 165)
    assert "cadence" not in [cue["id"] for cue in both["cues"]]
    flagged = ask(knee | {"bone_spot": True, "practised": False}, done)
    assert flagged["cues"] == []
    assert any("do not run or jump" in flag for flag in flagged["advice"]["red_flags"])


def test_a_form_takes_several_places_and_yes_or_no():
    form = {"region": "knee,achilles", "practised": "no", "calf_raises_left": "12", "slaps": "true"}
    told = read_form(form)["symptoms"]
    assert (told["region"], told["practised"]) == (["knee", "achilles"], False)
    assert (told["calf_raises_left"], told["slaps"]) == (12.0, True)
    assert read_form({"region": "knee"})["symptoms"]["region"] == "knee"
    for wrong in ({"region": "knee,nose"}, {"practised": "perhaps"}, {"pain_after": "11"}):
        with pytest.raises((RequestValidationError, UsageError)):
            read_form(wrong)


def test_baseline_may_be_an_analysis(client, clips, done):
    advice = client.post("/v1/advice", json={"analyses": [done], "baseline": done})
    assert advice.status_code == 200
    cadence = report_of(client, done)["metrics"]["cadence_spm"]["value"]
    later = analysed(client, clips.other, pace="easy", runner="anna", baseline=done)
    kept = report_of(client, later)["advice"]["cadence"]
    assert kept["baseline_given"] is True
    assert kept["baseline_spm"] == pytest.approx(cadence, abs=0.1)
    client.delete(f"/v1/analyses/{later}")


def test_advice_on_what_is_not_there(client, clips, done):
    problem(client.post("/v1/advice", json={"analyses": [NOBODYS]}), 404, "not_found")
    missing = {"analyses": [done], "baseline": NOBODYS}
    problem(client.post("/v1/advice", json=missing), 404, "not_found")
    failed = send(client, clips.other, from_=2.2).json()["id"]
    ended(client, f"/v1/analyses/{failed}")
    problem(client.post("/v1/advice", json={"analyses": [failed]}), 422, "no_runner")
    client.delete(f"/v1/analyses/{failed}")


def test_advice_on_two_runners(client, clips, done):
    ben = analysed(client, clips.other, runner="ben")
    answer = client.post("/v1/advice", json={"analyses": [done, ben]})
    assert "ben" in problem(answer, 422, "invalid")["detail"]
    client.delete(f"/v1/analyses/{ben}")


@pytest.fixture(scope="module")
def compared(client, done, tempo) -> str:
    body = {"first": done, "second": tempo, "mode": "easy_tempo", "same_setup": True}
    answer = client.post("/v1/comparisons", json=body)
    assert answer.status_code == 202, answer.text
    job_id: str = answer.json()["id"]
    assert answer.json()["links"]["self"] == f"/v1/comparisons/{job_id}"
    state = ended(client, f"/v1/comparisons/{job_id}")
    assert state["status"] == "done", state
    return job_id


def test_comparison_has_report_clip_and_page(client, compared, done, tempo):
    state = client.get(f"/v1/comparisons/{compared}").json()
    assert (state["first"], state["second"]) == (done, tempo)
    report = Comparison.model_validate(client.get(f"/v1/comparisons/{compared}/report").json())
    assert report.mode == "easy_tempo"
    assert report.sentence == state["sentence"]
    assert report.metrics["cadence_spm"].difference == pytest.approx(12.0, abs=1.5)
    part = client.get(f"/v1/comparisons/{compared}/clip", headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")
    page = client.get(f"/v1/comparisons/{compared}/report.html")
    assert "sandbox" in page.headers["content-security-policy"]


def test_comparison_is_listed_and_found_again(client, compared, done, tempo):
    listed = client.get("/v1/comparisons").json()["items"]
    assert compared in [item["id"] for item in listed]
    body = {"first": done, "second": tempo, "mode": "easy-tempo", "same_setup": True}
    assert client.post("/v1/comparisons", json=body).json()["id"] == compared
    assert compared not in client.get("/v1/analyses").text


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"second": NOBODYS}, 404, "not_found"),
        ({"second": "x"}, 422, "invalid"),
        ({"mode": "other"}, 422, "invalid"),
        ({"same_setup": "perhaps"}, 422, "invalid"),
        ({"third": NOBODYS}, 422, "invalid"),
    ],
    ids=str,
)
def test_impossible_comparisons(client, done, tempo, change, status, code):
    body = {"first": done, "second": tempo} | change
    problem(client.post("/v1/comparisons", json=body), status, code)


def test_comparison_with_itself(client, done):
    body = {"first": done, "second": done}
    problem(client.post("/v1/comparisons", json=body), 422, "invalid")


def test_deleting_an_analysis_deletes_its_comparisons(service, client, clips, done):
    other = analysed(client, clips.other, pace="easy", runner="anna", speed="2.9m/s")
    body = {"first": done, "second": other}
    job_id = client.post("/v1/comparisons", json=body).json()["id"]
    ended(client, f"/v1/comparisons/{job_id}")
    assert client.delete(f"/v1/analyses/{other}").status_code == 204
    problem(client.get(f"/v1/comparisons/{job_id}"), 404, "not_found")
    assert not (service.folder / "storage" / job_id).exists()
    assert client.get(f"/v1/analyses/{done}").status_code == 200
    assert job_id not in json.dumps(client.get("/v1/comparisons").json())

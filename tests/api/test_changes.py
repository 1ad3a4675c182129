"""An analysis put right: words at once, strides at once, height by measuring again."""

from __future__ import annotations

import pytest

from tests.api.problems import problem
from tests.api.service import analysed, ended


@pytest.fixture(scope="module")
def own(client, clips):
    return analysed(client, clips.side, height=1.75, speed="2.9m/s", runner="bo", date="2026-03-02")


def report_of(client, job_id):
    return client.get(f"/v1/analyses/{job_id}/report").raise_for_status().json()


def changed(client, job_id, **body):
    answer = client.patch(f"/v1/analyses/{job_id}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_words_change_at_once(client, own):
    told = changed(
        client, own, runner="Bo B.", shoes="red", pace="easy",
        symptoms={"region": "knee", "pain_during": 3},
    )  # fmt: skip
    assert (told["status"], told["runner"], told["pace"]) == ("done", "Bo B.", "easy")
    runner = report_of(client, own)["runner"]
    assert (runner["id"], runner["shoes"], runner["date"]) == ("Bo B.", "red", "2026-03-02")
    assert runner["symptoms"]["region"] == "knee"
    page = client.get(f"/v1/analyses/{own}/report.html").text
    assert "Bo B." in page
    assert "data:image/jpeg" in page


def test_a_stride_is_struck_out_survives_a_restart_and_is_put_back(client, own, service):
    key = "shank_angle_ic_deg"
    was = report_of(client, own)["metrics"][key]
    contact_s, value = was["samples"]["t_s"][0], was["samples"]["value"][0]
    correction = {"kind": "stride", "side": was["side"], "contact_s": contact_s}
    changed(client, own, corrections=[correction], by="Dr. Ada")
    service.restart()
    report = report_of(client, own)
    now = report["metrics"][key]
    rest = [one for one in was["samples"]["value"][1:] if one is not None]
    moved = sum(rest) / len(rest) - (sum(rest) + value) / (len(rest) + 1)
    assert now["value"] == pytest.approx(was["value"] + moved, abs=1e-3)
    assert now["uncorrected"]["value"] == was["value"]
    assert report["corrections"][0]["by"] == "Dr. Ada"
    page = client.get(f"/v1/analyses/{own}/page").json()
    assert "struck out by Dr. Ada" in page["corrected"][0]
    assert "Corrected by hand" in client.get(f"/v1/analyses/{own}/report.html").text
    changed(client, own, corrections=[])
    assert report_of(client, own)["metrics"][key] == was


def test_words_of_another_analysis_are_refused_before_anything_is_written(client, clips, own):
    said = {"height": 1.75, "speed": "2.9m/s", "date": "2026-03-02"}
    other = analysed(client, clips.side, runner="cy", **said)
    third = analysed(client, clips.side, runner="di", **said)
    was = report_of(client, third)
    problem(client.patch(f"/v1/analyses/{third}", json={"runner": "cy"}), 422, "invalid")
    assert report_of(client, third) == was
    assert client.delete(f"/v1/analyses/{other}").status_code == 204
    assert changed(client, third, runner="cy")["runner"] == "cy"
    assert client.delete(f"/v1/analyses/{third}").status_code == 204


def test_another_word_keeps_what_was_advised_beside_a_baseline(client, clips, own):
    later = analysed(client, clips.tempo, height=1.75, baseline=own, date="2026-04-20")
    without = analysed(client, clips.tempo, height=1.75, date="2026-04-20")
    was = report_of(client, later)["advice"]
    assert was != report_of(client, without)["advice"]
    changed(client, later, runner="Bo B.")
    assert report_of(client, later)["advice"] == was


def test_another_height_is_measured_again_without_the_network(client, own):
    was = report_of(client, own)
    told = changed(client, own, height="1.80", speed="3.0m/s")
    assert told["status"] == "queued"
    assert ended(client, f"/v1/analyses/{own}")["status"] == "done"
    now = report_of(client, own)
    assert (now["runner"]["height_m"], now["runner"]["belt_speed_mps"]) == (1.8, 3.0)
    assert now["runner"]["shoes"] == was["runner"]["shoes"]
    keys = ("vertical_oscillation_cm", "cadence_spm")
    bounce, cadence = (now["metrics"][k]["value"] / was["metrics"][k]["value"] for k in keys)
    assert 1.01 < bounce < 1.06
    assert cadence == pytest.approx(1.0, abs=1e-3)


def test_what_cannot_be_is_refused(client, own):
    address = f"/v1/analyses/{own}"
    wrong = {"kind": "stride", "side": "left", "contact_s": 99.0}
    assert client.patch(address, json={"corrections": [wrong]}).status_code == 422
    assert client.patch(address, json={"height": "three"}).status_code == 422
    assert client.patch(address, json={"colour": "red"}).status_code == 422
    problem(client.patch(f"/v1/analyses/{'0' * 32}", json={}), 404, "not_found")

"""The whole way once with a real network on a part of a sample clip."""

from __future__ import annotations

import json
from typing import Any

import pytest

from formcheck.report.schema import Report
from tests.api.service import ended, running, send
from tests.e2e.clips import SIDE

pytestmark = [pytest.mark.model, pytest.mark.slow]
TRUTH = json.loads(SIDE.with_suffix(".json").read_text("utf-8"))


def test_sample_clip_through_the_service(tmp_path):
    part: dict[str, Any] = {"pose": "lite", "from_": 0.5, "to": 3.5}
    said: dict[str, Any] = {"height": 1.79, "speed": "2.6m/s", "region": "knee", "pain_during": 2}
    with running(tmp_path / "data") as service, service.client() as client:
        answer = send(client, SIDE, **part, **said)
        state = ended(client, answer.json()["links"]["self"])
        assert state["status"] == "done", state
        own = f"/v1/analyses/{state['id']}"
        report = Report.model_validate(client.get(f"{own}/report").json())
        clip = client.get(f"{own}/clip")
    assert report.provenance.model == "lite"
    assert report.view is not None
    assert report.view.kind == "side"
    cadence = report.metrics["cadence_spm"].value
    assert cadence == pytest.approx(TRUTH["metrics"]["cadence_spm"], abs=2.0)
    assert state["headline"]["cadence_spm"] == cadence
    assert report.runner.symptoms is not None
    assert report.runner.symptoms["region"] == "knee"
    assert state["symptoms"] == report.runner.symptoms
    assert clip.content[4:8] == b"ftyp"
    assert len(clip.content) > 100_000

"""What a page is laid out from: the view model of the printed pages, and the clip to draw on."""

from __future__ import annotations

import pytest
from pydantic_core import to_jsonable_python

from formcheck.report import parse_report
from formcheck.report.page import build_page
from tests.api.problems import problem
from tests.api.service import analysed


def test_the_page_is_that_of_the_printed_report(client, done):
    report = parse_report(client.get(f"/v1/analyses/{done}/report").json())
    told = client.get(f"/v1/analyses/{done}/page").raise_for_status().json()
    wanted = build_page(report)
    for name in ("title", "sentence", "tiles", "groups", "withheld", "concerns"):
        assert told[name] == to_jsonable_python(getattr(wanted, name)), name
    assert told["film"] == "original"


def test_the_original_is_what_was_sent_and_comes_in_parts(client, clips, done):
    address = f"/v1/analyses/{done}/original"
    answer = client.get(address)
    assert answer.content == clips.side.read_bytes()
    assert answer.headers["content-type"] == "video/mp4"
    part = client.get(address, headers={"Range": "bytes=4-11"})
    assert (part.status_code, part.content) == (206, answer.content[4:12])


def test_a_blurred_clips_original_is_not_shown(client, clips):
    job_id = analysed(client, clips.rear, blur_face=True)
    assert client.get(f"/v1/analyses/{job_id}/page").json()["film"] == "clip"
    problem(client.get(f"/v1/analyses/{job_id}/original"), 404, "no_such_result")
    client.delete(f"/v1/analyses/{job_id}")


@pytest.mark.parametrize("kind", ["analyses", "comparisons"])
def test_there_is_no_page_of_what_is_not_there(client, kind):
    problem(client.get(f"/v1/{kind}/{'0' * 32}/page"), 404, "not_found")

"""What a result says: numbers in the report's own words, cues, symptoms, files."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pydantic_core import to_json

from formcheck.report import parse_report
from formcheck.report.page import build_page
from tests.api.service import analysed
from tests.browser.conftest import SCREENS, opened
from tests.browser.watch import frame_shown, frame_times, open_clip, until


def model(page, job_id):
    """What the service's page shows of a stored report, told by the library."""
    content = page.request.get(f"/v1/analyses/{job_id}/report").json()
    return build_page(parse_report(content))


@pytest.mark.parametrize("which", ["side", "rear"])
def test_numbers_are_worded_as_in_the_printed_report(desktop, known, which):
    job_id = getattr(known, which)
    open_clip(desktop, job_id)
    told = model(desktop, job_id)
    wanted = [row for _, rows in told.groups for row in rows]
    assert len(told.tiles) <= 6
    expect(desktop.locator(".tile .value")).to_have_text(
        [f"{row.figure}{'' if row.unit in ('', '°') else ' '}{row.unit}" for row in told.tiles]
    )
    desktop.locator("[data-part=numbers-section] > summary").click()
    rows = desktop.locator(".metric")
    expect(rows).to_have_count(len(wanted))
    shown = rows.evaluate_all(
        """nodes => nodes.map((node) => [
             node.dataset.key, ...["value", "range", "term", "more"].map(
               (name) => node.querySelector(`.${name}`)?.textContent ?? "")])"""
    )
    for row, (key, value, interval, term, more) in zip(wanted, shown, strict=True):
        assert key == row.key
        assert value == f"{row.figure}{'' if row.unit in ('', '°') else ' '}{row.unit}"
        assert interval == ", ".join(part for part in (row.direction, row.interval) if part)
        assert term == row.term
        assert row.meaning in more
        assert all(note.text in more for note in row.remarks)


def test_a_number_is_found_by_its_clinical_name(desktop, known):
    open_clip(desktop, known.side)
    desktop.locator("[data-part=numbers-section] > summary").click()
    desktop.get_by_label("Find a number").fill("overstride")
    shown = desktop.locator(".metric:not([hidden])")
    expect(shown).to_have_count(2)
    expect(shown.first).to_contain_text("Landing distance")


def test_the_proof_of_a_number(page, known):
    """Every landing behind it as a picture; a press takes the clip there."""
    open_clip(page, known.side)
    events = page.request.get(f"/v1/analyses/{known.side}/report").json()["events"]
    page.locator(".tile[data-key=landing_ankle_hip_cm]").click()
    thumbs = page.locator(".shots li")
    expect(thumbs).to_have_count(len(events["left"]["initial_contact_s"]))
    expect(page.locator(".dots circle")).to_have_count(thumbs.count())
    until(
        page,
        "[...document.querySelectorAll('.shot canvas')].every((c) => c.dataset.taken)",
    )
    wanted = [node.get_attribute("data-frame") for node in thumbs.all()]
    taken = [one.get_attribute("data-taken") for one in page.locator(".shot canvas").all()]
    assert taken == wanted
    thumbs.first.get_by_role("button").first.click()
    assert frame_shown(page) == int(wanted[0])
    page.locator(".tile[data-key=landing_ankle_hip_cm]").click()
    expect(thumbs).to_have_count(0)


def test_clip_controls_and_curves_are_on_one_screen(desktop, known):
    desktop.set_viewport_size({"width": 1280, "height": 900})
    for job_id in (known.side, known.rear):
        open_clip(desktop, job_id)
        boxes = [desktop.locator(part).bounding_box() for part in (".player", ".curves")]
        bottom = max(box["y"] + box["height"] for box in boxes if box)
        assert bottom - min(box["y"] for box in boxes if box) <= 900


def test_the_clip_stays_on_a_phone(browser, service, complaints, known):
    for page in opened(browser, service.url, complaints, **SCREENS["phone"]):
        open_clip(page, known.side)
        page.locator(".top-numbers").scroll_into_view_if_needed()
        page.mouse.wheel(0, 600)
        box = page.locator(".screen").bounding_box()
        assert box is not None
        assert -1 <= box["y"] <= 1
        assert box["height"] > 200


def test_what_was_not_measured_is_folded_with_its_reason(page, known):
    open_clip(page, known.rear)
    content = page.request.get(f"/v1/analyses/{known.rear}/report").json()
    missing = [
        record
        for record in content["metrics"].values()
        if record["status"] not in ("measured", "wrong_view")
    ]
    page.locator("[data-part=numbers-section] > summary").click()
    fold = page.locator(".withheld")
    if missing:
        expect(fold.locator("summary")).to_have_text(f"Not measured in this clip: {len(missing)}")
    fold.locator("summary").click()
    for record in missing:
        expect(fold).to_contain_text(record["reason"])
    expect(fold).to_contain_text("need a clip from the side")


def test_cues_and_drills(page, known):
    open_clip(page, known.sore)
    content = page.request.get(f"/v1/analyses/{known.sore}/report").json()
    assert content["cues"], "the knee brings the cadence cue"
    expect(page.locator(".cue")).to_have_count(len(content["cues"]))
    for cue in content["cues"]:
        card = page.locator(f".cue[data-cue={cue['id']}]")
        for part in ("seen", "text", "why", "dose", "trade_off", "remeasure"):
            if cue[part]:
                expect(card).to_contain_text(cue[part])
    expect(page.locator(".drill")).to_have_count(len(content["advice"]["drills"]))
    for note in content["advice"]["notes"]:
        expect(page.locator("main")).to_contain_text(note)


def test_nothing_to_try_is_said_and_the_own_beat_offered(page, known):
    open_clip(page, known.side)
    content = page.request.get(f"/v1/analyses/{known.side}/report").json()
    assert not content["cues"]
    told = build_page(parse_report(content))
    expect(page.locator(".sentence")).to_have_text(told.sentence)
    assert told.sentence == told.headline.title
    page.get_by_text("Metronome at your cadence").click()
    spm = page.locator(".beat [data-part=spm]").inner_text()
    assert float(spm) == round(content["advice"]["cadence"]["baseline_spm"])


def test_symptoms_and_how_they_changed(page, known):
    open_clip(page, known.sore)
    feel = page.locator("[data-part=feel]")
    expect(feel).to_contain_text(
        "Pain while running at the front of the knee: 3 of 10, less than on 2026-03-01 (5)."
    )
    expect(feel.locator("li")).to_have_count(3)
    expect(feel.locator("li.now")).to_contain_text("2026-03-22")


def answer_with(page, report):
    """Let the service's answers be those of another report."""
    told = build_page(parse_report(report))
    shown = {field.name: getattr(told, field.name) for field in fields(told)}
    shown["film"] = "original"
    page.route("**/report", lambda route: route.fulfill(body=json.dumps(report)))
    page.route("**/page", lambda route: route.fulfill(body=to_json(shown, inf_nan_mode="null")))


def test_red_flags_stand_on_top(desktop, known, service):
    """The service's answer with another advice: what a clinician should see comes before all."""
    report = desktop.request.get(f"/v1/analyses/{known.sore}/report").json()
    flag = "A bone that hurts at night should be seen by a clinician before the next run."
    report["cues"] = []
    report["advice"]["red_flags"] = [flag]
    answer_with(desktop, report)
    open_clip(desktop, known.sore)
    flags = desktop.locator(".flags")
    expect(flags).to_contain_text(flag)
    expect(flags).to_have_attribute("role", "alert")
    assert flags.bounding_box()["y"] < desktop.locator(".tiles").bounding_box()["y"]
    assert desktop.locator(".cue, .try .calm").count() == 0


def test_low_quality_brings_filming_advice(desktop, known):
    report = desktop.request.get(f"/v1/analyses/{known.side}/report").json()
    note = {"code": "dark", "severity": "warn", "text": "It was dark.", "fix": "Switch on a lamp."}
    report["quality"] = [note]
    answer_with(desktop, report)
    open_clip(desktop, known.side)
    expect(desktop.locator(".answer")).to_contain_text("It was dark.")
    expect(desktop.locator("[data-part=quality]")).to_contain_text("Switch on a lamp.")
    advice = build_page(parse_report(report)).filming
    expect(desktop.locator("[data-part=filming] li")).to_have_count(len(advice))


def test_names_from_users_are_only_text(desktop, known):
    report = desktop.request.get(f"/v1/analyses/{known.side}/report").json()
    nasty = "<img src=x onerror=alert(1)>"
    report["runner"]["id"] = report["clip"]["name"] = nasty
    answer_with(desktop, report)
    open_clip(desktop, known.side)
    expect(desktop.locator(".facts")).to_contain_text(nasty)
    assert desktop.locator("main img").count() == 0


def test_downloads(desktop, known):
    open_clip(desktop, known.side)
    desktop.locator("[data-part=files-section] > summary").click()
    names = {"annotated.mp4": b"ftyp", "report.json": b"formcheck.report/1", "frames.csv": b"t_s"}
    for name, holds in {**names, "strides.csv": b"initial_contact_s"}.items():
        with desktop.expect_download() as started:
            desktop.locator(f"[data-part=files] a[download='{name}']").click()
        assert started.value.suggested_filename == name
        assert holds in Path(started.value.path()).read_bytes()[:4000]
    with desktop.context.expect_page() as opened:
        desktop.get_by_role("link", name="Report to print").click()
    opened.value.wait_for_load_state()
    expect(opened.value.get_by_role("heading", level=1)).to_contain_text("Running form")


def test_deleted_clip_says_so(desktop, known, complaints):
    desktop.goto("/#/clip/" + known.side[:-4] + "0000")
    expect(desktop.get_by_role("heading", level=1)).to_have_text("Not here")
    complaints.expect("status of 404")


def test_units_go_through_the_page_and_the_report_to_print(desktop, known):
    open_clip(desktop, known.side)
    tile = desktop.locator(".tile[data-key=landing_ankle_hip_cm] .value")
    cm = float(tile.inner_text().split()[0])
    desktop.get_by_label("Shown in").select_option("imperial")
    expect(tile).to_have_text(f"{cm / 2.54:.1f} in")
    expect(desktop.locator("[data-part=facts]")).to_contain_text("min/mile")
    expect(desktop.locator("[data-part=facts]")).to_contain_text("5 ft 9 in")
    expect(desktop.locator(".curve .now").filter(has_text=" in").first).to_be_visible()
    assert not re.search(r"\d.(cm|km/h|m/s)", desktop.locator("main").inner_text())
    desktop.locator("[data-part=files-section] > summary").click()
    link = desktop.get_by_role("link", name="Report to print").get_attribute("href")
    printed = desktop.request.get(link)
    assert "min/mile" in printed.text()
    assert "sandbox" in printed.headers["content-security-policy"]
    assert "min/mile" not in desktop.request.get(link.partition("?")[0]).text()
    expect(desktop.get_by_role("link", name="Annotated video")).to_contain_text("in cm")


def test_another_clip_runs_behind_at_the_same_instant(desktop, known):
    open_clip(desktop, known.side)
    choice = desktop.get_by_label("Another clip")
    value = choice.locator("option", has_text="Anna, ").first.get_attribute("value")
    assert value == known.tempo
    choice.select_option(value)
    until(desktop, "document.querySelector('canvas').dataset.ghost !== undefined")
    times = frame_times(str(desktop.request.get("/").url).rstrip("/"), known.tempo)
    landings = desktop.request.get(f"/v1/analyses/{known.tempo}/report").json()["events"]["left"]
    wanted = {
        min(range(len(times)), key=lambda k: abs(times[k] - at))
        for at in landings["initial_contact_s"]
    }
    seen = 0
    for _ in range(4):
        desktop.get_by_role("button", name="Next instant").click()
        if "Left" in desktop.locator("[data-part=stop]").inner_text():
            until(
                desktop, f"document.querySelector('canvas').dataset.frame == {frame_shown(desktop)}"
            )
            ghost = int(desktop.evaluate("document.querySelector('canvas').dataset.ghost"))
            assert min(abs(ghost - frame) for frame in wanted) <= 1
            seen += 1
    assert seen >= 2
    choice.select_option("")
    until(desktop, "document.querySelector('canvas').dataset.ghost === undefined")


def drag_the_ankle(page):
    """Move the ankle of the second landing forward: with the pointer, then ten pixels by key."""
    page.get_by_role("button", name="Move points of the leg by hand").nth(1).click()
    handle = page.locator(".handle[data-point=left_ankle]")
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 20, y, steps=2)
    page.mouse.up()
    said = page.locator(".drag-bar [role=status]")
    dragged = said.inner_text()
    handle.press("Shift+ArrowLeft")
    expect(said).not_to_have_text(dragged)
    before, now = (float(part) for part in re.findall(r"[\d.]+", said.inner_text()))
    assert now > before
    page.get_by_role("button", name="Keep").click()


def test_what_is_corrected_by_hand_answers_and_is_put_back(desktop, service, clips):
    with service.client() as client:
        job_id = analysed(client, clips.side, height=1.75, speed="2.9m/s", runner="Hand")
    open_clip(desktop, job_id)
    tile = desktop.locator(".tile[data-key=landing_ankle_hip_cm]")
    was = tile.locator(".value").inner_text()
    tile.click()
    desktop.get_by_label("Corrections are made by").fill("Dr. Ada")
    desktop.get_by_role("button", name="Strike out").first.click()
    expect(desktop.locator(".answer")).to_contain_text("struck out by Dr. Ada")
    expect(tile.locator(".tag")).to_have_text("corrected by hand")
    expect(desktop.locator(".shots .struck")).to_have_count(1)
    now = desktop.request.get(f"/v1/analyses/{job_id}/report").json()
    assert now["metrics"]["landing_ankle_hip_cm"]["uncorrected"] is not None
    assert (
        now["metrics"]["landing_ankle_hip_cm"]["n"]
        == len(now["events"]["left"]["initial_contact_s"]) - 1
    )
    desktop.get_by_role("button", name="Put back").click()
    expect(desktop.locator(".shots .struck")).to_have_count(0)
    expect(tile.locator(".value")).to_have_text(was)
    drag_the_ankle(desktop)
    expect(desktop.locator(".answer")).to_contain_text("left ankle was moved in the picture")
    now = desktop.request.get(f"/v1/analyses/{job_id}/report").json()
    kept = now["metrics"]["landing_ankle_hip_cm"]
    assert kept["value"] > kept["uncorrected"]["value"]
    assert now["metrics"]["contact_time_ms"]["uncorrected"] is None
    desktop.get_by_role("button", name="Points as measured").click()
    expect(desktop.locator(".answer")).not_to_contain_text("moved in the picture")
    expect(tile.locator(".value")).to_have_text(was)
    desktop.request.delete(f"/v1/analyses/{job_id}")


def test_details_are_changed_in_the_page(desktop, service, clips):
    with service.client() as client:
        job_id = analysed(client, clips.side, height=1.75, runner="Before")
    open_clip(desktop, job_id)
    desktop.locator("[data-part=edit-section] > summary").click()
    desktop.locator("[data-part=edit] [name=runner]").fill("After")
    desktop.get_by_role("button", name="Save changes").click()
    expect(desktop.locator("[data-part=facts]")).to_contain_text("After")
    desktop.request.delete(f"/v1/analyses/{job_id}")

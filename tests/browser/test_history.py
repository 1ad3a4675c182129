"""All clips: open, delete, pick two; and advice from side and rear together."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.api.service import analysed


@pytest.fixture
def spare(service, clips, request):
    """Return an analysis that a test may delete."""
    with service.client() as client:
        yield analysed(client, clips.rear, runner=request.node.name, speed="2.7m/s")


def row(page, job_id):
    return page.locator(f".clip-row[data-id='{job_id}']")


def test_list_shows_what_is_known(page, known):
    page.goto("/#/history")
    expect(row(page, known.side)).to_contain_text("Anna, easy, side")
    expect(row(page, known.rear)).to_contain_text("Mia, easy, from behind")
    expect(row(page, known.rear)).to_contain_text("2026-03-22")
    headline = page.request.get(f"/v1/analyses/{known.side}").json()["headline"]
    expect(row(page, known.side).locator("strong")).to_have_text(f"{headline['cadence_spm']:.0f}")
    row(page, known.side).get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Running form")


def test_only_one_runner(page, known):
    page.goto("/#/history")
    page.get_by_label("Runner").select_option("Mia")
    expect(row(page, known.sore)).to_be_visible()
    expect(row(page, known.side)).to_be_hidden()


def test_delete_asks_first(page, spare, service):
    page.goto("/#/history")
    row(page, spare).get_by_role("button", name="Delete").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Keep it").click()
    expect(row(page, spare)).to_be_visible()
    row(page, spare).get_by_role("button", name="Delete").click()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    row(page, spare).get_by_role("button", name="Delete").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(row(page, spare)).to_have_count(0)
    with service.client() as client:
        assert client.get(f"/v1/analyses/{spare}").status_code == 404
    page.reload()
    expect(page.locator(".clip-row").first).to_be_visible()
    expect(row(page, spare)).to_have_count(0)


def test_delete_from_the_result(desktop, spare, service):
    desktop.goto(f"/#/clip/{spare}")
    desktop.get_by_role("heading", name="Report, files, delete").click()
    desktop.get_by_role("button", name="Delete").click()
    desktop.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(desktop.get_by_role("heading", level=1)).to_have_text("History")
    with service.client() as client:
        assert client.get(f"/v1/analyses/{spare}").status_code == 404


def test_older_ones_come_on_demand(desktop, known):
    def short(route):
        route.continue_(url=route.request.url.replace("limit=30", "limit=2"))

    desktop.route("**/v1/analyses?limit=30*", short)
    desktop.goto("/#/history")
    expect(desktop.locator(".clip-row")).to_have_count(2)
    desktop.get_by_role("button", name="Show older ones").click()
    expect(desktop.locator(".clip-row")).to_have_count(4)


def test_side_and_rear_give_one_advice(page, known):
    page.goto("/#/history")
    row(page, known.sore).get_by_role("checkbox").check()
    expect(page.locator("[data-part=picked]")).to_have_text("Select another one")
    row(page, known.rear).get_by_role("checkbox").check()
    with page.expect_request("**/v1/advice") as asked:
        page.get_by_role("link", name="Combined advice").click()
    assert set(asked.value.post_data_json["analyses"]) == {known.sore, known.rear}
    told = asked.value.response().json()
    expect(page.get_by_role("heading", level=1)).to_have_text("Side and rear together")
    expect(page.locator("video")).to_have_count(2)
    expect(page.locator(".cue")).to_have_count(len(told["cues"]))
    assert len(told["cues"]) <= 2
    for cue in told["cues"]:
        expect(page.locator(f".cue[data-cue={cue['id']}]")).to_contain_text(cue["text"])


def test_other_symptoms_give_other_advice(desktop, known):
    desktop.goto(f"/#/together/{known.sore}/{known.rear}")
    expect(desktop.locator(".cue")).not_to_have_count(0)
    desktop.get_by_text("Change the symptoms").click()
    desktop.get_by_label("Where").select_option("bone")
    desktop.get_by_label("It wakes me at night").check()
    desktop.get_by_role("button", name="Ask again").click()
    expect(desktop.locator(".flags")).to_be_visible()
    expect(desktop.locator(".cue")).to_have_count(0)


def test_a_third_pick_lets_go_of_the_first(desktop, known):
    desktop.goto("/#/history")
    boxes = [row(desktop, one).get_by_role("checkbox") for one in (known.side, known.tempo)]
    for box in (*boxes, row(desktop, known.sore).get_by_role("checkbox")):
        box.check()
    expect(boxes[0]).not_to_be_checked()
    expect(boxes[1]).to_be_checked()

"""A visit on the screen, on paper and behind a private link; a runner's page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.api.service import analysed
from tests.browser.conftest import KNEE

A_PAGE = re.compile(rb"/Type\s*/Page\b")


@pytest.fixture(scope="module")
def visit(service, clips):
    """Return the address of a visit of four clips: rear, side and other side, easy and tempo."""
    told = {**KNEE, "runner": "Nora", "date": "2026-04-01", "height": 1.75, "pain_during": 3}
    easy = {**told, "speed": "2.9m/s"}
    with service.client() as client:
        ids = [
            analysed(client, clips.side, **easy),
            analysed(client, clips.rear, **easy),
            analysed(client, clips.tempo, **{**told, "pace": "tempo", "speed": "3.8m/s"}),
        ]
    return ids


def sheet(page, ids):
    page.goto(f"/#/visit/{'/'.join(ids)}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nora, 2026-04-01")


def test_day_opens_as_a_visit(page, visit):
    page.goto("/#/history?runner=Nora")
    group = page.locator(".day", has_text="2026-04-01")
    expect(group.locator(".thumb").first).to_be_visible()
    group.get_by_role("link", name="Open visit").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nora, 2026-04-01")
    expect(page.locator("tr[data-key=cadence_spm]").first).to_contain_text("steps/min")
    expect(page.locator(".pictures-row figure[data-drawn]")).to_have_count(3)
    drawn = page.locator(".still canvas").first.evaluate(
        "(one) => new Set(one.getContext('2d').getImageData(0, 0, 40, 40).data).size"
    )
    assert drawn > 1
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert over <= 0


def test_result_leads_to_its_visit(desktop, visit):
    desktop.goto(f"/#/clip/{visit[0]}")
    desktop.get_by_role("link", name="Visit of Nora, 2026-04-01").click()
    expect(desktop.get_by_role("heading", level=1)).to_have_text("Nora, 2026-04-01")
    expect(desktop.locator(".pictures-row figure")).to_have_count(3)


def test_prints_on_one_page_with_header_and_note(desktop, visit):
    sheet(desktop, visit)
    desktop.get_by_label("Clinician").fill("K. Berg")
    desktop.get_by_label("Findings, plan, next date").fill("Calf tight.")
    with desktop.expect_response("**/note") as saved:
        desktop.get_by_label("Clinician").click()
    assert saved.value.ok
    expect(desktop.locator(".pictures-row figure[data-drawn]")).to_have_count(3)
    short = desktop.pdf(prefer_css_page_size=True)
    assert len(A_PAGE.findall(short)) == 1
    desktop.get_by_text("All other numbers, cautions and clips").click()
    assert len(A_PAGE.findall(desktop.pdf(prefer_css_page_size=True))) == 2
    desktop.reload()
    expect(desktop.get_by_label("Clinician")).to_have_value("K. Berg")


def test_link_is_made_opened_and_withdrawn(page, visit, browser):
    sheet(page, visit)
    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name="Create link").click()
    url = page.get_by_label("Link", exact=True).input_value()
    context = browser.new_context()
    guest = context.new_page()
    guest.goto(url)
    expect(guest.get_by_role("heading", level=1)).to_have_text("Nora, 2026-04-01")
    expect(guest.locator("tr[data-key=cadence_spm]").first).to_contain_text("steps/min")
    expect(guest.locator(".pictures-row figure[data-drawn]")).to_have_count(3)
    assert guest.locator("nav, input, textarea").count() == 0
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_role("button", name="Withdraw")).to_have_count(0)
    gone = guest.reload()
    assert gone is not None
    assert gone.status == 404
    expect(guest.get_by_role("heading", level=1)).to_have_text("This link is no longer valid")
    context.close()


def test_two_runners_are_refused_before_the_click(page, known, visit):
    page.goto("/#/history")
    for one in (known.side, visit[0]):
        page.locator(f".clip-row[data-id='{one}']").get_by_role("checkbox").check()
    expect(page.locator("[data-part=picked]")).to_contain_text("only clips of one runner")
    for name in ("Compare", "Combined advice"):
        expect(page.locator(".bar").get_by_role("link", name=name)).to_be_hidden()
    page.goto(f"/#/compare/{known.side}/{visit[0]}")
    expect(page.locator("[data-part=error]")).to_contain_text("only clips of one runner")
    expect(page.get_by_role("button", name="Compare")).to_be_disabled()


def test_search_is_kept_in_the_address(desktop, known, visit):
    desktop.goto("/#/history")
    desktop.get_by_label("Search").fill("nora behind")
    rows = desktop.locator(".clip-row:visible")
    expect(rows).to_have_count(1)
    expect(rows).to_have_attribute("data-id", visit[1])
    desktop.reload()
    expect(desktop.get_by_label("Search")).to_have_value("nora behind")
    expect(rows).to_have_count(1)
    desktop.get_by_label("Search").fill("nobody")
    expect(desktop.get_by_text("No clip fits.")).to_be_visible()


def test_runner_has_a_page(page, known):
    page.goto("/#/history?runner=Mia")
    page.get_by_role("link", name="Mia", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mia")
    expect(page.locator(".timeline > li")).to_have_count(2)
    expect(page.locator(".timeline")).to_contain_text("Pain while running: 5 of 10")
    expect(page.locator(".trend", has_text="Cadence").locator(".run").first).to_be_visible()
    expect(page.locator(".trend", has_text="Pain during")).not_to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

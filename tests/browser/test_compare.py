"""Two clips against each other."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.watch import until


def test_picked_from_the_history_to_the_table(page, known):
    page.goto("/#/history")
    for job_id in (known.side, known.tempo):
        page.locator(f".clip-row[data-id='{job_id}']").get_by_role("checkbox").check()
    page.get_by_role("link", name="Compare").last.click()
    expect(page.get_by_label("First")).to_have_value(known.side)
    expect(page.get_by_label("Second")).to_have_value(known.tempo)
    page.get_by_label("What is compared").select_option("easy-tempo")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("[data-part=sentence]")).not_to_be_empty()
    job_id = page.url.rpartition("/")[2]
    result = page.request.get(f"/v1/comparisons/{job_id}/report").json()
    expect(page.locator("[data-part=sentence]")).to_have_text(result["sentence"])
    line = page.locator("tr[data-key=cadence_spm]")
    change = result["metrics"]["cadence_spm"]
    for shown in (f"{change['first']:.1f}", f"{change['second']:.1f}"):
        expect(line).to_contain_text(shown)
    expect(line.locator("td strong")).to_contain_text(f"+{change['difference']:.1f}")
    assert change["verdict"] == "real"
    heads = page.locator("[data-part=table] :is(h3, summary)").all_inner_texts()
    assert heads[0] in (
        "Differs, and speed does not explain it",
        "Differs, as speed usually brings",
    )
    compared = sum(one["verdict"] != "not_comparable" for one in result["metrics"].values())
    expect(page.locator("tbody tr")).to_have_count(compared)
    sheet = page.get_by_role("link", name="Print summary").get_attribute("href")
    assert page.request.get(sheet).ok
    until(page, "document.querySelector('video').readyState >= 2")
    page.get_by_role("radio", name="¼").check()
    page.get_by_role("button", name="Play").click()
    until(page, "document.querySelector('video').currentTime > 0.05")
    assert page.evaluate("document.querySelector('video').playbackRate") == 0.25
    page.goto("/#/compare")
    expect(page.locator("[data-part=earlier] li").first).to_contain_text("side.mp4")


def test_the_same_clip_twice_is_refused(page, known):
    page.goto(f"/#/compare/{known.side}/{known.side}")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("form [data-part=error]")).to_have_text("Choose two different clips.")


@pytest.mark.parametrize("width", [360])
def test_table_fits_a_narrow_phone(desktop, known, width):
    desktop.set_viewport_size({"width": width, "height": 740})
    desktop.goto(f"/#/compare/{known.side}/{known.tempo}")
    desktop.get_by_role("button", name="Compare").click()
    expect(desktop.locator("tbody tr").first).to_be_visible()
    assert desktop.evaluate("document.documentElement.scrollWidth") <= width

"""For everybody: axe-core finds nothing serious, the keyboard reaches all, nothing is too wide."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SCREENS, opened

VERSION = "4"
VIEWS = ("new", "history", "side", "sore", "compare", "comparison", "together")


@pytest.fixture(scope="session")
def axe(request) -> str:
    """Return axe-core's source, fetched from the npm registry once and kept in pytest's cache."""
    folder: Path = request.config.cache.mkdir("axe-core")
    source = folder / "package" / "axe.min.js"
    if not source.is_file():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("npm is not installed, so axe-core cannot be fetched")
        packed = subprocess.run(
            [npm, "pack", f"axe-core@{VERSION}", "--silent"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if packed.returncode:
            pytest.skip("the npm registry cannot be reached, so axe-core cannot be fetched")
        with tarfile.open(folder / packed.stdout.split()[-1]) as archive:
            archive.extractall(folder, filter="data")
    return source.read_text("utf-8")


@pytest.fixture(scope="module")
def addresses(service, known) -> dict[str, str]:
    with service.client() as client:
        body = {"first": known.side, "second": known.tempo, "mode": "easy_tempo"}
        made = client.post("/v1/comparisons", json=body).raise_for_status().json()
    return {
        "new": "#/",
        "history": "#/history",
        "side": f"#/clip/{known.side}",
        "sore": f"#/clip/{known.sore}",
        "compare": "#/compare",
        "comparison": f"#/comparison/{made['id']}",
        "together": f"#/together/{known.sore}/{known.rear}",
    }


READY = {
    "new": "form.new",
    "history": ".clip-row",
    "side": ".curve .main-svg",
    "sore": ".result [data-part=feel] .story",
    "compare": "#first option",
    "comparison": "tbody tr",
    "together": ".tiles",
}


def show(page, addresses, view):
    page.goto("/" + addresses[view])
    expect(page.locator(READY[view]).first).to_be_attached()
    page.evaluate(
        "document.querySelectorAll('details:not(.menu)').forEach((one) => one.open = true)"
    )


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("screen", list(SCREENS))
def test_axe_finds_nothing_serious(browser, service, complaints, addresses, axe, screen, colours):
    found = {}
    for page in opened(browser, service.url, complaints, color_scheme=colours, **SCREENS[screen]):
        for view in VIEWS:
            show(page, addresses, view)
            page.evaluate(axe)
            results = page.evaluate(
                "axe.run({ resultTypes: ['violations'] }).then((found) => found.violations)"
            )
            found[view] = [
                (one["id"], one["nodes"][0]["html"][:160], one["nodes"][0]["failureSummary"])
                for one in results
                if one["impact"] in ("serious", "critical")
            ]
    assert {view: one for view, one in found.items() if one} == {}


@pytest.mark.parametrize("width", [320, 360, 768, 1024])
def test_nothing_is_wider_than_the_screen(browser, service, complaints, addresses, width):
    wide = []
    size = {"width": width, "height": 740}
    for page in opened(browser, service.url, complaints, viewport=size):
        for view in VIEWS:
            show(page, addresses, view)
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append(view)
    assert wide == []


def test_a_clip_by_keyboard_alone(desktop, known, clips):
    """From the top of the page to a picked clip, its cue's beat, its numbers, and back."""
    desktop.goto("/#/history")
    expect(desktop.locator(".clip-row").first).to_be_visible()
    desktop.keyboard.press("Tab")
    expect(desktop.get_by_text("Skip to the content")).to_be_focused()
    desktop.keyboard.press("Enter")
    tab_to(desktop, f".clip-row[data-id='{known.sore}'] .what")
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_role("heading", level=1)).to_be_focused()
    expect(desktop.locator(".curve .main-svg").first).to_be_attached()
    tab_to(desktop, "[data-part=play]")
    desktop.keyboard.press("Space")
    expect(desktop.get_by_role("button", name="Pause")).to_be_focused()
    desktop.keyboard.press("Space")
    tab_to(desktop, ".speeds input:checked")
    desktop.keyboard.press("ArrowRight")
    assert desktop.evaluate("document.querySelector('video').playbackRate") == 0.5
    tab_to(desktop, ".beat [data-part=start]")
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_role("button", name="Stop the beat")).to_be_focused()
    desktop.keyboard.press("Enter")
    tab_to(desktop, "[data-part=numbers-section] > summary")
    desktop.keyboard.press("Enter")
    tab_to(desktop, ".metric summary")
    desktop.keyboard.press("Enter")
    expect(desktop.locator(".metric .more").first).to_be_visible()


def tab_to(page, selector, most=60):
    """Press Tab until an element has the focus, and see that it shows."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            break
    else:
        raise AssertionError(f"Tab never reached {selector}")
    drawn = page.evaluate(
        """() => [document.activeElement, document.activeElement.nextElementSibling]
             .some((node) => node && getComputedStyle(node).outlineStyle !== "none")"""
    )
    assert drawn, f"the focus does not show at {selector}"


def test_the_seek_bar_steps_by_keyboard(desktop, known):
    desktop.goto(f"/#/clip/{known.side}")
    bar = desktop.get_by_label("Time in the clip")
    bar.focus()
    desktop.keyboard.press("ArrowRight")
    desktop.keyboard.press("ArrowRight")
    expect(desktop.locator("[data-part=frame]")).to_contain_text("frame 3 of")
    assert bar.get_attribute("aria-valuetext").endswith("seconds")


def test_progress_and_results_are_announced(desktop, clips):
    desktop.goto("/")
    heard: list[str] = []

    def hear(text: str) -> None:
        heard.append(text)

    desktop.expose_function("hear", hear)
    desktop.evaluate(
        """() => new MutationObserver(() => {
             const text = document.getElementById("said").textContent;
             if (text) window.hear(text);
           }).observe(document.getElementById("said"), { childList: true })"""
    )
    desktop.locator("[data-part=file]").set_input_files(clips.rear)
    desktop.get_by_label("Runner", exact=True).fill("Heard")
    desktop.get_by_role("button", name="Measure the clip").click()
    expect(desktop.get_by_role("heading", level=1)).to_have_text("Running form from behind")
    expect(desktop.get_by_role("heading", level=1)).to_be_focused()
    expect(desktop.locator("#said")).to_have_text("Running form from behind: done.")
    assert heard[0] == "Chosen: rear.mp4"
    desktop.request.delete(f"/v1/analyses/{desktop.url.rpartition('/')[2]}")


def test_less_motion_where_it_is_wanted(browser, service, complaints, known):
    how = {**SCREENS["desktop"], "reduced_motion": "reduce"}
    for page in opened(browser, service.url, complaints, **how):
        page.goto(f"/#/clip/{known.sore}")
        page.get_by_role("button", name="Start the beat").click()
        expect(page.locator(".pulse.hit")).to_be_attached()
        assert page.evaluate(
            "getComputedStyle(document.querySelector('.pulse')).animationName"
        ) == ("none")


def test_dark_and_light(browser, service, complaints, known):
    seen = {}
    for colours in ("light", "dark"):
        how = {**SCREENS["desktop"], "color_scheme": colours}
        for page in opened(browser, service.url, complaints, **how):
            page.goto(f"/#/clip/{known.side}")
            line = page.locator(".curve .js-line").first
            expect(line).to_be_attached()
            seen[colours] = (
                page.evaluate("getComputedStyle(document.body).backgroundColor"),
                line.evaluate("node => getComputedStyle(node).stroke"),
            )
    assert seen["light"][0] != seen["dark"][0]
    assert seen["light"][1] != seen["dark"][1]

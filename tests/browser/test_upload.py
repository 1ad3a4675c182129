"""From a clip on the phone to its result; and what goes wrong on the way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.browser.watch import open_clip, until
from tests.video.clips import record

SAMPLE = Path(__file__).parents[2] / "sample_videos" / "side_easy_60fps.mp4"


def choose(page, path):
    page.locator("[data-part=file]").set_input_files(path)
    expect(page.locator("[data-part=drop-text]")).to_contain_text(Path(path).name)


def test_a_clip_from_choosing_to_its_result(page, clips):
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("How do you run?")
    choose(page, clips.side)
    until(page, "document.querySelector('.preview video').readyState >= 1")
    page.get_by_label("Unit of height").select_option("ft")
    page.get_by_label("Height", exact=True).fill("5'9\"")
    page.get_by_label("Unit of speed").select_option("min/km")
    page.get_by_label("Belt speed").fill("5:45")
    page.get_by_label("Pace").select_option("easy")
    page.get_by_label("Runner", exact=True).fill("Nora <b>")
    assert page.get_by_label("Filmed on").input_value()
    page.get_by_text("Does anything hurt?").click()
    page.get_by_label("Where").select_option("achilles")
    page.get_by_label("Pain while running").select_option("2")
    page.get_by_label("Stiff the next morning").check()
    with page.expect_response("**/v1/analyses") as answered:
        page.get_by_role("button", name="Measure the clip").click()
    assert answered.value.status == 202
    expect(page.locator(".stages")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Running form from the left side")
    facts = page.locator(".facts")
    expect(facts).to_contain_text("Nora <b>")
    expect(facts).to_contain_text("5 ft 9 in")
    expect(facts).to_contain_text("9:15 min/mile (6.5 mph)")
    expect(page.locator(".story")).to_contain_text(
        "the Achilles or calf, pain 2 of 10 while running, stiff the next morning"
    )
    job_id = answered.value.json()["id"]
    page.goto("/#/")
    expect(page.get_by_label("Height", exact=True)).to_have_value("5'9\"")
    expect(page.get_by_label("Unit of speed")).to_have_value("min/km")
    page.request.delete(f"/v1/analyses/{job_id}")


@pytest.mark.model
@pytest.mark.slow
def test_a_real_clip_is_measured_by_the_network(desktop):
    desktop.goto("/")
    choose(desktop, SAMPLE)
    desktop.get_by_text("Measure only a part").click()
    desktop.get_by_label("To, seconds").fill("2.5")
    desktop.get_by_label("Height", exact=True).fill("1.79")
    desktop.get_by_label("Belt speed").fill("9.36")
    desktop.get_by_text("More about the run").click()
    desktop.get_by_label("Accuracy").select_option("lite")
    seen: list[tuple[str, float]] = []

    def see(stage_and_share: list[Any]) -> None:
        seen.append((stage_and_share[0], stage_and_share[1]))

    desktop.expose_function("seen", see)
    desktop.evaluate(
        """() => new MutationObserver(() => {
             const bar = document.querySelector("#main progress[aria-label=Analysis]");
             const stage = document.querySelector(".stages .now")?.textContent;
             if (bar && stage) window.seen([stage, bar.value]);
           }).observe(document.getElementById("main"), { subtree: true, childList: true,
                      attributes: true })"""
    )
    desktop.get_by_role("button", name="Measure the clip").click()
    expect(desktop.get_by_role("heading", level=1)).to_contain_text(
        "Running form from the left side", timeout=240_000
    )
    shares = [share for _, share in seen]
    assert shares == sorted(shares)
    assert len(set(shares)) > 3
    assert "Find the body in every frame" in [stage for stage, _ in seen]
    cadence = desktop.locator(".tile", has_text="Cadence").locator(".value").inner_text()
    assert float(cadence.split()[0]) == pytest.approx(163.9, abs=4)
    open_clip(desktop, desktop.url.rpartition("/")[2])


def test_a_file_that_is_no_video(page, complaints, tmp_path):
    path = tmp_path / "notes.mp4"
    path.write_text("no video at all", encoding="utf-8")
    page.goto("/")
    choose(page, path)
    expect(page.get_by_text("This browser cannot show the clip.")).to_be_visible()
    page.get_by_label("Height", exact=True).fill("1.8")
    page.get_by_role("button", name="Measure the clip").click()
    error = page.locator("#clip-error")
    expect(error).to_be_visible()
    assert error.inner_text().endswith(".")
    expect(page.locator("#warned")).to_have_text(error.inner_text())
    expect(page.get_by_label("Height", exact=True)).to_have_value("1.8")
    assert page.evaluate("document.activeElement.dataset.part") == "file"
    complaints.expect("status of 4")


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("Height", "17", "is not a height in metres"),
        ("Belt speed", "fast", "is not a plausible running speed"),
        ("Belt speed", "99", "is not a plausible running speed"),
    ],
)
def test_values_that_cannot_be(page, clips, field, typed, words):
    page.goto("/")
    choose(page, clips.side)
    page.get_by_label(field, exact=True).fill(typed)
    page.get_by_role("button", name="Measure the clip").click()
    at = page.get_by_label(field, exact=True)
    expect(at).to_be_focused()
    assert at.get_attribute("aria-invalid") == "true"
    expect(page.locator(f"#{at.get_attribute('id')}-error")).to_contain_text(words)
    at.fill("")


def test_without_a_clip(page):
    page.goto("/")
    page.get_by_role("button", name="Measure the clip").click()
    expect(page.locator("#clip-error")).to_have_text("Choose a clip first, or drop one here.")


def test_a_part_is_taken_from_the_preview(desktop, clips):
    desktop.goto("/")
    choose(desktop, clips.side)
    until(desktop, "document.querySelector('.preview video').readyState >= 2")
    desktop.get_by_text("Measure only a part").click()
    desktop.evaluate("document.querySelector('.preview video').currentTime = 1.25")
    desktop.get_by_role("button", name="Use current frame").first.click()
    expect(desktop.get_by_label("From, seconds")).to_have_value("1.25")
    desktop.get_by_label("To, seconds").fill("1")
    desktop.get_by_role("button", name="Measure the clip").click()
    expect(desktop.locator("#clip-error")).to_have_text("The part must end after it starts.")


def test_earlier_clips_of_the_runner_are_offered(desktop, known):
    desktop.goto("/")
    expect(desktop.locator("#runners option[value=Anna]")).to_be_attached()
    desktop.get_by_label("Runner", exact=True).fill("Anna")
    desktop.get_by_text("More about the run").click()
    earlier = desktop.get_by_label("Compare with an earlier clip").locator("option")
    expect(earlier).to_have_count(3)
    values = [option.get_attribute("value") for option in earlier.all()]
    assert set(values) == {"", known.side, known.tempo}


def test_only_a_phone_whose_page_has_no_camera_is_asked_to_record(page):
    page.goto("/")
    expect(page.get_by_role("link", name="Film with this device")).to_be_visible()
    expect(page.get_by_text("Record one")).to_be_hidden()
    page.add_init_script(
        "Object.defineProperty(navigator, 'mediaDevices', { get: () => undefined })"
    )
    page.reload()
    held = page.evaluate("navigator.maxTouchPoints > 0")
    expect(page.get_by_text("Record one")).to_be_visible(visible=held)
    expect(page.get_by_role("link", name="Film with this device")).to_be_hidden()
    assert page.locator("[data-part=record]").get_attribute("capture") == "environment"


def test_a_dropped_clip_counts(desktop, clips):
    desktop.goto("/")
    expect(desktop.get_by_text("Drop a clip here")).to_be_visible()
    desktop.evaluate(
        """() => {
          const carried = new DataTransfer();
          carried.items.add(new File(["x"], "dropped.mp4", { type: "video/mp4" }));
          const how = { dataTransfer: carried, bubbles: true, cancelable: true };
          const drop = document.querySelector("[data-part=drop]");
          drop.dispatchEvent(new DragEvent("drop", how));
        }"""
    )
    expect(desktop.locator("[data-part=drop-text]")).to_contain_text("dropped.mp4")


def test_upload_can_be_cancelled(desktop, clips):
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    desktop.route("**/v1/analyses", hold)
    desktop.goto("/")
    choose(desktop, clips.side)
    desktop.get_by_role("button", name="Measure the clip").click()
    expect(desktop.get_by_role("heading", name="Sending the clip")).to_be_focused()
    desktop.get_by_role("button", name="Cancel").click()
    expect(desktop.get_by_role("button", name="Measure the clip")).to_be_visible()
    assert desktop.locator("[data-part=drop-text]").inner_text().startswith("side.mp4")
    for route in held:
        route.abort()


def test_a_running_analysis_can_be_cancelled(desktop, service):
    desktop.goto("/")
    choose(desktop, SAMPLE)
    desktop.get_by_role("button", name="Measure the clip").click()
    expect(desktop.locator(".stages")).to_be_visible()
    job_id = desktop.url.rpartition("/")[2]
    desktop.get_by_role("button", name="Cancel").click()
    expect(desktop.get_by_role("heading", level=1)).to_have_text("How do you run?")
    with service.client() as client:
        assert client.get(f"/v1/analyses/{job_id}").status_code == 404


def test_progress_without_events(desktop, service, clips, complaints):
    """Where event streams do not come through, the page asks again and again."""
    desktop.route("**/events", lambda route: route.abort())
    desktop.goto("/")
    choose(desktop, clips.tempo)
    desktop.get_by_label("Runner", exact=True).fill("No events")
    desktop.get_by_role("button", name="Measure the clip").click()
    expect(desktop.get_by_role("heading", level=1)).to_contain_text("Running form")
    desktop.request.delete(f"/v1/analyses/{desktop.url.rpartition('/')[2]}")
    complaints.forgive("net::ERR_FAILED")  # whether a cut stream is told depends on the moment


def test_a_clip_without_a_runner_says_why(desktop, tmp_path):
    path = tmp_path / "wall.mp4"
    record(path, [k / 30 for k in range(45)])
    desktop.goto("/")
    choose(desktop, path)
    desktop.get_by_text("More about the run").click()
    desktop.get_by_label("Accuracy").select_option("lite")
    desktop.get_by_role("button", name="Measure the clip").click()
    expect(desktop.get_by_role("heading", level=1)).to_have_text("This clip could not be measured")
    sentence = desktop.locator(".card.plain p").nth(1).inner_text()
    assert len(sentence) > 20
    assert sentence.endswith(".")
    desktop.get_by_role("link", name="Try another clip").click()
    expect(desktop.get_by_role("heading", level=1)).to_have_text("How do you run?")

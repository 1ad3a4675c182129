"""Filming in the page, with the browser's fake camera fed by the sample clip."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ARGUMENTS, SCREENS, opened

SAMPLE = Path(__file__).resolve().parents[2] / "sample_videos" / "side_easy_60fps.mp4"


def camera_file(path: Path, share: float) -> Path:
    """Write a part of the sample clip, its upper share only, as the fake camera reads it."""
    with av.open(str(SAMPLE)) as clip, path.open("wb") as out:
        for number, frame in enumerate(clip.decode(video=0)):
            if number == 120:
                break
            picture = frame.to_ndarray(format="bgr24")
            part = cv2.resize(
                picture[: int(share * len(picture))], (640, int(360 * share) // 2 * 2)
            )
            out.write(cv2.imencode(".jpg", part)[1].tobytes())
    return path


@pytest.fixture(params=[("phone", 1.0), ("desktop", 0.7)], ids=["phone-good", "desktop-cut"])
def filming(request, service, complaints, tmp_path) -> Iterator[tuple[Page, float]]:
    """A page whose camera shows the sample's runner, whole or with the feet cut off."""
    screen, share = request.param
    fed = camera_file(tmp_path / "camera.mjpeg", share)
    arguments = [
        *ARGUMENTS,
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={fed}",
    ]
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium is not installed")
    started = request.getfixturevalue("browser").browser_type.launch(
        executable_path=path, args=arguments
    )
    for page in opened(started, service.url, complaints, **SCREENS[screen]):
        yield page, share
    started.close()
    assert complaints.texts == []


@pytest.mark.model
def test_camera_says_what_to_change_counts_down_and_judges(filming):
    page, share = filming
    good = share == 1.0
    page.clock.install()
    page.goto("/#/")
    page.get_by_role("link", name="Film with this device").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Film a run")
    expect(page.locator(".film-guide li")).to_have_count(5)
    page.get_by_role("button", name="Open the camera").click()
    hint = page.locator(".film-hint")
    if good:
        expect(hint).to_have_text("Good. Start when ready.")
        expect(page.locator("[data-check=feet]")).to_have_class("yes")
        expect(page.get_by_text("frames per second")).to_be_visible()
    else:
        expect(hint).to_have_attribute("data-hint", "feet")
    page.get_by_role("button", name="Start").click()
    expect(page.locator(".film-count")).to_be_visible()
    page.clock.run_for(5000)
    expect(page.locator(".film-count.recording")).to_be_visible()
    page.wait_for_timeout(2500)
    page.clock.run_for(8000)
    verdict = page.locator(".film-verdict")
    expect(verdict).to_have_attribute("data-verdict", "good" if good else "again")
    expect(verdict.locator("video")).to_be_visible()
    page.get_by_role("button", name="Use this clip" if good else "Use it anyway").click()
    expect(page.locator("[data-part=drop-text]")).to_contain_text("filmed.")
    assert page.locator("[data-part=video]").evaluate("(video) => video.src").startswith("blob:")


def test_sample_clip_is_one_click(desktop: Page, service):
    desktop.goto("/")
    with desktop.expect_response("**/v1/analyses") as sent:
        desktop.get_by_role("button", name="Try it with a sample clip").click()
    assert sent.value.status == 202
    expect(desktop.get_by_role("heading", level=1)).to_have_text("Measuring")
    desktop.get_by_role("button", name="Cancel").click()
    expect(desktop.get_by_role("heading", level=1)).to_have_text("How do you run?")

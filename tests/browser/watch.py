"""What tests ask of a clip's player and curves."""

from __future__ import annotations

import csv
import io
import time

import httpx
from playwright.sync_api import Page, expect

PATIENCE_S = 30.0


def until(page: Page, expression: str) -> None:
    """Wait until an expression holds; the page's policy forbids Playwright's own way to do it."""
    ends = time.monotonic() + PATIENCE_S
    while not page.evaluate(expression):
        assert time.monotonic() < ends, f"never came: {expression}"
        page.wait_for_timeout(20)


def open_clip(page: Page, job_id: str) -> None:
    """Show a result and wait until its clip and its curves are there."""
    page.goto(f"/#/clip/{job_id}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Running form")
    until(page, "document.querySelector('canvas')?.dataset.frame !== undefined")
    expect(page.locator(".curve .main-svg").first).to_be_visible()


def frame_times(url: str, job_id: str) -> list[float]:
    """Return the true time of every frame."""
    text = httpx.get(f"{url}/v1/analyses/{job_id}/frames.csv").raise_for_status().text
    return [float(row["t_s"]) for row in csv.DictReader(io.StringIO(text))]


def frame_shown(page: Page) -> int:
    """Return the index of the frame that the player names."""
    text = page.locator("[data-part=frame]").first.inner_text()
    return int(text.split()[1]) - 1


def frame_drawn(page: Page) -> int:
    """Return the frame whose body is drawn on the clip."""
    return int(page.evaluate("document.querySelector('canvas').dataset.frame"))


def playing_time(page: Page) -> float:
    """Return the video's own time in seconds."""
    return float(page.evaluate("document.querySelector('video').currentTime"))


def playhead(page: Page) -> float:
    """Return where the playhead of the first curve stands, as a share of the plot's width."""
    return float(
        page.evaluate(
            """() => {
              const head = document.querySelector('.playhead').getBoundingClientRect();
              const box = document.querySelector('.plot-box').getBoundingClientRect();
              const [left, right] = [40, 8];
              return (head.x + 1 - box.x - left) / (box.width - left - right);
            }"""
        )
    )

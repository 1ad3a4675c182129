"""The system's Chromium, a service that replays stored tracks, and pages that must not complain."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.api.clips import runner_clip
from tests.api.service import Service, analysed, running

ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--autoplay-policy=no-user-gesture-required",
)
SCREENS: Final[dict[str, dict[str, Any]]] = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "has_touch": True,
        "is_mobile": True,
        "device_scale_factor": 2,
    },
}
PATIENCE_MS: Final = 60_000
KNEE: Final[dict[str, Any]] = {
    "region": "knee",
    "settles_hours": 12,
    "runner": "Mia",
    "pace": "easy",
}


@dataclass
class Complaints:
    """What a page's console and scripts complained of; a test takes out what it expects."""

    texts: list[str] = field(default_factory=list)

    def expect(self, part: str) -> None:
        """Take out the complaints that hold a text; there must be one."""
        kept = [text for text in self.texts if part not in text]
        assert len(kept) < len(self.texts), f"nothing complained of {part!r}"
        self.texts = kept

    def forgive(self, part: str) -> None:
        """Take out the complaints that hold a text, if there are any."""
        self.texts = [text for text in self.texts if part not in text]


@dataclass(frozen=True)
class Clips:
    """Clips of synthetic runners whose tracks the service replays."""

    tracks: Path
    side: Path
    tempo: Path
    rear: Path
    slow: Path


@dataclass(frozen=True)
class Known:
    """Ids of finished analyses that no test deletes."""

    side: str
    tempo: str
    before: str
    sore: str
    rear: str
    part: str


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield started
        started.close()


@pytest.fixture(scope="package")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Clips:
    folder = tmp_path_factory.mktemp("clips")
    tracks = tmp_path_factory.mktemp("tracks")

    def clip(name: str, **spec: Any) -> Path:
        return runner_clip(folder / f"{name}.mp4", tracks, **spec)

    return Clips(
        tracks,
        side=clip("side"),
        tempo=clip("tempo", speed_mps=3.8, cadence_spm=182.0, contact_s=0.21, seed=1),
        rear=clip("rear", stand="rear"),
        slow=clip("slow", cadence_spm=158.0, seed=3),
    )


@pytest.fixture(scope="package")
def service(
    browser: Browser, clips: Clips, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("service") / "data"
    with running(folder, replay_folder=clips.tracks) as started:
        yield started


@pytest.fixture(scope="package")
def known(service: Service, clips: Clips) -> Known:
    """Analyses of Anna (easy and tempo) and of Mia, whose knee was sore and is better."""
    usual: dict[str, Any] = {"height": 1.75, "speed": "2.9m/s"}
    with service.client() as client:
        return Known(
            side=analysed(client, clips.side, pace="easy", runner="Anna", **usual),
            tempo=analysed(
                client, clips.tempo, pace="tempo", runner="Anna", height=1.75, speed="3.8m/s"
            ),
            before=analysed(
                client, clips.slow, pain_during=5, date="2026-03-01", weeks=3, **KNEE, **usual
            ),
            sore=analysed(client, clips.side, pain_during=3, date="2026-03-22", **KNEE, **usual),
            rear=analysed(client, clips.rear, pain_during=3, date="2026-03-22", **KNEE, **usual),
            part=analysed(client, clips.side, from_=1, runner="Part", **usual),
        )


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@pytest.fixture(params=list(SCREENS))
def page(
    request: pytest.FixtureRequest, browser: Browser, service: Service, complaints: Complaints
) -> Iterator[Page]:
    """A page on a desktop and on a phone; what it complains of fails the test."""
    yield from opened(browser, service.url, complaints, **SCREENS[request.param])
    assert complaints.texts == []


@pytest.fixture
def desktop(browser: Browser, service: Service, complaints: Complaints) -> Iterator[Page]:
    """A page on a desktop."""
    yield from opened(browser, service.url, complaints, **SCREENS["desktop"])
    assert complaints.texts == []


def opened(browser: Browser, url: str, complaints: Complaints, **how: Any) -> Iterator[Page]:
    """Yield a page of a context of its own that writes down what it complains of."""
    context = browser.new_context(base_url=url, **how)
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    made = context.new_page()
    made.on(
        "console",
        lambda said: complaints.texts.append(said.text) if said.type == "error" else None,
    )
    made.on("pageerror", lambda error: complaints.texts.append(str(error)))
    yield made
    context.close()

"""A service with tokens: nothing without one, a cookie that scripts cannot read, own clips only."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.api.service import analysed, running
from tests.browser.conftest import SCREENS, opened

TOKENS = "clinic:first-token-of-the-tests,club:second-token-of-the-tests"
FIRST, SECOND = (one.partition(":")[2] for one in TOKENS.split(","))


@pytest.fixture(scope="module")
def closed(browser, clips, tmp_path_factory):
    folder = tmp_path_factory.mktemp("closed") / "data"
    with running(folder, replay_folder=clips.tracks, tokens=TOKENS) as started:
        yield started


@pytest.fixture(params=list(SCREENS))
def door(request, browser, closed, complaints):
    yield from opened(browser, closed.url, complaints, **SCREENS[request.param])
    assert complaints.texts == []


def sign_in(page, token):
    page.get_by_label("Token").fill(token)
    page.get_by_role("button", name="Sign in").click()


def test_wrong_then_right_token(door, complaints):
    door.goto("/#/history")
    expect(door.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(door.get_by_role("navigation")).to_be_hidden()
    sign_in(door, "guessed")
    expect(door.locator("#token-error")).to_be_visible()
    expect(door.get_by_label("Token")).to_be_focused()
    complaints.expect("status of 401")
    sign_in(door, FIRST)
    expect(door.get_by_role("heading", level=1)).to_have_text("History")
    expect(door.locator(".who")).to_contain_text("clinic")
    cookies = door.context.cookies()
    assert [(one["httpOnly"], one["sameSite"]) for one in cookies] == [(True, "Strict")]
    assert door.evaluate("document.cookie") == ""
    assert FIRST not in str(door.evaluate("JSON.stringify(localStorage)"))
    door.reload()
    expect(door.get_by_role("heading", level=1)).to_have_text("History")
    door.get_by_role("button", name="Sign out").click()
    expect(door.get_by_role("heading", level=1)).to_have_text("Sign in")
    door.goto("/#/history")
    expect(door.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_only_own_clips(door, closed, clips):
    with closed.client(FIRST) as client:
        analysed(client, clips.side, runner="Of the clinic")
    door.goto("/#/history")
    sign_in(door, SECOND)
    expect(door.get_by_text("No clips yet.")).to_be_visible()
    door.get_by_role("button", name="Sign out").click()
    sign_in(door, FIRST)
    expect(door.get_by_role("heading", level=1)).to_have_text("How do you run?")
    door.goto("/#/history")
    expect(door.locator(".clip-row")).to_contain_text("Of the clinic")


def test_clip_and_events_work_with_the_cookie(door, closed, clips):
    door.goto("/")
    sign_in(door, FIRST)
    door.locator("[data-part=file]").set_input_files(clips.tempo)
    door.get_by_role("button", name="Measure the clip").click()
    expect(door.get_by_role("heading", level=1)).to_contain_text("Running form")
    door.wait_for_timeout(200)
    assert door.evaluate("document.querySelector('video').error") is None


def test_a_session_that_ended_asks_again(door, complaints):
    door.goto("/")
    sign_in(door, FIRST)
    expect(door.get_by_role("heading", level=1)).to_have_text("How do you run?")
    door.context.clear_cookies()
    door.get_by_role("link", name="History").click()
    expect(door.get_by_role("heading", level=1)).to_have_text("Sign in")
    complaints.forgive("status of 401")  # of a call that was still under way

"""The annotated clip and its curves: play, step, slow down, jump."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.watch import frame_shown, frame_times, open_clip, playhead, playing_time, until


def test_play_moves_clip_and_playhead_together(page, service, known):
    open_clip(page, known.side)
    times_s = frame_times(service.url, known.side)
    page.get_by_role("button", name="Play").click()
    until(page, "document.querySelector('video').currentTime > 0.6")
    page.get_by_role("button", name="Pause").click()
    until(page, "(v => v.paused && !v.seeking)(document.querySelector('video'))")
    at_s = playing_time(page)
    assert at_s > 0.6
    shown = frame_shown(page)
    assert times_s[shown] - times_s[0] == pytest.approx(at_s, abs=1 / 60 + 1e-3)
    length_s = times_s[-1] - times_s[0] + 1 / 60
    assert playhead(page) == pytest.approx(at_s / length_s, abs=0.01)


def test_frame_by_frame(page, service, known):
    open_clip(page, known.side)
    times_s = frame_times(service.url, known.side)
    for index in (1, 2, 3):
        page.get_by_role("button", name="A frame on").click()
        assert frame_shown(page) == index
        expect(page.locator("[data-part=time]").first).to_have_text(f"{times_s[index]:.2f} s")
        # The middle of the frame's time, so that rounding never shows its neighbour.
        middle_s = (times_s[index] + times_s[index + 1]) / 2 - times_s[0]
        assert playing_time(page) == pytest.approx(middle_s, abs=1e-4)
    page.get_by_role("button", name="A frame back").click()
    assert frame_shown(page) == 2


def test_keys_step_and_jump_to_contacts(desktop, service, known):
    open_clip(desktop, known.side)
    desktop.keyboard.press(".")
    desktop.keyboard.press(".")
    desktop.keyboard.press(",")
    assert frame_shown(desktop) == 1
    report = desktop.request.get(f"/v1/analyses/{known.side}/report").json()
    contacts_s = sorted(
        time for side in ("left", "right") for time in report["events"][side]["initial_contact_s"]
    )
    times_s = frame_times(service.url, known.side)
    desktop.keyboard.press("]")
    desktop.keyboard.press("]")
    ahead = [time for time in contacts_s if time >= times_s[2]]
    assert times_s[frame_shown(desktop)] <= ahead[1] < times_s[frame_shown(desktop) + 1]
    desktop.keyboard.press("[")
    assert times_s[frame_shown(desktop)] <= ahead[0] < times_s[frame_shown(desktop) + 1]
    desktop.keyboard.press("k")
    until(desktop, "!document.querySelector('video').paused")


def test_keys_stay_out_of_fields(desktop, known):
    open_clip(desktop, known.sore)
    desktop.locator(".beat input[type=checkbox]").first.focus()
    desktop.keyboard.press(".")
    assert frame_shown(desktop) == 0


@pytest.mark.parametrize(("name", "rate"), [("½", 0.5), ("¼", 0.25), ("⅛", 0.125), ("1", 1.0)])
def test_slow_motion(page, known, name, rate):
    open_clip(page, known.side)
    page.get_by_role("radio", name=name, exact=True).check()
    assert page.evaluate("document.querySelector('video').playbackRate") == rate


@pytest.mark.parametrize("share", [0.25, 0.8])
def test_a_press_on_a_curve_jumps_there(page, service, known, share):
    open_clip(page, known.side)
    times_s = frame_times(service.url, known.side)
    plot = page.locator(".curve[data-curve=hip_height] .plot-box")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    x = box["x"] + 40 + share * (box["width"] - 48)
    page.mouse.click(x, box["y"] + box["height"] / 2)
    wanted_s = times_s[0] + share * (times_s[-1] + 1 / 60 - times_s[0])
    assert times_s[frame_shown(page)] == pytest.approx(wanted_s, abs=0.04)
    assert playhead(page) == pytest.approx(share, abs=0.02)
    until(page, "!document.querySelector('video').seeking")
    assert playing_time(page) == pytest.approx(wanted_s - times_s[0], abs=0.04)


def test_dragging_scrubs(desktop, known):
    open_clip(desktop, known.side)
    plot = desktop.locator(".curve .plot-box").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    y = box["y"] + 30
    desktop.mouse.move(box["x"] + 60, y)
    desktop.mouse.down()
    first = frame_shown(desktop)
    desktop.mouse.move(box["x"] + 300, y, steps=4)
    assert frame_shown(desktop) > first + 10
    desktop.mouse.up()
    last = frame_shown(desktop)
    desktop.mouse.move(box["x"] + 500, y)
    assert frame_shown(desktop) == last


def test_curves_are_drawn_with_contacts_and_values(page, known):
    open_clip(page, known.side)
    page.get_by_role("button", name="Show all curves").click()
    report = page.request.get(f"/v1/analyses/{known.side}/report").json()
    names = page.locator(".curve figcaption .strong").all_inner_texts()
    for name in ("Trunk lean", "Knee bend", "Shin angle", "Ankle height", "Hip height"):
        assert name in names
    assert {"Upper arm", "Elbow angle"} <= set(names)
    first = page.locator(".curve").first
    contacts = sum(len(report["events"][side]["initial_contact_s"]) for side in ("left", "right"))
    bars = first.locator(".shapelayer path").count()
    assert bars > contacts  # a tick each, and bars up to toe-off
    assert len(first.locator(".js-line").get_attribute("d")) > 500
    for now in page.locator(".curve .now").all_inner_texts():
        assert re.search(r"\d", now), now


def test_two_seconds_follow_the_playhead(desktop, known):
    open_clip(desktop, known.side)
    desktop.get_by_role("radio", name="two seconds").check()
    until(desktop, "document.querySelector('.plot').layout.xaxis.range[1] < 2.1")
    desktop.locator("[data-part=seek]").first.fill("2.7")
    until(desktop, "document.querySelector('.plot').layout.xaxis.range[0] > 0.9")
    assert 0 <= playhead(desktop) <= 1


def test_a_part_of_a_clip_keeps_its_true_times(desktop, service, known):
    open_clip(desktop, known.part)
    times_s = frame_times(service.url, known.part)
    assert times_s[0] == pytest.approx(1.0, abs=0.02)
    expect(desktop.locator("[data-part=time]").first).to_have_text(f"{times_s[0]:.2f} s")
    assert playing_time(desktop) == 0
    length_s = desktop.evaluate("document.querySelector('video').duration")
    assert length_s == pytest.approx(times_s[-1] - times_s[0] + 1 / 60, abs=0.02)


def test_leaving_stops_the_clip(desktop, known):
    open_clip(desktop, known.side)
    desktop.get_by_role("button", name="Play").click()
    desktop.evaluate("window.left = document.querySelector('video')")
    desktop.get_by_role("link", name="History").click()
    expect(desktop.get_by_role("heading", level=1)).to_have_text("History")
    assert desktop.evaluate("window.left.paused")

"""The annotated clip and its curves: play, step, slow down, jump."""

from __future__ import annotations

import re

import cv2
import numpy as np
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
    assert times_s[shown] == pytest.approx(at_s, abs=1 / 60 + 1e-3)
    length_s = times_s[-1] - times_s[0] + 1 / 60
    assert playhead(page) == pytest.approx(at_s / length_s, abs=0.01)


def test_frame_by_frame(page, service, known):
    open_clip(page, known.side)
    times_s = frame_times(service.url, known.side)
    for index in (1, 2, 3):
        page.get_by_role("button", name="Next frame").click()
        assert frame_shown(page) == index
        expect(page.locator("[data-part=time]").first).to_have_text(f"{times_s[index]:.2f} s")
        # The middle of the frame's time, so that rounding never shows its neighbour.
        middle_s = (times_s[index] + times_s[index + 1]) / 2 - times_s[0]
        assert playing_time(page) == pytest.approx(middle_s, abs=1e-4)
    page.get_by_role("button", name="Previous frame").click()
    assert frame_shown(page) == 2


def test_keys_step_and_play(desktop, known):
    open_clip(desktop, known.side)
    for key in (".", "ArrowRight", ","):
        desktop.keyboard.press(key)
    assert frame_shown(desktop) == 1
    desktop.keyboard.press(" ")
    until(desktop, "!document.querySelector('video').paused")


@pytest.mark.parametrize("which", ["side", "part"])
def test_every_stop_falls_on_the_frame_that_is_drawn(desktop, service, known, which):
    """Both feet's landings by the report, each on the frame nearest to it, with its own name."""
    job_id = getattr(known, which)
    open_clip(desktop, job_id)
    times_s = np.array(frame_times(service.url, job_id))
    events = desktop.request.get(f"/v1/analyses/{job_id}/report").json()["events"]
    wanted = []
    for side in ("left", "right"):
        landings_s = events[side]["initial_contact_s"]
        for number, time_s in enumerate(landings_s, 1):
            text = f"{side.capitalize()} foot lands, {number} of {len(landings_s)}"
            if times_s[0] <= time_s:
                wanted.append((int(np.argmin(np.abs(times_s - time_s))), text))
    for frame, text in sorted(wanted):
        desktop.keyboard.press("]")
        expect(desktop.locator("[data-part=stop]")).to_have_text(text)
        assert frame_shown(desktop) == frame
        until(desktop, f"document.querySelector('canvas').dataset.frame === '{frame}'")
        shown_s = desktop.evaluate("document.querySelector('video').currentTime")
        assert times_s[frame] - 1e-3 <= shown_s <= times_s[frame] + 1 / 60 + 1e-3
    desktop.keyboard.press("[")
    assert frame_shown(desktop) == sorted(wanted)[-2][0]


def test_other_instants_have_stops(desktop, known):
    open_clip(desktop, known.side)
    for kind, said in (("Mid-stance", "Mid-stance"), ("Toe-off", "leaves"), ("Mid-swing", "swing")):
        desktop.get_by_label("Jump to").select_option(kind)
        desktop.keyboard.press("]")
        expect(desktop.locator("[data-part=stop]")).to_contain_text(said)


def test_drawing_keeps_to_the_picture_while_it_plays(desktop, known):
    open_clip(desktop, known.side)
    desktop.get_by_role("button", name="Play").click()
    until(desktop, "document.querySelector('video').currentTime > 0.5")
    desktop.get_by_role("button", name="Pause").click()
    until(desktop, "!document.querySelector('video').seeking")
    frame = frame_shown(desktop)
    until(desktop, f"document.querySelector('canvas').dataset.frame === '{frame}'")


INK = """() => {
  const canvas = document.querySelector("canvas");
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let drawn = 0;
  for (let k = 3; k < data.length; k += 4) drawn += data[k] > 0;
  return drawn;
}"""


def test_layers_zoom_and_sharpness(page, known):
    open_clip(page, known.side)
    page.get_by_label("Previous instant").focus()
    page.keyboard.press("]")
    canvas = page.evaluate(
        "(c => [c.width / c.clientWidth, devicePixelRatio])(document.querySelector('canvas'))"
    )
    assert canvas[0] == pytest.approx(canvas[1], abs=0.02)
    before = page.evaluate(INK)
    page.locator("[data-layer=angles] input").check()
    assert page.evaluate(INK) > before
    for layer in ("far", "skeleton", "lean", "landing", "angles"):
        page.locator(f"[data-layer={layer}] input").uncheck()
    assert page.evaluate(INK) == 0
    page.evaluate("localStorage.clear()")


def test_zoom_keeps_the_drawing_on_the_body(desktop, known):
    open_clip(desktop, known.side)
    width = "document.querySelector('video').getBoundingClientRect().width"
    before = desktop.evaluate(width)
    ink = desktop.evaluate(INK)
    desktop.get_by_role("button", name="Larger").click()
    assert desktop.evaluate(width) == pytest.approx(1.5 * before, rel=0.01)
    assert desktop.evaluate(INK) > 1.2 * ink
    desktop.get_by_role("button", name="Smaller").click()
    assert desktop.evaluate(width) == pytest.approx(before, rel=0.01)


def test_a_clip_that_cannot_be_played_falls_back_to_the_annotated_one(desktop, known, complaints):
    desktop.route("**/original", lambda route: route.fulfill(body="none", content_type="video/mp4"))
    desktop.goto(f"/#/clip/{known.side}")
    until(desktop, "document.querySelector('video')?.src.endsWith('/clip')")
    until(desktop, "document.querySelector('video').readyState >= 2")
    expect(desktop.locator("[data-part=layers]")).to_be_hidden()
    desktop.keyboard.press(".")
    assert frame_shown(desktop) == 1
    complaints.forgive("Failed to load")


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
    for now in page.locator(".curve .now").all():
        expect(now).to_contain_text(re.compile(r"\d"))


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
    assert playing_time(desktop) == pytest.approx(times_s[0], abs=1 / 60)


def test_leaving_stops_the_clip(desktop, known):
    open_clip(desktop, known.side)
    desktop.get_by_role("button", name="Play").click()
    desktop.evaluate("window.left = document.querySelector('video')")
    desktop.get_by_role("link", name="History").click()
    expect(desktop.get_by_role("heading", level=1)).to_have_text("History")
    assert desktop.evaluate("window.left.paused")


def saved_frame(page):
    """Save the frame that stands; return the file's name and its picture."""
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save this frame").click()
    content = np.frombuffer(saving.value.path().read_bytes(), np.uint8)
    return saving.value.suggested_filename, cv2.imdecode(content, cv2.IMREAD_COLOR)


def test_frame_is_saved_with_its_drawing_in_the_clips_own_size(desktop, known):
    open_clip(desktop, known.side)
    desktop.keyboard.press("]")
    shown = frame_shown(desktop)
    until(desktop, f"document.querySelector('canvas').dataset.frame === '{shown}'")
    name, drawn = saved_frame(desktop)
    clip = desktop.request.get(f"/v1/analyses/{known.side}/report").json()["clip"]
    assert name == f"side-frame-{shown + 1}.png"
    assert drawn.shape[:2] == (clip["height_px"], clip["width_px"])
    for layer in desktop.locator("[data-layer] input").all():
        layer.uncheck()
    _, plain = saved_frame(desktop)
    lines = np.abs(drawn.astype(int) - plain).max(axis=2) > 60
    assert 0.001 < lines.mean() < 0.2

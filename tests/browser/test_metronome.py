"""The beat: exact clicks by the sound system itself, bouts, half rate, start and stop."""

from __future__ import annotations

import json

import numpy as np
import pytest
from playwright.sync_api import expect

from formcheck.cues.metronome import RATE_HZ, beat_samples
from tests.browser.watch import until

# Renders the page's own schedule without speakers; returns the samples at which clicks start.
RENDER = """async ([spm, other, bouts, leadIn, total]) => {
  const beat = await import("/page/metronome.js");
  const context = new OfflineAudioContext(1, Math.ceil(total * 44100), 44100);
  const step = beat.stepSeconds(spm, other);
  beat.schedule(context, context.destination, beat.stretches(bouts, leadIn, total), step, 0);
  const sound = (await context.startRendering()).getChannelData(0);
  const starts = [];
  for (let k = 1, quiet = 1000; k < sound.length; k += 1) {
    if (Math.abs(sound[k]) > 1e-3) { if (quiet > 800) starts.push(k); quiet = 0; } else quiet += 1;
  }
  return { starts, peak: sound.reduce((most, x) => Math.max(most, Math.abs(x)), 0) };
}"""
# Notes what is handed to the sound system, and listens in on what leaves for the speakers.
SPY = """
window.handed = []; window.stopped = 0; window.ears = [];
const start = AudioBufferSourceNode.prototype.start, stop = AudioBufferSourceNode.prototype.stop;
AudioBufferSourceNode.prototype.start = function (at) {
  window.handed.push({ at, loop: this.loop, seconds: this.buffer.duration });
  return start.call(this, at);
};
AudioBufferSourceNode.prototype.stop = function (at) {
  if (at === undefined) window.stopped += 1; else window.handed.at(-1).until = at;
  return at === undefined ? stop.call(this) : stop.call(this, at);
};
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (to, ...more) {
  if (to instanceof AudioDestinationNode) {
    const ear = new AnalyserNode(this.context, { fftSize: 32768 });
    connect.call(this, ear); window.ears.push(ear);
  }
  return connect.call(this, to, ...more);
};
window.heard = () => {
  const samples = new Float32Array(32768);
  window.ears.at(-1)?.getFloatTimeDomainData(samples);
  return samples.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
};
"""


@pytest.mark.parametrize(
    ("spm", "other", "bouts", "lead_in_s", "total_s"),
    [
        (174.0, False, None, 0, 40),
        (167.5, False, {"on": 10, "off": 5}, 0, 40),
        (163.0, True, {"on": 9, "off": 6}, 12, 50),
        (187.3, False, {"on": 30, "off": 0}, 0, 60),
    ],
)
def test_clicks_stand_where_the_sound_file_has_them(desktop, spm, other, bouts, lead_in_s, total_s):
    desktop.goto("/")
    found = desktop.evaluate(RENDER, [spm, other, bouts, lead_in_s, total_s])
    wanted = beat_samples(
        spm,
        (bouts["on"] / 60, bouts["off"] / 60) if bouts else None,
        total_s / 60,
        every_other=other,
        lead_in_minutes=lead_in_s / 60,
    )
    starts = np.array(found["starts"])
    assert starts.size == wanted.size
    # The first sample of a click is silent, so it is heard one sample late; half one for rounding.
    assert np.abs(starts - wanted - 1).max() <= 1
    assert 0.3 < found["peak"] <= 1


def test_an_hour_drifts_by_less_than_a_millisecond(desktop):
    desktop.goto("/")
    loop = desktop.evaluate(
        """async () => {
          const beat = await import("/page/metronome.js");
          const context = new OfflineAudioContext(1, 1, 44100);
          return [161.5, 166, 174, 179.5, 187].map((spm) => {
            const step = beat.stepSeconds(spm, false);
            return [step, beat.loopOf(context, step).length];
          });
        }"""
    )
    for step_s, samples in loop:
        beats = round(samples / RATE_HZ / step_s)
        drift_s = abs(samples / RATE_HZ - beats * step_s) * 3600 / (beats * step_s)
        assert drift_s < 1e-3


def controls(page):
    """Return the metronome of a result, which a small screen folds."""
    fold = page.locator(".beat-fold")
    expect(fold).to_be_visible()
    if fold.get_attribute("open") is None:
        fold.locator("summary").click()
    return page.get_by_role("group", name="Metronome")


def test_start_hands_over_bouts_and_stop_silences(page, known):
    page.add_init_script(SPY)
    page.goto(f"/#/clip/{known.sore}")
    advice = page.request.get(f"/v1/analyses/{known.sore}/report").json()["advice"]
    beat = controls(page)
    expect(beat.locator("[data-part=spm]")).to_have_text(f"{advice['cadence']['metronome_spm']:g}")
    assert advice["cadence"]["bouts"] == "2:1"
    beat.get_by_role("button", name="Start the beat").click()
    expect(beat.get_by_role("button", name="Stop the beat")).to_be_visible()
    handed = page.evaluate("window.handed")
    assert len(handed) == 20  # an hour of two minutes on and one off
    assert all(one["loop"] for one in handed)
    starts_s = np.array([one["at"] for one in handed])
    assert np.diff(starts_s) == pytest.approx(180)
    step_s = 60 / advice["cadence"]["metronome_spm"]
    lasting_s = np.array([one["until"] - one["at"] for one in handed])
    assert lasting_s == pytest.approx(np.floor((120 - 0.03) / step_s) * step_s + 0.03)
    until(page, "window.heard() > 0.2")
    expect(beat.get_by_text("With the beat, ")).to_be_attached()
    beat.get_by_role("button", name="Stop the beat").click()
    assert page.evaluate("window.stopped") == 20
    until(page, "window.heard() === 0")


def test_every_other_step_halves_the_rate(page, known):
    page.add_init_script(SPY)
    page.goto(f"/#/clip/{known.sore}")
    beat = controls(page)
    beat.get_by_label("every other step").check()
    spm = float(beat.locator("[data-part=rate]").input_value())
    expect(beat.locator("[data-part=spm]")).to_have_text(f"{spm / 2:g}")
    beat.get_by_label("2 min on, 1 min off").uncheck()
    beat.get_by_role("button", name="Start the beat").click()
    until(page, "window.handed.length === 1")
    one = page.evaluate("window.handed[0]")
    beats = one["seconds"] * spm / 120
    assert beats == pytest.approx(round(beats), abs=1e-4)
    assert one["until"] - one["at"] > 3590


def test_loudness_and_leaving(desktop, known):
    desktop.add_init_script(SPY)
    desktop.goto(f"/#/clip/{known.sore}")
    beat = controls(desktop)
    beat.get_by_role("button", name="Start the beat").click()
    until(desktop, "window.heard() > 0.2")
    beat.get_by_label("Volume").fill("0")
    until(desktop, "window.heard() < 0.001")
    desktop.get_by_role("link", name="History").click()
    expect(desktop.get_by_role("heading", level=1)).to_have_text("History")
    assert desktop.evaluate("window.ears.at(-1).context.state") == "closed"


def test_beat_words_name_the_bouts(desktop, known):
    desktop.goto("/")
    words = desktop.evaluate(
        """async () => {
          const { parseBouts, stretches } = await import("/page/metronome.js");
          return JSON.stringify([parseBouts("2:1"), parseBouts("0.5:2"), parseBouts(null),
                                 stretches(parseBouts("1:2"), 600, 1000)]);
        }"""
    )
    bouts = [
        {"on": 120, "off": 60},
        {"on": 30, "off": 120},
        None,
        [[0, 600], [720, 780], [900, 960]],
    ]
    assert json.loads(words) == bouts

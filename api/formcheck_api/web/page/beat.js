// The metronome's controls.

import { el, part, say, stamp } from "./dom.js";
import { Metronome, parseBouts } from "./metronome.js";
import { t } from "./texts.js";

const SESSION_S = 3600;
const REACH = 0.12;

/**
 * The controls, set to the advice's beat; without one, to the runner's own rhythm.
 * @param {object} cadence the advice's cadence record
 */
export function beatControls(cadence, signal) {
  const node = stamp("t-beat").firstElementChild;
  const metronome = new Metronome();
  const bouts = parseBouts(cadence.bouts) ?? { on: 120, off: 60 };
  const target = cadence.metronome_spm ?? Math.round(cadence.baseline_spm);
  const rate = part(node, "rate");
  rate.min = Math.ceil(target * (1 - REACH));
  rate.max = Math.floor(target * (1 + REACH));
  rate.value = target;
  part(node, "bouts-said").textContent = boutWords(bouts, cadence.lead_in_min);

  const settings = () => ({
    spm: Number(rate.value),
    everyOther: part(node, "other").checked,
    total: SESSION_S,
    bouts: part(node, "bouts").checked ? bouts : null,
    leadIn: part(node, "bouts").checked ? 60 * (cadence.lead_in_min ?? 0) : 0,
  });
  const begin = async () => {
    await metronome.start(settings());
    part(node, "start").textContent = t("Stop the beat");
    node.classList.add("running");
    announcePlaying(true, settings().spm, end);
    follow();
  };
  const end = () => {
    metronome.stop();
    node.classList.remove("running");
    part(node, "start").textContent = t("Start the beat");
    part(node, "said").textContent = "";
    announcePlaying(false);
  };
  const follow = () => {
    if (!metronome.running || signal.aborted) return;
    const state = metronome.now();
    if (state.over) {
      end();
      say("The beat has ended.");
      return;
    }
    tell(node, state, part(node, "bouts").checked);
    requestAnimationFrame(follow);
  };
  const label = () => {
    const { spm, everyOther } = settings();
    part(node, "spm").textContent = everyOther ? spm / 2 : spm;
    part(node, "unit").textContent = everyOther
      ? t("clicks a minute, one every other step")
      : t("steps a minute");
    rate.setAttribute("aria-valuetext", t("{spm} steps a minute", { spm }));
  };
  const changed = () => {
    label();
    if (metronome.running) begin();
  };

  part(node, "start").addEventListener("click", () => (metronome.running ? end() : begin()));
  rate.addEventListener("input", label);
  rate.addEventListener("change", changed);
  part(node, "other").addEventListener("change", changed);
  part(node, "bouts").addEventListener("change", changed);
  part(node, "volume").addEventListener("input", (event) =>
    metronome.setVolume(Number(event.target.value)),
  );
  document.addEventListener(
    "visibilitychange",
    () => {
      if (!document.hidden && metronome.running) metronome.context.resume();
    },
    { signal },
  );
  signal.addEventListener("abort", () => {
    announcePlaying(false);
    metronome.close();
  });
  label();
  return node;
}

function boutWords({ on, off }, leadIn) {
  const minutes = (seconds) => t("{n} min", { n: seconds / 60 });
  const first = leadIn ? `${t("{n} min first, then", { n: leadIn })} ` : "";
  return first + t("{on} on, {off} off", { on: minutes(on), off: minutes(off) });
}

/** What it does now, on the screen: a pulse with every beat and the time that is left. */
function tell(node, state, inBouts) {
  const pulse = part(node, "pulse");
  if (state.clicking && state.beat !== node.beat) {
    node.beat = state.beat;
    pulse.classList.toggle("left", state.beat % 2 === 0);
    pulse.classList.remove("hit");
    pulse.getBoundingClientRect();
    pulse.classList.add("hit");
  }
  const left = Math.max(0, Math.ceil(state.left));
  const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  const text = inBouts
    ? state.clicking
      ? t("With the beat, {clock} left", { clock })
      : t("Just run, beat again in {clock}", { clock })
    : t("Beat for another {clock}", { clock });
  const said = part(node, "said");
  const spoken = inBouts
    ? state.clicking
      ? t("With the beat")
      : t("Just run, without the beat")
    : t("The beat is on");
  if (said.dataset.spoken !== spoken || !said.firstChild) {
    said.dataset.spoken = spoken;
    said.replaceChildren(
      el("span", { class: "unseen" }, spoken),
      el("span", { "aria-hidden": "true" }),
    );
  }
  if (said.lastChild.textContent !== text) said.lastChild.textContent = text;
}

/** Keys of a headset and the lock screen can stop it. */
function announcePlaying(playing, spm, onStop) {
  if (!navigator.mediaSession) return;
  navigator.mediaSession.playbackState = playing ? "playing" : "none";
  if (playing)
    navigator.mediaSession.metadata = new MediaMetadata({
      title: t("{spm} steps a minute", { spm }),
      artist: "formcheck",
    });
  for (const action of ["pause", "stop"])
    navigator.mediaSession.setActionHandler(action, playing ? onStop : null);
}

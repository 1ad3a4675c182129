// Filming in the page: how to stand, a camera that says what to change, a count-down, twelve strides.

import { complain, el, say } from "./dom.js";
import { handOver } from "./handed.js";
import { t } from "./texts.js";

const LOOK_EVERY_MS = 500;
const LOOK_PX = 480;
const COUNT_DOWN_S = 5;
/** Twelve strides at 150 steps a minute take 9.6 s. */
export const RECORD_S = 10;
const GOOD_SHARE = 0.8;
const LEAST_RATE = 50;
const MOST_TILT_DEG = 3;
const KINDS = ["video/mp4;codecs=avc1", "video/mp4", "video/webm;codecs=vp9", "video/webm"];
const CHECKS = ["feet", "whole_body", "size", "square", "light_enough", "level"];

/** Show how to film, then the camera. */
export async function showFilm(main, _, signal) {
  if (signal.aborted) return;
  const place = el("select", { id: "place" }, ["side", "rear"].map((name) => el("option", { value: name }, t(`film.place_${name}`))));
  const error = el("p", { class: "error", hidden: true });
  const open = el("button", { type: "button", class: "main big", onclick: async () => {
    complain(error, "");
    try {
      await camera(main, place.value, signal);
    } catch (problem) {
      complain(error, problem.name === "NotAllowedError" ? t("film.no_permission") : problem.name === "NotFoundError" || !navigator.mediaDevices ? t("film.no_camera") : problem.message);
    }
  } }, t("film.open"));
  main.replaceChildren(
    el("h1", {}, t("film.title")),
    el("section", { class: "card film-guide" },
      el("ol", { class: "list" }, ["belt", "place_it", "clothes", "warm", "ten"].map((name) => el("li", {}, t(`film.guide_${name}`)))),
      el("div", { class: "field" }, el("label", { for: "place" }, t("film.place")), place),
      el("p", { class: "row" }, open, el("a", { class: "button", href: "#/" }, t("film.choose_instead"))),
      error),
  );
}

async function camera(main, place, signal) {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: { ideal: "environment" }, width: { ideal: 1920 }, height: { ideal: 1080 }, frameRate: { ideal: 60 } },
  });
  const leave = new AbortController();
  const stop = () => {
    leave.abort();
    for (const track of stream.getTracks()) track.stop();
  };
  if (signal.aborted) return stop();
  signal.addEventListener("abort", stop);
  const video = el("video", { autoplay: true, muted: true, playsinline: true, "aria-label": t("film.preview") });
  video.muted = true;
  video.srcObject = stream;
  const hint = el("p", { class: "film-hint", role: "status" }, t("film.looking"));
  const ticks = el("ul", { class: "film-checks" }, CHECKS.map((name) => el("li", { "data-check": name }, t(`film.check_${name}`))));
  const got = el("p", { class: "soft small" });
  const count = el("p", { class: "film-count", "aria-live": "assertive", hidden: true });
  const start = el("button", { type: "button", class: "main big" }, t("film.start"));
  main.replaceChildren(el("h1", { class: "unseen" }, t("film.title")),
    el("section", { class: "film" }, el("div", { class: "film-screen" }, video, count), hint, ticks,
      el("p", { class: "row" }, start, el("a", { class: "button", href: "#/" }, t("film.leave"))), got));
  await video.play();
  got.textContent = gotText(stream.getVideoTracks()[0].getSettings());
  const level = levelOf(leave.signal);
  const seen = watch(video, place, level, (look) => show(look, hint, ticks), leave.signal);
  start.addEventListener("click", async () => {
    start.disabled = true;
    await countDown(count, leave.signal);
    seen.length = 0;
    const clip = await record(stream, video, count, leave.signal);
    const looks = [...seen];
    stop();
    if (!signal.aborted) verdict(main, clip, looks, signal);
  });
}

const gotText = ({ width, height, frameRate }) =>
  t(frameRate >= LEAST_RATE ? "film.got" : "film.got_slow", { width, height, rate: Math.round(frameRate ?? 0) });

/** Ask the service twice a second; returns the looks so far, which grow. */
function watch(video, place, level, onLook, signal) {
  const looks = [];
  const canvas = document.createElement("canvas");
  (async () => {
    while (!signal.aborted) {
      const began = performance.now();
      const look = await ask(video, canvas, place, signal).catch(() => null);
      if (signal.aborted) return;
      if (look) {
        const whole = { ...look, level: level() };
        looks.push(whole);
        onLook(whole);
      }
      const left = LOOK_EVERY_MS - (performance.now() - began);
      await new Promise((resolve) => { setTimeout(resolve, Math.max(left, 20)); });
    }
  })();
  return looks;
}

async function ask(video, canvas, place, signal) {
  const shrink = Math.min(1, LOOK_PX / Math.max(video.videoWidth, video.videoHeight));
  canvas.width = Math.round(video.videoWidth * shrink);
  canvas.height = Math.round(video.videoHeight * shrink);
  canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
  const body = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", 0.7); });
  const answer = await fetch(`/v1/look?place=${place}`, { method: "POST", body, headers: { "Content-Type": "image/jpeg" }, signal });
  return answer.ok ? answer.json() : null;
}

/** How far the device is turned, by its own sensor; null where there is none. */
function levelOf(signal) {
  let tilt = null;
  const listen = ({ beta, gamma }) => {
    if (beta === null || gamma === null) return;
    const angle = screen.orientation?.type.startsWith("landscape") ? beta : gamma;
    tilt = Math.abs(angle) > 90 ? 180 - Math.abs(angle) : Math.abs(angle);
  };
  addEventListener("deviceorientation", listen, { signal });
  return () => (tilt === null ? null : tilt <= MOST_TILT_DEG);
}

const answersOf = (look) => ({
  ...look,
  size: look.person ? look.near_enough && look.far_enough : null,
});

function show(look, hint, ticks) {
  const answers = answersOf(look);
  for (const item of ticks.children) {
    const answer = answers[item.dataset.check];
    item.className = answer === null || answer === undefined ? "unknown" : answer ? "yes" : "no";
  }
  const wanted = look.hint ?? (look.level === false ? "level" : "good");
  hint.textContent = t(`film.hint_${wanted}`);
  hint.dataset.hint = wanted;
}

async function countDown(count, signal) {
  count.hidden = false;
  for (let left = COUNT_DOWN_S; left > 0 && !signal.aborted; left -= 1) {
    count.textContent = left;
    await pause(1000);
  }
}

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

/** Record for as long as twelve strides take; resolves to the file and the rate that really came. */
async function record(stream, video, count, signal) {
  const kind = KINDS.find((one) => MediaRecorder.isTypeSupported(one));
  const recorder = new MediaRecorder(stream, { mimeType: kind, videoBitsPerSecond: 16_000_000 });
  const pieces = [];
  recorder.addEventListener("dataavailable", ({ data }) => pieces.push(data));
  const ended = new Promise((resolve) => { recorder.addEventListener("stop", resolve, { once: true }); });
  let frames = 0;
  const counting = () => {
    frames += 1;
    if (recorder.state === "recording") video.requestVideoFrameCallback(counting);
  };
  video.requestVideoFrameCallback?.(counting);
  recorder.start();
  count.classList.add("recording");
  for (let left = RECORD_S; left > 0 && !signal.aborted; left -= 1) {
    count.textContent = left;
    await pause(1000);
  }
  recorder.stop();
  await ended;
  count.hidden = true;
  const type = kind.split(";")[0];
  const name = `filmed.${type.endsWith("mp4") ? "mp4" : "webm"}`;
  return { file: new File(pieces, name, { type, lastModified: Date.now() }), rate: frames / RECORD_S };
}

/** Good, or what went wrong in how many looks; before anything is sent. */
function verdict(main, { file, rate }, looks, signal) {
  const wrong = new Map();
  for (const look of looks) if (look.hint) wrong.set(look.hint, (wrong.get(look.hint) ?? 0) + 1);
  const good = looks.filter((look) => !look.hint).length;
  const known = looks.length > 0;
  const fine = known && good >= GOOD_SHARE * looks.length;
  const address = URL.createObjectURL(file);
  signal.addEventListener("abort", () => URL.revokeObjectURL(address));
  const title = t(!known ? "film.unknown" : fine ? "film.good" : "film.again");
  const lines = [...wrong].filter(() => !fine).map(([hint, n]) => t("film.wrong", { what: t(`film.hint_${hint}`), n, of: looks.length }));
  if (rate && rate < LEAST_RATE) lines.push(t("film.slow", { rate: Math.round(rate) }));
  const use = el("button", { type: "button", class: fine ? "main" : null, onclick: () => {
    handOver(file);
    location.hash = "#/";
  } }, t(fine ? "film.use" : "film.use_anyway"));
  const again = el("button", { type: "button", class: fine ? null : "main", onclick: () => dispatchEvent(new HashChangeEvent("hashchange")) }, t("film.film_again"));
  main.replaceChildren(el("h1", {}, title),
    el("section", { class: "card film-verdict", "data-verdict": fine ? "good" : "again" },
      lines.length ? el("ul", { class: "list" }, lines.map((line) => el("li", {}, line))) : null,
      el("video", { src: address, controls: true, muted: true, playsinline: true, "aria-label": t("film.preview") }),
      el("p", { class: "row" }, fine ? [use, again] : [again, use])));
  say(title, !fine);
}

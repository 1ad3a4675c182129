// The first view: choose a clip, say what is known of the run, send it.

import { allAnalyses, loadWords } from "./api.js";
import { complain, el, part, say, stamp } from "./dom.js";
import { takeHanded } from "./handed.js";
import { recall, remember } from "./memory.js";
import { previewOf, trimFields } from "./preview.js";
import { askSymptoms, dayOf, readSymptoms } from "./symptoms.js";
import { unitsTyped } from "./shown.js";
import { heightInMetres, numberFrom, speedForService } from "./units.js";
import { send } from "./upload.js";
import { t } from "./texts.js";

const KEPT = ["height", "speed", "pace", "view", "runner", "shoes", "incline", "pose"];
const TAKEN = ["pace", "view", "runner", "date", "shoes", "slow_motion", "pose", "baseline"];

/** Show the form. */
export async function showNew(main, _, signal, session) {
  const words = await loadWords();
  if (signal.aborted) return;
  main.replaceChildren(stamp("t-new"));
  const form = main.querySelector("form");
  let clip = null;
  fillIn(form);
  askSymptoms(part(form, "symptoms"), words);
  part(form, "symptoms").addEventListener("input", () => tellSymptoms(form));
  const take = previewOf(
    form,
    (file) => {
      clip = file;
      const most = session.max_upload_mb;
      complain(
        form.querySelector("#clip-error"),
        file.size > most * 1e6
          ? t("This clip has {size} MB and at most {most} MB can be sent: cut it to ten seconds.", { size: Math.ceil(file.size / 1e6), most })
          : "",
      );
      form.elements.date.value = localDay(file.lastModified);
    },
    signal,
  );
  take(takeHanded());
  part(form, "sample").addEventListener("click", () => trySample(main, form, signal));
  offerEarlier(form, signal);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const body = bodyOf(form, clip);
    if (!body) return;
    keep(form);
    upload(main, form, body, signal);
  });
}

const SAMPLE = { height: "1.79", speed: "2.6m/s", pace: "easy", runner: "Sample" };

/** Measure the clip that comes with the service: one click to a result. */
async function trySample(main, form, signal) {
  try {
    const answer = await fetch("/page/sample.mp4", { signal });
    if (!answer.ok) throw new Error("There is no sample clip on this server: choose one of your own.");
    const body = new FormData();
    for (const [name, value] of Object.entries(SAMPLE)) body.set(name, value);
    body.set("clip", new File([await answer.blob()], "sample.mp4", { type: "video/mp4" }));
    await upload(main, form, body, signal);
  } catch (error) {
    if (error.name !== "AbortError") complain(form.querySelector("#clip-error"), error.message);
  }
}

/** Put in what was typed last time. */
function fillIn(form) {
  const last = recall();
  for (const name of KEPT) if (last[name]) form.querySelector(`#${name}`).value = last[name];
  for (const unit of ["height-unit", "speed-unit"])
    if (last[unit]) part(form, unit).value = last[unit];
  const typing = () => {
    form.querySelector("#height").inputMode =
      part(form, "height-unit").value === "ft" ? "text" : "decimal";
    form.querySelector("#speed").inputMode = part(form, "speed-unit").value.startsWith("min/")
      ? "text"
      : "decimal";
    form.querySelector("#height").placeholder = { m: "1.76", cm: "176", ft: "5 ft 9 in" }[
      part(form, "height-unit").value
    ];
    form.querySelector("#speed").placeholder = {
      "km/h": "10",
      "m/s": "2.8",
      mph: "6.2",
      "min/km": "6:00",
      "min/mi": "9:40",
    }[part(form, "speed-unit").value];
  };
  form.addEventListener("change", typing);
  typing();
}

function keep(form) {
  const values = {};
  for (const name of KEPT) values[name] = form.querySelector(`#${name}`).value;
  for (const unit of ["height-unit", "speed-unit"]) values[unit] = part(form, unit).value;
  remember(values);
}

/** Names of earlier runners to choose from, and their clips to judge against. */
async function offerEarlier(form, signal) {
  const items = (await allAnalyses(100).catch(() => [])).filter((item) => item.status === "done");
  if (signal.aborted) return;
  const names = [...new Set(items.map((item) => item.runner).filter(Boolean))];
  form.querySelector("#runners").append(...names.map((name) => el("option", { value: name })));
  const baseline = form.elements.baseline;
  const offer = () => {
    const runner = form.elements.runner.value.trim();
    const theirs = runner ? items.filter((item) => item.runner === runner) : [];
    baseline.replaceChildren(
      baseline.options[0],
      ...theirs.map((item) => el("option", { value: item.id }, `${dayOf(item)} ${item.clip_name}`)),
    );
  };
  form.elements.runner.addEventListener("input", offer);
  offer();
}

function tellSymptoms(form) {
  const fields = [...part(form, "symptoms").querySelectorAll("[name]")];
  const answered = fields.filter((field) =>
    field.type === "checkbox" ? field.checked : field.value.trim() !== "",
  ).length;
  part(form, "symptoms-said").textContent = answered
    ? t(answered === 1 ? "{n} answer" : "{n} answers", { n: answered })
    : t("Skip if nothing hurts");
}

/** What is sent, or null where something must be put right first; then the reason is shown. */
function bodyOf(form, clip) {
  for (const error of form.querySelectorAll(".error")) complain(error, "");
  for (const field of form.querySelectorAll("[aria-invalid]"))
    field.removeAttribute("aria-invalid");
  if (!clip)
    return blame(form, "clip", part(form, "file"), "Choose a clip first, or drop one here.");
  const body = new FormData();
  const checks = {
    height: (text) => heightInMetres(text, part(form, "height-unit").value)?.toFixed(4),
    speed: (text) => speedForService(text, part(form, "speed-unit").value),
    incline: (text) => numberFrom(text, t("The incline"), -40, 40),
  };
  for (const [name, check] of Object.entries(checks)) {
    const field = form.querySelector(`#${name}`);
    try {
      add(body, name, check(field.value));
    } catch (error) {
      return blame(form, name, field, error.message);
    }
  }
  for (const name of TAKEN) add(body, name, form.elements[name].value.trim());
  add(body, "units", unitsTyped(part(form, "height-unit").value, part(form, "speed-unit").value));
  if (form.elements.blur_face.checked) body.set("blur_face", "true");
  try {
    for (const [name, value] of Object.entries(trimFields(form))) add(body, name, value);
    for (const [name, value] of Object.entries(readSymptoms(part(form, "symptoms"))))
      add(body, name, String(value));
  } catch (error) {
    return blame(form, "clip", part(form, "file"), error.message);
  }
  body.set("clip", clip, clip.name);
  return body;
}

const add = (body, name, value) => {
  if (value !== null && value !== undefined && value !== "") body.set(name, value);
};

function blame(form, name, field, sentence) {
  complain(form.querySelector(`#${name}-error`), sentence);
  field.setAttribute("aria-invalid", "true");
  field.closest("details")?.setAttribute("open", "");
  field.focus();
  return null;
}

/** Send the clip, tell how far it is, and go on to its own view. */
async function upload(main, form, body, signal) {
  const card = part(main, "upload");
  const bar = card.querySelector("progress");
  const stop = new AbortController();
  signal.addEventListener("abort", () => stop.abort());
  part(card, "stop").onclick = () => stop.abort();
  form.hidden = true;
  card.hidden = false;
  card.querySelector("h2").focus();
  try {
    const job = await send(
      body,
      (share) => {
        bar.value = share;
        part(card, "upload-said").textContent =
          share < 1 ? t("{n} % sent", { n: Math.floor(100 * share) }) : t("All sent, looking at it");
      },
      stop.signal,
    );
    location.hash = `#/clip/${job.id}`;
  } catch (error) {
    if (signal.aborted) return;
    form.hidden = false;
    card.hidden = true;
    if (error.name === "AbortError") {
      say("Stopped; nothing was kept.");
      part(form, "file").focus();
    } else if (error.status === 401) {
      dispatchEvent(new HashChangeEvent("hashchange"));
    } else blame(form, "clip", part(form, "file"), error.message);
  }
}

function localDay(time) {
  const day = new Date(time);
  return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, "0")}-${String(day.getDate()).padStart(2, "0")}`;
}

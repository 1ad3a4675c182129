// One clip: how far it is, then its result, or why there is none.

import { api, follow, isActive, loadWords } from "./api.js";
import { el, focusOn, part, say, stamp } from "./dom.js";
import { qualityCards } from "./quality.js";
import { showResult } from "./result.js";
import { own, t } from "./texts.js";

const STAGES = {
  open: "Open the clip",
  pose: "Find the body in every frame",
  measure: "Measure the strides",
  annotate: "Draw on the clip",
  write: "Write the report",
};

/** Show the clip of that id. */
export async function showClip(main, [id], signal) {
  const path = api.analysis(id);
  const [words, first] = await Promise.all([loadWords(), api.get(path, signal)]);
  let state = first;
  if (isActive(state)) state = await watch(main, path, state, STAGES, signal);
  if (signal.aborted) return;
  if (state.status === "done") await showResult(main, state, words, signal);
  else await showEnd(main, path, state, words);
}

/** Show how far a job is until it ends; cancelling deletes it. Resolves to the last state. */
export async function watch(main, path, state, stages, signal) {
  main.replaceChildren(stamp("t-work"));
  const list = part(main, "stages");
  if (stages)
    list.append(
      ...Object.entries(stages).map(([name, text]) => el("li", { "data-stage": name }, text)),
    );
  part(main, "name").textContent = state.clip_name ?? "";
  const leave = new AbortController();
  signal.addEventListener("abort", () => leave.abort());
  part(main, "stop").addEventListener("click", async () => {
    leave.abort();
    await api.remove(path);
    say("Cancelled; nothing was kept.");
    location.hash = "#/";
  });
  focusOn(main.querySelector("h1"));
  const last = await follow(path, (now) => tell(main, now, stages), leave.signal).catch((error) => {
    if (leave.signal.aborted) return null;
    throw error;
  });
  return last ?? new Promise(() => {});
}

function tell(main, state, stages) {
  const bar = main.querySelector("progress");
  if (!bar) return;
  if (state.status === "queued") bar.removeAttribute("value");
  else bar.value = state.progress ?? 0;
  part(main, "said").textContent =
    state.status === "queued"
      ? t("Waiting for its turn")
      : `${Math.floor(100 * (state.progress ?? 0))} %`;
  const names = Object.keys(stages ?? {});
  const at = names.indexOf(state.stage);
  for (const item of part(main, "stages").children) {
    const place = names.indexOf(item.dataset.stage);
    const now = place === at && at >= 0;
    if (now && !item.classList.contains("now")) say(item.textContent);
    item.classList.toggle("now", now);
    item.classList.toggle("past", at >= 0 && place < at);
  }
}

/** Why there is no result; where the clip was read but nobody measured, also how to film the next. */
async function showEnd(main, path, state, words) {
  const failed = state.status === "failed";
  const sentence =
    state.error?.detail ??
    state.error?.text ??
    (failed ? "The clip could not be measured." : "This analysis was cancelled.");
  const report = failed ? await api.get(`${path}/report`).catch(() => null) : null;
  main.replaceChildren(
    el("h1", {}, failed ? "This clip could not be measured" : "Cancelled"),
    el(
      "div",
      { class: "card plain" },
      el("p", { class: "soft" }, own(state.clip_name ?? "")),
      el("p", {}, sentence),
      el(
        "p",
        { class: "row" },
        el("a", { class: "button main", href: "#/" }, "Try another clip"),
        el("a", { class: "button", href: "#/history" }, "History"),
      ),
    ),
    ...(report ? [el("div", { class: "quality" }, qualityCards(report, words))] : []),
  );
  say(sentence, failed);
  document.title = `${t(failed ? "Not measured" : "Cancelled")} · formcheck`;
}

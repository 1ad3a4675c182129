// The service's calls. Every failure is a Problem with the sentence that the service gave.

import { Clock, readTable } from "./frames.js";
import { units } from "./shown.js";
import { t } from "./texts.js";

const POLL_MS = 1500;
const ACTIVE = new Set(["queued", "running"]);

export class Problem extends Error {
  constructor(status, code, detail) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

/** Make the problem that an answer tells of. */
export function problemFrom(status, text) {
  let told = {};
  try {
    told = JSON.parse(text);
  } catch {
    /* no problem document: the status alone speaks */
  }
  const detail =
    told.detail ||
    told.title ||
    (status
      ? t("The server answered {status}. Try again in a moment.", { status })
      : "The server cannot be reached. Check the connection and try again.");
  return new Problem(status, told.code || "unknown", detail);
}

async function call(path, { method = "GET", body, signal } = {}) {
  const headers = body === undefined ? {} : { "Content-Type": "application/json" };
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers,
      signal,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw problemFrom(0, "");
  }
  if (!answer.ok) throw problemFrom(answer.status, await answer.text());
  return answer;
}

async function json(path, options) {
  const answer = await call(path, options);
  return answer.status === 204 ? null : answer.json();
}

const analysis = (id) => `/v1/analyses/${encodeURIComponent(id)}`;
const comparison = (id) => `/v1/comparisons/${encodeURIComponent(id)}`;

export const api = {
  analysis,
  comparison,
  session: () => json("/v1/session"),
  signIn: (token) => json("/v1/session", { method: "POST", body: { token } }),
  signOut: () => json("/v1/session", { method: "DELETE" }),
  get: (path, signal) => json(path, { signal }),
  text: async (path, signal) => (await call(path, { signal })).text(),
  post: (path, body) => json(path, { method: "POST", body }),
  put: (path, body) => json(path, { method: "PUT", body }),
  change: (path, body) => json(path, { method: "PATCH", body }),
  remove: (path) => json(path, { method: "DELETE" }),
  list: (cursor, limit = 30) =>
    json(`/v1/analyses?limit=${limit}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`),
  comparisons: () => json("/v1/comparisons"),
  compare: (body) => json("/v1/comparisons", { method: "POST", body }),
  advice: (body) => json("/v1/advice", { method: "POST", body }),
};

/** All of the caller's analyses, newest first, up to a number. */
export async function allAnalyses(most = 200) {
  const found = [];
  let cursor = null;
  do {
    const page = await api.list(cursor, 100);
    found.push(...page.items);
    cursor = page.next;
  } while (cursor && found.length < most);
  return found;
}

/** Everything a page of a result needs: its texts and pictures, report, frames and steps. */
export async function loadResult(id, signal) {
  const path = analysis(id);
  const chosen = units();
  const [page, report, frames] = await Promise.all([
    api.get(`${path}/page${chosen ? `?units=${chosen}` : ""}`, signal),
    api.get(`${path}/report`, signal),
    api.text(`${path}/frames.csv`, signal).catch(() => ""),
  ]);
  Object.assign(report, page.said);
  report.runner.units ??= "metric";
  const table = frames ? readTable(frames) : null;
  const times = table?.get("t_s");
  const clock = times?.length ? new Clock(times, report.clip.slow_motion_factor, times[0]) : null;
  return { id, path, page, report, table, clock, shown: chosen ?? report.runner.units };
}

let words;
/** The words beside the numbers, fetched once. */
export function loadWords() {
  words ??= json("/page/words.json").catch((error) => {
    words = undefined;
    throw error;
  });
  return words;
}

/** Tell whether a job is still under way. */
export const isActive = (job) => ACTIVE.has(job.status);

/**
 * Follow a job until it ends: by its events, or by asking again and again where they do not come
 * through. Calls `onState` with every state and resolves to the last one.
 */
export async function follow(path, onState, signal) {
  let state = await json(path, { signal });
  onState(state);
  if (!isActive(state)) return state;
  const last = await byEvents(`${path}/events`, onState, signal);
  if (last) return last;
  while (isActive((state = await json(path, { signal })))) {
    onState(state);
    await new Promise((resolve) => {
      setTimeout(resolve, POLL_MS);
    });
  }
  onState(state);
  return state;
}

/** The last state that the events tell, or null where they break off. */
function byEvents(path, onState, signal) {
  return new Promise((resolve) => {
    const source = new EventSource(path);
    const finish = (state) => {
      source.close();
      resolve(state);
    };
    source.addEventListener("progress", (event) => onState(JSON.parse(event.data)));
    source.addEventListener("end", (event) => {
      const state = JSON.parse(event.data);
      onState(state);
      finish(state);
    });
    source.addEventListener("error", () => finish(null));
    signal.addEventListener("abort", () => finish(null), { once: true });
  });
}

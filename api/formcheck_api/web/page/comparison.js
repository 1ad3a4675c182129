// Two clips against each other: what changed by more than noise.

import { api, isActive, loadWords } from "./api.js";
import { watch } from "./clip.js";
import { el, focusOn, part, stamp } from "./dom.js";
import { fixed, infoOf, nameOf, splitSide, unitOf, withUnit } from "./numbers.js";
import { SideBySide } from "./side_by_side.js";

const MEANING = {
  real: "More than two clips of the same running differ by.",
  possible: "It may be noise: film again to know.",
  within_noise: "No more than two clips of the same running differ by.",
};

/** Show a comparison once it is made. */
export async function showComparison(main, [id], signal) {
  const path = api.comparison(id);
  const words = await loadWords();
  let state = await api.get(path, signal);
  if (isActive(state)) state = await watch(main, path, state, null, signal);
  if (signal.aborted) return;
  if (state.status !== "done")
    throw new Error(state.error?.detail ?? state.error?.text ?? "This comparison was not made.");
  const result = await api.get(`${path}/report`, signal);
  if (signal.aborted) return;
  main.replaceChildren(stamp("t-comparison"));
  part(main, "title").textContent =
    result.mode === "easy_tempo" ? "Easy against tempo" : "Before and after";
  part(main, "sentence").textContent = result.sentence ?? "";
  part(main, "sheet").href = `${path}/report.html`;
  part(main, "json").href = `${path}/report`;
  part(main, "mp4").href = `${path}/clip`;
  part(main, "parties").append(...[result.first, result.second].map(partyCard));
  if (result.warnings.length)
    part(main, "warnings").append(
      el(
        "ul",
        { class: "card remarks" },
        result.warnings.map((one) =>
          el(
            "li",
            {},
            el(
              "span",
              { class: one.refused ? "tag error" : "tag warn" },
              one.refused ? "Refused" : "Mind",
            ),
            el("p", {}, one.text),
          ),
        ),
      ),
    );
  part(main, "watch").append(new SideBySide(`${path}/clip`, signal).node);
  part(main, "table").append(...tables(result, words));
  focusOn(main.querySelector("h1"));
}

function partyCard(party, k) {
  const speed = party.belt_speed_mps ? `${(3.6 * party.belt_speed_mps).toFixed(1)} km/h` : "";
  return el(
    "div",
    { class: "card party" },
    el("p", { class: "soft small" }, k ? "Second" : "First"),
    el(
      "p",
      { class: "strong" },
      [party.runner, party.pace, speed].filter(Boolean).join(", ") || party.clip,
    ),
    el(
      "p",
      { class: "soft small" },
      [
        party.date,
        party.clip,
        party.pain_during === null || party.pain_during === undefined
          ? ""
          : `pain ${party.pain_during} of 10`,
      ]
        .filter(Boolean)
        .join(" · "),
    ),
  );
}

/** One table a group; what cannot be compared comes last, folded. */
function tables(result, words) {
  const rows = Object.entries(result.metrics).filter(([key]) => infoOf(key, words));
  const told = rows.filter(([, row]) => row.verdict !== "not_comparable");
  const rest = rows.filter(([, row]) => row.verdict === "not_comparable");
  const names = result.mode === "easy_tempo" ? ["easy", "tempo"] : ["before", "after"];
  const cards = Object.entries(words.groups)
    .map(([group, title]) => {
      const mine = words.metrics
        .filter((info) => info.group === group)
        .flatMap((info) => told.filter(([key]) => splitSide(key)[0] === info.key));
      return mine.length ? table(title, mine, names, words) : null;
    })
    .filter(Boolean);
  if (rest.length)
    cards.push(
      el(
        "details",
        { class: "card fold" },
        el("summary", {}, `Not comparable: ${rest.length}`),
        el(
          "dl",
          { class: "pairs" },
          [...reasons(rest)].map(([reason, keys]) =>
            el(
              "div",
              {},
              el("dt", {}, keys.map((key) => nameOf(key, words)).join("; ")),
              el("dd", {}, reason),
            ),
          ),
        ),
      ),
    );
  return cards;
}

function reasons(rows) {
  const found = new Map();
  for (const [key, row] of rows)
    found.set(row.reason ?? "", [...(found.get(row.reason ?? "") ?? []), key]);
  return found;
}

function table(title, rows, names, words) {
  const head = ["What", ...names, "difference", ""].map((text, k) =>
    el(
      "th",
      { scope: "col", class: k && k < 4 ? "number" : null },
      text || el("span", { class: "unseen" }, "verdict"),
    ),
  );
  return el(
    "div",
    { class: "card group scroll" },
    el("h3", {}, title),
    el(
      "table",
      {},
      el("thead", {}, el("tr", {}, head)),
      el(
        "tbody",
        {},
        rows.map(([key, row]) => line(key, row, words)),
      ),
    ),
  );
}

function line(key, row, words) {
  const info = infoOf(key, words);
  const show = (value) =>
    value === null
      ? "–"
      : withUnit(fixed(value, info.decimals), info.unit_text ? "%" : unitOf(info));
  const sign = (value) => (value > 0 ? "+" : "") + fixed(value, info.decimals);
  const range = row.low === null ? "" : `${sign(row.low)} to ${sign(row.high)}`;
  return el(
    "tr",
    { class: row.verdict, "data-key": key },
    el("th", { scope: "row" }, nameOf(key, words)),
    el("td", { class: "number" }, show(row.first)),
    el("td", { class: "number" }, show(row.second)),
    el(
      "td",
      { class: "number" },
      el("strong", {}, row.difference === null ? "–" : sign(row.difference)),
      el("span", { class: "soft small block" }, range),
    ),
    el(
      "td",
      {},
      el(
        "span",
        { class: `tag verdict ${row.verdict}`, title: MEANING[row.verdict] },
        words.verdicts[row.verdict],
      ),
      el(
        "span",
        { class: "soft small block" },
        row.verdict === "within_noise" ? "" : words.expected[row.expected_from_speed],
      ),
    ),
  );
}

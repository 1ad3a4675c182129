// The measured numbers by group, with ranges as pictures and in words; the rest with its reason.

import { el, svg } from "./dom.js";
import { amount, category, infoOf, nameOf, told } from "./numbers.js";

const WIDTH = 220;

/** Cards with the measured numbers, in the catalogue's order. */
export function numberCards(report, words) {
  return Object.entries(words.groups)
    .map(([group, title]) => {
      const rows = words.metrics
        .filter((info) => info.group === group && measured(report, info.key))
        .map((info) => row(report, info));
      return rows.length
        ? el("section", { class: "card group" }, el("h3", {}, title), ...rows)
        : null;
    })
    .filter(Boolean);
}

const measured = (report, key) => report.metrics[key]?.status === "measured";

function row(report, info) {
  const record = report.metrics[info.key];
  const text = told(record, info);
  const counted = record.n
    ? `${record.side === "both" ? "" : `${record.side} ${info.group === "arms" ? "arm" : "leg"}, `}${record.n} ${info.counted}${record.n === 1 ? "" : "s"}`
    : "";
  const usual = usualText(report, info);
  return el(
    "details",
    { class: "metric", "data-key": info.key },
    el(
      "summary",
      {},
      el("span", { class: "name" }, info.name),
      el(
        "span",
        { class: "value" },
        text.figure,
        text.unit === "°" ? "°" : text.unit ? el("span", { class: "unit" }, ` ${text.unit}`) : "",
      ),
      el("span", { class: "range small" }, text.range),
      info.words.length ? "" : rangePicture(record, info, Boolean(usual)),
    ),
    el(
      "div",
      { class: "more small" },
      el("p", {}, info.meaning),
      sides(report, info),
      usual ? el("p", { class: "soft" }, `Pale band: ${usual}`) : null,
      ...info.context.map((note) =>
        el("p", { class: "soft" }, `${note.text} (${note.cites.join("; ")})`),
      ),
      el("p", { class: "soft" }, `Definition: ${info.definition}`),
      counted ? el("p", { class: "soft" }, `From ${counted}.`) : null,
    ),
  );
}

function sides(report, info) {
  const parts = ["left", "right"]
    .filter((side) => measured(report, `${info.key}_${side}`))
    .map((side) => {
      const record = report.metrics[`${info.key}_${side}`];
      return `${side} ${info.words.length ? category(record, info) : amount(record.value, info)}`;
    });
  return parts.length ? el("p", {}, parts.join(", ")) : null;
}

function usualText(report, info) {
  const usual = info.usual;
  if (!usual || (usual.pace && report.runner.pace && usual.pace !== report.runner.pace)) return "";
  return `${usual.low} to ${usual.high}, ${usual.text} (${usual.cites.join("; ")})`;
}

/** A small axis with the value as a dot and its range as a bar; words say the same beside it. */
function rangePicture(record, info, showUsual) {
  const low = Math.min(info.axis[0], record.low ?? record.value);
  const high = Math.max(info.axis[1], record.high ?? record.value);
  const x = (value) => (6 + ((value - low) / (high - low)) * (WIDTH - 12)).toFixed(1);
  const bar = (from, to, height, name) =>
    svg("rect", {
      x: x(from),
      y: 10 - height / 2,
      width: Math.max(1, x(to) - x(from)),
      height,
      rx: height / 2,
      class: name,
    });
  const picture = svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} 20`, class: "span", "aria-hidden": "true" },
    svg("line", { x1: 6, x2: WIDTH - 6, y1: 10, y2: 10, class: "axis" }),
  );
  if (showUsual) picture.append(bar(info.usual.low, info.usual.high, 16, "usual"));
  if (low < 0 && high > 0)
    picture.append(svg("line", { x1: x(0), x2: x(0), y1: 3, y2: 17, class: "zero" }));
  if (record.low !== null && record.high !== null)
    picture.append(bar(record.low, record.high, 8, "interval"));
  picture.append(svg("circle", { cx: x(record.value), cy: 10, r: 4.5, class: "dot" }));
  return picture;
}

/** What was not measured, folded, with the reasons; numbers of another view come last. */
export function withheldFold(report, words) {
  const missing = Object.entries(report.metrics).filter(
    ([, record]) => record.status !== "measured" && record.status !== "wrong_view",
  );
  const other = Object.entries(report.metrics).filter(
    ([, record]) => record.status === "wrong_view",
  ).length;
  if (!missing.length && !other) return null;
  const fold = el(
    "details",
    { class: "card fold withheld" },
    el(
      "summary",
      {},
      missing.length
        ? `Not measured in this clip: ${missing.length}`
        : "What this camera cannot see",
    ),
  );
  fold.append(
    el(
      "dl",
      { class: "pairs" },
      [...byReason(missing)].map(([reason, rows]) =>
        el(
          "div",
          {},
          el("dt", {}, rows.map(([key]) => nameOf(key, words)).join("; ")),
          el("dd", {}, reason ?? ""),
        ),
      ),
    ),
  );
  if (other)
    fold.append(
      el(
        "p",
        { class: "soft small" },
        `Another ${other} need a clip from ${report.view?.kind === "side" ? "behind" : "the side"}.`,
      ),
    );
  return fold;
}

function byReason(rows) {
  const found = new Map();
  for (const one of rows) found.set(one[1].reason, [...(found.get(one[1].reason) ?? []), one]);
  return found;
}

/** The four numbers that come first, as tiles. */
export function tiles(report, words) {
  const keys = words.top[report.view?.kind === "side" ? "side" : "rear"].filter((key) =>
    measured(report, key),
  );
  if (!keys.length) return null;
  return el(
    "div",
    { class: "tiles" },
    keys.map((key) => {
      const info = infoOf(key, words);
      const text = told(report.metrics[key], info);
      return el(
        "div",
        { class: "card tile" },
        el("p", { class: "name" }, info.name),
        el(
          "p",
          { class: "value" },
          text.figure,
          text.unit === "°" ? "°" : "",
          text.unit && text.unit !== "°" ? el("span", { class: "unit" }, ` ${text.unit}`) : "",
        ),
        el("p", { class: "small soft" }, text.range),
      );
    }),
  );
}

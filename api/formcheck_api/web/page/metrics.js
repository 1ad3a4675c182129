// The measured numbers as the service words them: tiles, rows by group, and the rest with its reason.

import { el, svg } from "./dom.js";
import { t } from "./texts.js";

const WIDTH = 300;

/** A value with its unit set smaller. */
export function figureOf(row) {
  const unit = row.unit && row.unit !== "°" ? el("span", { class: "unit" }, ` ${t(row.unit)}`) : "";
  return [row.figure, row.unit === "°" ? "°" : "", unit];
}

/** What stands beside a value: its direction and its range. */
export function rangeOf(row) {
  return [t(row.direction), row.interval].filter(Boolean).join(", ");
}

/** The main numbers, at most six; a press on one asks for its proof. */
export function tiles(rows, onProof = null) {
  if (!rows.length) return null;
  return el(
    "div",
    { class: "tiles" },
    rows.map((row) => {
      const inside = [
        el(
          "span",
          { class: "name" },
          row.name,
          row.term ? el("span", { class: "term" }, row.term) : null,
        ),
        el("span", { class: "value" }, ...figureOf(row)),
        el("span", { class: "range" }, rangeOf(row), row.wide ? " · too wide to rely on" : ""),
        row.uncorrected ? el("span", { class: "tag warn" }, "corrected by hand") : null,
        rangePicture(row.picture),
      ];
      const props = { class: `card tile${row.wide ? " wide-range" : ""}`, "data-key": row.key };
      if (!onProof) return el("div", props, ...inside);
      const press = () => onProof(row);
      return el(
        "button",
        { type: "button", ...props, "aria-expanded": "false", onclick: press },
        ...inside,
      );
    }),
  );
}

/** Cards with all measured numbers, in the catalogue's order. */
export function numberCards(groups, onProof) {
  return groups.map(([title, rows]) =>
    el(
      "section",
      { class: "card group" },
      el("h3", {}, title),
      ...rows.map((row) => numberRow(row, onProof)),
    ),
  );
}

function numberRow(row, onProof) {
  return el(
    "details",
    { class: `metric${row.wide ? " wide-range" : ""}`, "data-key": row.key },
    el(
      "summary",
      {},
      el(
        "span",
        { class: "name" },
        row.name,
        row.term ? el("span", { class: "term" }, row.term) : null,
      ),
      el("span", { class: row.picture ? "value" : "value worded" }, ...figureOf(row)),
      el("span", { class: "range small" }, rangeOf(row)),
      rangePicture(row.picture),
    ),
    el(
      "div",
      { class: "more small" },
      el("p", {}, row.meaning),
      row.uncorrected ? el("p", {}, t("Corrected by hand. Measured: {value}.", { value: row.uncorrected })) : null,
      row.wide ? el("p", {}, "The range is too wide to rely on this number.") : null,
      row.sides.length
        ? el("p", {}, row.sides.map(([side, value]) => `${t(side)} ${value}`).join(", "))
        : null,
      row.usual ? el("p", { class: "soft" }, t("Pale band: {usual}", { usual: row.usual })) : null,
      ...row.remarks.map((note) =>
        el("p", { class: "soft" }, `${note.text} (${note.cites.join("; ")})`),
      ),
      el("p", { class: "soft" }, t("Definition: {text}", { text: row.definition })),
      row.detail ? el("p", { class: "soft" }, t("From {detail}.", { detail: row.detail })) : null,
      el(
        "p",
        {},
        el("button", { type: "button", class: "small-button", onclick: () => onProof(row) }, "Show it in the clip"),
      ),
    ),
  );
}

/** A small axis with its ends: the value as a mark and its range as a bar; words say the same. */
export function rangePicture(picture) {
  if (!picture) return "";
  const bar = (from, to, height, name) =>
    svg("rect", { x: from, y: 10 - height / 2, width: Math.max(1, to - from), height, rx: 3, class: name });
  const text = (mark, anchor) => {
    const node = svg("text", { x: mark.at, y: 40, "text-anchor": anchor });
    node.textContent = mark.label;
    return node;
  };
  const [low, high] = picture.ends;
  const drawn = svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} 44`, class: "span", "aria-hidden": "true" },
    svg("line", { x1: low.at, x2: high.at, y1: 10, y2: 10, class: "axis" }),
    text(low, "start"),
    text(high, "end"),
  );
  if (picture.usual) drawn.append(bar(...picture.usual, 18, "usual"));
  if (picture.zero !== null) {
    const zero = picture.zero;
    drawn.append(svg("line", { x1: zero, x2: zero, y1: 3, y2: 17, class: "zero" }));
    if (zero - low.at > 30 && high.at - zero > 30)
      drawn.append(text({ at: zero, label: "0" }, "middle"));
  }
  drawn.append(
    bar(picture.low, picture.high, 9, "interval"),
    svg("circle", { cx: picture.value, cy: 10, r: 6, class: "dot" }),
  );
  return drawn;
}

/** What was not measured, folded, with the reasons; numbers of another view only counted. */
export function withheldFold(page, report) {
  const missing = page.withheld.filter((one) => one.status !== "wrong_view");
  const other = page.withheld.length - missing.length;
  if (!missing.length && !other) return null;
  const reasons = new Map();
  for (const one of missing) reasons.set(one.reason, [...(reasons.get(one.reason) ?? []), one]);
  return el(
    "details",
    { class: "card fold withheld" },
    el(
      "summary",
      {},
      missing.length ? t("Not measured in this clip: {n}", { n: missing.length }) : "What this camera cannot see",
    ),
    el(
      "dl",
      { class: "pairs" },
      [...reasons].map(([reason, rows]) =>
        el(
          "div",
          {},
          el("dt", {}, rows.map((one) => t(one.name)).join("; ")),
          el("dd", {}, reason),
        ),
      ),
    ),
    other
      ? el(
          "p",
          { class: "soft small" },
          t(report.view?.kind === "side" ? "{n} more measures need a clip from behind." : "{n} more measures need a clip from the side.", { n: other }),
        )
      : null,
  );
}

// Two clips against each other: what changed by more than noise, what speed does not explain first.

import { api, isActive } from "./api.js";
import { watch } from "./clip.js";
import { el, focusOn, part, stamp } from "./dom.js";
import { SideBySide } from "./side_by_side.js";
import { t } from "./texts.js";

const FOLDED = new Set(["within_noise", "not_comparable"]);

/** Show a comparison once it is made. */
export async function showComparison(main, [id], signal) {
  const path = api.comparison(id);
  let state = await api.get(path, signal);
  if (isActive(state)) state = await watch(main, path, state, null, signal);
  if (signal.aborted) return;
  if (state.status !== "done")
    throw new Error(state.error?.detail ?? state.error?.text ?? "This comparison was not made.");
  const page = await api.get(`${path}/page`, signal);
  if (signal.aborted) return;
  main.replaceChildren(stamp("t-comparison"));
  part(main, "title").textContent = t(page.title);
  part(main, "sentence").textContent = page.sentence;
  part(main, "sheet").href = `${path}/report.html`;
  part(main, "json").href = `${path}/report`;
  part(main, "mp4").href = `${path}/clip`;
  part(main, "parties").append(
    ...page.names.map((name, k) => partyCard(name, page.facts, k)),
  );
  const warnings = [
    ...page.refusals.map((text) => warning("tag error", "Refused", text)),
    ...page.cautions.map((text) => warning("tag warn", "Caution", text)),
  ];
  if (warnings.length)
    part(main, "warnings").append(el("ul", { class: "card remarks" }, warnings));
  if (page.refusals.length) part(main, "watch").hidden = true;
  else part(main, "watch").append(new SideBySide(`${path}/clip`, signal).node);
  part(main, "table").append(...page.parts.map((one) => section(one, page.names)));
  focusOn(main.querySelector("h1"));
}

const warning = (kind, tag, text) =>
  el("li", {}, el("span", { class: kind }, tag), el("p", {}, text));

/** What is known of one of the runs. */
function partyCard(name, facts, which) {
  const known = new Map(facts.map(([label, ...texts]) => [label, texts[which]]));
  const told = (...labels) => labels.map((label) => known.get(label)).filter(Boolean);
  const pain = known.get("Pain during");
  return el(
    "div",
    { class: "card party" },
    el("p", { class: "soft small" }, name),
    el("p", { class: "strong" }, told("Runner", "Belt speed").join(", ") || known.get("Clip")),
    el(
      "p",
      { class: "soft small" },
      [...told("Date", "Clip", "Shoes"), pain ? t("pain {pain}", { pain }) : ""].filter(Boolean).join(" · "),
    ),
  );
}

/** The metrics under one heading; what did not change and what cannot be compared is folded. */
function section({ id, title, rows }, names) {
  if (!FOLDED.has(id))
    return el(
      "div",
      { class: "card group scroll", "data-part-id": id },
      el("h3", {}, title),
      table(rows, names, title),
    );
  return el(
    "details",
    { class: "card fold", "data-part-id": id },
    el("summary", {}, `${t(title)}: ${rows.length}`),
    id === "not_comparable"
      ? el(
          "dl",
          { class: "pairs" },
          rows.map((row) =>
            el("div", {}, el("dt", {}, row.name), el("dd", {}, row.remark || row.word)),
          ),
        )
      : el("div", { class: "scroll" }, table(rows, names, title)),
  );
}

function table(rows, names, title) {
  const heads = ["What", ...names, "Difference"].map((text, k) =>
    el("th", { scope: "col", class: k ? "number" : null }, text),
  );
  return el(
    "table",
    { "aria-label": title },
    el("thead", {}, el("tr", {}, heads)),
    el(
      "tbody",
      {},
      rows.map((row) => line(row, names)),
    ),
  );
}

function line(row, names) {
  const cell = (value, range, label) =>
    el(
      "td",
      { class: "number", "data-label": label },
      value,
      el("span", { class: "soft small block" }, range),
    );
  return el(
    "tr",
    { class: row.verdict, "data-key": row.key },
    el("th", { scope: "row" }, row.name),
    cell(row.first, row.first_range, names[0]),
    cell(row.second, row.second_range, names[1]),
    cell(el("strong", {}, row.difference), row.difference_range, "Difference"),
  );
}

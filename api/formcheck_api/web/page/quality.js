// What the clip itself lets be measured, and how to film the next one.

import { el } from "./dom.js";

/** Remarks on the clip, and how to film the next one where they call for it. */
export function qualityCards(report, words) {
  const tag = { info: "For info", warn: "Caution", error: "Problem" };
  const notes = report.quality.map((note) =>
    el(
      "li",
      {},
      el("span", { class: `tag ${note.severity}` }, tag[note.severity]),
      el(
        "div",
        {},
        el("p", {}, plain(note.text)),
        note.fix ? el("p", { class: "soft small" }, plain(note.fix)) : null,
      ),
    ),
  );
  const film = report.view === null || report.quality.some((note) => note.severity !== "info");
  const kind = report.view?.kind === "side" || !report.view ? "side" : "rear";
  const filming = el(
    "div",
    { class: "card", "data-part": "filming" },
    el("h3", {}, "Filming the next one"),
    el(
      "ul",
      { class: "list small" },
      words.filming[kind].map((line) => el("li", {}, line)),
    ),
  );
  const cards = [
    notes.length ? el("ul", { class: "card remarks" }, notes) : null,
    film ? filming : null,
  ].filter(Boolean);
  return cards.length ? [el("div", { class: "columns" }, ...cards)] : [];
}

/** A sentence without the command line's options. */
const plain = (text) =>
  text
    .replace(/ \(--[^)]*\)/g, "")
    .replace("a part with --from and --to", "a part of the clip")
    .replace(/--([a-z][a-z-]*)/g, (_, name) => name.replaceAll("-", " "));

// A visit: clips of one runner and day as one sheet to read, print and pass on.

import { api } from "./api.js";
import { complain, el, pairs, part, say } from "./dom.js";
import { shareCard } from "./share.js";
import { stillsOf } from "./stills.js";
import { listed, own, t } from "./texts.js";

const MOST_CLIPS = 12;

/** Where the visit made of these clips stands. */
export function visitAddress(items) {
  return `#/visit/${items
    .slice(0, MOST_CLIPS)
    .map((item) => item.id)
    .join("/")}`;
}

/** Show the visit of these analyses. */
export async function showVisit(main, ids, signal) {
  const query = ids.map((id) => `analysis=${encodeURIComponent(id)}`).join("&");
  const page = await api.get(`/v1/visits/page?${query}`, signal);
  if (signal.aborted) return;
  const order = page.visit.clips.map((clip) => clip.id);
  const sheet = visitSheet(page, (id) => `${api.analysis(id)}/clip`, {
    tools: tools(page.visit, order),
    save: (note) => api.put(`${api.analysis(order[0])}/note`, note),
  });
  main.replaceChildren(sheet);
  document.title = `${t("visit.title")} · formcheck`;
}

function tools(visit, ids) {
  const share = shareCard(ids);
  share.hidden = true;
  const files = visit.clips.flatMap((clip) => [
    [t("visit.note_file", { clip: listed(clip.title) }), "note.txt", "note.txt"],
    [t("visit.fhir_file", { clip: listed(clip.title) }), "fhir", "report.fhir.json"],
    [t("visit.report_file", { clip: listed(clip.title) }), "report.html", null],
  ].map(([text, name, file]) =>
    el("li", {}, el("a", { href: `${api.analysis(clip.id)}/${name}`, ...(file ? { download: file } : { target: "_blank", rel: "noopener" }) }, text)),
  ));
  return [
    el("div", { class: "row tight actions" },
      el("button", { type: "button", class: "main", onclick: () => print() }, t("visit.print")),
      el("button", { type: "button", "aria-expanded": "false", onclick: (event) => {
        share.hidden = !share.hidden;
        event.target.setAttribute("aria-expanded", String(!share.hidden));
      } }, t("visit.share")),
      el("details", { class: "menu" }, el("summary", { class: "button" }, t("visit.download")), el("ul", {}, files)),
    ),
    share,
  ];
}

/**
 * The sheet itself, as the page and a private link show it.
 * @param {{visit: object, note: object}} page the service's view of the visit
 * @param {(id: string) => string} clipAt address of an annotated clip
 * @param {{tools?: Node[], save?: (note: object) => Promise}} own what only the owner has
 */
export function visitSheet({ visit, note }, clipAt, { tools: extra = [], save = null } = {}) {
  return el("article", { class: "visit" },
    el("header", { class: "head" }, el("h1", {}, own(title(visit))), ...extra.slice(0, 1)),
    ...extra.slice(1),
    pairs([...visit.facts.filter(([label]) => !["Runner", "Date"].includes(label)), ...visit.complaint], "facts"),
    el("section", { class: "pictures-row", "aria-label": t("visit.stills") },
      visit.clips.map((clip) => stillsOf(clip, clipAt(clip.id), visit.clips.length > 2))),
    visit.warnings.length ? el("ul", { class: "list card warnings" }, visit.warnings.map((line) => el("li", {}, line))) : null,
    suggestion(visit.advice),
    el("section", { "aria-label": t("visit.numbers") }, el("h2", {}, t("visit.numbers")), sides(visit.tables, true),
      visit.steps.map(step)),
    notes(note, save),
    el("details", { class: "appendix" },
      el("summary", {}, t("visit.appendix")),
      sides(visit.tables, false),
      cautions(visit.clips),
      visit.clips.map((clip) => el("figure", { class: "clip screen-only" },
        el("figcaption", { class: "strong" }, listed(clip.title)),
        el("video", { controls: true, muted: true, playsinline: true, preload: "none", src: clipAt(clip.id), "aria-label": clip.title })))),
    el("ul", { class: "list soft small" }, visit.safety.map((line) => el("li", {}, line))),
  );
}

const title = (visit) => [visit.runner, visit.date].filter(Boolean).join(", ") || t("visit.title");

/** Left beside right, easy beside tempo: the numbers that matter first, or all others. */
function sides(tables, first) {
  const shown = tables.map((table) => table.rows.filter((row) => row.first === first));
  const keys = [...new Set(shown.flat().map((row) => row.key))];
  if (!keys.length) return null;
  const columns = shown.map(columnsOf);
  const head = tables.map((table, k) =>
    el("th", { scope: "colgroup", colspan: columns[k].length }, listed(table.title)),
  );
  const names = columns.flat().map((name) => el("th", { scope: "col" }, t(`visit.${name}`)));
  const body = keys.map((key) => {
    const rows = shown.map((mine) => mine.find((row) => row.key === key));
    return el(
      "tr",
      { "data-key": key },
      el("th", { scope: "row" }, rows.find(Boolean).name),
      rows.flatMap((row, k) => columns[k].map((name) => cell(row, name, tables, k))),
    );
  });
  return el(
    "div",
    { class: "scroll" },
    el(
      "table",
      { class: "sides" },
      el("thead", {}, el("tr", {}, el("td", {}), head), el("tr", {}, el("td", {}), names)),
      el("tbody", {}, body),
    ),
    columns.flat().includes("difference") ? el("p", { class: "legend-line" }, legend(tables)) : null,
  );
}

/** What the signs of the differences mean: on paper they stand alone. */
const legend = (tables) =>
  [...new Set(tables.flatMap((table) => table.rows.filter((row) => row.word).map((row) => `${row.sign} ${t(row.word)}`)))].join("   ");

/** The columns in which any row has something to say. */
const columnsOf = (rows) => [
  ...["both", "left", "right"].filter((name) => rows.some((row) => row[name].text)),
  ...(rows.some((row) => row.difference) ? ["difference"] : []),
];

function cell(row, name, tables, k) {
  const pace = tables.length > 1 ? `${t(tables[k].title.split(",")[0])}, ` : "";
  const label = { "data-label": pace + t(`visit.${name}`).toLowerCase() };
  if (name === "difference" && row?.difference)
    return el(
      "td",
      { class: `counts ${row.verdict}`, ...label },
      el("strong", {}, row.difference),
      el("span", { class: "soft range" }, `${row.sign} `, el("span", { class: "word" }, row.word)),
    );
  const value = name === "difference" ? null : row?.[name];
  if (!value?.text) return el("td", { class: "none" }, "–");
  return el(
    "td",
    value.wide ? { class: "wide", ...label } : label,
    value.text,
    value.interval ? el("span", { class: "soft range" }, value.interval + (value.wide ? `, ${t("too wide to rely on")}` : "")) : null,
  );
}

function step(found) {
  return el("section", { class: "step" },
    el("h3", {}, listed(found.title)),
    el("p", {}, found.sentence),
    found.rows.length ? el("details", { class: "screen-only" }, el("summary", {}, t("visit.step_rows")),
      el("div", { class: "scroll" }, el("table", { class: "sides" },
        el("thead", {}, el("tr", {}, ["what", "easy", "tempo", "step_difference", "verdict"].map((name) => el("th", { scope: "col" }, t(`visit.${name}`))))),
        el("tbody", {}, found.rows.map((row) => el("tr", {}, el("th", { scope: "row" }, row.name),
          el("td", { "data-label": t("visit.easy") }, row.easy), el("td", { "data-label": t("visit.tempo") }, row.tempo),
          el("td", { "data-label": t("visit.step_difference") }, row.difference),
          el("td", { "data-label": t("visit.verdict") }, `${row.sign} ${t(row.word)}`, row.remark ? el("span", { class: "soft range" }, row.remark) : null))))))) : null);
}

function suggestion(advice) {
  return el("section", { class: "card one", "aria-label": advice.title },
    el("h2", {}, advice.title),
    advice.lines.map((line) => el("p", {}, line)),
    advice.cues.map((cue) => el("div", { class: "cue", "data-cue": cue.id },
      el("h3", {}, cue.title), el("p", {}, cue.text),
      pairs([[t("visit.dose"), cue.dose]]),
      el("details", { class: "screen-only" }, el("summary", {}, t("visit.more_cue")),
        pairs([[t("visit.trade_off"), cue.trade_off], [t("visit.remeasure"), cue.remeasure]])))),
    advice.drills.length ? el("ul", { class: "list small" }, advice.drills.map((line) => el("li", {}, line))) : null);
}

function cautions(clips) {
  const told = clips.filter((clip) => clip.concerns.length);
  return told.length ? el("section", {}, el("h3", {}, t("visit.cautions")),
    pairs(told.map((clip) => [listed(clip.title), clip.concerns.join(" ")]))) : null;
}

/** Clinician and notes: fields for the owner, text for others; both are printed. */
function notes(note, save) {
  if (!save) {
    return note.clinician || note.text ? el("section", {}, el("h2", {}, t("visit.notes")),
      note.clinician ? el("p", {}, `${t("visit.clinician")}: ${note.clinician}`) : null, el("p", { class: "written" }, own(note.text))) : null;
  }
  const clinician = el("input", { name: "clinician", maxlength: 200, autocomplete: "off" });
  const text = el("textarea", { name: "text", rows: 3, maxlength: 4000 });
  const said = el("p", { class: "soft small screen-only", role: "status" });
  clinician.value = note.clinician;
  text.value = note.text;
  const keep = async () => {
    try {
      await save({ clinician: clinician.value.trim(), text: text.value });
      said.textContent = t("visit.saved");
    } catch (error) {
      complain(said, error.message);
    }
  };
  for (const field of [clinician, text]) field.addEventListener("change", keep);
  return el("section", { class: "notes", "aria-label": t("visit.notes") }, el("h2", {}, t("visit.notes")),
    el("div", { class: "field" }, el("label", {}, t("visit.clinician"), clinician)),
    el("div", { class: "field" }, el("label", {}, t("visit.note_text"), text)), said);
}

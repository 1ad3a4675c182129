// A measured clip: one sentence, what to try, the clip with what was measured drawn on it, at most
// six numbers, and all the rest folded.

import { answerCard, drillCards, fillTry, redFlags, remarkList, responses } from "./advice.js";
import { allAnalyses, api, loadResult } from "./api.js";
import { toReopen } from "./corrections.js";
import { Curves } from "./curves.js";
import { ask, el, focusOn, part, say, stamp } from "./dom.js";
import { offerChanges } from "./edit.js";
import { offerGhost } from "./ghost.js";
import { Film } from "./live.js";
import { numberCards, tiles, withheldFold } from "./metrics.js";
import { Proof } from "./proof.js";
import { qualityCards } from "./quality.js";
import { seriesOf } from "./series.js";
import { chooseUnits, UNITS } from "./shown.js";
import { dayOf, symptomStory } from "./symptoms.js";
import { visitAddress } from "./visit.js";
import { t } from "./texts.js";

/** Show the result of a finished analysis. */
export async function showResult(main, state, words, signal) {
  const found = await loadResult(state.id, signal);
  if (signal.aborted) return;
  const { page, report, path } = found;
  main.replaceChildren(stamp("t-result"));
  part(main, "title").textContent = t(page.title);
  document.title = `${page.title} · formcheck`;
  part(main, "facts").textContent = page.facts.map(([label, text]) => told(label, text)).join(" · ");
  put(part(main, "answer"), answer(page, report, words));
  fillTry(part(main, "try"), report.cues, report.advice, words, signal, page.sentence);
  offerUnits(main, found.shown);
  offerFiles(main, found);
  fill(main, "drills", drillCards(report.advice));
  fill(main, "notes", [
    ...(remarkList(report.cues, report.advice, words) ?? []),
    answerCard(report.advice, words),
  ]);
  fill(main, "quality", qualityCards(report, words));
  put(
    part(main, "safety"),
    page.safety.map((line) => el("li", {}, line)),
  );
  showRunner(main, state, report.advice, words, signal);
  const film = showClip(main, found, signal);
  const proof = new Proof(part(main, "proof"), found, film, signal);
  showNumbers(main, found, (row) => proof.toggle(row));
  offerChanges(part(main, "edit"), found, words);
  say(t("{title}: done.", { title: page.title }));
  focusOn(main.querySelector("h1"));
  if (film) {
    showCurves(main, found, film, words, signal);
    offerGhost(film, found, signal);
  }
  const reopen = toReopen();
  const row = page.groups.flatMap(([, rows]) => rows).find((one) => one.key === reopen);
  if (row) proof.toggle(row);
}

const put = (place, ...nodes) => place.append(...nodes.flat().filter(Boolean));

/** Fill a section that stays hidden while it has nothing to say. */
function fill(main, name, nodes) {
  const found = nodes?.filter(Boolean) ?? [];
  if (!found.length) return;
  put(part(main, name), found);
  part(main, `${name}-section`).hidden = false;
}

/** Where the camera stood, in words. */
export function viewText(report) {
  const view = report.view;
  if (!view) return "";
  if (view.kind !== "side") return t(view.kind === "rear" ? "from behind" : "from the front");
  return t(view.near_side ? `from the ${view.near_side} side` : "from the side");
}

const told = (label, text) =>
  ["Height", "Standing", "Incline", "Shoes"].includes(label) ? `${t(label.toLowerCase())} ${text}` : text;

/** What stands first: red flags; the clip's grade where it is bad; the one sentence. */
function answer(page, report, words) {
  const flags = redFlags(report.advice, words);
  const { grade } = page;
  const reasons = grade.reasons.length ? grade.reasons : page.concerns;
  const bad = grade.title
    ? el(
        "div",
        { class: `grade ${grade.id}`, "data-part": "grade" },
        el("p", { class: "strong" }, grade.title),
        ...reasons.map((text) => el("p", {}, text)),
      )
    : null;
  const rest = bad ? page.concerns.filter((text) => !reasons.includes(text)) : page.concerns;
  const caution = rest.length ? cautions(rest) : null;
  const said = flags || !page.sentence || grade.id === "film_again";
  const sentence = said ? null : el("p", { class: "sentence" }, page.sentence);
  const corrected = page.corrected.length
    ? el("p", { class: "concern" }, el("strong", {}, "Corrected by hand: "), page.corrected.join(" "))
    : null;
  return [flags, bad, sentence, caution, corrected];
}

/** What to know before reading: a single one in full, several folded behind their number. */
function cautions(texts) {
  const lead = "Before you read this";
  if (texts.length === 1)
    return el("p", { class: "concern" }, el("strong", {}, `${t(lead)}: `), texts[0]);
  return el(
    "details",
    { class: "concern" },
    el("summary", {}, t("Before you read this: {n} cautions", { n: texts.length })),
    el(
      "ul",
      { class: "list" },
      texts.map((text) => el("li", {}, text)),
    ),
  );
}

/** Choose what lengths and speeds are shown in; the whole result is shown anew. */
function offerUnits(main, shown) {
  const choice = part(main, "units");
  choice.append(...Object.entries(UNITS).map(([name, text]) => el("option", { value: name }, text)));
  choice.value = shown;
  choice.addEventListener("change", () => {
    chooseUnits(choice.value);
    dispatchEvent(new HashChangeEvent("hashchange"));
  });
}

function offerFiles(main, { path, page, report, shown }) {
  const made = report.runner.units;
  const measured = page.corrected.length ? t("as measured, without the corrections") : "";
  const inside = [made === shown ? "" : t("in {units}", { units: t(UNITS[made]) }), measured].filter(Boolean);
  const aside = measured && ` (${measured})`;
  const files = [
    ["Report to print", `report.html?units=${shown}`, null],
    [`${t("Annotated video to share")}${inside.length ? ` (${inside.join("; ")})` : ""}`, "clip", "annotated.mp4"],
    ["Original video", "original", "original.mp4"],
    ["All data (JSON)", "report", "report.json"],
    [t("Per-frame data (CSV)") + aside, "frames.csv", "frames.csv"],
    [t("Per-step data (CSV)") + aside, "strides.csv", "strides.csv"],
  ];
  put(
    part(main, "files"),
    files.map(([text, name, file]) => {
      const how = file ? { download: file } : { target: "_blank", rel: "noopener" };
      return el("li", {}, el("a", { class: "button", href: `${path}/${name}`, ...how }, text));
    }),
  );
  part(main, "delete").addEventListener("click", async () => {
    if (
      !(await ask(
        "Delete this clip?",
        "The clip, its result and comparisons made from it are removed for good.",
        "Delete",
      ))
    )
      return;
    await api.remove(path);
    say("Deleted.");
    location.hash = "#/history";
  });
}

function showNumbers(main, { page, report }, onProof) {
  put(part(main, "tiles"), tiles(page.tiles, onProof));
  part(main, "top-section").hidden = !page.tiles.length;
  const rows = page.groups.flatMap(([, members]) => members);
  part(main, "numbers-count").textContent = rows.length || "";
  put(part(main, "numbers"), numberCards(page.groups, onProof));
  put(part(main, "withheld"), withheldFold(page, report));
  if (!rows.length && !page.withheld.length) part(main, "numbers-section").hidden = true;
  part(main, "find").addEventListener("input", (event) => {
    const wanted = event.target.value.trim().toLowerCase();
    for (const node of part(main, "numbers").querySelectorAll(".metric"))
      node.hidden = !node.textContent.toLowerCase().includes(wanted);
    for (const card of part(main, "numbers").children)
      card.hidden = !card.querySelector(".metric:not([hidden])");
  });
}

/** What the runner's clips tell together: symptoms, whether earlier cues worked, this day's visit. */
async function showRunner(main, state, advice, words, signal) {
  const items = state.runner
    ? (await allAnalyses().catch(() => [state])).filter(
        (item) => item.runner === state.runner && item.status === "done",
      )
    : [state];
  if (signal.aborted) return;
  fill(main, "feel", [symptomStory(items, state.id, words), ...responses(advice)]);
  const ofDay = items.filter((item) => dayOf(item) === dayOf(state));
  if (!state.runner || !ofDay.length) return;
  const link = el("a", { href: visitAddress(ofDay) }, t("Visit of {runner}, {day}", { runner: state.runner, day: dayOf(state) }));
  put(part(main, "facts"), " · ", link);
}

function showClip(main, found, signal) {
  if (!found.clock) {
    part(main, "watch").append(
      el("p", { class: "card plain soft" }, "There is no clip with lines to show."),
    );
    part(main, "curves").hidden = true;
    return null;
  }
  const film = new Film(found, t("Clip {view} with what was measured drawn on it", { view: viewText(found.report) }));
  main.querySelector(".result").classList.toggle("tall", film.node.classList.contains("portrait"));
  part(main, "watch").append(film.node);
  film.listen(signal);
  return film;
}

function showCurves(main, { report, table, clock, shown }, { player }, words, signal) {
  const series = seriesOf(report, table, words, shown);
  if (!series.length) {
    part(main, "curves").hidden = true;
    return;
  }
  const curves = new Curves(part(main, "plots"), report, clock, series, (time) => {
    player.video.pause();
    player.seek(time);
  });
  player.onTime((time) => curves.move(time));
  part(main, "span").addEventListener("change", (event) =>
    curves.zoom(event.target.value === "near"),
  );
  curves.draw(signal).catch((error) => {
    part(main, "curves-said").textContent = error.message;
    part(main, "curves-said").hidden = false;
  });
}

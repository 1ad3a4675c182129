// A measured clip: the clip with its curves, what to try, the numbers, and what else was said.

import { answerCard, drillCards, fillTry, redFlags, remarkList, responses, safetyLines } from "./advice.js";
import { allAnalyses, api } from "./api.js";
import { Curves } from "./curves.js";
import { ask, el, focusOn, pairs, part, say, stamp } from "./dom.js";
import { Clock, readTable } from "./frames.js";
import { numberCards, tiles, withheldFold } from "./metrics.js";
import { speedText } from "./numbers.js";
import { contactStops, Player } from "./player.js";
import { seriesOf } from "./series.js";
import { symptomStory } from "./symptoms.js";

/** Show the result of a finished analysis. */
export async function showResult(main, state, words, signal) {
  const path = api.analysis(state.id);
  const [report, frames] = await Promise.all([
    api.get(`${path}/report`, signal),
    api.text(`${path}/frames.csv`, signal).catch(() => ""),
  ]);
  if (signal.aborted) return;
  main.replaceChildren(stamp("t-result"));
  const { advice } = report;
  const title = `Running form ${viewText(report)}`.trim();
  part(main, "title").textContent = title;
  document.title = `${title} · formcheck`;
  part(main, "facts").replaceWith(pairs(facts(report), "facts"));
  offerFiles(main, state, path);
  put(part(main, "flags"), redFlags(advice, words), concerns(report), tiles(report, words));
  fillTry(part(main, "try"), report.cues, advice, words, signal);
  showNumbers(main, report, words);
  fill(main, "drills", drillCards(advice));
  fill(main, "notes", [
    ...(remarkList(report.cues, advice, words) ?? []),
    answerCard(advice, words),
  ]);
  fill(main, "quality", qualityCards(report, words));
  put(
    part(main, "safety"),
    safetyLines(advice, words).map((line) => el("li", {}, line)),
  );
  showSymptoms(main, state, advice, words, signal);
  say(`${title}: done.`);
  focusOn(main.querySelector("h1"));
  showClipAndCurves(main, path, report, frames, words, signal).catch((error) => {
    part(main, "curves-said").textContent = error.message;
  });
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
  if (view.kind !== "side") return view.kind === "rear" ? "from behind" : "from the front";
  return view.near_side ? `from the ${view.near_side} side` : "from the side";
}

function facts(report) {
  const { clip, runner } = report;
  const slow =
    clip.slow_motion_factor === 1 ? "" : `, slow motion ${clip.slow_motion_factor} times undone`;
  return [
    ["Runner", runner.id],
    ["Date", runner.date],
    ["Pace", runner.pace],
    ["Belt speed", runner.belt_speed_mps === null ? "" : speedText(runner.belt_speed_mps)],
    ["Incline", runner.incline_pct ? `${runner.incline_pct} %` : ""],
    ["Height", runner.height_m === null ? "" : `${runner.height_m.toFixed(2)} m`],
    ["Shoes", runner.shoes],
    [
      "Clip",
      `${clip.name}, ${clip.from_s.toFixed(1)} to ${clip.to_s.toFixed(1)} s, ${Number(clip.frame_rate_hz.toPrecision(4))} frames a second${slow}`,
    ],
  ];
}

function offerFiles(main, state, path) {
  const files = [
    ["The clip with lines", "clip", "annotated.mp4"],
    ["The report to print", "report.html", null],
    ["All of it, JSON", "report", "report.json"],
    ["Every frame, CSV", "frames.csv", "frames.csv"],
    ["Every step, CSV", "strides.csv", "strides.csv"],
  ];
  put(
    part(main, "files"),
    files.map(([text, name, file]) =>
      el(
        "li",
        {},
        el(
          "a",
          file
            ? { href: `${path}/${name}`, download: file }
            : { href: `${path}/${name}`, target: "_blank", rel: "noopener" },
          text,
        ),
      ),
    ),
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

/** What to mind when reading, on top; the rest stands under quality. */
function concerns(report) {
  const found = report.quality.filter((note) => note.severity !== "info");
  return found.length
    ? el(
        "p",
        { class: "concern" },
        el("strong", {}, "Mind when reading: "),
        found.map((note) => note.text).join(" "),
      )
    : null;
}

function showNumbers(main, report, words) {
  put(part(main, "numbers"), numberCards(report, words));
  put(part(main, "withheld"), withheldFold(report, words));
  if (!part(main, "numbers").children.length && !part(main, "withheld").children.length)
    part(main, "numbers-section").hidden = true;
}

/** Remarks on the clip, and how to film the next one where they call for it. */
export function qualityCards(report, words) {
  const tag = { info: "For info", warn: "Mind", error: "Problem" };
  const notes = report.quality.map((note) =>
    el(
      "li",
      {},
      el("span", { class: `tag ${note.severity}` }, tag[note.severity]),
      el(
        "div",
        {},
        el("p", {}, note.text),
        note.fix ? el("p", { class: "soft small" }, note.fix) : null,
      ),
    ),
  );
  const film = report.view === null || report.quality.some((note) => note.severity !== "info");
  const kind = report.view?.kind === "side" || !report.view ? "side" : "rear";
  return [
    el(
      "div",
      { class: "columns" },
      notes.length ? el("ul", { class: "card remarks" }, notes) : null,
      film
        ? el(
            "div",
            { class: "card", "data-part": "filming" },
            el("h3", {}, "Filming the next one"),
            el(
              "ul",
              { class: "list small" },
              words.filming[kind].map((line) => el("li", {}, line)),
            ),
          )
        : null,
    ),
  ].filter((node) => node.children.length);
}

/** The symptoms of this clip and of the runner's earlier ones, and whether earlier cues worked. */
async function showSymptoms(main, state, advice, words, signal) {
  const items = state.runner
    ? (await allAnalyses().catch(() => [state])).filter(
        (item) => item.runner === state.runner && item.status === "done",
      )
    : [state];
  if (signal.aborted) return;
  fill(main, "feel", [symptomStory(items, state.id, words), ...responses(advice)]);
}

async function showClipAndCurves(main, path, report, frames, words, signal) {
  const table = frames ? readTable(frames) : null;
  const times = table?.get("t_s");
  if (!times?.length) {
    part(main, "watch").append(
      el("p", { class: "card plain soft" }, "There is no clip with lines to show."),
    );
    part(main, "curves").hidden = true;
    return;
  }
  const clock = new Clock(times, report.clip.slow_motion_factor);
  const player = new Player(
    `${path}/clip`,
    clock,
    contactStops(report.events),
    `Annotated clip ${viewText(report)}`,
  );
  if (report.clip.height_px > report.clip.width_px) player.node.classList.add("portrait");
  part(main, "watch").append(player.node);
  player.listen(signal);
  const series = seriesOf(report, table, words);
  if (!series.length) {
    part(main, "curves").hidden = true;
    return;
  }
  const curves = new Curves(part(main, "plots"), report, clock, series, (time) =>
    player.seek(time),
  );
  player.onTime((time) => curves.move(time));
  part(main, "more").hidden = !curves.more;
  part(main, "more").addEventListener("click", (event) => {
    event.target.hidden = true;
    curves.showAll();
  });
  part(main, "span").addEventListener("change", (event) =>
    curves.zoom(event.target.value === "near"),
  );
  await curves.draw(signal);
}

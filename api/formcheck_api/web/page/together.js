// A side and a rear clip of one run: both clips, one advice.

import { drillCards, fillTry, redFlags, remarkList } from "./advice.js";
import { api, loadResult, loadWords } from "./api.js";
import { capital, complain, el, part, say, stamp } from "./dom.js";
import { Film } from "./live.js";
import { tiles } from "./metrics.js";
import { viewText } from "./result.js";
import { askSymptoms, readSymptoms, symptomLine } from "./symptoms.js";
import { t } from "./texts.js";

/** Show both clips and what follows from them together. */
export async function showTogether(main, ids, signal) {
  const words = await loadWords();
  const clips = await Promise.all(ids.map((id) => loadResult(id, signal)));
  if (signal.aborted) return;
  const symptoms =
    clips.map(({ report }) => report.runner.symptoms).find((one) => symptomLine(one, words)) ??
    null;
  const answer = await api.advice({ analyses: ids, symptoms });
  if (signal.aborted) return;
  main.replaceChildren(stamp("t-together"));
  part(main, "lead").textContent = clips
    .map(({ report }) => `${report.clip.name} ${viewText(report)}`)
    .join(t(" and "));
  clips.forEach((clip, k) => addClip(main, clip, k === 0, words, signal));
  let speaking = new AbortController();
  const show = (told, given) => {
    speaking.abort();
    speaking = new AbortController();
    signal.addEventListener("abort", () => speaking.abort());
    part(main, "symptoms-said").textContent = symptomLine(given, words);
    fill(main, told, words, speaking.signal);
  };
  show(answer, symptoms);
  const form = part(main, "form");
  askSymptoms(part(form, "symptoms"), words, symptoms ?? {});
  const error = el("p", { class: "error", hidden: true });
  form.append(error);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    complain(error, "");
    try {
      const given = readSymptoms(form);
      show(await api.advice({ analyses: ids, symptoms: given }), given);
      say("The advice is new.");
    } catch (problem) {
      complain(error, problem.message);
    }
  });
}

function addClip(main, found, keys, words, signal) {
  const { id, page, report } = found;
  const film = found.clock ? new Film(found, t("Clip {view}", { view: viewText(report) })) : null;
  film?.listen(signal, keys);
  part(main, "clips").append(
    el(
      "section",
      { "aria-label": t("Clip {view}", { view: viewText(report) }) },
      el("h2", {}, el("a", { href: `#/clip/${id}` }, capital(viewText(report)))),
      film?.node,
      tiles(page.tiles),
    ),
  );
}

function fill(main, { cues, advice }, words, signal) {
  const lists = {
    flags: [redFlags(advice, words)],
    drills: drillCards(advice) ?? [],
    notes: remarkList(cues, advice, words) ?? [],
  };
  for (const [name, nodes] of Object.entries(lists)) {
    const known = nodes.filter(Boolean);
    part(main, name).replaceChildren(...known);
    const section = part(main, `${name}-section`);
    if (section) section.hidden = !known.length;
  }
  const place = part(main, "try");
  place.replaceChildren();
  fillTry(place, cues, advice, words, signal);
}

// What is said to the runner: red flags first, then cues or why there are none, drills, remarks.

import { beatControls } from "./beat.js";
import { capital, el, pairs } from "./dom.js";
import { headline, ofKind } from "./remarks.js";
import { t } from "./texts.js";

/** Red flags, above everything else; null without. */
export function redFlags(advice, words) {
  if (!advice.red_flags.length) return null;
  return el(
    "section",
    { class: "card flags", role: "alert", "aria-labelledby": "flags-title" },
    el("h2", { id: "flags-title" }, words.headline.red_flags.title),
    ...advice.red_flags.map((flag) => el("p", {}, flag)),
  );
}

/** The cues as cards, or a headline that says why there are none. */
export function fillTry(place, cues, advice, words, signal, said = "") {
  const onTop = cues.length || advice.red_flags.length ? [] : headline(advice, words).lines;
  const warnings = ofKind(advice, words, "warning").filter((line) => !onTop.includes(line));
  if (warnings.length)
    place.append(
      el(
        "ul",
        { class: "list card warnings" },
        warnings.map((line) => el("li", {}, line)),
      ),
    );
  const beat = advice.cadence ? beatControls(advice.cadence, signal) : null;
  if (cues.length) {
    place.append(
      el("h2", {}, cues.length === 1 ? "One thing to try" : "Two things to try, one at a time"),
      ...cues.map((cue) =>
        cue.id === "cadence" ? cueCard(cue, beat, advice.cadence?.weeks) : cueCard(cue, null),
      ),
    );
    if (beat && !cues.some((cue) => cue.id === "cadence")) place.append(ownBeat(beat));
    return;
  }
  if (advice.red_flags.length) return;
  const { title, lines } = headline(advice, words);
  const shown = lines.map((line) => (said ? line.replace(`${title}. `, "") : line));
  place.append(
    el(
      "div",
      { class: "card calm" },
      title === said ? null : el("h2", {}, title),
      ...shown.map((line) => el("p", {}, line)),
    ),
  );
  if (beat) place.append(ownBeat(beat));
}

function ownBeat(beat) {
  return el(
    "details",
    { class: "card fold" },
    el("summary", {}, "Metronome at your cadence"),
    el("p", { class: "soft small" }, "No change is suggested; a steady beat can help to hold it."),
    beat,
  );
}

function cueCard(cue, beat, weeks) {
  return el(
    "article",
    { class: "card cue", "data-cue": cue.id },
    el("h3", {}, capital(cue.title)),
    el("p", { class: "say" }, cue.text),
    beat ? beatFold(beat) : null,
    pairs([["How much", cue.dose]]),
    el(
      "details",
      {},
      el("summary", {}, "Why, what to watch out for, when to film again"),
      pairs([
        ["What we saw", cue.seen],
        ["Why", cue.why],
        ["Watch out for", cue.trade_off],
        ["Re-check", cue.remeasure],
      ]),
    ),
    weeks?.length
      ? el(
          "details",
          {},
          el("summary", {}, "The beat, week by week"),
          pairs(weeks.map((step) => [step.when, step.text])),
        )
      : null,
  );
}

/** The metronome; on a small screen folded, so that the clip is near. */
function beatFold(beat) {
  const open = matchMedia("(min-width: 60rem)").matches;
  return el("details", { class: "beat-fold", open }, el("summary", {}, "Metronome"), beat);
}

const FEW = 4;
const MOST_DRILLS = 3;

/** Remarks as a list, folded where there are many, without those of the headline and the safety words. */
export function remarkList(cues, advice, words) {
  const told = cues.length || advice.red_flags.length ? [] : headline(advice, words).lines;
  const notes = ofKind(advice, words, "note")
    .filter((note) => !told.includes(note))
    .map((note) => el("li", {}, note));
  if (!notes.length) return null;
  const list = el("ul", { class: "list" }, notes);
  return [
    notes.length > FEW
      ? el(
          "details",
          { class: "card fold" },
          el("summary", {}, t("{n} more tips", { n: notes.length })),
          list,
        )
      : list,
  ];
}

/** Exercises, plans and numbers to keep, as cards; empty where there are none. */
export function drillCards(advice) {
  const plans = advice.plans.map((plan) =>
    el(
      "details",
      { class: "card fold" },
      el("summary", {}, plan.title),
      pairs(plan.steps.map((step) => [step.when, step.text])),
    ),
  );
  const drills = advice.drills.map((drill) => {
    const [name, ...rest] = drill.text.split(/(?<=^[^:,]{3,40}): /);
    return el(
      "article",
      { class: "card drill", "data-drill": drill.id },
      el("h3", {}, rest.length ? name : capital(drill.id.replaceAll("_", " "))),
      el("p", {}, rest.length ? capital(rest.join(": ")) : drill.text),
      pairs([["How much", drill.dose]]),
      el(
        "details",
        {},
        el("summary", {}, "Progressions and when to stop"),
        pairs([
          ["Then", drill.progression],
          ["Limits", drill.stop_if],
        ]),
      ),
    );
  });
  const keep = advice.retest.length
    ? [
        el(
          "details",
          { class: "card fold" },
          el("summary", {}, "Track these"),
          el(
            "ul",
            { class: "list" },
            advice.retest.map((line) => el("li", {}, line)),
          ),
        ),
      ]
    : [];
  if (!plans.length && !drills.length && !keep.length) return null;
  const first = drills.filter((_, k) => !advice.drills[k].later).slice(0, MOST_DRILLS);
  const rest = drills.filter((card) => !first.includes(card));
  const later = rest.length
    ? [
        el(
          "details",
          { class: "card fold" },
          el("summary", {}, "Exercises for later"),
          el("div", { class: "columns" }, rest),
        ),
      ]
    : [];
  return [
    el("div", { class: "columns" }, first),
    el("div", { class: "stack" }, later, plans, keep),
  ];
}

/** The three answers: what stands out, what is ordinary, what cannot be told and what would tell it. */
export function answerCard(advice, words) {
  const rows = Object.entries(words.answers)
    .map(([answer, title]) => [title, advice.findings?.filter((one) => one.answer === answer) ?? []])
    .filter(([, found]) => found.length);
  if (!rows.length) return null;
  return el(
    "details",
    { class: "card fold", "data-part": "answers" },
    el("summary", {}, "What stands out, and what cannot be told"),
    rows.flatMap(([title, found]) => [
      el("h3", {}, title),
      el(
        "ul",
        { class: "list" },
        found.map((one) => el("li", {}, one.text ? `${one.title}: ${one.text}` : one.title)),
      ),
    ]),
  );
}

/** Whether the cues of the earlier clip worked. */
export function responses(advice) {
  const title = {
    worked: "It worked",
    done: "It has held",
    untried: "Not seen yet",
    eased: "Not needed now",
    pause: "Leave it out for now",
    waits: "It waits",
    stay: "Stay with it",
    drop: "Let it go",
    unclear: "Not clear yet",
  };
  return advice.response.map((one) =>
    el("article", { class: "card" }, el("h3", {}, title[one.verdict]), el("p", {}, one.text)),
  );
}

// One person: clips by day, trends with their noise, pain, cues tried, targets and notes.

import { api } from "./api.js";
import { el, svg } from "./dom.js";
import { VIEW } from "./picked.js";
import { dayOf } from "./symptoms.js";
import { listed, own, t } from "./texts.js";
import { visitAddress } from "./visit.js";

/** Show everything that is known of a runner. */
export async function showRunner(main, [name], signal) {
  const page = await api.get(`/v1/runners/page?runner=${encodeURIComponent(name)}`, signal);
  if (signal.aborted) return;
  document.title = `${page.runner} · formcheck`;
  main.replaceChildren(
    el(
      "header",
      { class: "head" },
      el("h1", {}, own(page.runner)),
      el("a", { class: "button", href: `#/history?runner=${encodeURIComponent(page.runner)}` }, t("runner.clips")),
    ),
    list(t("runner.targets"), [...page.targets, ...page.remeasure]),
    timeline(page.clips),
    ...page.sections.filter((section) => section.charts.length).map(trends),
    list(t("runner.strength"), page.strength),
    tried(page.tried),
    written(page.notes),
    list(t("runner.remarks"), page.remarks),
  );
}

function list(title, lines) {
  return lines.length
    ? el("section", {}, el("h2", {}, title), el("ul", { class: "list" }, lines.map((line) => el("li", {}, line))))
    : "";
}

/** The clips of each day side by side, the newest day first; each day opens as a visit. */
function timeline(clips) {
  const days = grouped(clips);
  const nodes = [...days].sort(([a], [b]) => b.localeCompare(a)).map(([day, mine]) => {
    const done = mine.filter((clip) => clip.status === "done");
    const pain = mine.map((clip) => clip.symptoms?.pain_during).find((value) => typeof value === "number");
    return el(
      "li",
      { class: "card" },
      el("p", { class: "row between" }, el("span", { class: "strong" }, day),
        done.length ? el("a", { href: visitAddress(done) }, t("list.visit")) : null),
      pain === undefined ? null : el("p", { class: "small" }, t("runner.pain", { pain })),
      el("div", { class: "thumbs" }, mine.map((clip) => el("a", { href: `#/clip/${clip.id}`, title: clip.clip_name },
        clip.thumbnail ? el("img", { class: "thumb", src: `${api.analysis(clip.id)}/thumb.jpg`, alt: clip.clip_name, loading: "lazy" }) : own(clip.clip_name),
        el("span", { class: "soft small" }, [clip.pace, VIEW[clip.view]].filter(Boolean).map((word) => t(word)).join(", "))))),
    );
  });
  return el("section", {}, el("h2", {}, t("runner.timeline")), el("ol", { class: "timeline" }, nodes));
}

function grouped(clips) {
  const days = new Map();
  for (const clip of clips) days.set(dayOf(clip), [...(days.get(dayOf(clip)) ?? []), clip]);
  return days;
}

function trends(section) {
  const title = el("h2", {}, listed(section.title), " ", el("span", { class: "soft small" }, section.runs));
  const several = section.charts.some(({ picture }) => picture.dots.length > 1);
  return el(
    several ? "section" : "details",
    { class: several ? "trends" : "trends fold" },
    several ? title : el("summary", {}, title),
    el("p", {}, section.sentence),
    section.warnings.length ? el("ul", { class: "list small soft" }, section.warnings.map((line) => el("li", {}, line))) : null,
    el("p", { class: "soft small" }, t("runner.reading")),
    el("div", { class: "charts" }, section.charts.map(chart)),
  );
}

function chart({ name, unit, verdict, picture }) {
  const drawn = svg("svg", { viewBox: "0 0 360 190", role: "img", "aria-label": `${name}, ${unit}` });
  const line = (props) => drawn.append(svg("line", props));
  const text = (props, words) => drawn.append(svg("text", props, words));
  if (picture.band) drawn.append(svg("rect", { class: "band", x: 42, width: 310, y: picture.band[0], height: picture.band[1] }));
  for (const tick of picture.y_ticks) {
    line({ class: "axis", x1: 42, x2: 352, y1: tick.at, y2: tick.at });
    text({ x: 36, y: tick.at + 4, "text-anchor": "end" }, tick.label);
  }
  if (picture.target) drawn.append(svg("rect", { class: "target", x: 42, width: 310, y: picture.target[0], height: picture.target[1] }));
  drawn.append(svg("path", { class: "course", d: picture.path }));
  for (const dot of picture.dots) {
    line({ class: "whisker", x1: dot.x, x2: dot.x, y1: dot.top, y2: dot.bottom });
    drawn.append(svg("circle", { class: "run", cx: dot.x, cy: dot.y, r: 4 }));
  }
  picture.x_ticks.forEach((tick, k) => text({ x: tick.at, y: 184, "text-anchor": picture.x_ticks.length === 1 ? "middle" : k ? "end" : "start" }, tick.label));
  return el("figure", { class: "card trend" },
    el("figcaption", {}, el("span", { class: "strong" }, name), el("span", { class: "soft small" }, [t(unit), verdict.replace(/(?<=. ).*/, (word) => t(word))].filter(Boolean).join(" · "))), drawn);
}

function tried(rows) {
  return rows.length
    ? el("section", {}, el("h2", {}, t("runner.tried")), el("ul", { class: "list" }, rows.map((one) =>
        el("li", {}, el("a", { href: `#/clip/${one.analysis}` }, one.date), ` ${one.text}`,
          one.verdict ? el("span", { class: "tag" }, t(`response.${one.verdict}`)) : null))))
    : "";
}

function written(rows) {
  return rows.length
    ? el("section", {}, el("h2", {}, t("visit.notes")), rows.map((one) =>
        el("article", { class: "card" }, el("p", { class: "soft small" }, [one.date, one.clinician].filter(Boolean).join(" · ")), el("p", { class: "written" }, own(one.text)))))
    : "";
}

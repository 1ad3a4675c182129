// Questions about pain, the answers in words, and how they changed.

import { el, stamp } from "./dom.js";
import { numberFrom } from "./units.js";
import { t } from "./texts.js";

const NUMBERS = {
  settles_hours: ["Hours until it settles", 8760],
  weeks: ["Weeks without improvement", 520],
  sore_weeks: ["Weeks since it began", 2600],
  shoe_change_weeks: ["Weeks since new shoes", 520],
  race_in_weeks: ["Weeks until the race", 520],
  weekly_km: ["Kilometres per week", 500],
  age: ["Age", 120],
  calf_raises_left: ["Heel raises, left", 200],
  calf_raises_right: ["Heel raises, right", 200],
  squat_kg_left: ["Split squat, left", 300],
  squat_kg_right: ["Split squat, right", 300],
  hop_seconds_left: ["Seconds of hopping, left", 600],
  hop_seconds_right: ["Seconds of hopping, right", 600],
};
const TESTS = { calf_raises: "heel raises", squat_kg: "split squat kg", hop_seconds: "hopping s" };
const PAINS = ["pain_during", "pain_after", "pain_easy"];
const FLAGS = {
  stiff_next_morning: "stiff the next morning",
  alters_gait: "changes the stride",
  night_pain: "wakes at night",
  bone_spot: "a small sore spot on a bone",
  past_achilles: "calf or Achilles trouble lately",
};

/** Put the questions into a place, with answers already given. */
export function askSymptoms(place, words, given = {}) {
  place.replaceChildren(stamp("t-symptoms"));
  const places = [given?.region ?? []].flat();
  for (const name of ["region", "region_also"])
    place
      .querySelector(`[name=${name}]`)
      .append(...words.regions.map((one) => el("option", { value: one.id }, one.label)));
  for (const name of PAINS)
    place
      .querySelector(`[name=${name}]`)
      .append(
        ...Array.from({ length: 11 }, (_, k) =>
          el("option", { value: k }, k === 0 ? "0, none" : k === 10 ? "10, the worst" : k),
        ),
      );
  const answers = { ...given, region: places[0], region_also: places[1] };
  for (const field of place.querySelectorAll("[name]")) {
    const answer = answers[field.name];
    if (field.type === "checkbox") field.checked = Boolean(answer);
    else if (answer !== null && answer !== undefined) field.value = answer;
  }
}

/** The answers, only those given; throws a sentence for a number that cannot be. */
export function readSymptoms(place) {
  const answers = {};
  for (const field of place.querySelectorAll("[name]")) {
    if (field.type === "checkbox") {
      if (field.checked) answers[field.name] = true;
    } else if (field.name in NUMBERS) {
      const number = numberFrom(field.value, t(NUMBERS[field.name][0]), 0, NUMBERS[field.name][1]);
      if (number !== null) answers[field.name] = number;
    } else if (field.value !== "") {
      answers[field.name] = plain(field.name, field.value);
    }
  }
  const { region_also: also, ...rest } = answers;
  if (!also || also === rest.region) return rest;
  return { ...rest, region: rest.region ? [rest.region, also] : also };
}

function plain(name, value) {
  if (PAINS.includes(name)) return Number(value);
  return name === "practised" ? value === "true" : value;
}

/** The places that are sore, in words. */
export const regionLabel = (symptoms, words) =>
  [symptoms?.region ?? []]
    .flat()
    .map((id) => words.regions.find((one) => one.id === id)?.label)
    .filter(Boolean)
    .map((label) => t(label))
    .join(t(" and "));

/** The answers as a line of words; empty where nothing was said. */
export function symptomLine(symptoms, words) {
  if (!symptoms) return "";
  const said = [regionLabel(symptoms, words)];
  if (isNumber(symptoms.pain_during)) said.push(t("pain {n} of 10 while running", { n: symptoms.pain_during }));
  if (isNumber(symptoms.pain_after)) said.push(t("{n} in the day after", { n: symptoms.pain_after }));
  if (isNumber(symptoms.settles_hours)) said.push(t("settles within {n} h", { n: symptoms.settles_hours }));
  said.push(
    ...Object.keys(FLAGS)
      .filter((name) => symptoms[name])
      .map((name) => t(FLAGS[name])),
  );
  for (const [name, what] of Object.entries(TESTS)) {
    const [left, right] = ["left", "right"].map((side) => symptoms[`${name}_${side}`]);
    if (isNumber(left) || isNumber(right)) said.push(`${t(what)} ${left ?? "?"} / ${right ?? "?"}`);
  }
  if (isNumber(symptoms.weeks)) said.push(t("{n} weeks without improvement", { n: symptoms.weeks }));
  return said.filter(Boolean).join(", ");
}

const isNumber = (value) => typeof value === "number";
const tellsPain = (item) => isNumber(item.symptoms?.pain_during);

/** The day of an analysis: when it was filmed, else when it was sent. */
export const dayOf = (item) => item.date ?? item.created.slice(0, 10);

/**
 * How the symptoms went over the runner's clips.
 * @param {object[]} items analyses of one runner, this one among them
 */
export function symptomStory(items, current, words) {
  const told = items
    .filter((item) => symptomLine(item.symptoms, words))
    .sort((a, b) => dayOf(a).localeCompare(dayOf(b)) || a.created.localeCompare(b.created));
  if (!told.length) return null;
  const card = el("div", { class: "card" });
  const change = painChange(told, current, words);
  if (change) card.append(el("p", { class: "strong" }, change));
  card.append(
    el(
      "ol",
      { class: "story" },
      told.map((item) =>
        el(
          "li",
          item.id === current ? { class: "now" } : {},
          el("span", { class: "day" }, dayOf(item)),
          meter(item.symptoms.pain_during),
          el(
            "span",
            {},
            symptomLine(item.symptoms, words),
            item.id === current ? el("span", { class: "soft" }, " (this clip)") : "",
          ),
        ),
      ),
    ),
  );
  return card;
}

function meter(pain) {
  if (!isNumber(pain)) return el("span", { class: "pain none", "aria-hidden": "true" });
  return el("meter", { class: "pain", min: 0, max: 10, value: pain, "aria-hidden": "true" });
}

/** One sentence on pain in the same place, from the first clip that tells it to this one. */
function painChange(told, current, words) {
  const now = told.find((item) => item.id === current);
  if (!now || !tellsPain(now)) return "";
  const before = told.filter(
    (item) =>
      item !== now &&
      tellsPain(item) &&
      String(item.symptoms.region) === String(now.symptoms.region) &&
      told.indexOf(item) < told.indexOf(now),
  );
  if (!before.length) return "";
  const [from, to] = [before[0].symptoms.pain_during, now.symptoms.pain_during];
  const way = to < from ? "less than" : to > from ? "more than" : "the same as";
  const where = regionLabel(now.symptoms, words);
  const values = { where, to, way: t(way), day: dayOf(before[0]), from };
  return where
    ? t("Pain while running at {where}: {to} of 10, {way} on {day} ({from}).", values)
    : t("Pain while running: {to} of 10, {way} on {day} ({from}).", values);
}

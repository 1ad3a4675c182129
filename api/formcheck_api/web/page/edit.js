// Putting right what was said of a clip: the service answers at once, or measures again.

import { api } from "./api.js";
import { complain, el } from "./dom.js";
import { heightTyped, speedTyped } from "./shown.js";
import { askSymptoms, readSymptoms } from "./symptoms.js";

const FIELDS = [
  ["runner", "Runner"],
  ["date", "Filmed on", "date"],
  ["height", "Height", "text", "1.76, 176cm or 5'9\""],
  ["speed", "Belt speed", "text", "10km/h, 6.2mph or 5:30/km"],
  ["shoes", "Shoes"],
];
const PACES = ["", "easy", "tempo", "other"];

/** Fill a place with a form of what is known of the clip. */
export function offerChanges(place, { path, report, shown }, words) {
  const { runner } = report;
  const was = {
    runner: runner.id ?? "",
    date: runner.date ?? "",
    height: runner.height_m === null ? "" : heightTyped(runner.height_m, shown),
    speed: runner.belt_speed_mps === null ? "" : speedTyped(runner.belt_speed_mps, shown),
    shoes: runner.shoes ?? "",
    pace: runner.pace ?? "",
  };
  const inputs = FIELDS.map(([name, text, type = "text", example = ""]) =>
    el(
      "label",
      { class: "field" },
      el("span", { class: "small" }, text),
      el("input", { name, type, value: was[name], placeholder: example, autocomplete: "off" }),
    ),
  );
  const pace = el(
    "select",
    { name: "pace" },
    PACES.map((one) => el("option", { value: one, selected: one === was.pace }, one || "not specified")),
  );
  const error = el("p", { class: "error", hidden: true });
  const symptoms = el("div", {});
  const form = el(
    "form",
    { class: "stack", novalidate: true },
    el(
      "div",
      { class: "grid two" },
      ...inputs,
      el("label", { class: "field" }, el("span", { class: "small" }, "Pace"), pace),
    ),
    el("details", {}, el("summary", {}, "Symptoms"), symptoms),
    error,
    el(
      "p",
      { class: "row" },
      el("button", { type: "submit", class: "main" }, "Save changes"),
      el("span", { class: "soft small" }, "A new height or speed measures the clip again, in a few seconds."),
    ),
  );
  askSymptoms(symptoms, words, runner.symptoms ?? {});
  let touched = false;
  symptoms.addEventListener("input", () => {
    touched = true;
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    complain(error, "");
    const now = Object.fromEntries(Object.keys(was).map((name) => [name, form.elements[name].value.trim()]));
    const body = Object.fromEntries(
      Object.entries(now)
        .filter(([name, value]) => value !== was[name])
        .map(([name, value]) => [name, value || null]),
    );
    try {
      if (touched) body.symptoms = readSymptoms(symptoms);
      await api.change(path, body);
      dispatchEvent(new HashChangeEvent("hashchange"));
    } catch (problem) {
      complain(error, problem.message);
    }
  });
  place.append(form);
}

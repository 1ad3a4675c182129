// What lengths and speeds are shown in: as chosen on this machine, else as they were typed last.

import { recall, recallText, rememberText } from "./memory.js";
import { KM_PER_MILE, METRES_PER_INCH } from "./units.js";

const KEY = "formcheck.units";
const CM_PER_INCH = 100 * METRES_PER_INCH;
const MILES = new Set(["mph", "min/mi"]);

export const UNITS = { metric: "cm, km/h", imperial: "inches, miles" };

/** The units that fit how a clip's height and speed are typed, where none were chosen. */
export function unitsTyped(height, speed) {
  const chosen = recallText(KEY);
  return chosen in UNITS ? chosen : height === "ft" || MILES.has(speed) ? "imperial" : "metric";
}

/** The units to show; null where neither a choice nor typed units tell, and a report's own hold. */
export function units() {
  const chosen = recallText(KEY);
  if (chosen in UNITS) return chosen;
  const last = recall();
  return unitsTyped(last["height-unit"], last["speed-unit"]) === "imperial" ? "imperial" : null;
}

export function chooseUnits(name) {
  rememberText(KEY, name);
}

/** A length in centimetres as it is shown: the number and its unit. */
export const lengthShown = (cm, shown) => (shown === "imperial" ? [cm / CM_PER_INCH, "in"] : [cm, "cm"]);

/** A person's height in metres as it may be typed. */
export function heightTyped(metres, shown) {
  if (shown !== "imperial") return `${metres}`;
  const inches = Math.round((100 * metres) / CM_PER_INCH);
  return `${Math.floor(inches / 12)}'${inches % 12}"`;
}

/** A belt speed in metres a second as it may be typed. */
export function speedTyped(metres, shown) {
  if (shown !== "imperial") return `${metres} m/s`;
  const seconds = Math.round((1000 * KM_PER_MILE) / metres);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}/mi`;
}

// Height and speed as people type them, into what the service reads.

import { t } from "./texts.js";

export const KM_PER_MILE = 1.609344;
export const METRES_PER_INCH = 0.0254;

const plain = (text) => {
  const number = Number(text.trim().replace(",", "."));
  return text.trim() !== "" && Number.isFinite(number) ? number : NaN;
};

/** Metres from text in "m", "cm" or "ft" (5'10", 5 10, 5 ft 10 in); null where nothing is typed. */
export function heightInMetres(text, unit) {
  if (!text.trim()) return null;
  const metres = unit === "ft" ? feet(text) : plain(text) / (unit === "cm" ? 100 : 1);
  if (!(metres >= 0.8 && metres <= 2.4)) {
    throw new Error(
      t("“{text}” is not a height in {unit}: write it like {example}.", {
        text: text.trim(),
        unit: t({ m: "metres", cm: "centimetres", ft: "feet and inches" }[unit]),
        example: { m: "1.76", cm: "176", ft: "5 ft 9 in" }[unit],
      }),
    );
  }
  return metres;
}

function feet(text) {
  const match =
    /^\s*(\d+)\s*(?:'|’|ft|feet|\s)\s*(\d+(?:[.,]\d+)?)?\s*(?:"|”|''|in|inches)?\s*$/i.exec(
      `${text} `,
    );
  return match ? (Number(match[1]) * 12 + (match[2] ? plain(match[2]) : 0)) * METRES_PER_INCH : NaN;
}

/** Speed as the service reads it, from a speed or a pace (5:30); null where nothing is typed. */
export function speedForService(text, unit) {
  if (!text.trim()) return null;
  const isPace = unit.startsWith("min/");
  const kmh = isPace
    ? paceInKmh(text, unit)
    : plain(text) * { "km/h": 1, mph: KM_PER_MILE, "m/s": 3.6 }[unit];
  if (!(kmh >= 3.6 && kmh <= 43.2)) {
    throw new Error(t("“{text}” is not a plausible running speed: check the number and its unit.", { text: `${text.trim()} ${unit}` }));
  }
  return isPace ? `${kmh.toFixed(4)}km/h` : `${plain(text)}${unit}`;
}

function paceInKmh(text, unit) {
  const match = /^\s*(\d+)\s*[:.,]\s*([0-5]\d)\s*$/.exec(text) ?? /^\s*(\d+)()\s*$/.exec(text);
  if (!match) return NaN;
  const minutes = Number(match[1]) + Number(match[2] || 0) / 60;
  return (60 / minutes) * (unit === "min/mi" ? KM_PER_MILE : 1);
}

/** A number, or null where nothing is typed; otherwise a sentence naming what is wrong. */
export function numberFrom(text, what, low, high) {
  if (!text.trim()) return null;
  const number = plain(text);
  if (!(number >= low && number <= high))
    throw new Error(t("{what} must be a number from {low} to {high}.", { what, low, high }));
  return number;
}

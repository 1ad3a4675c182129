// Numbers in words: amounts with their unit, ranges, sides; said as on the printed page.

const MINUS = "\u2212";
const SPACE = "\u00a0";
const SHORT = { deg: "°", 1: "" };

/** A number with fixed decimals and a true minus sign; zero has no sign. */
export function fixed(value, decimals) {
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

export const withUnit = (figure, unit) =>
  unit === "°" || unit === "" ? figure + unit : figure + SPACE + unit;

/** The unit as it stands after a value. */
export const unitOf = (info) => info.unit_text ?? SHORT[info.unit] ?? info.unit;

/** The word for the value's sign; empty where it has none or the value is zero. */
export function direction(value, info) {
  if (Number(value.toFixed(info.decimals)) === 0) return "";
  return value > 0 ? info.positive : info.negative;
}

/** The number alone; its sign is left to `direction` where that has a word for it. */
export const figure = (value, info) =>
  fixed(info.positive ? Math.abs(value) : value, info.decimals);

/** A value in words, e.g. "4.0° forward". */
export const amount = (value, info) =>
  `${withUnit(figure(value, info), unitOf(info))} ${direction(value, info)}`.trimEnd();

/** A range in words. */
export function between(low, high, info, value = null) {
  const short = SHORT[info.unit] ?? (info.unit.includes("/") ? "" : info.unit);
  const told = (end) => withUnit(figure(end, info), short);
  if (info.positive && low < 0 && high > 0) {
    if (value !== null && direction(value, info)) {
      const [ahead, behind] = value > 0 ? [high, low] : [low, high];
      return `up to ${told(ahead)}, or up to ${told(behind)} the other way`;
    }
    return `${told(low)} ${info.negative} to ${told(high)} ${info.positive}`;
  }
  const [near, far] = info.positive && Math.abs(low) > Math.abs(high) ? [high, low] : [low, high];
  return `${figure(near, info)} to ${told(far)}`;
}

const wording = (value, info) =>
  info.words.find((word) => word.below === null || value < word.below).text;

/** The words for a value shown in words only, hedged where its range leaves them. */
export function category(record, info) {
  const best = wording(record.value, info);
  const sure = [record.low, record.high].every(
    (end) => end === null || wording(end, info) === best,
  );
  return sure ? best : `Probably ${best[0].toLowerCase()}${best.slice(1)}`;
}

/** A metric key without its side, and that side. */
export function splitSide(key) {
  const match = /^(.*)_(left|right)$/.exec(key);
  return match ? [match[1], match[2]] : [key, null];
}

/** What is known about a metric; sided keys share their base's entry. */
export const infoOf = (key, words) => words.metrics.find((info) => info.key === splitSide(key)[0]);

/** A metric's name with its side. */
export function nameOf(key, words) {
  const [base, side] = splitSide(key);
  const name = infoOf(key, words)?.name ?? base.replaceAll("_", " ");
  return side ? `${name}, ${side}` : name;
}

/** The figure, unit and likely range of a measured metric, as texts. */
export function told(record, info) {
  if (info.words.length) return { figure: category(record, info), unit: "", range: "" };
  const likely =
    record.low === null || record.high === null
      ? ""
      : `likely ${between(record.low, record.high, info, record.value)}`;
  return {
    figure: figure(record.value, info),
    unit: unitOf(info),
    range: [direction(record.value, info), likely].filter(Boolean).join(", "),
  };
}

/** Metres per second in the units that treadmills and papers use. */
export const speedText = (mps) =>
  `${fixed(3.6 * mps, 1)}${SPACE}km/h (${fixed(mps, 2)}${SPACE}m/s)`;

// What the curves show: the measures of every frame in the catalogue's units and directions.

import { lengthShown } from "./shown.js";

/** Metrics that are the mean of their own curve; the others are read at events. */
const MEANS = new Set(["trunk_lean_deg", "elbow_angle_deg"]);

/** The series of one clip that can be drawn, in the catalogue's order. */
export function seriesOf(report, table, words, units) {
  const kind = report.view?.kind;
  const first = report.view?.near_side ?? "left";
  const sides = [first, first === "left" ? "right" : "left"];
  return words.curves
    .filter((info) => info.views.includes(kind) && !isWithheld(info.key, report.metrics))
    .map((info) => {
      const lines = (info.sided ? (info.near_only ? [first] : sides) : [null])
        .map((side) => lineOf(info, side, report, table, first, units))
        .filter(Boolean);
      return lines.length ? { info, lines, unit: lines[0].unit } : null;
    })
    .filter(Boolean);
}

/** Whether the number is withheld that a curve lies at the level of. */
const isWithheld = (key, metrics) => MEANS.has(key) && metrics[key] && metrics[key].status !== "measured";

function lineOf(info, side, report, table, first, units) {
  const name = info.measure.replace("{side}", side ?? "");
  const [base, tail] = side ? [name.slice(0, -side.length - 1), `_${side}`] : [name, ""];
  const [values, unit] =
    info.unit === "deg" ? [table.get(name), "°"] : lengths(base, tail, table, first, units);
  if (!values || !values.some(Number.isFinite)) return null;
  const times = table.get("t_s");
  const shown = info.stance_only && side ? inStance(values, times, report.events[side]) : values;
  const level = adjusted(shown, info.adjust, times);
  return {
    side,
    unit,
    label: side
      ? `${side}${report.view.near_side ? (side === report.view.near_side ? ", near" : ", far") : ""}`
      : "",
    values: MEANS.has(info.key) ? inLine(level, report.metrics[info.key]) : level,
    second: side !== null && side !== first,
  };
}

/** Lengths in centimetres or inches, or in per cent of the leg where the clip has no scale. */
function lengths(base, tail, table, side, units) {
  const metres = table.get(`${base}_m${tail}`);
  if (metres) {
    const [by, unit] = lengthShown(100, units);
    return [metres.map((value) => by * value), unit];
  }
  const pixels = table.get(`${base}_px${tail}`);
  const [thigh, shank] = ["thigh", "shank"].map((bone) => table.get(`${bone}_length_px_${side}`));
  if (!pixels || !thigh || !shank) return [null, ""];
  const leg = median(thigh.map((value, k) => value + shank[k]));
  return [pixels.map((value) => (100 * value) / leg), "% of leg"];
}

function median(values) {
  const known = [...values].filter(Number.isFinite).sort((a, b) => a - b);
  return known[Math.floor(known.length / 2)] ?? NaN;
}

function inStance(values, times, events) {
  return values.map((value, k) =>
    onGround(events).some(([from, to]) => times[k] >= from && times[k] <= to) ? value : NaN,
  );
}

/** Heights count from the lowest point, or without the slow drift of the whole clip. */
function adjusted(values, how, times) {
  if (how === "floor") {
    const lowest = values.reduce((least, value) => (value < least ? value : least), Infinity);
    return values.map((value) => value - lowest);
  }
  if (how !== "drift") return values;
  let [n, st, sv, stt, stv] = [0, 0, 0, 0, 0];
  values.forEach((v, k) => {
    if (Number.isFinite(v)) {
      const t = times[k] - times[0];
      n += 1;
      st += t;
      sv += v;
      stt += t * t;
      stv += t * v;
    }
  });
  const slope = n > 1 ? (n * stv - st * sv) / (n * stt - st * st) : 0;
  const level = (sv - slope * st) / n;
  return values.map((v, k) => v - level - slope * (times[k] - times[0]));
}

/** Shifted so that the mean is the metric's value, as the lines on the clip are. */
function inLine(values, metric) {
  if (metric?.status !== "measured") return values;
  const known = values.filter(Number.isFinite);
  const shift = metric.value - known.reduce((sum, value) => sum + value, 0) / known.length;
  return values.map((value) => value + shift);
}

/** Pairs of contact and toe-off of one foot. */
export function onGround(events) {
  return events.initial_contact_s
    .map((from) => [from, events.toe_off_s.find((to) => to > from)])
    .filter(([, to]) => to !== undefined);
}

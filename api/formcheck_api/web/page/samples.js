// The single strides behind a number, and what of it is drawn on the body.

import { quantile } from "./body.js";

const LANDED = { at: "landing", near: true, crop: "legs" };
const ANGLE = { ...LANDED, layers: ["skeleton", "angles"] };

/** Where a number is seen: at which instants, of which foot, with which layers. */
export const SHOWN = {
  landing_ankle_hip_cm: { ...LANDED, layers: ["skeleton", "landing"] },
  landing_ankle_hip_pct_leg: { ...LANDED, layers: ["skeleton", "landing"] },
  shank_angle_ic_deg: ANGLE,
  knee_flexion_ic_deg: ANGLE,
  foot_inclination_ic_deg: ANGLE,
  knee_flexion_peak_stance_deg: { ...ANGLE, at: "midstance" },
  contact_time_ms: { at: "toe_off", layers: ["far", "skeleton"], crop: "legs" },
  flight_time_ms: { at: "toe_off", layers: ["far", "skeleton"], crop: "legs" },
  step_time_s: { at: "landing", layers: ["far", "skeleton"], crop: "legs" },
  cadence_spm: { at: "landing", layers: ["far", "skeleton"], crop: "legs" },
  trunk_lean_deg: { at: "midstance", near: true, layers: ["skeleton", "lean"] },
  vertical_oscillation_cm: { at: "midstance", layers: ["skeleton", "bounce"] },
  vertical_oscillation_pct_leg: { at: "midstance", layers: ["skeleton", "bounce"] },
  knee_fppa_midstance_deg: { at: "midstance", layers: ["far", "skeleton", "knees"], crop: "legs" },
  pelvic_drop_midstance_deg: { at: "midstance", layers: ["far", "skeleton", "pelvis"] },
  trunk_side_lean_deg: { at: "midstance", layers: ["far", "skeleton", "lean"] },
  step_width_cm: { at: "midstance", layers: ["far", "skeleton"], crop: "legs" },
};
const ELSE = { at: "midstance", layers: ["far", "skeleton"] };

export const shownOf = (key) => SHOWN[key] ?? ELSE;

/**
 * The strides or steps of a number: `{stop, value}`, value null where a single one is not known.
 * Values are brought into line with the reported one.
 */
export function samplesOf(key, { report, steps }, { body, player, readings }) {
  const how = shownOf(key);
  const stops = player.stops.filter(
    (stop) => stop.kind === how.at && (!how.near || !body.near || stop.side === body.near),
  );
  const record = report.metrics[key];
  const values = valuesOf(key, stops, steps, body, readings);
  const known = values.filter(Number.isFinite);
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const shift = known.length ? record.value - mean : 0;
  return stops.map((stop, k) => ({
    stop,
    value: Number.isFinite(values[k]) ? values[k] + shift : null,
  }));
}

function valuesOf(key, stops, steps, body, readings) {
  if (key === "trunk_lean_deg") return stops.map((stop) => overStride(body, "trunk_deg", stop.time));
  if (key.startsWith("vertical_oscillation")) return stops.map((stop) => rise(body, stop.time, key));
  if (key === "knee_fppa_midstance_deg") return stops.map((stop) => atFrame(readings.knees, stop));
  const column = key === "cadence_spm" ? "step_time_s" : key;
  return stops.map((stop) => {
    const row = steps.find((one) => ofStep(one, stop));
    const value = row?.[column];
    if (!Number.isFinite(value)) return NaN;
    return key === "cadence_spm" ? 60 / value : value;
  });
}

/** Whether a row of the table of steps is the step that a stop belongs to. */
function ofStep(row, stop) {
  if (row.side !== stop.side) return false;
  if (stop.kind === "landing") return Math.abs(row.initial_contact_s - stop.time) < 2e-3;
  if (stop.kind === "toe_off") return Math.abs(row.toe_off_s - stop.time) < 2e-3;
  return row.initial_contact_s <= stop.time && stop.time <= (row.toe_off_s ?? -Infinity);
}

const atFrame = (moments, stop) =>
  moments.find((one) => one.side === stop.side && one.frame === stop.frame)?.value ?? NaN;

function window(body, time, length) {
  const { times, end } = body.clock;
  const [from, to] = [time - length / 2, time + length / 2];
  if (from < times[0] || to > end) return null;
  return [body.clock.frameAt(from), body.clock.frameAt(to)];
}

/** The mean of a measure over the stride around a time. */
function overStride(body, measure, time) {
  const span = window(body, time, body.stride);
  if (!span) return NaN;
  const known = [...body.table.get(measure).slice(span[0], span[1])].filter(Number.isFinite);
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** How far the hips rise from the lowest of a step, in the metric's own unit. */
function rise(body, time, key) {
  const span = window(body, time, body.stride / 2);
  const heights = body.table.get("mid_hip_y_m") ?? body.table.get("mid_hip_y_px");
  if (!span || !heights) return NaN;
  const part = [...heights.slice(span[0], span[1] + 1)].filter(Number.isFinite);
  const length = Math.max(...part) - Math.min(...part);
  if (key.endsWith("_cm")) return 100 * length;
  const leg = ["thigh", "shank"].map((bone) =>
    quantile(
      body.table.get(`${bone}_length_m_${body.first}`) ??
        body.table.get(`${bone}_length_px_${body.first}`) ??
        [],
      0.5,
    ),
  );
  return (100 * length) / (leg[0] + leg[1]);
}


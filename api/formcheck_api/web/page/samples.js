// The single strides behind a number, and what of it is drawn on the body.

const LANDED = { at: "landing", near: true, crop: "legs" };
const ANGLE = { ...LANDED, layers: ["skeleton", "angles"] };
const AHEAD = { ...LANDED, layers: ["skeleton", "landing"], moves: "ankle_ahead" };

/**
 * Where a number is seen: at which instants, of which foot, with which layers, and which measure of
 * the points moves with it.
 */
export const SHOWN = {
  landing_ankle_hip_cm: AHEAD,
  landing_ankle_hip_pct_leg: AHEAD,
  shank_angle_ic_deg: { ...ANGLE, moves: "shank_deg" },
  knee_flexion_ic_deg: { ...ANGLE, moves: "knee_flexion_deg" },
  foot_inclination_ic_deg: { ...ANGLE, moves: "foot_deg" },
  knee_flexion_peak_stance_deg: { ...ANGLE, at: "midstance" },
  contact_time_ms: { at: "toe_off", layers: ["far", "skeleton"], crop: "legs" },
  flight_time_ms: { at: "toe_off", layers: ["far", "skeleton"], crop: "legs" },
  step_time_s: { at: "landing", layers: ["far", "skeleton"], crop: "legs" },
  cadence_spm: { at: "landing", layers: ["far", "skeleton"], crop: "legs" },
  trunk_lean_deg: { at: "midstance", near: true, layers: ["skeleton", "lean"] },
  vertical_oscillation_cm: { at: "midstance", layers: ["skeleton", "bounce"] },
  vertical_oscillation_pct_leg: { at: "midstance", layers: ["skeleton", "bounce"] },
  knee_fppa_midstance_deg: { at: "midstance", layers: ["far", "skeleton", "knees"], crop: "legs", moves: "fppa_deg" },
  pelvic_drop_midstance_deg: { at: "midstance", layers: ["far", "skeleton", "pelvis"] },
  trunk_side_lean_deg: { at: "midstance", layers: ["far", "skeleton", "lean"] },
  step_width_cm: { at: "midstance", layers: ["far", "skeleton"], crop: "legs" },
};
const ELSE = { at: "midstance", layers: ["far", "skeleton"] };

export const shownOf = (key) => SHOWN[key] ?? ELSE;

/**
 * The strides or steps of a number: `{stop, value, struck}`, value null where a single one is not
 * known or was struck out by hand.
 */
export function samplesOf(key, { report }, { body, player }) {
  const how = shownOf(key);
  const record = report.metrics[key];
  return player.stops
    .filter((stop) => stop.kind === how.at && (!how.near || !body.near || stop.side === body.near))
    .map((stop) => ({
      stop,
      value: singleAt(record.samples, stop, 0.45 * body.stride),
      struck: report.corrections.find((one) => one.kind === "stride" && isOf(one, stop, body)),
    }));
}

/** The single value of a stop: that of its foot, or of both, nearest in time. */
function singleAt(samples, stop, within) {
  let best = null;
  samples?.t_s.forEach((time, k) => {
    const own = samples.side[k] === "both" || samples.side[k] === stop.side;
    const away = Math.abs(time - stop.time);
    if (own && away < within && (!best || away < best.away)) best = { away, k };
  });
  return best ? samples.value[best.k] : null;
}

/** Whether a correction is of the step that a stop belongs to. */
function isOf(correction, stop, body) {
  if (correction.side !== stop.side) return false;
  const contact = contactOf(stop, body);
  return contact !== null && Math.abs(contact - correction.contact_s) < 2e-3;
}

/** The contact of the step that a stop belongs to. */
export function contactOf(stop, body) {
  const before = body.events[stop.side].initial_contact_s.filter((time) => time <= stop.time + 2e-3);
  return before.length ? before.at(-1) : null;
}

// What can be drawn on the runner, layer by layer; each is drawn alone and can be left out.

import { COLOURS } from "./pen.js";
import { t } from "./texts.js";

export const LIMBS = [
  ["shoulder", "elbow"],
  ["elbow", "wrist"],
  ["hip", "knee"],
  ["knee", "ankle"],
  ["ankle", "heel"],
  ["heel", "toe"],
];
const JOINTS = ["shoulder", "elbow", "hip", "knee", "ankle"];
const HOLD_STRIDES = 0.55;
const STANCE_STRIDES = 0.25;
const FADE_STRIDES = 0.15;

/** Names of the layers of a view, in the order in which they are drawn. */
export const LAYERS = {
  side: {
    far: "Far side",
    skeleton: "Skeleton",
    lean: "Lean",
    landing: "Landing",
    bounce: "Bounce",
    angles: "Joint angles",
  },
  rear: {
    far: "Right side",
    skeleton: "Skeleton",
    pelvis: "Pelvis",
    knees: "Knees",
    bounce: "Bounce",
  },
};
export const AT_FIRST = ["far", "skeleton", "lean", "landing", "pelvis", "knees"];

/** Draw the chosen layers of one frame. */
export function drawFrame(pen, body, readings, frame, chosen) {
  const drawers = { far, skeleton, lean, landing, bounce, angles, pelvis, knees };
  for (const name of Object.keys(LAYERS[body.fromSide ? "side" : "rear"]))
    if (chosen.has(name)) drawers[name](pen, body, readings, frame);
}

function limbs(pen, body, side, frame, colour, width) {
  for (const [a, b] of LIMBS) {
    const names = [`${side}_${a}`, `${side}_${b}`];
    const seen = names.every((name) => body.seen(name, frame));
    const look = seen ? { width } : { width: 0.55 * width, dash: [2, 2.4], opacity: 0.85 };
    pen.line(
      names.map((name) => body.point(name, frame)),
      colour,
      look,
    );
  }
}

function far(pen, body, _, frame) {
  limbs(pen, body, body.second, frame, COLOURS.far, body.near ? 0.75 : 1);
  if (!body.near) joints(pen, body, body.second, frame);
}

function joints(pen, body, side, frame) {
  for (const name of JOINTS)
    if (body.seen(`${side}_${name}`, frame))
      pen.dot(body.point(`${side}_${name}`, frame), COLOURS.white, { radius: 0.75 });
}

function skeleton(pen, body, _, frame) {
  const shoulder = body.middle("shoulder", frame);
  const head = body.head(frame);
  pen.line([body.middle("hip", frame), shoulder], COLOURS.white, { width: 0.8 });
  if (shoulder && head) {
    const chin = [0, 1].map((axis) => shoulder[axis] + 0.75 * (head[axis] - shoulder[axis]));
    pen.line([shoulder, chin], COLOURS.white, { width: 0.8 });
  }
  for (const name of ["shoulder", "hip"]) {
    const ends = ["left", "right"].map((side) => body.point(`${side}_${name}`, frame));
    pen.line(ends, COLOURS.white, { width: body.near ? 0.5 : 0.8 });
  }
  limbs(pen, body, body.first, frame, COLOURS.near, 1);
  joints(pen, body, body.first, frame);
}

/** The plumb line through the hips, the trunk's angle to it, and the lean in degrees. */
function lean(pen, body, readings, frame) {
  const [hip, shoulder] = [body.middle("hip", frame), body.middle("shoulder", frame)];
  if (!hip || !shoulder) return;
  const up = body.down.map((part) => -part);
  const along = (from, by) => [0, 1].map((axis) => from[axis] + by * up[axis]);
  const [u, v] = body.level(hip);
  const ground = body.ground(frame);
  const bottom = Number.isFinite(ground) ? body.unlevel([u, Math.max(v, ground)]) : hip;
  const top = along(hip, 1.12 * body.trunk);
  pen.line([top, bottom], COLOURS.white, { width: 0.4, dash: [3.5, 3.5] });
  const trunk = [shoulder[0] - hip[0], shoulder[1] - hip[1]];
  pen.arc(hip, up, trunk, 0.8 * body.trunk, COLOURS.white);
  const value = readings.lean(frame);
  if (Number.isFinite(value))
    pen.label(degrees("lean", value), top, COLOURS.white, { shift: [0, -14] });
}

const degrees = (name, value) =>
  `${name ? `${t(name)} ` : ""}${(Math.round(value) + 0).toString().replace("-", "\u2212")}°`;

/** Each moment is shown from its own frame on, holds, and fades. */
function held(body, moments, frame, hold = HOLD_STRIDES) {
  const found = moments.findLast((one) => one.frame <= frame);
  if (!found) return null;
  const age = (body.clock.times[frame] - body.clock.times[found.frame]) / body.stride;
  const opacity = Math.min(1, (hold + FADE_STRIDES - age) / FADE_STRIDES);
  return opacity > 0 ? { ...found, opacity } : null;
}

/** How far ahead of the hips the near foot landed, below the ground so that it hides no foot. */
function landing(pen, body, readings, frame) {
  const now = held(body, readings.landings, frame);
  if (!now) return;
  const hip = body.middle("hip", now.frame);
  const ankle = body.point(`${body.near}_ankle`, now.frame);
  if (!hip || !ankle) return;
  const ground = Math.max(body.ground(now.frame), body.sole(body.near, now.frame));
  const down = ground + 0.1 * body.trunk;
  const [from, to] = [hip, ankle].map((point) => body.unlevel([body.level(point)[0], down]));
  const { opacity } = now;
  pen.line([hip, from], COLOURS.yellow, { width: 0.35, dash: [2, 3], opacity });
  pen.line([ankle, to], COLOURS.yellow, { width: 0.35, dash: [2, 3], opacity });
  pen.line([from, to], COLOURS.yellow, { width: 0.9, opacity });
  const middle = [0, 1].map((axis) => (from[axis] + to[axis]) / 2);
  pen.label(now.text, middle, COLOURS.yellow, { shift: [0, 17], size: 1.1, opacity });
}

/** The course of the hips over the last stride, between its highest and lowest. */
function bounce(pen, body, readings, frame) {
  const { times } = body.clock;
  const from = body.clock.frameAt(times[frame] - body.stride);
  const drift = (-body.forward * 0.9 * body.trunk) / body.stride;
  const path = [];
  for (let k = Math.max(0, from); k <= frame; k += 1) {
    const hip = body.middle("hip", k);
    if (!hip) continue;
    const [u, v] = body.level(hip);
    const back = body.fromSide ? drift * (times[frame] - times[k]) : 0;
    path.push([u + back, v]);
  }
  if (path.length < 3) return;
  const heights = path.map((point) => point[1]);
  const [high, low] = [Math.min(...heights), Math.max(...heights)];
  if (body.fromSide)
    pen.line(
      path.map((point) => body.unlevel(point)),
      COLOURS.white,
      { width: 0.6 },
    );
  const side = body.fromSide ? -body.forward : 1;
  const edge = path.at(-1)[0] + side * (body.fromSide ? 1 : 0.9) * body.trunk;
  const bar = (v, reach) =>
    [edge - reach, edge + reach].map((u) => body.unlevel([u, v]));
  for (const v of [high, low]) pen.line(bar(v, 0.12 * body.trunk), COLOURS.white, { width: 0.6 });
  pen.line(
    [high, low].map((v) => body.unlevel([edge, v])),
    COLOURS.white,
    { width: 0.6 },
  );
  const at = body.unlevel([edge, low]);
  pen.label(readings.bounce ? t("bounce {value}", { value: readings.bounce }) : "", at, COLOURS.white, {
    shift: [0, 18],
  });
}

/** Knee, shin, foot and thigh of the near leg, each with its angle. */
function angles(pen, body, readings, frame) {
  const side = body.first;
  const at = (name) => body.point(`${side}_${name}`, frame);
  const [hip, knee, ankle, heel, toe] = ["hip", "knee", "ankle", "heel", "toe"].map(at);
  const away = (a, b) => [b[0] - a[0], b[1] - a[1]];
  const reach = 0.3 * body.trunk;
  const ahead = body.forward * 0.3 * body.trunk;
  const forward = body.across.map((part) => part * body.forward);
  const tell = (name, value, point, far) => {
    if (!point || !Number.isFinite(value)) return;
    const place = [0, 1].map((axis) => point[axis] + far * body.across[axis]);
    const align = far > 0 ? 0 : 1;
    pen.label(degrees(name, value), place, COLOURS.near, { align, size: 0.92 });
  };
  if (hip && knee) {
    pen.arc(hip, body.down, away(hip, knee), reach, COLOURS.near);
    tell("thigh", readings.angle("thigh_deg", "", side, frame), hip, -1.3 * ahead);
  }
  if (hip && knee && ankle) {
    pen.arc(knee, away(hip, knee), away(knee, ankle), reach, COLOURS.near);
    const bend = readings.angle("knee_flexion_deg", "knee_flexion_ic_deg", side, frame);
    tell("knee", bend, knee, ahead);
    pen.arc(ankle, body.down.map((part) => -part), away(ankle, knee), reach, COLOURS.near);
    const shin = readings.angle("shank_deg", "shank_angle_ic_deg", side, frame);
    const middle = [0, 1].map((axis) => 0.45 * knee[axis] + 0.55 * ankle[axis]);
    tell("shin", shin, middle, -ahead);
  }
  if (heel && toe) {
    pen.arc(heel, forward, away(heel, toe), reach, COLOURS.near);
    const foot = readings.angle("foot_deg", "foot_inclination_ic_deg", side, frame);
    tell("foot", foot, toe, 0.6 * ahead);
  }
}

/** The level line at the hips and, while a foot stands, how far the free side hangs on average. */
function pelvis(pen, body, readings, frame) {
  const ends = [body.point("left_hip", frame), body.point("right_hip", frame)];
  if (!ends[0] || !ends[1]) return;
  const middle = [0, 1].map((axis) => (ends[0][axis] + ends[1][axis]) / 2);
  const half = 0.55 * body.trunk;
  const bar = (angle) => {
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const way = [0, 1].map((axis) => c * body.across[axis] + s * body.down[axis]);
    return [-1, 1].map((sign) => [0, 1].map((axis) => middle[axis] + sign * half * way[axis]));
  };
  pen.line(bar(0), COLOURS.white, { width: 0.4, dash: [3, 3] });
  const now = held(body, readings.drops, frame, STANCE_STRIDES);
  if (!now) return;
  const stands = body.point(`${now.side}_hip`, frame);
  const free = stands[0] > middle[0] ? -1 : 1;
  const tilt = (free * now.value * Math.PI) / 180;
  pen.line(bar(tilt), COLOURS.yellow, { width: 0.8, opacity: now.opacity });
  const text = t(`drop {value}, mean of the ${now.side} foot`, { value: `${now.value.toFixed(1)}°` });
  const high = [0, 1].map((axis) => middle[axis] - 0.28 * body.trunk * body.down[axis]);
  pen.label(text, high, COLOURS.yellow, { opacity: now.opacity, size: 0.92 });
}

/** Hip, knee and ankle as they were at mid-stance, against the straight line. */
function knees(pen, body, readings, frame) {
  const now = held(body, readings.knees, frame, STANCE_STRIDES);
  if (!now || !Number.isFinite(now.value)) return;
  const at = (name) => body.point(`${now.side}_${name}`, now.frame);
  const [hip, knee, ankle] = ["hip", "knee", "ankle"].map(at);
  if (!hip || !knee || !ankle) return;
  const { opacity } = now;
  pen.line([hip, ankle], COLOURS.yellow, { width: 0.4, dash: [2.5, 2.5], opacity });
  pen.line([hip, knee, ankle], COLOURS.yellow, { width: 0.8, opacity });
  const centre = body.middle("hip", now.frame);
  const outward = hip[0] >= centre[0] ? 1 : -1;
  const place = [knee[0] + outward * 0.3 * body.trunk, knee[1]];
  const value = Math.round(Math.abs(now.value));
  const text = value ? t(now.value > 0 ? "knee {value} in" : "knee {value} out", { value: `${value}°` }) : t("knee {value}", { value: "0°" });
  pen.label(text, place, COLOURS.yellow, { align: outward > 0 ? 0 : 1, opacity });
}

// Angles and reaches of one frame, from its points as they lie there: what a moved point changes.

const DEGREES = 180 / Math.PI;

/** Measures of a leg by the names of the table; lengths in pixels. NaN where a point is unknown. */
const MEASURES = {
  thigh_deg: (leg) => leg.turn("hip", "knee"),
  shank_deg: (leg) => leg.turn("knee", "ankle"),
  foot_deg: (leg) => {
    const [x, y] = leg.away("heel", "toe");
    return Math.atan2(y, x) * DEGREES;
  },
  knee_flexion_deg: (leg) => around(leg.turn("hip", "knee") - leg.turn("knee", "ankle")),
  fppa_deg: (leg) => leg.inward * around(leg.turn("hip", "knee") - leg.turn("knee", "ankle")),
  femoral_adduction_deg: (leg) => leg.inward * leg.turn("hip", "knee"),
  ankle_ahead: (leg) => leg.away("middle", "ankle")[0],
};

/** By how much the points that were moved by hand change a measure of a frame. */
export function movedBy(body, measure, side, frame) {
  if (!body.isMoved(frame) || !(measure in MEASURES)) return 0;
  const [now, was] = [false, true].map((measured) => MEASURES[measure](legOf(body, side, frame, measured)));
  return Number.isFinite(now - was) ? now - was : 0;
}

function legOf(body, side, frame, measured) {
  const at = (name) =>
    name === "middle" ? body.middle("hip", frame, measured) : body.point(`${side}_${name}`, frame, measured);
  const away = (from, to) => {
    const [a, b] = [at(from), at(to)].map((point) => (point ? body.level(point) : [NaN, NaN]));
    return [body.forward * (b[0] - a[0]), a[1] - b[1]];
  };
  const turn = (from, to) => {
    const [x, y] = away(from, to);
    return Math.atan2(x, -y) * DEGREES;
  };
  return { away, turn, inward: side === "left" ? 1 : -1 };
}

const around = (angle) => angle - 360 * Math.round(angle / 360);

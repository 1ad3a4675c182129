// Named instants of the run: landings, mid-stances, push-offs and mid-swings of both feet.

import { capital } from "./dom.js";
import { t } from "./texts.js";

export const KINDS = {
  landing: { name: "Landing", said: "lands" },
  midstance: { name: "Mid-stance", said: "mid-stance" },
  toe_off: { name: "Toe-off", said: "leaves the ground" },
  mid_swing: { name: "Mid-swing", said: "mid-swing" },
};

/** All stops of a run, ascending: `{kind, side, number, of, time, frame, text}`. */
export function stopsOf(events, clock) {
  const found = [];
  for (const side of ["left", "right"]) {
    for (const [kind, times] of Object.entries(instants(events[side]))) {
      times.forEach((time, k) => {
        if (time < clock.start - 1e-3 || time > clock.end) return;
        const text = said(kind, side, k + 1, times.length);
        found.push({ kind, side, number: k + 1, of: times.length, time, text });
      });
    }
  }
  for (const stop of found) stop.frame = clock.nearest(stop.time);
  return found.sort((a, b) => a.time - b.time);
}

function said(kind, side, number, of) {
  const { name, said: verb } = KINDS[kind];
  const what = t(kind.startsWith("mid") ? `${name}, ${side} foot` : `${capital(side)} foot ${verb}`);
  return t("{what}, {number} of {of}", { what, number, of });
}

function instants({ initial_contact_s: landings, toe_off_s: leavings }) {
  const half = (from, ends) => {
    const to = ends.find((time) => time > from);
    return to === undefined ? null : (from + to) / 2;
  };
  const known = (time) => time !== null;
  return {
    landing: landings,
    midstance: landings
      .map((from, k) => {
        const middle = half(from, leavings);
        const next = landings[k + 1] ?? Infinity;
        return middle !== null && middle < next ? middle : null;
      })
      .filter(known),
    toe_off: leavings,
    mid_swing: leavings.map((from) => half(from, landings)).filter(known),
  };
}

// The numbers drawn on the runner: per frame or per step, brought into line with the reported ones.
// A metric that is withheld gives no number.

import { movedBy } from "./angles.js";
import { onGround } from "./series.js";
import { lengthShown } from "./shown.js";
import { t } from "./texts.js";

const LANDINGS = [
  ["landing_ankle_hip_cm", "cm"],
  ["landing_ankle_hip_pct_leg", "% of leg"],
];

export class Readings {
  constructor(report, body, shown = "metric") {
    this.shown = shown;
    this.report = report;
    this.body = body;
    this.shifts = new Map();
    this.landings = this.#landings();
    this.drops = this.#stances("pelvic_drop_midstance_deg", null);
    this.knees = this.#stances("knee_fppa_midstance_deg", "fppa_deg");
    this.bounce = this.#bounce();
  }

  #measured(key) {
    const metric = this.report.metrics[key];
    return metric?.status === "measured" ? metric : null;
  }

  #bounce() {
    const metric = this.#measured("vertical_oscillation_cm");
    if (!metric) return "";
    const [value, unit] = lengthShown(metric.value, this.shown);
    return `${value.toFixed(1)} ${unit}`;
  }

  /** The trunk's lean in a frame in degrees, forward positive; NaN where withheld. */
  lean(frame) {
    return this.angle("trunk_deg", "trunk_lean_deg", null, frame);
  }

  /**
   * An angle of a frame. `key` is the metric that reports it: at each landing of the near foot, or
   * without `side` over the whole clip; the course is shifted so that both agree.
   */
  angle(measure, key, side, frame) {
    const values = this.body.table.get(side ? `${measure}_${side}` : measure);
    if (!values) return NaN;
    const moved = side ? movedBy(this.body, measure, side, frame) : 0;
    return values[frame] + moved + this.#shift(measure, key, side, values);
  }

  #shift(measure, key, side, values) {
    const name = `${measure} ${side}`;
    if (!this.shifts.has(name)) {
      const metric = this.#measured(key);
      const frames = side ? this.#landingFrames(this.body.first) : null;
      const own = this.body.table.get(side ? `${measure}_${this.body.first}` : measure);
      const known = (
        frames ? frames.map((k) => own[k] + movedBy(this.body, measure, this.body.first, k)) : [...values]
      ).filter(Number.isFinite);
      const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
      this.shifts.set(name, metric && known.length ? metric.value - mean : side ? 0 : NaN);
    }
    return this.shifts.get(name);
  }

  #landingFrames(side) {
    return this.body.events[side].initial_contact_s.map((time) => this.body.clock.nearest(time));
  }

  /** Every landing of the near foot with how far ahead it was. */
  #landings() {
    const { near } = this.body;
    if (!near) return [];
    for (const [key, unit] of LANDINGS) {
      const samples = this.#measured(key)?.samples;
      if (!samples) continue;
      const known = samples.t_s
        .map((time, k) => ({ time, value: samples.value[k] }))
        .filter(({ value }) => value !== null);
      return known
        .map(({ time, value }) => ({ time, text: this.#length(value, unit) }))
        .map((one) => ({ ...one, frame: this.body.clock.nearest(one.time) }));
    }
    return [];
  }

  #length(value, unit) {
    if (unit !== "cm") return `${Math.round(value)} ${t(unit)}`;
    const [length, shown] = lengthShown(value, this.shown);
    return `${length.toFixed(shown === "in" ? 1 : 0)} ${shown}`;
  }

  /** Values at the middle of each stance, seen from behind; without a measure the foot's mean. */
  #stances(key, measure) {
    if (this.body.fromSide) return [];
    return ["left", "right"].flatMap((side) => {
      const metric = this.#measured(`${key}_${side}`) ?? this.#measured(key);
      if (!metric) return [];
      const own = metric === this.report.metrics[`${key}_${side}`];
      const times = onGround(this.body.events[side]).map(([from, to]) => (from + to) / 2);
      const frames = times.map((time) => this.body.clock.nearest(time));
      const values = measure
        ? frames.map((k) => this.body.table.get(`${measure}_${side}`)[k] + movedBy(this.body, measure, side, k))
        : frames.map(() => metric.value);
      const known = values.filter(Number.isFinite);
      const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
      const shift = measure && own ? metric.value - mean : 0;
      return frames.map((frame, k) => ({ side, time: times[k], frame, value: values[k] + shift }));
    });
  }
}

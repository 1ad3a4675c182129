// The runner in every frame, in pixels of the upright picture.

const FEET = ["ankle", "heel", "toe"];
const ALL = ["shoulder", "elbow", "wrist", "hip", "knee", ...FEET];

export class Body {
  /**
   * @param {Map<string, Float64Array>} table of frames
   * @param {object} report of the same clip
   * @param {Clock} clock of its frames
   */
  constructor(table, report, clock) {
    const roll = ((report.calibration?.roll_deg ?? 0) * Math.PI) / 180;
    this.table = table;
    this.clock = clock;
    this.down = [-Math.sin(roll), Math.cos(roll)];
    this.across = [Math.cos(roll), Math.sin(roll)];
    this.fromSide = report.view?.kind === "side";
    this.near = report.view?.near_side ?? null;
    this.first = this.near ?? "left";
    this.second = this.first === "left" ? "right" : "left";
    this.forward = this.fromSide
      ? report.view.facing === "left" ? -1 : 1
      : report.view?.kind === "front" ? -1 : 1;
    this.events = report.events;
    this.stride = report.metrics.stride_time_s?.value ?? strideOf(report.events) ?? 0.7;
    this.frames = clock.times.length;
    this.moved = new Map();
    for (const { kind, side, joint, at_s: time, to_px: place } of report.corrections ?? [])
      if (kind === "joint") this.move(`${side}_${joint}`, clock.nearest(time), place);
    const lengths = [];
    for (let k = 0; k < this.frames; k += 1) {
      const [hip, shoulder] = [this.middle("hip", k), this.middle("shoulder", k)];
      if (hip && shoulder) lengths.push(Math.hypot(shoulder[0] - hip[0], shoulder[1] - hip[1]));
    }
    this.trunk = quantile(lengths, 0.5) || 100;
    this.box = this.#box();
  }

  /** Put a point of a frame elsewhere; without a place it goes back to where it was measured. */
  move(name, frame, place) {
    const points = this.moved.get(frame) ?? new Map();
    if (place) points.set(name, place);
    else points.delete(name);
    this.moved.set(frame, points);
  }

  isMoved(frame) {
    return Boolean(this.moved.get(frame)?.size);
  }

  /** A point of a frame, null where it is not known; `measured` asks for where it was measured. */
  point(name, frame, measured = false) {
    const moved = measured ? null : this.moved.get(frame)?.get(name);
    if (moved) return moved;
    const x = this.table.get(`${name}_x_px`)?.[frame];
    const y = this.table.get(`${name}_y_px`)?.[frame];
    return Number.isFinite(x) && Number.isFinite(y) ? [x, y] : null;
  }

  /** Whether a point was seen rather than filled in. */
  seen(name, frame) {
    return this.moved.get(frame)?.has(name) || !(this.table.get(`${name}_modelled`)?.[frame] > 0.5);
  }

  middle(name, frame, measured = false) {
    const [a, b] = ["left", "right"].map((side) => this.point(`${side}_${name}`, frame, measured));
    return a && b ? [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] : null;
  }

  head(frame) {
    const known = ["nose", "left_ear", "right_ear"]
      .map((name) => this.point(name, frame))
      .filter(Boolean);
    if (!known.length) return null;
    return [0, 1].map((axis) => known.reduce((sum, p) => sum + p[axis], 0) / known.length);
  }

  /** How far down a point is along gravity, and how far across. */
  level([x, y]) {
    return [
      x * this.across[0] + y * this.across[1],
      x * this.down[0] + y * this.down[1],
    ];
  }

  /** The picture's point at a level place. */
  unlevel([u, v]) {
    return [u * this.across[0] + v * this.down[0], u * this.across[1] + v * this.down[1]];
  }

  /** How far down the lowest known point of a foot is in a frame. */
  sole(side, frame) {
    const known = FEET.map((name) => this.point(`${side}_${name}`, frame)).filter(Boolean);
    return known.length ? Math.max(...known.map((p) => this.level(p)[1])) : NaN;
  }

  /** How far down the ground is under the foot that stands nearest in time. */
  ground(frame) {
    this.grounds ??= this.#grounds();
    let best = null;
    for (const one of this.grounds)
      if (!best || Math.abs(one.frame - frame) < Math.abs(best.frame - frame)) best = one;
    return best?.down ?? NaN;
  }

  #grounds() {
    const sides = this.near ? [this.near] : ["left", "right"];
    return sides
      .flatMap((side) =>
        this.events[side].initial_contact_s.map((time) => {
          const frame = this.clock.nearest(time + 0.175 * this.stride);
          return { frame, down: this.sole(side, frame) };
        }),
      )
      .filter((one) => Number.isFinite(one.down));
  }

  /** The part of the picture that the runner usually fills: left, top, right, bottom. */
  #box() {
    const sides = [[], [], [], []];
    for (let k = 0; k < this.frames; k += 3) {
      const points = ALL.flatMap((name) => [
        this.point(`left_${name}`, k),
        this.point(`right_${name}`, k),
      ]);
      const known = [...points, this.head(k)].filter(Boolean);
      if (!known.length) continue;
      const [xs, ys] = [0, 1].map((axis) => known.map((p) => p[axis]));
      sides[0].push(Math.min(...xs));
      sides[1].push(Math.min(...ys));
      sides[2].push(Math.max(...xs));
      sides[3].push(Math.max(...ys));
    }
    if (!sides[0].length) return null;
    return sides.map((values, k) => quantile(values, k < 2 ? 0.03 : 0.97));
  }
}

export function quantile(values, share) {
  const known = [...values].filter(Number.isFinite).sort((a, b) => a - b);
  return known.length ? known[Math.round(share * (known.length - 1))] : NaN;
}

function strideOf(events) {
  const gaps = ["left", "right"].flatMap((side) =>
    events[side].initial_contact_s.slice(1).map((time, k) => time - events[side].initial_contact_s[k]),
  );
  const usual = quantile(gaps, 0.5);
  return Number.isFinite(usual) ? usual : null;
}

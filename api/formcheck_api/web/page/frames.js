// The table of frames: true times and measures, and where they stand in a clip that plays.

/** Read a table with a header row; empty cells become NaN, words stay out. */
export function readTable(text) {
  const lines = text.trimEnd().split("\n");
  const names = lines[0].trim().split(",");
  const columns = new Map(names.map((name) => [name, new Float64Array(lines.length - 1)]));
  const arrays = [...columns.values()];
  for (let row = 1; row < lines.length; row += 1) {
    const cells = lines[row].split(",");
    for (let k = 0; k < arrays.length; k += 1) {
      const cell = cells[k]?.trim();
      arrays[k][row - 1] = cell ? Number(cell) : NaN;
    }
  }
  return columns;
}

/**
 * The clock of a clip: true seconds against the seconds at which a video of it plays, which is as
 * slow as the original. `zero` is the true time of that video's first frame; `origin` the time at
 * which the video itself presents it, which is not nought in every file.
 */
export class Clock {
  constructor(times, slowMotion, zero) {
    this.times = times;
    this.slow = slowMotion;
    this.zero = zero;
    this.origin = 0;
    this.end =
      times[times.length - 1] +
      (times.length > 1 ? times[times.length - 1] - times[times.length - 2] : 0);
  }

  get start() {
    return this.times[0];
  }

  /** Index of the frame that is shown at a true time. */
  frameAt(time) {
    let [low, high] = [0, this.times.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.times[middle] <= time + 1e-4) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Index of the frame whose time is nearest: where an event is drawn. */
  nearest(time) {
    const k = this.frameAt(time);
    const next = Math.min(k + 1, this.times.length - 1);
    return Math.abs(this.times[next] - time) < Math.abs(this.times[k] - time) ? next : k;
  }

  /** A playing time safely inside a frame. */
  insideOf(index) {
    const k = Math.min(Math.max(index, 0), this.times.length - 1);
    const next = k + 1 < this.times.length ? this.times[k + 1] : this.end;
    return this.toPlaying((this.times[k] + next) / 2);
  }

  toPlaying(time) {
    return (time - this.zero) * this.slow + this.origin;
  }

  toTrue(playing) {
    return this.zero + (playing - this.origin) / this.slow;
  }
}

// Curves through the clip, drawn by plotly.js: they follow the playhead and move it when touched.

import { el } from "./dom.js";
import { AXIS_ROOM, HEIGHT, layout, MARGIN, reading, traces } from "./plot.js";

const NEAR_S = 2;
const READ_MS = 100;
const CAPTION_ROOM = 8;
const MOST_HEIGHT = 170;

let plotly;
/**
 * plotly.js, loaded when the first curve is drawn; it puts itself into the window. While it loads
 * it would add the style sheet of a map library, which nothing here uses and which the page's
 * policy against inline styles refuses; so that sheet is left out.
 */
function loadPlotly() {
  plotly ??= new Promise((resolve, reject) => {
    const { head } = document;
    head.appendChild = (node) =>
      node.tagName === "STYLE" ? node : Node.prototype.appendChild.call(head, node);
    const script = el("script", { src: "/page/plotly.min.js" });
    script.addEventListener("load", () => {
      delete head.appendChild;
      resolve(window.Plotly);
    });
    script.addEventListener("error", () => {
      plotly = undefined;
      reject(new Error("The curves could not be loaded."));
    });
    head.append(script);
  });
  return plotly;
}

export class Curves {
  /** Draw into a place; `onSeek` is called with the true time that was clicked. */
  constructor(place, report, clock, series, onSeek) {
    this.place = place;
    this.report = report;
    this.clock = clock;
    this.series = series;
    this.onSeek = onSeek;
    this.range = [clock.start, clock.end];
    this.plots = [];
  }

  async draw(signal) {
    this.plotly = await loadPlotly();
    if (signal.aborted) return;
    // The height follows what is drawn, so that only another width is drawn anew.
    const sizes = new ResizeObserver(() => {
      if (this.place.clientWidth !== this.width) this.#paint();
    });
    signal.addEventListener("abort", () => {
      sizes.disconnect();
      for (const { plot } of this.plots) this.plotly.purge(plot);
    });
    await this.#fill();
    if (signal.aborted) return;
    const repaint = () => this.#paint();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint, { signal });
    sizes.observe(this.place);
  }

  async #fill() {
    this.series.forEach((one, k) => this.#add(one, k === this.series.length - 1));
    await this.#paint();
  }

  #add(series, last) {
    const plot = el("div", { class: "plot" });
    const head = el("div", { class: "playhead" });
    const now = el("span", { class: "now" });
    const keys =
      series.lines.length > 1
        ? series.lines.map((line) =>
            el("span", { class: line.second ? "key second" : "key" }, line.label),
          )
        : [];
    const figure = el(
      "figure",
      { class: "curve", "data-curve": series.info.key },
      el("figcaption", {}, el("span", { class: "strong" }, series.info.name), ...keys, now),
      el("div", { class: "plot-box" }, plot, head),
    );
    this.place.append(figure);
    const entry = { ...series, plot, head, now, last };
    this.plots.push(entry);
    this.#touch(entry);
  }

  /** A press or a drag anywhere on the plot moves the playhead there. */
  #touch({ plot }) {
    const seek = (event) => {
      const box = plot.getBoundingClientRect();
      const share = (event.clientX - box.left - MARGIN.l) / (box.width - MARGIN.l - MARGIN.r);
      this.onSeek(
        this.range[0] + Math.min(1, Math.max(0, share)) * (this.range[1] - this.range[0]),
      );
    };
    const box = plot.parentElement;
    box.addEventListener("pointerdown", (event) => {
      if (event.button === 0) {
        box.setPointerCapture(event.pointerId);
        seek(event);
      }
    });
    box.addEventListener("pointermove", (event) => {
      if (box.hasPointerCapture(event.pointerId)) seek(event);
    });
  }

  /** Few curves share the room beside the clip; many keep their height and scroll. */
  #heights() {
    if (getComputedStyle(this.place).overflowY !== "auto") return HEIGHT;
    const captions = [...this.place.querySelectorAll("figcaption")];
    const taken = captions.reduce((sum, node) => sum + node.offsetHeight + CAPTION_ROOM, AXIS_ROOM);
    const room = (this.place.clientHeight - taken) / this.plots.length;
    return Math.min(MOST_HEIGHT, Math.max(HEIGHT, Math.floor(room)));
  }

  async #paint() {
    const width = this.place.clientWidth;
    if (!width) return;
    this.width = width;
    this.drawn = this.plots[0]?.plot.parentElement.clientWidth ?? width;
    const high = this.#heights();
    await Promise.all(
      this.plots.map((entry) =>
        this.plotly.react(
          entry.plot,
          traces(entry, this.clock.times),
          layout(entry, this.report, this.range, this.drawn, high),
          { staticPlot: true, displayModeBar: false, responsive: false },
        ),
      ),
    );
    this.move(this.time ?? this.clock.start);
  }

  /** Show the whole clip, or two seconds around the playhead. */
  async zoom(near) {
    this.near = near;
    this.range = near
      ? this.#around(this.time ?? this.clock.start)
      : [this.clock.start, this.clock.end];
    await this.#paint();
  }

  #around(time) {
    const from = Math.max(this.clock.start, Math.min(time - 0.2 * NEAR_S, this.clock.end - NEAR_S));
    return [from, Math.min(this.clock.end, from + NEAR_S)];
  }

  /** Move the playhead, and turn the page when it leaves the stretch that is shown. */
  move(time) {
    this.time = time;
    if (this.near && (time < this.range[0] - 1e-6 || time > this.range[1] + 1e-6)) {
      this.range = this.#around(time);
      this.#paint();
      return;
    }
    const share = (time - this.range[0]) / (this.range[1] - this.range[0]);
    const along = MARGIN.l + share * (this.drawn - MARGIN.l - MARGIN.r);
    for (const { head } of this.plots) head.style.transform = `translateX(${along}px)`;
    this.#tell();
  }

  /** Tell the values of the moment; while it plays a few times a second, which is all one can read. */
  #tell() {
    if (this.telling) return;
    const index = this.clock.frameAt(this.time);
    for (const { now, lines, unit, info } of this.plots)
      now.textContent = lines.map((line) => reading(line.values[index], unit, info)).join("  ");
    this.told = index;
    this.telling = setTimeout(() => {
      this.telling = null;
      if (this.clock.frameAt(this.time) !== this.told) this.#tell();
    }, READ_MS);
  }
}

// The proof of a number: what it is on the body, every stride behind it, and the clip at that place.

import { byWhom, Corrections } from "./corrections.js";
import { cropOf, fitted } from "./crop.js";
import { el, svg } from "./dom.js";
import { drawFrame } from "./layers.js";
import { figureOf, rangeOf } from "./metrics.js";
import { samplesOf, shownOf } from "./samples.js";
import { Shots } from "./shots.js";
import { t } from "./texts.js";

const WIDTH = 560;

export class Proof {
  /** @param {object} found what `loadResult` gives  @param {Film} film of the same clip, or null */
  constructor(place, found, film, signal) {
    Object.assign(this, { place, found, film, signal });
    this.key = null;
    this.corrections = new Corrections(found, film);
  }

  /** Show the proof of a number, or put it away. */
  toggle(row) {
    const again = this.key === row.key;
    this.close();
    if (again || !this.film) return;
    this.key = row.key;
    this.#mark(true);
    this.place.replaceChildren(this.#panel(row));
    this.place.scrollIntoView({ block: "nearest" });
  }

  close() {
    this.corrections.dragging?.end();
    this.shots?.stop();
    this.#mark(false);
    this.key = null;
    this.place.replaceChildren();
  }

  #mark(open) {
    const tile = document.querySelector(`button.tile[data-key="${this.key}"]`);
    tile?.setAttribute("aria-expanded", String(open));
  }

  #panel(row) {
    const samples = samplesOf(row.key, this.found, this.film);
    const typical = nearest(samples, this.found.report.metrics[row.key].value);
    const known = samples.some((one) => one.value !== null);
    if (typical) this.film.player.toFrame(typical.stop.frame);
    const close = el(
      "button",
      { type: "button", class: "icon quiet", "aria-label": "Close", onclick: () => this.close() },
      "×",
    );
    return el(
      "section",
      { class: "card proof", "aria-labelledby": "proof-title" },
      el(
        "header",
        { class: "row between" },
        el(
          "h3",
          { id: "proof-title" },
          `${t(row.name)}: `,
          ...figureOf(row),
          el("span", { class: "soft small" }, ` ${rangeOf(row)}`),
        ),
        close,
      ),
      el(
        "div",
        { class: "proof-body" },
        typical ? this.#picture(typical.stop, row.key) : null,
        el(
          "div",
          { class: "stack" },
          el("p", {}, row.meaning),
          row.interval ? el("p", { class: "soft small" }, `${likely(row)} ${spread(known)}`) : null,
          known ? this.#dots(samples, row) : null,
          row.uncorrected ? el("p", {}, t("Corrected by hand. Measured: {value}.", { value: row.uncorrected })) : null,
        ),
      ),
      this.#thumbs(samples, row),
      known ? byWhom() : null,
    );
  }

  /** The body alone at one instant, with what is measured. */
  #picture(stop, key) {
    const canvas = el("canvas", { class: "on-body", role: "img", "aria-label": stop.text });
    const { body, readings } = this.film;
    const how = shownOf(key);
    requestAnimationFrame(() => {
      const { ctx, place, scale } = fitted(canvas, cropOf(body, stop.frame, "all"));
      const pen = this.film.pen(ctx, place, scale);
      drawFrame(pen, body, readings, stop.frame, new Set(["skeleton", ...how.layers]));
    });
    return canvas;
  }

  /** A dot a stride on the number's own axis, over its interval. */
  #dots(samples, row) {
    const record = this.found.report.metrics[row.key];
    const values = samples.map((one) => one.value).filter((value) => value !== null);
    const ends = [...values, record.low ?? record.value, record.high ?? record.value];
    const [low, high] = [Math.min(...ends), Math.max(...ends)];
    const x = (value) => 12 + ((value - low) / (high - low || 1)) * (WIDTH - 24);
    const picture = svg("svg", { viewBox: `0 0 ${WIDTH} 56`, class: "dots", role: "img" });
    picture.setAttribute("aria-label", t("{n} strides, each a dot", { n: values.length }));
    if (record.low !== null)
      picture.append(
        svg("rect", {
          x: x(record.low),
          y: 8,
          width: Math.max(2, x(record.high) - x(record.low)),
          height: 30,
          rx: 4,
          class: "interval",
        }),
      );
    picture.append(
      svg("line", { x1: x(record.value), x2: x(record.value), y1: 4, y2: 42, class: "mean" }),
    );
    samples.forEach((one, k) => {
      if (one.value === null) return;
      const dot = svg("circle", { cx: x(one.value), cy: 17 + 6 * (k % 3), r: 5, class: "dot" });
      dot.addEventListener("click", () => this.#jump(one.stop));
      picture.append(dot);
    });
    const digits = decimalsOf(row);
    for (const [value, anchor] of [
      [low, "start"],
      [high, "end"],
    ]) {
      const text = svg("text", { x: x(value), y: 54, "text-anchor": anchor });
      text.textContent = figureText(value, row, digits);
      picture.append(text);
    }
    return picture;
  }

  #jump(stop) {
    this.film.player.toFrame(stop.frame);
    this.film.node.scrollIntoView({ block: "nearest" });
  }

  /** Every instant as a picture with the line drawn; a press takes the clip there. */
  #thumbs(samples, row) {
    const how = shownOf(row.key);
    const digits = decimalsOf(row);
    const worded = (value) => figureText(value, row, digits) + unitOf(row);
    this.shots = new Shots(this.film, this.signal);
    const list = el(
      "ul",
      { class: "shots", "aria-label": "Every stride behind this number" },
      samples.map((one) => {
        const { stop, value, struck } = one;
        const canvas = el("canvas", { "aria-hidden": "true" });
        this.shots.want(canvas, stop.frame, (frame) => cropOf(this.film.body, frame, how.crop), how);
        const text = value === null ? "" : worded(value);
        return el(
          "li",
          { "data-frame": stop.frame, class: struck ? "struck" : null },
          el(
            "button",
            { type: "button", class: "shot", title: stop.text, onclick: () => this.#jump(stop) },
            canvas,
            el("span", { class: "strong" }, struck ? "struck out" : text),
            el("span", { class: "soft" }, stop.text),
          ),
          value === null && !struck ? null : this.corrections.buttons(one, row.key, worded),
        );
      }),
    );
    this.shots.start();
    return list;
  }
}

const likely = (row) => t("The true value lies in {interval} 19 times out of 20.", { interval: row.interval });
const spread = (known) =>
  known
    ? t("The dots are single strides; the bar is the range of the mean with everything that could be wrong with it.")
    : t("It is measured over all strides together, so single ones have no value of their own.");

const unitOf = (row) => (row.unit === "°" ? "°" : row.unit ? ` ${t(row.unit)}` : "");
const figureText = (value, row, digits) => (row.factor * value).toFixed(digits).replace("-", "\u2212");
const decimalsOf = (row) => (row.figure.match(/\.(\d+)$/)?.[1].length ?? 0);

function nearest(samples, value) {
  const known = samples.filter((one) => one.value !== null);
  const best = (a, b) => (Math.abs(b.value - value) < Math.abs(a.value - value) ? b : a);
  return known.length ? known.reduce(best) : samples[Math.floor(samples.length / 2)];
}

// Points of a leg put right by hand on the clip itself: drag a handle, or move it with the arrow keys.

import { movedBy } from "./angles.js";
import { cropOf } from "./crop.js";
import { capital, el } from "./dom.js";
import { t } from "./texts.js";

const JOINTS = ["hip", "knee", "ankle", "heel", "toe"];
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const FAR_PX = 10;

export class Dragging {
  /** @param {Film} film whose points are moved */
  constructor(film) {
    this.film = film;
    // A picture from before the jump may still come; another frame that is wanted ends it.
    this.follow = () => (film.player.index === this.frame ? this.#place() : this.end());
  }

  /**
   * Offer the points of a foot's leg in a frame. `value` is the stride's own value of `measure`,
   * `told(value)` words it; `keep(points)` is called with the places that are to hold.
   */
  start({ stop, measure, value, factor, told, keep }) {
    this.end();
    const { film } = this;
    const { body, player, stage } = film;
    Object.assign(this, { stop, measure, value, factor, told, frame: stop.frame });
    this.names = JOINTS.map((joint) => `${stop.side}_${joint}`).filter((name) => body.point(name, stop.frame));
    this.before = new Map(body.moved.get(stop.frame) ?? []);
    this.was = movedBy(body, measure, stop.side, stop.frame);
    player.toFrame(stop.frame);
    this.tap = stage.onTap;
    stage.onTap = null;
    stage.show(cropOf(body, stop.frame, "legs"));
    this.handles = this.names.map((name) => this.#handle(name));
    this.said = el("span", { role: "status" });
    this.bar = el(
      "div",
      { class: "drag-bar row tight", role: "group", "aria-label": "Move points" },
      this.said,
      el("button", { type: "button", class: "small-button main", onclick: () => keep(this.#moved()) }, "Keep"),
      el("button", { type: "button", class: "small-button", onclick: () => this.cancel() }, "Cancel"),
    );
    stage.node.append(...this.handles, this.bar);
    film.extras.push(this.follow);
    film.shown = stop.frame;
    film.paint();
    film.node.scrollIntoView({ block: "nearest" });
    this.handles[0]?.focus({ preventScroll: true });
    this.#tell();
  }

  /** Put the points back to where they were before, and leave. */
  cancel() {
    const { body } = this.film;
    for (const name of this.names) body.move(name, this.frame, this.before.get(name) ?? null);
    this.end();
    this.film.paint();
  }

  end() {
    if (!this.bar) return;
    for (const node of [...this.handles, this.bar]) node.remove();
    this.bar = null;
    const { stage, extras } = this.film;
    stage.onTap = this.tap;
    extras.splice(extras.indexOf(this.follow), 1);
    stage.zoomTo(1);
  }

  #handle(name) {
    const text = t("{point}: drag it, or use the arrow keys", { point: t(capital(name.replace("_", " "))) });
    const node = el("button", { type: "button", class: "handle", "aria-label": text, title: text, "data-point": name });
    const { body, stage } = this.film;
    let grabbed = null;
    node.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      node.focus({ preventScroll: true });
      node.setPointerCapture(event.pointerId);
      const [at, point] = [stage.pointAt(event.clientX, event.clientY), body.point(name, this.frame)];
      grabbed = [point[0] - at[0], point[1] - at[1]];
    });
    node.addEventListener("pointermove", (event) => {
      if (!grabbed) return;
      const at = stage.pointAt(event.clientX, event.clientY);
      this.#move(name, [at[0] + grabbed[0], at[1] + grabbed[1]]);
    });
    for (const kind of ["pointerup", "pointercancel"])
      node.addEventListener(kind, () => {
        grabbed = null;
      });
    node.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.cancel();
      const way = ARROWS[event.key];
      if (!way) return;
      event.preventDefault();
      event.stopPropagation();
      const by = event.shiftKey ? FAR_PX : 1;
      this.#move(name, body.point(name, this.frame).map((part, k) => part + by * way[k]));
    });
    return node;
  }

  #move(name, [x, y]) {
    const { width, height } = this.film.stage.size;
    const place = [Math.min(Math.max(x, 0), width), Math.min(Math.max(y, 0), height)];
    this.film.body.move(name, this.frame, place.map((part) => Math.round(10 * part) / 10));
    this.film.paint();
    this.#tell();
  }

  #place() {
    const { body, stage } = this.film;
    this.handles.forEach((node, k) => {
      const [x, y] = stage.place(body.point(this.names[k], this.frame));
      node.style.transform = `translate(${x}px, ${y}px)`;
    });
  }

  /** The stride's value before and with the points as they lie now. */
  #tell() {
    const change = movedBy(this.film.body, this.measure, this.stop.side, this.frame) - this.was;
    const now = this.told(this.value + this.factor * change);
    const before = this.told(this.value);
    this.said.textContent = t("This stride: {values}", { values: now === before ? before : `${before} → ${now}` });
  }

  #moved() {
    const points = this.film.body.moved.get(this.frame) ?? new Map();
    return this.names
      .filter((name) => points.has(name))
      .map((name) => ({ joint: name.split("_")[1], to_px: points.get(name) }));
  }
}

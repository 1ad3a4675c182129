// Corrections by hand: a stride struck out, a landing or a point moved, and everything put back.

import { api } from "./api.js";
import { el, say } from "./dom.js";
import { Dragging } from "./drag.js";
import { recallText, rememberText } from "./memory.js";
import { contactOf, shownOf } from "./samples.js";
import { t } from "./texts.js";

const BY = "formcheck.by";
let again = null;

/** The number whose proof is to be shown once more after a correction; asked once. */
export function toReopen() {
  const key = again;
  again = null;
  return key;
}

/** Ask for the name that stands beside a correction. */
export function byWhom() {
  const field = el("input", { autocomplete: "name", maxlength: "80", value: recallText(BY) ?? "" });
  field.addEventListener("input", () => rememberText(BY, field.value));
  return el("label", { class: "field inline by small" }, el("span", {}, "Corrections are made by"), field);
}

export class Corrections {
  /** @param {object} found what `loadResult` gives  @param {Film} film of the same clip */
  constructor(found, film) {
    this.path = found.path;
    this.made = found.report.corrections;
    this.film = film;
    this.dragging = film && new Dragging(film);
    this.metres = found.report.calibration?.metres_per_px ?? NaN;
  }

  /** What can be put right of one stride; `told` words a value of it. */
  buttons(sample, key, told) {
    const { stop, struck, value } = sample;
    const moved = this.#moved(stop);
    const points = this.#points(stop);
    const button = (text, label, made) =>
      el(
        "button",
        {
          type: "button",
          class: "small-button quiet",
          "aria-label": `${t(label)}: ${stop.text}`,
          title: label,
          onclick: (event) => this.#send(made(), key, event.target),
        },
        text,
      );
    if (struck)
      return button("Put back", "Put back", () => this.made.filter((one) => one !== struck));
    const land = shownOf(key).at === "landing";
    return el(
      "span",
      { class: "row tight hand" },
      button("Strike out", "Strike out", () => [...this.made, this.#strike(stop)]),
      land ? button("\u25c2", "Landing a frame earlier", () => this.#move(stop, -1)) : null,
      land ? button("\u25b8", "Landing a frame later", () => this.#move(stop, 1)) : null,
      moved
        ? button("Put back", "Landing as measured", () => this.made.filter((one) => one !== moved))
        : null,
      shownOf(key).moves && this.film.live && value !== null ? this.#mover(sample, key, told) : null,
      points.length
        ? button("Points back", "Points as measured", () => this.made.filter((one) => !points.includes(one)))
        : null,
    );
  }

  #mover({ stop, value }, key, told) {
    const keep = (places, button) => {
      const at = { kind: "joint", side: stop.side, contact_s: this.#contact(stop) };
      const at_s = this.film.body.clock.times[stop.frame];
      const others = this.made.filter((one) => !this.#points(stop).includes(one));
      this.#send([...others, ...places.map((place) => ({ ...at, at_s, ...place }))], key, button);
    };
    const factor = key.endsWith("_cm") ? 100 * this.metres : 1;
    const label = "Move points of the leg by hand";
    const press = (event) =>
      this.dragging.start({
        stop, value, told, factor, measure: shownOf(key).moves, keep: (places) => keep(places, event.target),
      });
    return el(
      "button",
      { type: "button", class: "small-button quiet", title: label, "aria-label": `${t(label)}: ${stop.text}`, onclick: press },
      "Move points",
    );
  }

  /** The landing that was moved and to which a stop belongs. */
  #moved(stop) {
    const contact = contactOf(stop, this.film.body);
    return this.made.find(
      (one) =>
        one.kind === "event" &&
        one.event === "initial_contact" &&
        one.side === stop.side &&
        Math.abs(one.to_s - contact) < 2e-3,
    );
  }

  /** The points that were moved in a stop's frame. */
  #points(stop) {
    const { clock } = this.film.body;
    return this.made.filter(
      (one) => one.kind === "joint" && one.side === stop.side && clock.nearest(one.at_s) === stop.frame,
    );
  }

  #contact(stop) {
    return this.#moved(stop)?.contact_s ?? contactOf(stop, this.film.body);
  }

  #strike(stop) {
    return { kind: "stride", side: stop.side, contact_s: this.#contact(stop) };
  }

  #move(stop, by) {
    const { times } = this.film.body.clock;
    const frame = Math.min(Math.max(stop.frame + by, 0), times.length - 1);
    const moved = this.#moved(stop);
    const event = {
      kind: "event",
      side: stop.side,
      contact_s: this.#contact(stop),
      event: "initial_contact",
      to_s: times[frame],
    };
    return [...this.made.filter((one) => one !== moved), event];
  }

  async #send(corrections, key, button) {
    button.disabled = true;
    const plain = corrections.map(({ by, ...one }) =>
      Object.fromEntries(Object.entries(one).filter(([, value]) => value !== null)),
    );
    try {
      await api.change(this.path, { corrections: plain, by: recallText(BY) ?? "" });
      again = key;
      dispatchEvent(new HashChangeEvent("hashchange"));
    } catch (problem) {
      button.disabled = false;
      button.after(el("span", { class: "error small", role: "alert" }, problem.message));
      say(problem.message, true);
    }
  }
}

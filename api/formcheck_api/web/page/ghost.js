// The body of another clip at the same phase of the stride, drawn pale behind what was measured here.

import { allAnalyses, loadResult } from "./api.js";
import { Body, quantile } from "./body.js";
import { el, part } from "./dom.js";
import { LIMBS } from "./layers.js";
import { dayOf } from "./symptoms.js";

const COLOUR = "#e6b3ff";
const SPINE = [["hip", "shoulder"]];

/** Offer the clips of the same view to be laid over a film, this runner's first. */
export async function offerGhost(film, { id, report }, signal) {
  const place = part(film.node, "layers");
  if (!film.live || !report.view) return;
  const items = (await allAnalyses().catch(() => [])).filter(
    (item) => item.id !== id && item.status === "done" && item.view === report.view.kind,
  );
  if (signal.aborted || !items.length) return;
  const own = (item) => (item.runner === report.runner.id ? 0 : 1);
  items.sort((a, b) => own(a) - own(b));
  const select = el(
    "select",
    {},
    el("option", { value: "" }, "none"),
    items.map((item) =>
      el("option", { value: item.id }, [item.runner, dayOf(item), item.pace ?? item.clip_name].filter(Boolean).join(", ")),
    ),
  );
  select.addEventListener("change", async () => {
    const wanted = select.value;
    const ghost = wanted ? await ghostOf(film, wanted, signal) : null;
    if (signal.aborted || select.value !== wanted) return;
    film.behind = ghost ? [(pen, frame) => ghost.draw(pen, frame)] : [];
    delete film.canvas.dataset.ghost;
    film.paint();
  });
  place.append(el("label", { class: "ghost small" }, "Another clip ", select));
}

async function ghostOf(film, id, signal) {
  const found = await loadResult(id, signal).catch(() => null);
  return found?.clock ? new Ghost(film, new Body(found.table, found.report, found.clock)) : null;
}

class Ghost {
  /** @param {Film} film on which it is drawn  @param {Body} other the body of the other clip */
  constructor(film, other) {
    this.film = film;
    this.other = other;
    this.scale = legOf(film.body) / legOf(other);
    this.mirror = film.body.forward * other.forward;
    this.strides = [film.body, other].map(stridesOf);
  }

  draw(pen, frame) {
    const { body, canvas } = this.film;
    const there = sameInstant(this.strides, this.other.clock, body.clock.times[frame]);
    const place = there === null ? null : this.#placing(frame, there);
    if (!place) return;
    canvas.dataset.ghost = there;
    for (const [side, width, opacity] of [[this.other.second, 0.6, 0.5], [this.other.first, 0.9, 0.9]])
      for (const [a, b] of LIMBS)
        pen.line([place(`${side}_${a}`), place(`${side}_${b}`)], COLOUR, { width, opacity });
    for (const [a, b] of SPINE) pen.line([place(a), place(b)], COLOUR, { width: 0.8, opacity: 0.9 });
  }

  /** How a point of the other clip comes here: hips under hips, ground on ground, legs as long. */
  #placing(frame, there) {
    const { body } = this.film;
    const [hip, from] = [body.middle("hip", frame), this.other.middle("hip", there)];
    if (!hip || !from) return null;
    const [ground, floor] = [body.ground(frame), this.other.ground(there)];
    const stands = Number.isFinite(ground) && Number.isFinite(floor);
    const [[u, v], [u0, v0]] = [body.level(hip), this.other.level(from)];
    const [down, down0] = stands ? [ground, floor] : [v, v0];
    return (name) => {
      const point = name.includes("_") ? this.other.point(name, there) : this.other.middle(name, there);
      if (!point) return null;
      const [x, y] = this.other.level(point);
      return body.unlevel([u + this.mirror * this.scale * (x - u0), down + this.scale * (y - down0)]);
    };
  }
}

/** Median length of thigh and shank of the first leg. */
function legOf(body) {
  const lengths = [];
  for (let k = 0; k < body.frames; k += 5) {
    const [hip, knee, ankle] = ["hip", "knee", "ankle"].map((name) => body.point(`${body.first}_${name}`, k));
    if (hip && knee && ankle)
      lengths.push(Math.hypot(knee[0] - hip[0], knee[1] - hip[1]) + Math.hypot(ankle[0] - knee[0], ankle[1] - knee[1]));
  }
  return quantile(lengths, 0.5) || 1;
}

/** Whole strides of a body's first foot: landing, toe-off, next landing. */
function stridesOf(body) {
  const { initial_contact_s: landings, toe_off_s: leavings } = body.events[body.first];
  return landings.slice(1).flatMap((end, k) => {
    const leaving = leavings.find((time) => time > landings[k] && time < end);
    const whole = Math.abs((end - landings[k]) / body.stride - 1) < 0.3;
    return leaving === undefined || !whole ? [] : [[landings[k], leaving, end]];
  });
}

/** The other clip's frame at the same share of stance or swing; null where either has no whole stride. */
function sameInstant([here, there], clock, time) {
  if (!here.length || !there.length) return null;
  const found = here.findIndex(([, , end]) => time < end);
  const k = found < 0 ? here.length - 1 : found;
  const [landing, leaving, end] = here[k];
  const turns = Math.floor((time - landing) / (end - landing));
  const within = time - turns * (end - landing);
  const target = there[(((k + turns) % there.length) + there.length) % there.length];
  const at =
    within < leaving
      ? target[0] + ((within - landing) / (leaving - landing)) * (target[1] - target[0])
      : target[1] + ((within - leaving) / (end - leaving)) * (target[2] - target[1]);
  return clock.nearest(at);
}

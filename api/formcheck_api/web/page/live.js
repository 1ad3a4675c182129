// The clip itself with what was measured drawn on it, live: layers, zoom, full screen.

import { Body } from "./body.js";
import { el, part } from "./dom.js";
import { AT_FIRST, drawFrame, LAYERS } from "./layers.js";
import { recallLayers, rememberLayers } from "./memory.js";
import { Pen } from "./pen.js";
import { Player } from "./player.js";
import { Readings } from "./readings.js";
import { Stage } from "./stage.js";
import { saveFrame } from "./stills.js";
import { stopsOf } from "./stops.js";

const PHONE = "(max-width: 40rem)";
// Lines and texts of a saved frame are as large as on a screen on which its longer side has this many pixels.
const SAVED_AS_PX = 800;

/**
 * A player of an analysis's clip. Where the original may not be shown or cannot be played, it plays
 * the annotated clip instead, in which everything is drawn already.
 */
export class Film {
  /** @param {object} found what `loadResult` gives, with a clock */
  constructor({ path, page, report, table, clock, shown }, name) {
    this.path = path;
    this.live = page.film === "original";
    clock.zero = this.live ? 0 : clock.start;
    const address = this.live ? `${path}/original` : `${path}/clip`;
    this.player = new Player(address, clock, stopsOf(report.events, clock), name);
    this.node = this.player.node;
    this.body = new Body(table, report, clock);
    this.readings = new Readings(report, this.body, shown);
    this.clipName = report.clip.name;
    const { width_px: width, height_px: height } = report.clip;
    this.node.classList.toggle("portrait", height > width);
    this.node.style.setProperty("--aspect", (width / height).toFixed(4));
    this.stage = new Stage(part(this.node, "screen"), this.player.video, this.canvas, {
      width,
      height,
    });
    this.view = this.body.fromSide ? "side" : "rear";
    this.chosen = new Set(recallLayers(this.view) ?? AT_FIRST);
    this.shown = 0;
    this.behind = [];
    this.extras = [];
    this.#wire();
  }

  get canvas() {
    return part(this.node, "canvas");
  }

  #wire() {
    const { player, stage } = this;
    player.onPicture((index) => {
      this.shown = index;
      this.paint();
    });
    player.onBroken = () => this.#fallBack();
    player.onFullScreen = () => this.#fullScreen();
    player.video.addEventListener("loadedmetadata", () => this.#checkShape());
    stage.paint = () => this.paint();
    stage.onTap = () => player.toggle();
    const zoom = (by) => {
      const box = stage.node.getBoundingClientRect();
      stage.zoomTo(stage.zoom * by, [box.left + box.width / 2, box.top + box.height / 2]);
    };
    part(this.node, "zoom-in").addEventListener("click", () => zoom(1.5));
    part(this.node, "zoom-out").addEventListener("click", () => zoom(1 / 1.5));
    part(this.node, "full").addEventListener("click", () => this.#fullScreen());
    part(this.node, "save").addEventListener("click", () => this.#save());
    part(this.node, "full").hidden = !document.fullscreenEnabled;
    this.#offerLayers();
  }

  #offerLayers() {
    const place = part(this.node, "layers");
    place.hidden = !this.live;
    for (const [name, text] of Object.entries(LAYERS[this.view])) {
      const box = el("input", { type: "checkbox", value: name });
      box.checked = this.chosen.has(name);
      box.addEventListener("change", () => {
        if (box.checked) this.chosen.add(name);
        else this.chosen.delete(name);
        rememberLayers(this.view, [...this.chosen]);
        this.paint();
      });
      place.append(el("label", { "data-layer": name }, box, el("span", {}, text)));
    }
  }

  /** Draw what belongs to the picture that is shown. */
  paint() {
    if (!this.live || !this.stage.scale) return;
    const pen = this.pen(this.stage.brush(), this.stage.place, this.stage.scale);
    this.#draw(pen, this.shown);
    this.canvas.dataset.frame = this.shown;
  }

  #draw(pen, frame) {
    for (const one of this.behind) one(pen, frame);
    drawFrame(pen, this.body, this.readings, frame, this.chosen);
    for (const extra of this.extras) extra(pen, frame);
  }

  /** Stop, and save the whole frame in the clip's own size with what is drawn on it. */
  #save() {
    const { player } = this;
    if (!player.video.videoWidth) return;
    if (!player.video.paused) player.toggle();
    const frame = player.index;
    const draw = (canvas) => {
      const dots = Math.max(canvas.width, canvas.height) / SAVED_AS_PX;
      const scale = canvas.width / dots / this.stage.size.width;
      const ctx = canvas.getContext("2d");
      ctx.setTransform(dots, 0, 0, dots, 0, 0);
      this.#draw(this.pen(ctx, (point) => point.map((part) => part * scale), scale), frame);
    };
    const name = `${this.clipName.replace(/\.[^.]+$/, "")}-frame-${frame + 1}.png`;
    return saveFrame(player.video, name, this.live ? draw : null);
  }

  /** A pen whose lines fit the runner's size on the screen. */
  pen(ctx, place, scale) {
    const width = Math.min(5, Math.max(1.6, 0.028 * this.body.trunk * scale));
    return new Pen(ctx, place, width, scale * this.body.trunk < 70 ? 12 : 14);
  }

  /** A picture that is not turned as it was measured cannot be drawn on. */
  #checkShape() {
    const { videoWidth, videoHeight } = this.player.video;
    const { width, height } = this.stage.size;
    if (this.live && Math.abs((videoWidth * height) / (videoHeight * width) - 1) > 0.03)
      this.#fallBack();
  }

  #fallBack() {
    if (!this.live) {
      Player.prototype.onBroken.call(this.player);
      return;
    }
    this.live = false;
    part(this.node, "layers").hidden = true;
    this.stage.brush();
    this.player.replace(`${this.path}/clip`, this.player.clock.start);
  }

  #fullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.node.requestFullscreen?.().catch(() => {});
  }

  /** The runner's box with room for the texts above and below. */
  #withRoom([left, top, right, bottom]) {
    const room = 0.12 * (bottom - top);
    return [left, top - room, right, bottom + room];
  }

  listen(signal, keyed = true) {
    this.player.listen(signal, keyed);
    this.stage.listen(signal);
    const begin = () => {
      this.stage.fit();
      const tall = this.stage.size.height > this.stage.size.width;
      if (tall && this.live && this.body.box && matchMedia(PHONE).matches)
        this.stage.show(this.#withRoom(this.body.box));
    };
    requestAnimationFrame(begin);
  }
}

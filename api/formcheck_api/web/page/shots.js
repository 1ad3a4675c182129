// Small pictures of single frames, taken one after another from a video of their own.

import { fitted } from "./crop.js";
import { el } from "./dom.js";
import { drawFrame } from "./layers.js";

const PATIENCE_MS = 4000;

export class Shots {
  constructor(film, signal) {
    this.film = film;
    this.wanted = [];
    this.video = el("video", { muted: true, playsinline: true, preload: "auto" });
    this.video.muted = true;
    signal.addEventListener("abort", () => this.stop());
  }

  /** Ask for a frame in a canvas; `crop` tells which part, `how` which layers are drawn on it. */
  want(canvas, frame, crop, how) {
    this.wanted.push({ canvas, frame, crop, how });
  }

  stop() {
    this.stopped = true;
    this.video.removeAttribute("src");
    this.video.load();
  }

  async start() {
    const { player } = this.film;
    this.video.src = player.video.currentSrc || player.video.src;
    if (!(await heard(this.video, "loadeddata"))) return;
    for (const one of this.wanted) {
      if (this.stopped) return;
      this.video.currentTime = player.clock.insideOf(one.frame);
      const came = await heard(this.video, "seeked");
      if (came && !this.stopped) this.#take(one);
    }
  }

  #take({ canvas, frame, crop, how }) {
    const { film, video } = this;
    const { ctx, offset, scale, place } = fitted(canvas, crop(frame));
    const { width, height } = film.stage.size;
    ctx.drawImage(video, offset[0], offset[1], width * scale, height * scale);
    if (film.live)
      drawFrame(film.pen(ctx, place, scale), film.body, film.readings, frame, new Set(how.layers));
    canvas.dataset.taken = frame;
  }
}

/** Wait for an event, but not for ever; tells whether it came. */
function heard(node, name) {
  return new Promise((resolve) => {
    node.addEventListener(name, () => resolve(true), { once: true });
    setTimeout(() => resolve(false), PATIENCE_MS);
  });
}

// The annotated clip: play, slow motion, one frame at a time, contact to contact.

import { el, part, stamp } from "./dom.js";

let count = 0;

export class Player {
  /**
   * @param {string} address of the clip
   * @param {Clock} clock of its frames
   * @param {{time: number, label: string}[]} stops contacts to jump to, ascending
   * @param {string} name for screen readers
   */
  constructor(address, clock, stops, name) {
    const view = stamp("t-player");
    this.node = view.firstElementChild;
    this.clock = clock;
    this.stops = stops;
    this.listeners = [];
    this.video = part(this.node, "video");
    this.seekBar = part(this.node, "seek");
    this.video.src = address;
    this.video.setAttribute("aria-label", name);
    this.video.muted = true;
    this.video.loop = true;
    this.seekBar.min = clock.start;
    this.seekBar.max = clock.end;
    this.seekBar.step = "any";
    this.#wire();
    this.setSpeed(1);
    this.show(clock.start);
  }

  /** Call with the true time whenever another one is shown. */
  onTime(listener) {
    this.listeners.push(listener);
  }

  #wire() {
    const on = (name, action) => part(this.node, name).addEventListener("click", action);
    on("play", () => this.toggle());
    on("back", () => this.step(-1));
    on("forward", () => this.step(1));
    on("contact-back", () => this.toStop(-1));
    on("contact-forward", () => this.toStop(1));
    this.seekBar.addEventListener("input", () => this.seek(Number(this.seekBar.value)));
    this.seekBar.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
      if (step) {
        event.preventDefault();
        this.step(step);
      }
    });
    const group = `speed-${(count += 1)}`;
    for (const radio of this.node.querySelectorAll(".speeds input")) {
      radio.name = group;
      radio.addEventListener("change", () => this.setSpeed(Number(radio.value)));
    }
    this.video.addEventListener("click", () => this.toggle());
    for (const kind of ["play", "pause"]) this.video.addEventListener(kind, () => this.#playing());
    for (const kind of ["seeked", "loadeddata"])
      this.video.addEventListener(kind, () => this.#settled());
    this.video.addEventListener("error", () => this.#broken());
  }

  /** Half, a quarter or an eighth of real speed; a clip filmed in slow motion is sped up for it. */
  setSpeed(speed) {
    this.video.playbackRate = Math.min(16, Math.max(0.0625, speed * this.clock.slow));
    this.video.defaultPlaybackRate = this.video.playbackRate;
  }

  toggle() {
    if (this.video.paused) this.video.play().catch(() => this.#broken());
    else this.#stand();
  }

  /** Stop on the middle of a frame: picture, readout and the video's own time then name the same. */
  #stand() {
    this.video.pause();
    this.#go(this.clock.frameAt(this.time));
  }

  get time() {
    return this.clock.toTrue(this.video.currentTime);
  }

  /** Go to a true time. */
  seek(time) {
    this.#go(this.clock.frameAt(time));
  }

  step(by) {
    this.video.pause();
    this.#go(this.clock.frameAt(this.time) + by);
  }

  /** To the next contact or the one before. */
  toStop(by) {
    this.video.pause();
    const here = this.clock.frameAt(this.time);
    const frames = this.stops.map((stop) => this.clock.frameAt(stop.time));
    const found =
      by > 0 ? frames.find((frame) => frame > here) : frames.findLast((frame) => frame < here);
    if (found !== undefined) this.#go(found);
  }

  #go(index) {
    const frame = Math.min(Math.max(index, 0), this.clock.times.length - 1);
    this.video.currentTime = this.clock.insideOf(frame);
    this.show(this.clock.times[frame]);
  }

  /** While it plays, tell the time with every picture of the screen. */
  #playing() {
    const playing = !this.video.paused;
    this.node.classList.toggle("playing", playing);
    part(this.node, "play").setAttribute("aria-label", playing ? "Pause" : "Play");
    cancelAnimationFrame(this.frame);
    const follow = () => {
      if (this.video.paused) return;
      this.show(this.time);
      this.frame = requestAnimationFrame(follow);
    };
    if (playing) follow();
    else this.#stand();
  }

  /** A clip that stands shows a frame, so its own time is told. */
  #settled() {
    if (this.video.paused) this.show(this.clock.times[this.clock.frameAt(this.time)]);
  }

  /** Tell a true time: in the readout, on the bar, to the listeners. */
  show(time) {
    const index = this.clock.frameAt(time);
    part(this.node, "time").textContent = `${time.toFixed(2)} s`;
    part(this.node, "frame").textContent = `frame ${index + 1} of ${this.clock.times.length}`;
    this.seekBar.value = time;
    this.seekBar.setAttribute("aria-valuetext", `${time.toFixed(2)} seconds`);
    for (const listener of this.listeners) listener(time, index);
  }

  #broken() {
    if (this.node.querySelector(".error")) return;
    this.node.append(
      el(
        "p",
        { class: "error", role: "alert" },
        "This browser cannot play the clip. Download it to watch it elsewhere.",
      ),
    );
  }

  /** Stop with the view; keys work all over it, except where something is typed or chosen. */
  listen(signal, keyed = true) {
    signal.addEventListener("abort", () => {
      this.video.pause();
      cancelAnimationFrame(this.frame);
      this.video.removeAttribute("src");
      this.video.load();
    });
    if (!keyed) return;
    const keys = {
      ",": () => this.step(-1),
      ".": () => this.step(1),
      "[": () => this.toStop(-1),
      "]": () => this.toStop(1),
      k: () => this.toggle(),
    };
    document.addEventListener(
      "keydown",
      (event) => {
        if (
          event.ctrlKey ||
          event.metaKey ||
          event.altKey ||
          event.target.closest("input:not([type=range]), select, textarea, dialog")
        )
          return;
        const action = keys[event.key];
        if (action) {
          event.preventDefault();
          action();
        }
      },
      { signal },
    );
  }
}

/** All contacts of both feet as stops, ascending. */
export function contactStops(events) {
  return ["left", "right"]
    .flatMap((side) => events[side].initial_contact_s.map((time) => ({ time, label: side })))
    .sort((a, b) => a.time - b.time);
}

// A clip that plays: slow motion, one frame at a time, from one named instant to the next.

import { offerKinds, offerSpeeds } from "./controls.js";
import { el, part, stamp } from "./dom.js";
import { playByKeys, stepByKeys } from "./keys.js";
import { t } from "./texts.js";

const ORIGIN_MOST_S = 0.5;
const FIRST_MS = 400;
const UNSEEN_MS = 150;
export class Player {
  /**
   * @param {string} address of the clip
   * @param {Clock} clock of its frames
   * @param {object[]} stops named instants, ascending, as `stopsOf` gives them
   * @param {string} name for screen readers
   */
  constructor(address, clock, stops, name) {
    this.node = stamp("t-player").firstElementChild;
    this.clock = clock;
    this.stops = stops;
    this.kind = "landing";
    this.listeners = [];
    this.pictured = [];
    this.index = 0;
    this.video = part(this.node, "video");
    this.seekBar = part(this.node, "seek");
    this.video.src = address;
    this.video.setAttribute("aria-label", name);
    Object.assign(this.video, { muted: true, loop: true });
    Object.assign(this.seekBar, { min: clock.start, max: clock.end, step: "any" });
    this.#wire();
    this.setSpeed(1);
    this.show(clock.start);
  }

  /** Call with the true time and its frame whenever another one is told. */
  onTime(listener) {
    this.listeners.push(listener);
  }

  /** Call with the frame whenever its picture is on the screen. */
  onPicture(listener) {
    this.pictured.push(listener);
  }

  #wire() {
    const actions = {
      play: () => this.toggle(),
      back: () => this.step(-1),
      forward: () => this.step(1),
      "stop-back": () => this.toStop(-1),
      "stop-forward": () => this.toStop(1),
    };
    for (const [name, action] of Object.entries(actions))
      part(this.node, name).addEventListener("click", action);
    offerKinds(this.node, this.stops, (kind) => {
      this.kind = kind;
    });
    this.seekBar.addEventListener("input", () => this.seek(Number(this.seekBar.value)));
    stepByKeys(this.seekBar, (by) => this.step(by));
    offerSpeeds(this.node, (speed) => this.setSpeed(speed));
    for (const kind of ["play", "pause"]) this.video.addEventListener(kind, () => this.#playing());
    this.video.addEventListener("loadeddata", () => setTimeout(() => this.#ready(), FIRST_MS));
    this.video.addEventListener("seeked", () => this.#settled());
    this.video.addEventListener("error", () => this.onBroken());
    this.#watchPictures();
  }

  /** The first picture tells where the file's own time begins; where none comes, nought is taken. */
  #ready() {
    if (this.loaded) return;
    this.loaded = true;
    this.#go(this.wanted ?? 0);
  }

  /** Follow the pictures that are really shown; browsers that tell none are asked for the time. */
  #watchPictures() {
    if (!this.video.requestVideoFrameCallback) return;
    const next = (_, { mediaTime }) => {
      if (!this.loaded && mediaTime < ORIGIN_MOST_S) this.clock.origin = mediaTime;
      const index = this.clock.nearest(this.clock.toTrue(mediaTime));
      this.#picture(index);
      if (!this.video.paused) this.#played(index);
      this.#ready();
      this.video.requestVideoFrameCallback(next);
    };
    this.video.requestVideoFrameCallback(next);
  }

  #picture(index) {
    this.last = index;
    for (const listener of this.pictured) listener(index);
  }

  /** Tell the frame that plays; at the end of the measured part go back to its beginning. */
  #played(index) {
    this.show(this.clock.times[index]);
    if (this.video.currentTime > this.clock.toPlaying(this.clock.end))
      this.video.currentTime = this.clock.insideOf(0);
  }

  /** Half, a quarter or an eighth of real speed; a clip filmed in slow motion is sped up for it. */
  setSpeed(speed) {
    const rate = Math.min(16, Math.max(0.0625, speed * this.clock.slow));
    Object.assign(this.video, { playbackRate: rate, defaultPlaybackRate: rate });
  }

  toggle() {
    if (this.video.paused)
      this.video.play().catch((error) => {
        // A clip that is stopped or replaced before it began to play is not broken.
        if (error.name !== "AbortError") this.onBroken();
      });
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
    const here = this.#here();
    this.video.pause();
    this.#go(here + by);
  }

  /** To a frame, and stand there. */
  toFrame(index) {
    this.video.pause();
    this.#go(index);
  }

  /** The frame that stands, also before the clip is loaded, or the one that plays. */
  #here() {
    return this.video.paused ? this.index : this.clock.frameAt(this.time);
  }

  /** To the next instant of the chosen kind or the one before. */
  toStop(by) {
    const here = this.#here();
    const wanted = this.stops.filter((stop) => !this.kind || stop.kind === this.kind);
    const found =
      by > 0
        ? wanted.find((stop) => stop.frame > here)
        : wanted.findLast((stop) => stop.frame < here);
    if (found) this.toFrame(found.frame);
  }

  #go(index) {
    const frame = Math.min(Math.max(index, 0), this.clock.times.length - 1);
    this.wanted = frame;
    if (this.loaded) this.video.currentTime = this.clock.insideOf(frame);
    this.show(this.clock.times[frame]);
  }

  #playing() {
    const playing = !this.video.paused;
    this.node.classList.toggle("playing", playing);
    part(this.node, "play").setAttribute("aria-label", t(playing ? "Pause" : "Play"));
    cancelAnimationFrame(this.frame);
    if (!playing) {
      this.#stand();
      return;
    }
    if (this.video.requestVideoFrameCallback) return;
    const follow = () => {
      if (this.video.paused) return;
      const index = this.clock.frameAt(this.time);
      this.#picture(index);
      this.#played(index);
      this.frame = requestAnimationFrame(follow);
    };
    follow();
  }

  /** A clip that stands shows a frame, so its own time is told. */
  #settled() {
    if (!this.video.paused) return;
    const index = this.clock.frameAt(this.time);
    this.show(this.clock.times[index]);
    if (!this.video.requestVideoFrameCallback) this.#picture(index);
    else setTimeout(() => this.#unseen(), UNSEEN_MS);
  }

  /** Off the screen no picture is told, so that of the time is taken. */
  #unseen() {
    if (this.video.paused && !this.video.seeking && this.last !== this.index)
      this.#picture(this.index);
  }

  /** Tell a true time: in the readout, on the bar, to the listeners. */
  show(time) {
    this.index = this.clock.frameAt(time);
    part(this.node, "time").textContent = `${time.toFixed(2)} s`;
    part(this.node, "frame").textContent = t("frame {n} of {of}", { n: this.index + 1, of: this.clock.times.length });
    part(this.node, "stop").textContent = this.video.paused ? this.#named() : "";
    this.seekBar.value = time;
    this.seekBar.setAttribute("aria-valuetext", t("{n} seconds", { n: time.toFixed(2) }));
    for (const listener of this.listeners) listener(time, this.index);
  }

  /** The name of the instant that stands, of the chosen kind where there are several. */
  #named() {
    const here = this.stops.filter((stop) => stop.frame === this.index);
    return (here.find((stop) => stop.kind === this.kind) ?? here[0])?.text ?? "";
  }

  /** Called when the browser cannot play the clip; may be replaced. */
  onBroken() {
    if (this.node.querySelector(".error")) return;
    const text = "This browser cannot play the clip. Download it to watch it elsewhere.";
    this.node.append(el("p", { class: "error", role: "alert" }, text));
  }

  /** Play another video of the same clip, which begins at the true time `zero`. */
  replace(address, zero) {
    this.loaded = false;
    this.clock.zero = zero;
    this.clock.origin = 0;
    this.video.src = address;
    this.video.load();
  }

  /** Stop with the view; keys work all over it, except where something is typed or chosen. */
  listen(signal, keyed = true) {
    signal.addEventListener("abort", () => {
      this.video.pause();
      cancelAnimationFrame(this.frame);
      this.video.removeAttribute("src");
      this.video.load();
    });
    if (keyed) playByKeys(this, signal);
  }
}

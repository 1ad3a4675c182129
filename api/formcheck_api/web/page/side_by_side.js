// The clip with both runners in step: play, and slow motion.

import { part, stamp } from "./dom.js";
import { t } from "./texts.js";

export class SideBySide {
  constructor(address, signal) {
    this.node = stamp("t-player").firstElementChild;
    this.video = part(this.node, "video");
    this.video.src = address;
    this.video.muted = true;
    this.video.loop = true;
    this.video.setAttribute("aria-label", t("Both runners, in step"));
    const unused = ["stop-back", "stop-forward", "back", "forward", "canvas", "stop", "zoomers"];
    for (const name of [...unused, "layers"]) part(this.node, name).remove();
    part(this.node, "kind").closest("label").remove();
    this.#wire();
    signal.addEventListener("abort", () => {
      this.video.pause();
      this.video.removeAttribute("src");
      this.video.load();
    });
  }

  #wire() {
    const bar = part(this.node, "seek");
    const toggle = () => {
      if (this.video.paused) this.video.play().catch(() => {});
      else this.video.pause();
    };
    part(this.node, "play").addEventListener("click", toggle);
    this.video.addEventListener("click", toggle);
    this.video.addEventListener("loadedmetadata", () => {
      bar.max = this.video.duration;
      this.#tell();
    });
    bar.addEventListener("input", () => {
      this.video.currentTime = Number(bar.value);
    });
    for (const kind of ["timeupdate", "seeked"])
      this.video.addEventListener(kind, () => this.#tell());
    for (const kind of ["play", "pause"]) {
      this.video.addEventListener(kind, () => {
        this.node.classList.toggle("playing", !this.video.paused);
        part(this.node, "play").setAttribute("aria-label", t(this.video.paused ? "Play" : "Pause"));
      });
    }
    for (const radio of this.node.querySelectorAll(".speeds input")) {
      radio.name = "speed-both";
      radio.addEventListener("change", () => {
        this.video.playbackRate = Number(radio.value);
      });
    }
  }

  #tell() {
    part(this.node, "seek").value = this.video.currentTime;
    part(this.node, "time").textContent = `${this.video.currentTime.toFixed(2)} s`;
  }
}

// Pictures of an annotated clip at moments of the stride, drawn by the browser, which prints them.

import { el } from "./dom.js";
import { listed, t } from "./texts.js";

const SIZE_PX = 480;

/** A figure with a clip's landing, and its toe-off where there is room; they come in as it loads. */
export function stillsOf(clip, address, few) {
  const wanted = few ? ["contact"] : ["contact", "toe_off"];
  const moments = Object.entries(clip.instants).filter(([name]) => wanted.includes(name));
  const places = moments.map(([name]) => el("span", { class: "still" }, el("canvas", { role: "img", "aria-label": `${listed(clip.title)}: ${t(`instant.${name}`)}`, width: 1, height: 1 }), el("span", { class: "soft small" }, t(`instant.${name}`))));
  const figure = el("figure", {}, el("div", { class: "stills" }, places), el("figcaption", { class: "small" }, listed(clip.title)));
  draw(address, moments.map(([, time]) => time), places.map((place) => place.firstChild))
    .then(() => figure.setAttribute("data-drawn", ""))
    .catch(() => { figure.hidden = true; });
  return figure;
}

async function draw(address, times, canvases) {
  const video = el("video", { muted: true, playsinline: true, preload: "auto", src: address });
  video.muted = true;
  try {
    await happened(video, "loadeddata");
    for (let k = 0; k < times.length; k += 1) {
      video.currentTime = Math.min(times[k], Math.max(0, video.duration - 0.05));
      await happened(video, "seeked");
      paint(video, canvases[k], SIZE_PX);
    }
  } finally {
    video.removeAttribute("src");
    video.load();
  }
}

/** Paint the frame that a video shows, its longer side at most so many pixels. */
export function paint(video, canvas, longest) {
  const shrink = Math.min(1, longest / Math.max(video.videoWidth, video.videoHeight));
  canvas.width = Math.round(video.videoWidth * shrink);
  canvas.height = Math.round(video.videoHeight * shrink);
  canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
}

/** Save the frame on which a video stands as a picture, with what `draw` puts on its canvas. */
export async function saveFrame(video, name, draw) {
  if (video.seeking) await happened(video, "seeked");
  const canvas = document.createElement("canvas");
  paint(video, canvas, Infinity);
  draw?.(canvas);
  const picture = await new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); });
  const link = el("a", { href: URL.createObjectURL(picture), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function happened(target, name) {
  return new Promise((resolve, reject) => {
    target.addEventListener(name, resolve, { once: true });
    target.addEventListener("error", () => reject(new Error("the clip cannot be shown")), { once: true });
  });
}

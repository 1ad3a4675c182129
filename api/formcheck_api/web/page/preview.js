// The chosen clip before it is sent: what it is, how it looks, which part of it counts.

import { part, say } from "./dom.js";
import { numberFrom } from "./units.js";
import { t } from "./texts.js";

/** Wire the drop zone and the preview; `onClip` is called with every new file. Returns what takes one. */
export function previewOf(view, onClip, signal) {
  const drop = part(view, "drop");
  const video = part(view, "video");
  let address = null;

  function take(file) {
    if (!file) return;
    if (address) URL.revokeObjectURL(address);
    address = URL.createObjectURL(file);
    part(view, "unseen").hidden = true;
    video.hidden = false;
    video.src = address;
    part(view, "preview").hidden = false;
    showName(view, file);
    say(t("Chosen: {name}", { name: file.name }));
    onClip(file);
  }

  // The page's own camera view needs a secure address; elsewhere the phone's own camera films.
  part(view, "film").hidden = !navigator.mediaDevices?.getUserMedia;
  part(view, "record-label").hidden =
    !navigator.maxTouchPoints || Boolean(navigator.mediaDevices?.getUserMedia);
  for (const name of ["file", "record"]) {
    part(view, name).addEventListener("change", (event) => take(event.target.files[0]));
  }
  video.addEventListener("error", () => {
    video.hidden = true;
    part(view, "unseen").hidden = false;
  });
  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  for (const kind of ["dragleave", "drop"])
    drop.addEventListener(kind, () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    take(event.dataTransfer.files[0]);
  });
  for (const end of ["from", "to"]) {
    part(view, `${end}-here`).addEventListener("click", () => {
      view.querySelector(`#${end}`).value = video.currentTime.toFixed(2);
    });
  }
  signal.addEventListener("abort", () => {
    if (address) URL.revokeObjectURL(address);
  });
  return take;
}

function showName(view, file) {
  const text = part(view, "drop-text");
  const name = text.querySelector("strong");
  name.textContent = file.name;
  text.querySelector(".soft").textContent =
    `${(file.size / 1e6).toFixed(file.size < 1e7 ? 1 : 0)} MB`;
  part(view, "drop").classList.add("full");
  part(view, "file").nextElementSibling.textContent = t("Choose another");
}

/** The part that counts, as form fields; throws a sentence where the times cannot be. */
export function trimFields(view) {
  const [from, to] = ["from", "to"].map((name) =>
    numberFrom(
      view.querySelector(`#${name}`).value,
      t(name === "from" ? "The start of the part" : "The end of the part"),
      0,
      86400,
    ),
  );
  if (from !== null && to !== null && to <= from)
    throw new Error("The part must end after it starts.");
  return { from, to };
}

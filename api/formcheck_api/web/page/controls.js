// What is chosen beside a clip: its speed, and the instants that the buttons jump to.

import { el, part } from "./dom.js";
import { KINDS } from "./stops.js";

let count = 0;

/** Let the speed be chosen; `choose` is called with it. */
export function offerSpeeds(node, choose) {
  const group = `speed-${(count += 1)}`;
  for (const radio of node.querySelectorAll(".speeds input")) {
    radio.name = group;
    radio.addEventListener("change", () => choose(Number(radio.value)));
  }
}

/** Offer the kinds of instants that a clip has; `choose` is called with one, empty for all. */
export function offerKinds(node, stops, choose) {
  const kinds = part(node, "kind");
  for (const [kind, { name }] of Object.entries(KINDS))
    if (stops.some((stop) => stop.kind === kind)) kinds.append(el("option", { value: kind }, name));
  kinds.append(el("option", { value: "" }, "Every instant"));
  kinds.addEventListener("change", () => choose(kinds.value));
}

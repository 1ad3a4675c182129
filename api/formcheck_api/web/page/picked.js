// Two clips picked from the list, and what can be made of them.

import { part, say } from "./dom.js";
import { dayOf } from "./symptoms.js";
import { t } from "./texts.js";

/** A clip's view in words. */
export const VIEW = { side: "side", rear: "from behind", front: "from the front", auto: "" };

/** Two clips may be picked; a third lets go of the first. */
export function pick(main, state, item, box) {
  if (box.checked) state.picked.set(item.id, { item, box });
  else state.picked.delete(item.id);
  if (state.picked.size > 2) {
    const [id, oldest] = state.picked.entries().next().value;
    oldest.box.checked = false;
    state.picked.delete(id);
  }
  showBar(main, state);
}

/** A clip that is gone is picked no more. */
export function letGo(main, state, item) {
  state.picked.delete(item.id);
  showBar(main, state);
}

/** Why two clips do not go together; empty where they do. */
export function mixed(first, second) {
  return first.runner && second.runner && first.runner !== second.runner
    ? t("list.mixed", { first: first.runner, second: second.runner })
    : "";
}

function showBar(main, state) {
  const bar = part(main, "bar");
  const picked = [...state.picked.values()]
    .map(({ item }) => item)
    .sort((a, b) => a.created.localeCompare(b.created));
  bar.hidden = !picked.length;
  const [first, second] = picked;
  const both = picked.length === 2;
  const wrong = both ? mixed(first, second) : "";
  const name = (item) => [item.runner, t(item.pace ?? ""), t(VIEW[item.view] ?? ""), dayOf(item)].filter(Boolean).join(", ");
  part(bar, "picked").textContent = !both
    ? t("list.another")
    : wrong || `${name(first)} · ${name(second)}`;
  const oneRun = both && !wrong && first.view !== second.view;
  part(bar, "together").hidden = !oneRun;
  part(bar, "compare").hidden = !both || Boolean(wrong) || oneRun;
  if (both && !wrong) {
    part(bar, "together").href = `#/together/${first.id}/${second.id}`;
    part(bar, "compare").href = `#/compare/${first.id}/${second.id}`;
    say(oneRun ? "Two selected: combined advice" : "Two selected: compare");
  } else if (wrong) say(wrong, true);
}

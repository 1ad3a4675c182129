// All clips of the caller: open, delete, or pick two.

import { api, follow, isActive } from "./api.js";
import { ask, complain, el, focusOn, part, say, stamp } from "./dom.js";
import { dayOf } from "./symptoms.js";

const VIEW = { side: "side", rear: "from behind", front: "from the front", auto: "" };
const STATUS = {
  queued: "waiting",
  running: "measuring",
  done: "",
  failed: "not measured",
  cancelled: "cancelled",
};

/** Show the list. */
export async function showHistory(main, _, signal) {
  const page = await api.list(null);
  if (signal.aborted) return;
  main.replaceChildren(stamp("t-history"));
  const state = { items: [], next: null, picked: new Map(), signal };
  const list = part(main, "list");
  if (!page.items.length) {
    list.replaceWith(
      el(
        "div",
        { class: "card plain" },
        el("p", {}, "No clips yet."),
        el(
          "p",
          { class: "row" },
          el("a", { class: "button main", href: "#/" }, "Measure the first one"),
        ),
      ),
    );
    part(main, "lead").hidden = true;
    return;
  }
  take(main, state, page);
  part(main, "more").addEventListener("click", async () => {
    const before = state.items.length;
    take(main, state, await api.list(state.next));
    list.children[before]?.querySelector("a")?.focus();
  });
  part(main, "runner").addEventListener("change", () => filter(main, state));
}

function take(main, state, page) {
  state.items.push(...page.items);
  state.next = page.next;
  part(main, "list").append(...page.items.map((item) => row(main, state, item)));
  part(main, "more").hidden = !page.next;
  offerRunners(main, state);
  filter(main, state);
}

function offerRunners(main, state) {
  const select = part(main, "runner");
  const known = new Set([...select.options].map((option) => option.value));
  const names = [...new Set(state.items.map((item) => item.runner).filter(Boolean))];
  select.append(
    ...names.filter((name) => !known.has(name)).map((name) => el("option", { value: name }, name)),
  );
  part(main, "runner-filter").hidden = names.length < 2;
}

function filter(main, state) {
  const runner = part(main, "runner").value;
  for (const node of part(main, "list").children)
    node.hidden = Boolean(runner) && node.dataset.runner !== runner;
}

function row(main, state, item) {
  const name = item.clip_name ?? "clip";
  const box = el("input", {
    type: "checkbox",
    "aria-label": `Pick ${name}, ${dayOf(item)}`,
    disabled: item.status !== "done",
    onchange: (event) => pick(main, state, item, event.target),
  });
  const node = el(
    "li",
    { class: `card clip-row ${item.status}`, "data-id": item.id, "data-runner": item.runner ?? "" },
    el("label", { class: "pick" }, box),
    el(
      "a",
      { class: "what", href: `#/clip/${item.id}` },
      el(
        "span",
        { class: "strong" },
        [item.runner, item.pace, VIEW[item.view]].filter(Boolean).join(", ") || name,
      ),
      el("span", { class: "soft small" }, `${dayOf(item)} · ${name}`),
    ),
    el("p", { class: "glance" }, glance(item)),
    el(
      "button",
      {
        type: "button",
        class: "icon quiet",
        "aria-label": `Delete ${name}, ${dayOf(item)}`,
        title: "Delete",
        onclick: () => remove(main, state, item, node),
      },
      "×",
    ),
  );
  if (isActive(item)) keepCurrent(main, state, item, node);
  return node;
}

function glance(item) {
  if (item.status === "done")
    return item.headline?.cadence_spm
      ? [
          el("strong", {}, item.headline.cadence_spm.toFixed(0)),
          el("span", { class: "soft small" }, " steps/min"),
        ]
      : [];
  const share = item.status === "running" ? ` ${Math.floor(100 * (item.progress ?? 0))} %` : "";
  return [el("span", { class: `tag ${item.status}` }, STATUS[item.status] + share)];
}

/** A clip under way is followed until it ends, then its row is made anew. */
async function keepCurrent(main, state, item, node) {
  const last = await follow(
    api.analysis(item.id),
    (now) => node.querySelector(".glance").replaceChildren(...glance(now)),
    state.signal,
  ).catch(() => null);
  if (!last || state.signal.aborted || !node.isConnected) return;
  Object.assign(item, last);
  if (!isActive(last)) node.replaceWith(row(main, state, item));
}

async function remove(main, state, item, node) {
  const under = isActive(item);
  if (
    !(await ask(
      under ? "Stop and delete this clip?" : "Delete this clip?",
      "The clip, its result and comparisons made from it are removed for good.",
      "Delete",
    ))
  )
    return;
  try {
    await api.remove(api.analysis(item.id));
  } catch (error) {
    const sentence = el("p", { class: "error" });
    node.append(sentence);
    complain(sentence, error.message);
    return;
  }
  const next = node.nextElementSibling ?? node.previousElementSibling;
  state.picked.delete(item.id);
  state.items = state.items.filter((other) => other !== item);
  node.remove();
  showBar(main, state);
  if (next) next.querySelector("a").focus();
  else focusOn(main.querySelector("h1"));
  say("Deleted.");
}

/** Two clips may be picked; a third lets go of the first. */
function pick(main, state, item, box) {
  if (box.checked) state.picked.set(item.id, { item, box });
  else state.picked.delete(item.id);
  if (state.picked.size > 2) {
    const [id, oldest] = state.picked.entries().next().value;
    oldest.box.checked = false;
    state.picked.delete(id);
  }
  showBar(main, state);
}

function showBar(main, state) {
  const bar = part(main, "bar");
  const picked = [...state.picked.values()]
    .map(({ item }) => item)
    .sort((a, b) => a.created.localeCompare(b.created));
  bar.hidden = !picked.length;
  const [first, second] = picked;
  const both = picked.length === 2;
  part(bar, "picked").textContent = both
    ? `${first.clip_name} and ${second.clip_name}`
    : "Pick another one";
  const oneRun = both && first.view !== second.view;
  part(bar, "together").hidden = !oneRun;
  part(bar, "compare").hidden = !both || oneRun;
  if (both) {
    part(bar, "together").href = `#/together/${first.id}/${second.id}`;
    part(bar, "compare").href = `#/compare/${first.id}/${second.id}`;
    say(oneRun ? "Two picked: one advice from both" : "Two picked: compare");
  }
}

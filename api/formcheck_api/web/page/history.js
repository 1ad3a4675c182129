// All clips of the caller by runner and day: search, open a visit or a runner, delete.

import { api, follow, isActive } from "./api.js";
import { ask, complain, el, focusOn, part, say, stamp } from "./dom.js";
import { letGo, pick, VIEW } from "./picked.js";
import { dayOf } from "./symptoms.js";
import { own, t } from "./texts.js";
import { visitAddress } from "./visit.js";

const STATUS = {
  queued: "waiting",
  running: "measuring",
  done: "",
  failed: "not measured",
  cancelled: "cancelled",
};

/** Show the list; runner and search stand in the address. */
export async function showHistory(main, _, signal, session, query) {
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
        el("p", {}, t("list.none")),
        el("p", { class: "row" }, el("a", { class: "button main", href: "#/" }, t("list.first"))),
      ),
    );
    for (const name of ["lead", "search-field"]) part(main, name).hidden = true;
    return;
  }
  part(main, "search").value = query.get("q") ?? "";
  state.wanted = query.get("runner") ?? "";
  take(main, state, page);
  // A filter of the address may be about clips that are not loaded yet.
  while (state.next && !signal.aborted && (state.wanted || query.get("q")) && state.items.length < 500)
    take(main, state, await api.list(state.next, 100));
  part(main, "more").addEventListener("click", async () => {
    const before = state.items.length;
    take(main, state, await api.list(state.next));
    list.querySelectorAll(".clip-row")[before]?.querySelector("a")?.focus();
  });
  part(main, "runner").addEventListener("change", () => filter(main, state));
  part(main, "search").addEventListener("input", () => filter(main, state));
}

function take(main, state, page) {
  state.items.push(...page.items);
  state.next = page.next;
  for (const item of page.items) groupOf(main, item).append(row(main, state, item));
  part(main, "more").hidden = !page.next;
  offerRunners(main, state);
  filter(main, state);
}

/** The list of a runner's day, made where there is none yet; days stand newest first. */
function groupOf(main, item) {
  const name = `${dayOf(item)} ${item.runner ?? ""}`;
  const place = part(main, "list");
  const known = [...place.children].find((one) => one.dataset.group === name);
  if (known) return known.querySelector("ul");
  const rows = el("ul", { class: "clips", "aria-label": name.trim() });
  const group = el(
    "li",
    { class: "day", "data-group": name, "data-day": dayOf(item) },
    el(
      "div",
      { class: "row between" },
      el(
        "h2",
        {},
        item.runner
          ? el("a", { href: `#/runner/${encodeURIComponent(item.runner)}` }, own(item.runner))
          : t("list.unnamed"),
        " ",
        el("span", { class: "soft" }, dayOf(item)),
      ),
      el("a", { class: "button visit-link", hidden: true }, t("list.visit")),
    ),
    rows,
  );
  const before = [...place.children].find((one) => one.dataset.day < dayOf(item));
  place.insertBefore(group, before ?? null);
  return rows;
}

function offerRunners(main, state) {
  const select = part(main, "runner");
  const known = new Set([...select.options].map((option) => option.value));
  const names = [...new Set(state.items.map((item) => item.runner).filter(Boolean))];
  select.append(
    ...names.filter((name) => !known.has(name)).map((name) => el("option", { value: name }, own(name))),
  );
  if (state.wanted && names.includes(state.wanted)) {
    select.value = state.wanted;
    state.wanted = "";
  }
  part(main, "runner-filter").hidden = names.length < 2;
}

const words = (item) =>
  [item.runner, item.pace, t(item.pace ?? ""), VIEW[item.view], t(VIEW[item.view] ?? ""), dayOf(item), item.clip_name]
    .join(" ")
    .toLowerCase();

/** Show what fits runner and search, and keep both in the address. */
function filter(main, state) {
  const runner = part(main, "runner").value;
  const sought = part(main, "search").value.trim().toLowerCase();
  const known = new Map(state.items.map((item) => [item.id, item]));
  let shown = 0;
  for (const node of main.querySelectorAll(".clip-row")) {
    const item = known.get(node.dataset.id);
    const fits = sought.split(/\s+/).every((word) => words(item).includes(word));
    node.hidden = !fits || (Boolean(runner) && item.runner !== runner);
    shown += node.hidden ? 0 : 1;
  }
  for (const group of part(main, "list").children) {
    group.hidden = ![...group.querySelectorAll(".clip-row")].some((node) => !node.hidden);
    linkVisit(group, known);
  }
  part(main, "nothing").hidden = shown > 0;
  const query = new URLSearchParams({ ...(runner && { runner }), ...(sought && { q: sought }) });
  history.replaceState(null, "", `#/history${String(query) && `?${query}`}`);
}

/** A day's clips that are done make a visit. */
function linkVisit(group, known) {
  const done = [...group.querySelectorAll(".clip-row")]
    .map((node) => known.get(node.dataset.id))
    .filter((item) => item?.status === "done");
  const link = group.querySelector(".visit-link");
  link.hidden = !done.length;
  if (done.length) link.href = visitAddress(done);
}

function row(main, state, item) {
  const name = item.clip_name ?? "clip";
  const box = el("input", {
    type: "checkbox",
    "aria-label": t("Select {name}, {day}", { name, day: dayOf(item) }),
    disabled: item.status !== "done",
    onchange: (event) => pick(main, state, item, event.target),
  });
  const node = el(
    "li",
    { class: `card clip-row ${item.status}`, "data-id": item.id, "data-runner": item.runner ?? "" },
    el("label", { class: "pick" }, box),
    item.thumbnail
      ? el("img", {
          class: "thumb",
          src: `${api.analysis(item.id)}/thumb.jpg`,
          alt: "",
          loading: "lazy",
        })
      : el("span", { class: "thumb" }),
    el(
      "a",
      { class: "what", href: `#/clip/${item.id}` },
      el(
        "span",
        { class: "strong" },
        own([item.runner, t(item.pace ?? ""), t(VIEW[item.view] ?? "")].filter(Boolean).join(", ") || name),
      ),
      el("span", { class: "soft small" }, `${dayOf(item)} · ${name}`),
    ),
    el("p", { class: "glance" }, glance(item)),
    el(
      "button",
      {
        type: "button",
        class: "icon quiet",
        "aria-label": t("Delete {name}, {day}", { name, day: dayOf(item) }),
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
  return [el("span", { class: `tag ${item.status}` }, t(STATUS[item.status]) + share)];
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
  if (isActive(last)) return;
  node.replaceWith(row(main, state, item));
  filter(main, state);
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
  const rows = [...main.querySelectorAll(".clip-row:not([hidden])")];
  const next = rows[rows.indexOf(node) + 1] ?? rows[rows.indexOf(node) - 1];
  const group = node.closest(".day");
  state.items = state.items.filter((other) => other !== item);
  node.remove();
  if (!group.querySelector(".clip-row")) group.remove();
  filter(main, state);
  letGo(main, state, item);
  if (next) next.querySelector("a").focus();
  else focusOn(main.querySelector("h1"));
  say("Deleted.");
}

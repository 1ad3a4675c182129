// Which two clips are compared, and the comparisons made before.

import { allAnalyses, api } from "./api.js";
import { complain, el, part, stamp } from "./dom.js";
import { mixed } from "./picked.js";
import { dayOf } from "./symptoms.js";
import { loadTexts } from "./texts.js";

/** Choose two clips. */
export async function showPicking(main, [first, second], signal) {
  const [items, earlier] = await Promise.all([
    allAnalyses(),
    api.comparisons().catch(() => ({ items: [] })),
    loadTexts(),
  ]);
  if (signal.aborted) return;
  const done = items.filter((item) => item.status === "done");
  main.replaceChildren(stamp("t-compare"));
  const form = part(main, "form");
  listEarlier(main, earlier.items, items);
  if (done.length < 2) {
    form.replaceChildren(
      el("p", {}, "Two measured clips are needed. "),
      el("p", { class: "row" }, el("a", { class: "button main", href: "#/" }, "Measure a clip")),
    );
    return;
  }
  for (const name of ["first", "second"]) {
    form.elements[name].append(
      ...done.map((item) => el("option", { value: item.id }, label(item))),
    );
  }
  form.elements.first.value = first ?? done[1].id;
  form.elements.second.value = second ?? done[0].id;
  const check = () => {
    const both = ["first", "second"].map((name) =>
      done.find((item) => item.id === form.elements[name].value),
    );
    const wrong = mixed(...both);
    complain(part(form, "error"), wrong);
    form.querySelector("[type=submit]").disabled = Boolean(wrong);
  };
  form.addEventListener("change", check);
  check();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    complain(part(form, "error"), "");
    const { mode, same_setup: same, first: one, second: two } = form.elements;
    try {
      if (one.value === two.value) throw new Error("Choose two different clips.");
      const job = await api.compare({
        first: one.value,
        second: two.value,
        mode: mode.value || null,
        same_setup: same.checked,
      });
      location.hash = `#/comparison/${job.id}`;
    } catch (error) {
      complain(part(form, "error"), error.message);
    }
  });
}

const label = (item) =>
  [item.runner, item.pace, item.view, dayOf(item), item.clip_name].filter(Boolean).join(", ");

function listEarlier(main, comparisons, items) {
  const known = new Map(items.map((item) => [item.id, item]));
  const rows = comparisons.map((one) =>
    el(
      "li",
      { class: "card clip-row" },
      el(
        "a",
        { class: "what", href: `#/comparison/${one.id}` },
        el(
          "span",
          { class: "strong" },
          [one.first, one.second].map((id) => known.get(id)?.clip_name ?? "a clip").join(" and "),
        ),
        el("span", { class: "soft small" }, one.created.slice(0, 10)),
      ),
    ),
  );
  part(main, "earlier").hidden = !rows.length;
  part(main, "list").append(...rows);
}

// Which two clips are compared, and the comparisons made before.

import { allAnalyses, api } from "./api.js";
import { complain, el, part, stamp } from "./dom.js";
import { mixed, VIEW } from "./picked.js";
import { dayOf } from "./symptoms.js";
import { own, t } from "./texts.js";

/** Choose two clips. */
export async function showPicking(main, [first, second], signal) {
  const [items, earlier] = await Promise.all([
    allAnalyses(),
    api.comparisons().catch(() => ({ items: [] })),
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
  const [earlierOne, laterOne] = likely(done);
  form.elements.first.value = first ?? earlierOne.id;
  form.elements.second.value = second ?? laterOne.id;
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

/** The newest clip and the one before it of the same runner, where there is one; the earlier first. */
function likely(done) {
  const [newest, ...others] = done;
  return [others.find((item) => item.runner === newest.runner) ?? others[0], newest];
}

const label = (item) =>
  own([item.runner, t(item.pace ?? ""), t(VIEW[item.view] ?? ""), dayOf(item), item.clip_name].filter(Boolean).join(", "));

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
          [one.first, one.second].map((id) => known.get(id)?.clip_name ?? t("a clip")).join(t(" and ")),
        ),
        el("span", { class: "soft small" }, one.created.slice(0, 10)),
      ),
    ),
  );
  part(main, "earlier").hidden = !rows.length;
  part(main, "list").append(...rows);
}

// Private links to a visit: make one, see which hold, withdraw them.

import { api } from "./api.js";
import { complain, el, say } from "./dom.js";
import { t } from "./texts.js";

/** The card that makes and withdraws links to these analyses. */
export function shareCard(ids) {
  const path = `${api.analysis(ids[0])}/shares`;
  const days = el("select", { "aria-label": t("share.days") }, [1, 7, 14, 30, 90].map((n) => el("option", { value: n, selected: n === 14 }, t("share.day_count", { n }))));
  const error = el("p", { class: "error", hidden: true });
  const made = el("div", { class: "made", hidden: true });
  const list = el("ul", { class: "links" });
  const refresh = async () => {
    const { items } = await api.get(path);
    list.replaceChildren(...items.map((one) => el("li", { class: "row between" },
      el("span", {}, t("share.until", { day: one.expires.slice(0, 10) })),
      el("button", { type: "button", class: "quiet", onclick: async (event) => {
        event.target.disabled = true;
        try {
          await api.remove(`/v1/shares/${one.id}`);
          made.hidden = true;
          say(t("share.withdrawn"));
          await refresh();
        } catch (problem) {
          event.target.disabled = false;
          complain(error, problem.message);
        }
      } }, t("share.withdraw")))));
  };
  const make = async () => {
    complain(error, "");
    try {
      const { url } = await api.post(path, { days: Number(days.value), also: ids.slice(1) });
      const field = el("input", { readonly: true, value: url, "aria-label": t("share.link") });
      made.replaceChildren(field, el("button", { type: "button", onclick: async () => {
        field.select();
        await navigator.clipboard?.writeText(url).catch(() => {});
        say(t("share.copied"));
      } }, t("share.copy")), el("p", { class: "soft small" }, t("share.once")));
      made.hidden = false;
      field.focus();
      field.select();
      await refresh();
    } catch (problem) {
      complain(error, problem.message);
    }
  };
  refresh().catch((problem) => complain(error, problem.message));
  return el("section", { class: "card share screen-only", "aria-label": t("visit.share") },
    el("p", {}, t("share.lead")),
    el("p", { class: "row" }, days, el("button", { type: "button", class: "main", onclick: make }, t("share.make"))),
    error, made, list);
}

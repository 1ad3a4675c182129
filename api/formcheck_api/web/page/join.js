// A phone joins the computer's page: a code to photograph here, and what it opens there.

import { api } from "./api.js";
import { complain, el } from "./dom.js";
import { t } from "./texts.js";

/** Show a code that signs one phone in. */
export async function showPhone(main, _, signal) {
  const code = await api.post("/v1/session/codes");
  if (signal.aborted) return;
  main.replaceChildren(
    el("h1", {}, t("join.title")),
    el(
      "section",
      { class: "card plain join" },
      el("p", {}, t("join.lead")),
      el("img", { src: code.picture, alt: t("join.picture"), width: 260, height: 260 }),
      el("p", { class: "soft small" }, t("join.once")),
    ),
  );
}

/** Sign this device in with the code of the address, which is used up. */
export async function showJoin(main, [code], signal) {
  const error = el("p", { class: "error" });
  const button = el("button", { type: "button", class: "main big" }, t("join.sign_in"));
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await api.post("/v1/session/join", { code });
      if (!signal.aborted) location.replace("#/film");
    } catch (problem) {
      complain(error, problem.message);
    }
  });
  main.replaceChildren(
    el("h1", {}, t("join.title")),
    el("section", { class: "card plain" }, el("p", {}, t("join.here")), el("p", { class: "row" }, button), error),
  );
}

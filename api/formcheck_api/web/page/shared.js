// What a private link shows: the sheet of one visit, and nothing else.

import { problemFrom } from "./api.js";
import { el } from "./dom.js";
import { loadTexts, t } from "./texts.js";
import { visitSheet } from "./visit.js";

const main = document.getElementById("main");
const own = location.pathname.replace(/\/$/, "");

async function show() {
  const [answer] = await Promise.all([fetch(`${own}/visit`), loadTexts()]);
  if (!answer.ok) throw problemFrom(answer.status, await answer.text());
  const page = await answer.json();
  main.replaceChildren(visitSheet(page, (id) => `${own}/clips/${id}`, {
    tools: [el("div", { class: "row tight actions" }, el("button", { type: "button", class: "main", onclick: () => print() }, t("visit.print")))],
  }));
}

show().catch((error) => main.replaceChildren(el("p", { class: "card plain" }, error.message)));

// Which view stands under which address, and who is signed in.

import { api } from "./api.js";
import { el, focusOn, part, say } from "./dom.js";
import { showNew } from "./new.js";
import { showSignIn } from "./session.js";
import { chooseLanguage, language, LANGUAGES, loadTexts, t, translate } from "./texts.js";

/** A view whose module is loaded when it is first shown, so that the page begins with few. */
const from = (module, name) => async (main, rest, signal, ...more) => {
  const found = await import(module);
  if (!signal.aborted) await found[name](main, rest, signal, ...more);
};

const VIEWS = {
  "": { show: showNew, nav: "new", title: "New clip" },
  phone: { show: from("./join.js", "showPhone"), nav: "new", title: "Use a phone" },
  join: { show: from("./join.js", "showJoin"), nav: null, title: "Join", open: true },
  film: { show: from("./film.js", "showFilm"), nav: "new", title: "Film" },
  history: { show: from("./history.js", "showHistory"), nav: "history", title: "History" },
  clip: { show: from("./clip.js", "showClip"), nav: null, title: "Clip" },
  compare: { show: from("./compare.js", "showPicking"), nav: "compare", title: "Compare" },
  comparison: { show: from("./comparison.js", "showComparison"), nav: "compare", title: "Comparison" },
  runner: { show: from("./runner.js", "showRunner"), nav: "history", title: "Runner" },
  visit: { show: from("./visit.js", "showVisit"), nav: "history", title: "Visit" },
  together: { show: from("./together.js", "showTogether"), nav: "history", title: "Side and rear together" },
};

const main = document.getElementById("main");
const nav = document.querySelector("header nav");
const who = document.querySelector("header .who");
const ready = loadTexts().then(() => {
  for (const fixed of document.querySelectorAll("body > :not(main, template)")) translate(fixed);
});
let leaving = new AbortController();
let first = true;

/** Show the view of the address; the one before is left, and whatever it had running stops. */
async function route() {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [name, ...rest] = path.split("/");
  const view = VIEWS[name] ?? VIEWS[""];
  ready.then(() => signal.aborted || mark(view));
  main.replaceChildren();
  try {
    const [session] = await Promise.all([api.session(), ready]);
    if (signal.aborted) return;
    showWho(session);
    if (session.needs_token && !session.signed_in && !view.open) showSignIn(main, route);
    else await view.show(main, rest.map(decodeURIComponent), signal, session, new URLSearchParams(query));
  } catch (error) {
    if (signal.aborted || error.name === "AbortError") return;
    if (error.status === 401) showSignIn(main, route);
    else showFailure(error);
  }
  if (!first && !signal.aborted) focusTitle();
  first = false;
}

function mark(view) {
  document.title = `${t(view.title)} · formcheck`;
  for (const link of nav.querySelectorAll("a")) {
    if (link.dataset.nav === view.nav) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function showWho(session) {
  const known = !session.needs_token || session.signed_in;
  nav.hidden = !known;
  part(who, "phone").hidden = !session.can_join;
  who.hidden = !(session.needs_token && session.signed_in);
  part(who, "name").textContent = session.name ?? "";
}

/** A view begins where its title stands, also for a screen reader. */
function focusTitle() {
  focusOn(main.querySelector("h1") ?? main);
  scrollTo(0, 0);
}

function showFailure(error) {
  if (!error.status && error.name !== "Error") console.error(error);
  main.replaceChildren(
    el("h1", {}, error.status === 404 ? "Not here" : "Something went wrong"),
    el(
      "div",
      { class: "card plain" },
      el("p", {}, error.message),
      el("p", { class: "row" }, el("a", { class: "button", href: "#/history" }, "Back to History")),
    ),
  );
  say(error.message, true);
}

part(who, "out").addEventListener("click", async () => {
  await api.signOut();
  location.hash = "#/";
  route();
});
const languages = part(document.querySelector(".foot"), "language");
languages.append(
  ...Object.entries(LANGUAGES).map(([code, name]) => el("option", { value: code }, name)),
);
languages.value = language();
part(document.querySelector(".foot"), "language-note").hidden = language() === "en";
languages.addEventListener("change", () => {
  chooseLanguage(languages.value);
  location.reload();
});
// Addresses after the # name views, so the skip link moves the focus by hand.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  focusOn(main.querySelector("h1") ?? main);
});
addEventListener("hashchange", route);
route();

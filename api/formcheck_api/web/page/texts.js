// The page's sentences in the reader's language. A language is one file in texts/: what has a name
// there goes by it, everything else by its English words.

import { recallText, rememberText } from "./memory.js";

const KEY = "formcheck.language";
const WORDED = ["aria-label", "alt", "data-label", "placeholder", "title"];
export const LANGUAGES = { en: "English", de: "Deutsch", es: "Español" };

let texts = Object.create(null);
let loading = null;

/** The language to show: what was chosen here, else English. */
export function language() {
  const chosen = recallText(KEY);
  return Object.hasOwn(LANGUAGES, chosen) ? chosen : "en";
}

/** Keep another language for this browser. */
export function chooseLanguage(code) {
  rememberText(KEY, code);
}

async function read(code) {
  const answer = await fetch(`/page/texts/${code}.json`);
  return answer.ok ? answer.json() : {};
}

async function load() {
  const code = language();
  const [english, own] = await Promise.all([read("en"), code === "en" ? {} : read(code)]);
  texts = Object.assign(Object.create(null), english, own);
  document.documentElement.lang = code;
}

/** Load the texts once; what a language lacks is said in English. */
export function loadTexts() {
  loading ??= load();
  return loading;
}

/** A text by its name or its English words, with values put in for {names}. */
export function t(name, values = {}) {
  return (texts[name] ?? name).replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

/** A whole text in the reader's language, the space around it kept; as it is where none is known. */
export function worded(text) {
  const known = texts[text.trim()];
  return known === undefined ? text : text.replace(text.trim(), () => known);
}

/** Texts set one after the other with commas, each in the reader's language. */
export const listed = (text) => text.split(", ").map(worded).join(", ");

/** What somebody wrote: it stays as it is, even where it reads like a text of the page. */
export const own = (text) => document.createTextNode(text);

/** The attributes of an element that are read or heard. */
export const isWorded = (name) => WORDED.includes(name);

/** Put the static texts below a node into the reader's language. */
export function translate(root) {
  if (language() === "en") return root;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) node.data = worded(node.data);
    else
      for (const name of WORDED)
        if (node.hasAttribute(name)) node.setAttribute(name, worded(node.getAttribute(name)));
  }
  return root;
}

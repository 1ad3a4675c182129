// The page's sentences in the reader's language. A language is one file in texts/.

import { recallText, rememberText } from "./memory.js";

const KEY = "formcheck.language";
export const LANGUAGES = { en: "English", de: "Deutsch", es: "Español" };

let texts = {};

/** The language to show: what was chosen here, else the browser's where there is a file for it. */
export function language() {
  const chosen = recallText(KEY);
  return chosen in LANGUAGES ? chosen : "en";
}

/** Keep another language for this browser. */
export function chooseLanguage(code) {
  rememberText(KEY, code);
}

async function read(code) {
  const answer = await fetch(`/page/texts/${code}.json`);
  return answer.ok ? answer.json() : {};
}

/** Load the texts once; what a language lacks is said in English. */
export async function loadTexts() {
  const code = language();
  const [english, own] = await Promise.all([read("en"), code === "en" ? {} : read(code)]);
  texts = { ...english, ...own };
  document.documentElement.lang = code;
}

/** A text by its name, with values put in for {names}. */
export function t(name, values = {}) {
  return (texts[name] ?? name).replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

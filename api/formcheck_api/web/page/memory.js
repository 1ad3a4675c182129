// What this browser remembers, so that it need not be said again. One that keeps nothing is left alone.

const LAST = "formcheck.last";
const LAYERS = "formcheck.layers.";

/** A remembered text; null where there is none, or where the browser keeps none. */
export function recallText(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function rememberText(key, text) {
  try {
    localStorage.setItem(key, text);
  } catch {
    /* private windows may refuse */
  }
}

/** The values of the last clip; empty where none are remembered. */
export function recall() {
  return parsed(recallText(LAST)) ?? {};
}

export function remember(values) {
  rememberText(LAST, JSON.stringify(values));
}

/** The layers last drawn in a view; null where none were chosen yet. */
export function recallLayers(view) {
  return parsed(recallText(LAYERS + view));
}

export function rememberLayers(view, names) {
  rememberText(LAYERS + view, JSON.stringify(names));
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

// What this browser remembers of the last clip, so that it need not be typed again.

const KEY = "formcheck.last";

/** The remembered values; empty where the browser keeps none. */
export function recall() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

/** Remember values; a browser that keeps nothing is left alone. */
export function remember(values) {
  try {
    localStorage.setItem(KEY, JSON.stringify(values));
  } catch {
    /* private windows may refuse */
  }
}

const LAYERS = "formcheck.layers.";

/** The layers last drawn in a view; null where none were chosen yet. */
export function recallLayers(view) {
  try {
    return JSON.parse(localStorage.getItem(LAYERS + view));
  } catch {
    return null;
  }
}

export function rememberLayers(view, names) {
  try {
    localStorage.setItem(LAYERS + view, JSON.stringify(names));
  } catch {
    /* private windows may refuse */
  }
}

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

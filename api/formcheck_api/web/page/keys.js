// Keys that work all over a page, except where something is typed or chosen.

/** Call an action for its key until the signal is aborted. */
export function listenToKeys(actions, signal) {
  document.addEventListener(
    "keydown",
    (event) => {
      const action = actions[event.key];
      if (!action || event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return;
      event.preventDefault();
      action();
    },
    { signal },
  );
}

/** Whether a key means something else where it was pressed. */
function isTaken({ key, target }) {
  if (target.closest("input:not([type=range]), select, textarea, dialog")) return true;
  if (key.startsWith("Arrow")) return Boolean(target.closest("input"));
  return key === " " && Boolean(target.closest("button, a, summary, input"));
}

/** Let the arrow keys of a bar step by one. */
export function stepByKeys(bar, step) {
  bar.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    step(by);
  });
}

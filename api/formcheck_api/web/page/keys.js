// Keys that work all over a page, except where something is typed or chosen.

/** Call an action for its key until the signal is aborted. */
function listenToKeys(actions, signal) {
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

/** Play, step and go from instant to instant by keys, until the signal aborts. */
export function playByKeys(player, signal) {
  const [back, on] = [-1, 1].map((by) => () => player.step(by));
  listenToKeys(
    {
      ",": back,
      ".": on,
      ArrowLeft: back,
      ArrowRight: on,
      "[": () => player.toStop(-1),
      "]": () => player.toStop(1),
      k: () => player.toggle(),
      " ": () => player.toggle(),
      f: () => player.onFullScreen?.(),
    },
    signal,
  );
}

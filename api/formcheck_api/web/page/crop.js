// Parts of the picture around the runner, fitted into small canvases.

/** The part of the picture around the runner, or around hips and legs, in a frame. */
export function cropOf(body, frame, what) {
  const names = what === "legs" ? ["hip", "knee", "ankle", "heel", "toe"] : ["shoulder", "wrist", "hip", "ankle", "toe"];
  const points = names
    .flatMap((name) => ["left", "right"].map((side) => body.point(`${side}_${name}`, frame)))
    .concat(what === "legs" ? [] : [body.head(frame)])
    .filter(Boolean);
  if (!points.length) return [0, 0, 100, 100];
  const [xs, ys] = [0, 1].map((axis) => points.map((point) => point[axis]));
  const m = 0.32 * body.trunk;
  return [Math.min(...xs) - m, Math.min(...ys) - m, Math.max(...xs) + m, Math.max(...ys) + 1.9 * m];
}

/** Fit a box of the picture into a canvas; returns how to draw in the page's pixels. */
export function fitted(canvas, [left, top, right, bottom]) {
  const dots = window.devicePixelRatio || 1;
  const [w, h] = [canvas.clientWidth || 150, canvas.clientHeight || 170];
  [canvas.width, canvas.height] = [Math.round(w * dots), Math.round(h * dots)];
  const ctx = canvas.getContext("2d");
  ctx.setTransform(dots, 0, 0, dots, 0, 0);
  const scale = Math.min(w / (right - left), h / (bottom - top));
  const offset = [
    w / 2 - (scale * (left + right)) / 2,
    h / 2 - (scale * (top + bottom)) / 2,
  ];
  const place = ([x, y]) => [x * scale + offset[0], y * scale + offset[1]];
  return { ctx, place, scale, offset };
}

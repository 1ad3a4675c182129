// A video with a canvas over it: both fit their place, zoom and move together, and stay sharp.

const MOST_ZOOM = 8;

export class Stage {
  /** @param {HTMLElement} node that holds the video  @param {{width: number, height: number}} size of the upright picture */
  constructor(node, video, canvas, size) {
    this.node = node;
    this.video = video;
    this.canvas = canvas;
    this.size = size;
    this.zoom = 1;
    this.centre = [size.width / 2, size.height / 2];
    this.paint = () => {};
    this.#touch();
  }

  listen(signal) {
    const sizes = new ResizeObserver(() => this.fit());
    sizes.observe(this.node);
    signal.addEventListener("abort", () => sizes.disconnect());
  }

  /** Put the video and the canvas where they belong, and paint. */
  fit() {
    const { width, height } = this.size;
    const [w, h] = [this.node.clientWidth, this.node.clientHeight];
    if (!w || !h) return;
    this.scale = Math.min(w / width, h / height) * this.zoom;
    const at = (room, length, centre) =>
      length * this.scale <= room
        ? (room - length * this.scale) / 2
        : Math.min(0, Math.max(room - length * this.scale, room / 2 - centre * this.scale));
    this.offset = [at(w, width, this.centre[0]), at(h, height, this.centre[1])];
    Object.assign(this.video.style, {
      width: `${width * this.scale}px`,
      height: `${height * this.scale}px`,
      transform: `translate(${this.offset[0]}px, ${this.offset[1]}px)`,
    });
    this.dots = window.devicePixelRatio || 1;
    const [cw, ch] = [Math.round(w * this.dots), Math.round(h * this.dots)];
    if (this.canvas.width !== cw || this.canvas.height !== ch)
      [this.canvas.width, this.canvas.height] = [cw, ch];
    this.paint();
  }

  /** A cleared canvas to draw on in the page's own pixels. */
  brush() {
    const ctx = this.canvas.getContext("2d");
    ctx.setTransform(this.dots ?? 1, 0, 0, this.dots ?? 1, 0, 0);
    ctx.clearRect(0, 0, this.node.clientWidth, this.node.clientHeight);
    return ctx;
  }

  /** Where a point of the picture lies in the place, in the page's pixels. */
  place = ([x, y]) => [x * this.scale + this.offset[0], y * this.scale + this.offset[1]];

  /** The picture's point under a place of the page. */
  pointAt(clientX, clientY) {
    const box = this.node.getBoundingClientRect();
    return [
      (clientX - box.left - this.offset[0]) / this.scale,
      (clientY - box.top - this.offset[1]) / this.scale,
    ];
  }

  /** Zoom to a factor; the point under `about` (in the page) stays where it is. */
  zoomTo(zoom, about = null) {
    const before = about && this.pointAt(...about);
    this.zoom = Math.min(MOST_ZOOM, Math.max(1, zoom));
    this.fit();
    if (!before) return;
    const after = this.pointAt(...about);
    this.centre = this.#middle().map((value, k) => value + before[k] - after[k]);
    this.fit();
  }

  /** Show a box of the picture as large as it fits. */
  show([left, top, right, bottom], margin = 0.06) {
    const { width, height } = this.size;
    const [w, h] = [this.node.clientWidth, this.node.clientHeight];
    if (!w || !h) return;
    const whole = Math.min(w / width, h / height);
    const room = 1 + 2 * margin;
    const wanted = Math.min(w / ((right - left) * room), h / ((bottom - top) * room));
    this.centre = [(left + right) / 2, (top + bottom) / 2];
    this.zoomTo(wanted / whole);
  }

  #middle() {
    const box = this.node.getBoundingClientRect();
    return this.pointAt(box.left + box.width / 2, box.top + box.height / 2);
  }

  /** Wheel with Ctrl or two fingers zoom; a drag moves what is zoomed; a tap is told. */
  #touch() {
    const held = new Map();
    let pinch = null;
    let moved = false;
    this.node.addEventListener(
      "wheel",
      (event) => {
        if (!event.ctrlKey) return;
        event.preventDefault();
        this.zoomTo(this.zoom * Math.exp(-event.deltaY / 200), [event.clientX, event.clientY]);
      },
      { passive: false },
    );
    this.node.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || event.target.closest("button, .drag-bar")) return;
      held.set(event.pointerId, [event.clientX, event.clientY]);
      moved = held.size > 1;
      pinch = held.size === 2 ? { apart: apart(held), zoom: this.zoom } : null;
    });
    this.node.addEventListener("pointermove", (event) => {
      const from = held.get(event.pointerId);
      if (!from) return;
      const to = [event.clientX, event.clientY];
      if (Math.hypot(to[0] - from[0], to[1] - from[1]) < 3 && !moved) return;
      held.set(event.pointerId, to);
      moved = true;
      if (pinch && held.size === 2) {
        this.zoomTo((pinch.zoom * apart(held)) / pinch.apart, middle(held));
      } else if (this.zoom > 1) {
        this.node.setPointerCapture(event.pointerId);
        this.centre = this.#middle().map((value, k) => value - (to[k] - from[k]) / this.scale);
        this.fit();
      }
    });
    const leave = (event) => {
      const known = held.delete(event.pointerId);
      pinch = null;
      if (known && !moved && event.type === "pointerup") this.onTap?.(event);
    };
    for (const kind of ["pointerup", "pointercancel"]) this.node.addEventListener(kind, leave);
  }
}

function apart(held) {
  const [a, b] = [...held.values()];
  return Math.max(1, Math.hypot(a[0] - b[0], a[1] - b[1]));
}

function middle(held) {
  const [a, b] = [...held.values()];
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
}

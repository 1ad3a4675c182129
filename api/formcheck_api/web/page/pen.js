// Lines and texts on a canvas that can be read on any picture: everything has a dark rim.

export const COLOURS = {
  near: "#4fd2ff",
  far: "#ffab52",
  white: "#ffffff",
  yellow: "#ffe45c",
  ink: "rgb(8 14 18 / 72%)",
};

export class Pen {
  /** @param {CanvasRenderingContext2D} ctx  @param {(p: number[]) => number[]} place  @param {number} width of a usual line */
  constructor(ctx, place, width, text = 14) {
    Object.assign(this, { ctx, place, width, text });
  }

  /** Join points of the picture; null ones break the line. */
  line(points, colour, { width = 1, dash = null, opacity = 1 } = {}) {
    const known = points.filter(Boolean);
    if (known.length < 2) return;
    const { ctx } = this;
    const path = new Path2D();
    known.map(this.place).forEach(([x, y], k) => (k ? path.lineTo(x, y) : path.moveTo(x, y)));
    ctx.save();
    ctx.globalAlpha = opacity;
    ctx.lineCap = "round";
    ctx.lineJoin = "round";
    if (dash) ctx.setLineDash(dash.map((part) => part * this.width));
    ctx.strokeStyle = COLOURS.ink;
    ctx.lineWidth = width * this.width + 2.4;
    ctx.stroke(path);
    ctx.strokeStyle = colour;
    ctx.lineWidth = width * this.width;
    ctx.stroke(path);
    ctx.restore();
  }

  dot(point, colour, { radius = 1 } = {}) {
    if (!point) return;
    const { ctx } = this;
    const [x, y] = this.place(point);
    ctx.save();
    ctx.beginPath();
    ctx.arc(x, y, radius * this.width + 1.2, 0, 2 * Math.PI);
    ctx.fillStyle = COLOURS.ink;
    ctx.fill();
    ctx.beginPath();
    ctx.arc(x, y, radius * this.width, 0, 2 * Math.PI);
    ctx.fillStyle = colour;
    ctx.fill();
    ctx.restore();
  }

  /** A part of a circle around a point, between two directions of the picture. */
  arc(centre, from, to, radius, colour) {
    if (!centre) return;
    const a = Math.atan2(from[1], from[0]);
    let b = Math.atan2(to[1], to[0]);
    while (b - a > Math.PI) b -= 2 * Math.PI;
    while (b - a < -Math.PI) b += 2 * Math.PI;
    const points = Array.from({ length: 17 }, (_, k) => {
      const angle = a + ((b - a) * k) / 16;
      return [centre[0] + radius * Math.cos(angle), centre[1] + radius * Math.sin(angle)];
    });
    this.line(points, colour, { width: 0.6 });
  }

  /** A text on a dark plate; `shift` moves it from its point in the page's pixels. */
  label(text, point, colour, { align = 0.5, shift = [0, 0], size = 1, opacity = 1 } = {}) {
    if (!point || !text) return;
    const { ctx } = this;
    const px = Math.round(this.text * size);
    ctx.save();
    ctx.globalAlpha = opacity;
    ctx.font = `600 ${px}px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif`;
    const wide = ctx.measureText(text).width + 10;
    const high = px + 7;
    const [px0, py0] = this.place(point);
    const edge = ctx.canvas.width / (ctx.getTransform().a || 1);
    const x = Math.min(Math.max(px0 + shift[0] - align * wide, 2), edge - wide - 2);
    const y = py0 + shift[1] - high / 2;
    ctx.fillStyle = COLOURS.ink;
    ctx.beginPath();
    ctx.roundRect(x, y, wide, high, 5);
    ctx.fill();
    ctx.fillStyle = colour;
    ctx.textBaseline = "middle";
    ctx.fillText(text, x + 5, y + high / 2 + 0.5);
    ctx.restore();
  }
}

// How one curve is drawn: lines, axes, colours of the page, and the feet on the ground.

import { onGround } from "./series.js";
import { t } from "./texts.js";

export const HEIGHT = 78;
/** Room around the plot, in pixels: where its time axis begins and ends. */
export const MARGIN = { l: 40, r: 8, t: 6, b: 6 };
export const AXIS_ROOM = 22;

/** A value of a curve in words. */
export function reading(value, unit, info) {
  if (!Number.isFinite(value)) return "–";
  const text = Math.abs(value).toFixed(unit === "°" ? 0 : 1);
  const signed =
    info.adjust === "floor" || Number(text) === 0 ? "" : ` ${t(value > 0 ? info.up : info.down)}`;
  return `${text}${unit === "°" ? "°" : ` ${t(unit)}`}${signed}`;
}

/** The lines of one plot; the first foot's lies on top. */
export function traces(entry, times) {
  const colour = palette();
  return entry.lines
    .map((line) => ({
      x: times,
      y: line.values,
      type: "scatter",
      mode: "lines",
      connectgaps: false,
      hoverinfo: "skip",
      showlegend: false,
      line: { color: line.second ? colour.second : colour.accent, width: line.second ? 1.6 : 2.2 },
    }))
    .reverse();
}

/** Axes, colours and contacts of one plot. */
export function layout(entry, report, range, width, high = HEIGHT) {
  const colour = palette();
  const axis = {
    fixedrange: true,
    gridcolor: colour.line,
    linecolor: colour.line,
    zerolinecolor: colour.soft,
    tickfont: { color: colour.soft, size: 11 },
  };
  return {
    width,
    height: high + (entry.last ? AXIS_ROOM : 0),
    margin: { ...MARGIN, b: MARGIN.b + (entry.last ? AXIS_ROOM : 0) },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    hovermode: false,
    dragmode: false,
    showlegend: false,
    font: { family: "system-ui, sans-serif" },
    xaxis: {
      ...axis,
      range,
      showticklabels: entry.last,
      ticksuffix: " s",
      nticks: 8,
      zeroline: false,
    },
    yaxis: {
      ...axis,
      nticks: 4,
      zeroline: entry.info.adjust === "none",
      zerolinewidth: 1,
      automargin: false,
    },
    shapes: stanceShapes(report, range, colour),
  };
}

/**
 * Both feet on the floor of the plot: a tick at each contact, a bar up to toe-off where that is
 * known; the first foot's time on the ground also as a band.
 */
function stanceShapes(report, [from, to], colour) {
  const first = report.view?.near_side ?? "left";
  const shapes = [];
  for (const side of ["left", "right"]) {
    const [fillcolor, low] = side === first ? [colour.accent, 0] : [colour.second, 0.05];
    const common = { xref: "x", yref: "paper", layer: "below" };
    for (const [start, end] of onGround(report.events[side])) {
      if (end < from || start > to) continue;
      const box = {
        ...common,
        type: "rect",
        x0: Math.max(start, from),
        x1: Math.min(end, to),
        fillcolor,
        line: { width: 0 },
      };
      if (side === first) shapes.push({ ...box, y0: 0, y1: 1, opacity: 0.09 });
      shapes.push({ ...box, y0: low, y1: low + 0.04, opacity: 0.85 });
    }
    for (const x of report.events[side].initial_contact_s.filter(
      (time) => time >= from && time <= to,
    )) {
      shapes.push({
        ...common,
        type: "line",
        x0: x,
        x1: x,
        y0: low,
        y1: low + 0.13,
        line: { color: fillcolor, width: 2 },
      });
    }
  }
  return shapes;
}

function palette() {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(
    ["accent", "second", "line", "soft"].map((name) => [
      name,
      style.getPropertyValue(`--${name}`).trim(),
    ]),
  );
}

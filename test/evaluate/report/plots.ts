// The report's plots, as SVG that is written here: three kinds of them are not worth a library. Light background, so that they can be
// read wherever a Markdown file is shown.

const WIDTH = 760;
const HEIGHT = 420;
const LEFT = 60;
const BOTTOM = 46;
const TOP = 34;
const RIGHT = 190;
const COLOURS = ["#0b6e4f", "#c44536", "#3a5a98", "#b08900", "#777777", "#6b3fa0"] as const;
const CELL_WIDTH = 96;
const CELL_HEIGHT = 26;
const LABELS_WIDTH = 190;

export interface Curve {
  name: string;
  /** From 0 to 1 in both. */
  points: readonly { x: number; y: number }[];
}

/** Curves from 0 to 1 on both axes. */
export function plotCurves(title: string, axes: { x: string; y: string }, curves: readonly Curve[]): string {
  const toX = (x: number): number => LEFT + x * (WIDTH - LEFT - RIGHT);
  const toY = (y: number): number => HEIGHT - BOTTOM - y * (HEIGHT - BOTTOM - TOP);
  const grid = [0, 0.25, 0.5, 0.75, 1].flatMap((at) => [
    line(toX(0), toY(at), toX(1), toY(at), "#dddddd"),
    text(LEFT - 8, toY(at) + 4, String(at), "end"),
    text(toX(at), HEIGHT - BOTTOM + 18, String(at), "middle"),
  ]);
  const drawn = curves.flatMap(({ name, points }, at) => {
    const colour = COLOURS[at % COLOURS.length] ?? "#000000";
    const path = points.map(({ x, y }) => `${toX(x).toFixed(1)},${toY(y).toFixed(1)}`).join(" ");
    return [
      `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${path}"/>`,
      line(WIDTH - RIGHT + 14, TOP + 20 * at, WIDTH - RIGHT + 34, TOP + 20 * at, colour),
      text(WIDTH - RIGHT + 40, TOP + 20 * at + 4, name, "start"),
    ];
  });
  const labels = [
    text(LEFT, 18, title, "start"),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, axes.x, "middle"),
    `<g transform="translate(16 ${HEIGHT / 2}) rotate(-90)">${text(0, 0, axes.y, "middle")}</g>`,
  ];
  return svg(WIDTH, HEIGHT, [...grid, ...drawn, ...labels]);
}

export interface Bar {
  name: string;
  value: number;
  low: number;
  high: number;
}

/** Horizontal bars with their intervals, around 0. */
export function plotBars(title: string, unit: string, bars: readonly Bar[]): string {
  const height = TOP + BOTTOM + bars.length * CELL_HEIGHT;
  const most = Math.max(0.1, ...bars.flatMap(({ value, high }) => [value, high]));
  const least = Math.min(0, ...bars.flatMap(({ value, low }) => [value, low]));
  const left = LABELS_WIDTH;
  const toX = (value: number): number => left + ((value - least) / (most - least)) * (WIDTH - left - LEFT);
  const rows = bars.flatMap(({ name, value, low, high }, at) => {
    const y = TOP + at * CELL_HEIGHT;
    const from = Math.min(toX(0), toX(value));
    const width = Math.abs(toX(value) - toX(0));
    return [
      text(left - 8, y + 16, name, "end"),
      `<rect x="${from.toFixed(1)}" y="${y + 4}" width="${width.toFixed(1)}" height="${CELL_HEIGHT - 8}" fill="${COLOURS[0]}" opacity="0.75"/>`,
      line(toX(low), y + CELL_HEIGHT / 2, toX(high), y + CELL_HEIGHT / 2, "#222222"),
      text(toX(Math.max(value, high)) + 6, y + 16, percent(value), "start"),
    ];
  });
  const zero = line(toX(0), TOP, toX(0), height - BOTTOM, "#222222");
  return svg(WIDTH, height, [
    text(8, 18, title, "start"),
    ...rows,
    zero,
    text(toX(0), height - 12, unit, "middle"),
  ]);
}

export interface Table {
  rows: readonly string[];
  columns: readonly string[];
  /** 0 to 1; undefined: there is no such cell. */
  valueOf: (row: string, column: string) => number | undefined;
}

/** Shares by row and column, the larger the darker. */
export function plotShares(title: string, { rows, columns, valueOf }: Table): string {
  const width = LABELS_WIDTH + columns.length * CELL_WIDTH + 20;
  const height = TOP + 30 + rows.length * CELL_HEIGHT + 16;
  const heads = columns.map((column, at) =>
    text(LABELS_WIDTH + (at + 0.5) * CELL_WIDTH, TOP + 16, column, "middle", 10),
  );
  const cells = rows.flatMap((row, y) => [
    text(LABELS_WIDTH - 8, TOP + 47 + y * CELL_HEIGHT, row, "end"),
    ...columns.map((column, x) => {
      const value = valueOf(row, column);
      const at = { x: LABELS_WIDTH + x * CELL_WIDTH, y: TOP + 30 + y * CELL_HEIGHT };
      if (value === undefined) return text(at.x + CELL_WIDTH / 2, at.y + 17, "·", "middle");
      const fill = `<rect x="${at.x}" y="${at.y}" width="${CELL_WIDTH - 2}" height="${CELL_HEIGHT - 2}" fill="${COLOURS[0]}" opacity="${(0.06 + 0.8 * value).toFixed(2)}"/>`;
      return fill + text(at.x + CELL_WIDTH / 2, at.y + 17, percent(value), "middle");
    }),
  ]);
  return svg(width, height, [text(8, 18, title, "start"), ...heads, ...cells]);
}

function svg(width: number, height: number, content: readonly string[]): string {
  const box = `xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`;
  const style = `font-family="sans-serif" font-size="12" fill="#222222"`;
  return `<svg ${box} ${style}><rect width="100%" height="100%" fill="#ffffff"/>${content.join("\n")}</svg>\n`;
}

function line(x1: number, y1: number, x2: number, y2: number, colour: string): string {
  const at = [x1, y1, x2, y2].map((value) => value.toFixed(1));
  return `<line x1="${at[0]}" y1="${at[1]}" x2="${at[2]}" y2="${at[3]}" stroke="${colour}" stroke-width="1.5"/>`;
}

function text(x: number, y: number, said: string, anchor: "start" | "middle" | "end", size = 12): string {
  const safe = said.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" font-size="${size}">${safe}</text>`;
}

function percent(value: number): string {
  return `${Math.round(value * 100)} %`;
}

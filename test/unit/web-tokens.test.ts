// The colours of both themes keep their contrast on everything that they stand on, computed from the stylesheet itself.
// Contrast: WCAG 2.2, success criteria 1.4.3 (text, 4.5) and 1.4.11 (marks and controls, 3).

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const STYLES = readFileSync(join(import.meta.dirname, "../../dashboard/web/styles/tokens.css"), "utf8");
const TEXT_MIN = 4.5;
const MARK_MIN = 3;

const GROUNDS = ["page", "surface", "sunken"];
const TEXTS = ["ink", "ink-2", "ink-3", "credited", "value", "notice", "good", "failed"];
const TINTED = ["credited", "value", "notice", "good", "failed"];
const SERIES = [1, 2, 3, 4, 5, 6].map((number) => `series-${number}`);

type Theme = "light" | "dark";

/** `on`: what it stands on. Series stand on the surface alone. */
const PAIRS: readonly { token: string; on: string; least: number }[] = [
  ...TEXTS.flatMap((token) => GROUNDS.map((on) => ({ token, on, least: TEXT_MIN }))),
  ...TINTED.map((token) => ({ token, on: `${token}-tint`, least: TEXT_MIN })),
  { token: "on-action", on: "credited", least: TEXT_MIN },
  ...TINTED.map((token) => ({ token: "ink", on: `${token}-tint`, least: TEXT_MIN })),
  ...["line-strong", "uncredited", "past"].flatMap((token) =>
    GROUNDS.map((on) => ({ token, on, least: MARK_MIN })),
  ),
  ...SERIES.map((token) => ({ token, on: "surface", least: MARK_MIN })),
];

describe.each<Theme>(["light", "dark"])("in the %s theme", (theme) => {
  it.each(PAIRS)("$token on $on has a contrast of $least at least", ({ token, on, least }) => {
    const ratio = contrast(readColour(STYLES, token, theme), readColour(STYLES, on, theme));
    expect(ratio, `${token} on ${on}: ${ratio.toFixed(2)}`).toBeGreaterThanOrEqual(least);
  });
});

it("contrast is computed as WCAG defines it", () => {
  expect(contrast("#ffffff", "#000000")).toBeCloseTo(21, 5);
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.478, 3);
  expect(contrast("#ffffff", "#777777")).toBeCloseTo(4.478, 3);
});

it("a colour that lost its contrast is found", () => {
  const faint = STYLES.replace(/--ink-3: light-dark\(#\w+/, "--ink-3: light-dark(#aaaaaa");
  expect(contrast(readColour(faint, "ink-3", "light"), readColour(faint, "page", "light"))).toBeLessThan(
    TEXT_MIN,
  );
});

function readColour(styles: string, token: string, theme: Theme): string {
  const found = new RegExp(`--${token}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(styles);
  const colour = theme === "light" ? found?.[1] : found?.[2];
  if (colour === undefined) throw new Error(`tokens.css has no colour --${token}`);
  return colour;
}

/** From 1 to 21. */
function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** Relative luminance of an sRGB colour, `#rrggbb`. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

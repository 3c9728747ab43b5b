// How the web application writes figures: the same amount reads the same everywhere, and unknown never reads zero.

import { assert, double, property } from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatCalls,
  formatCost,
  formatCount,
  formatDay,
  formatShare,
  formatTime,
  formatTokens,
  formatUtc,
} from "../../dashboard/web/prepare/format.ts";

const SEED = 20_261_121;

describe("cost", () => {
  test.each([
    [385.4, "$385.40"],
    [1, "$1.00"],
    [1234.5, "$1\u202f234.50"],
    [9999.99, "$9\u202f999.99"],
    [9999.996, "$10\u202f000"],
    [18_420.7, "$18\u202f421"],
    [1_234_567, "$1\u202f234\u202f567"],
  ])("%d dollars read %s: cents below ten thousand, none from there", (costUsd, text) => {
    expect(formatCost(costUsd)).toBe(text);
  });

  test.each([
    [0.0031, "$0.0031"],
    [0.5, "$0.50"],
    [0.000_004_26, "$0.0000043"],
    [0.0999, "$0.10"],
    [0.994, "$0.99"],
    [0.996, "$1.00"],
  ])("%d dollars read %s: two significant digits under a dollar", (costUsd, text) => {
    expect(formatCost(costUsd)).toBe(text);
  });

  test("a true zero is $0.00, and an unknown cost is never a zero", () => {
    expect(formatCost(0)).toBe("$0.00");
    expect(formatCost(null)).toBe("unpriced");
  });

  test(`what costs something never reads as nothing (seed ${SEED})`, () => {
    const costs = double({ min: 1e-12, max: 1e9, noNaN: true });
    assert(
      property(costs, (costUsd) => {
        const written = Number(formatCost(costUsd).slice(1).replaceAll("\u202f", ""));
        expect(written).toBeGreaterThan(0);
        expect(Math.abs(written - costUsd) / costUsd).toBeLessThan(0.051);
      }),
      { seed: SEED },
    );
  });
});

describe("tokens", () => {
  test.each([
    [0, "0"],
    [840, "840"],
    [1234, "1.2\u202fk"],
    [61_400, "61\u202fk"],
    [999_600, "1.0\u202fM"],
    [4_100_000, "4.1\u202fM"],
    [93_600_000, "93.6\u202fM"],
    [281_000_000, "281\u202fM"],
    [1_900_000_000, "1.9\u202fB"],
    [2_000_000_000_000, "2\u202f000\u202fB"],
  ])("%d tokens read %s", (tokens, text) => {
    expect(formatTokens(tokens)).toBe(text);
  });

  test("unknown tokens are a dash, not a zero", () => {
    expect(formatTokens(null)).toBe("–");
  });
});

describe("counts and shares", () => {
  test("counts are grouped by three digits", () => {
    expect(formatCount(999)).toBe("999");
    expect(formatCount(2_310_004)).toBe("2\u202f310\u202f004");
    expect(formatCalls(1)).toBe("1 call");
    expect(formatCalls(1400)).toBe("1\u202f400 calls");
  });

  test.each([
    [0, "0\u202f%"],
    [0.004, "<\u202f1\u202f%"],
    [0.01, "1\u202f%"],
    [0.916, "92\u202f%"],
    [0.9996, ">\u202f99\u202f%"],
    [1, "100\u202f%"],
    [null, "–"],
  ])("a share of %s reads %s", (share, text) => {
    expect(formatShare(share)).toBe(text);
  });
});

describe("dates and times", () => {
  test("a day carries its year only if it is not this one", () => {
    expect(formatDay("2026-11-09", "2026-11-21")).toBe("9 Nov");
    expect(formatDay("2025-12-31", "2026-01-01")).toBe("31 Dec 2025");
    expect(formatDay("2026-09-01", "2026-11-21")).toBe("1 Sep");
  });

  test("a time is the viewer's, and in UTC on hover", () => {
    expect(formatTime("2026-11-21T13:05:40.000Z", "Europe/Berlin")).toBe("14:05");
    expect(formatTime("2026-11-21T23:05:40.000Z", "Europe/Berlin")).toBe("00:05");
    expect(formatUtc("2026-11-21T13:05:40.000Z")).toBe("2026-11-21 13:05 UTC");
  });
});

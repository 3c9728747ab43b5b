// The Gamma distribution, isotonic regression and concave majorant against published values and scipy 1.17.1.

import { describe, expect, it, test } from "vitest";
import { findConcaveMajorant, interpolate } from "../../analytics/stats/concave-majorant.ts";
import { gammaProbabilityBelow, gammaQuantile } from "../../analytics/stats/gamma.ts";
import { fitRising } from "../../analytics/stats/isotonic.ts";

/** x, shape, rate, and scipy.stats.gamma.cdf(x, shape, scale=1/rate). */
const BELOW = [
  [2, 2, 1, 0.5939941502901616],
  [0.5, 4, 4, 0.14287653950145296],
  [0.5, 5, 17, 0.9256360201854196],
  [0.5, 17.25, 33.5, 0.4836445161242576],
  [0.01, 0.3, 1, 0.27924099635901484],
  [30, 20, 1, 0.9781265315586091],
  [0.001, 0.05, 2, 0.7527873262856177],
  [1.01, 5000, 5000, 0.7609846747598248],
  [0.97, 10_000, 10_000, 0.0012341755844684902],
] as const;

/** Share, shape, rate, and scipy.stats.gamma.ppf(share, shape, scale=1/rate). */
const QUANTILES = [
  [0.05, 4, 4, 0.3415795991874577],
  [0.95, 4, 4, 1.9384141319831814],
  [0.5, 2, 1, 1.6783469900166612],
  [0.05, 17.25, 33.5, 0.32931765290811377],
  [0.95, 17.25, 33.5, 0.7343653029453691],
  [0.05, 0.1, 1, 5.930711291414248e-14],
  [0.999, 0.5, 2, 2.706891542665683],
  [0.95, 5000, 5000, 1.0233748897677937],
  [0.001, 3, 1, 0.1905333775684032],
  [0.05, 40, 0.01, 3019.5739194344733],
] as const;

describe("Gamma distribution", () => {
  it.each(BELOW)("below %d of Gamma(%d, %d) lies %d", (x, shape, rate, expected) => {
    expect(Math.abs(gammaProbabilityBelow(x, shape, rate) - expected)).toBeLessThan(1e-10);
  });

  it.each(QUANTILES)("a share of %d of Gamma(%d, %d) lies below %d", (share, shape, rate, expected) => {
    expect(Math.abs(gammaQuantile(share, shape, rate) / expected - 1)).toBeLessThan(1e-10);
  });

  it("is chi-square at half the degrees of freedom: the 5 % points of every table", () => {
    // Abramowitz and Stegun, "Handbook of Mathematical Functions" (1964), table 26.8: Q = 0.05 for 1, 2, 10 and 100 degrees.
    const points = [
      [1, 3.84146],
      [2, 5.99146],
      [10, 18.307],
      [100, 124.342],
    ] as const;
    const found = points.map(([degrees]) => gammaQuantile(0.95, degrees / 2, 0.5));
    expect(found.map((point, at) => Math.abs(point - (points[at]?.[1] ?? 0)) < 0.001)).toEqual(
      points.map(() => true),
    );
  });

  it("the quantile undoes the probability", () => {
    // Below the smallest numbers that there are lies more than a millionth of a very small shape, so that one starts higher.
    for (const [shape, shares] of [
      [0.02, [0.05, 0.5, 0.95]],
      [0.7, [1e-6, 0.05, 0.5, 0.95, 1 - 1e-6]],
      [40, [1e-6, 0.05, 0.5, 0.95, 1 - 1e-6]],
      [900, [1e-6, 0.05, 0.5, 0.95, 1 - 1e-6]],
    ] as const)
      for (const share of shares)
        expect(gammaProbabilityBelow(gammaQuantile(share, shape, 2.5), shape, 2.5)).toBeCloseTo(share, 9);
  });

  it("nothing lies below zero, and a share of all or nothing has no quantile", () => {
    expect(gammaProbabilityBelow(0, 2, 1)).toBe(0);
    expect(() => gammaQuantile(1, 2, 1)).toThrow("a share above 0 and below 1");
    expect(() => gammaProbabilityBelow(1, 0, 1)).toThrow("above 0");
  });
});

test("isotonic regression is that of scipy.optimize.isotonic_regression", () => {
  const means = [0.42, 0.34, 0.21, 0.31, 0.47, 0.53, 0.57, 0.58, 0.49, 0.52, 0.38];
  const weights = [45, 61, 61, 29, 94, 141, 69, 243, 120, 58, 13];
  const low = 0.3134693877551021;
  const high = 0.5450695825049702;
  const fitted = fitRising(means.map((mean, at) => ({ mean, weight: weights[at] ?? 0 })));
  [low, low, low, low, 0.47, 0.53, high, high, high, high, high].forEach((value, at) =>
    expect(fitted[at]).toBeCloseTo(value, 12),
  );
  expect(fitRising([])).toEqual([]);
});

test("the concave majorant is the upper hull, and is read between its points", () => {
  const hull = findConcaveMajorant([
    { x: 0, y: 0 },
    { x: 1, y: 1 },
    { x: 2, y: 1 },
    { x: 3, y: 3 },
    { x: 4, y: 3 },
  ]);
  expect(hull).toEqual([
    { x: 0, y: 0 },
    { x: 3, y: 3 },
    { x: 4, y: 3 },
  ]);
  expect([-1, 0, 2, 3.5, 9].map((x) => interpolate(hull, x))).toEqual([0, 0, 2, 3, 3]);
});

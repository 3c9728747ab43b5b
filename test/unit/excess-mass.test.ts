import { probit } from "simple-statistics";
import { expect, it } from "vitest";
import { measureExcessMass } from "../../analytics/stats/excess-mass.ts";
import { evaluatePolynomial, fitPolynomial } from "../../analytics/stats/least-squares.ts";

/** NIST StRD, data sets Wampler1 and Wampler2 (https://www.itl.nist.gov/div898/strd): x from 0 to 20. */
const WAMPLER = Array.from({ length: 21 }, (_, x) => x);

it("a polynomial has the certified coefficients of Wampler1 and Wampler2", () => {
  const first = fitPolynomial(
    WAMPLER.map((z) => ({ z, value: 1 + z + z ** 2 + z ** 3 + z ** 4 + z ** 5 })),
    5,
  );
  for (const coefficient of first) expect(coefficient).toBeCloseTo(1, 6);
  const second = fitPolynomial(
    WAMPLER.map((z) => ({ z, value: evaluatePolynomial([1, 0.1, 0.01, 0.001, 0.0001, 0.00001], z) })),
    5,
  );
  second.forEach((coefficient, power) => expect(coefficient * 10 ** power).toBeCloseTo(1, 9));
});

it("points that do not determine a polynomial are refused", () => {
  const points = [0, 0, 1].map((z) => ({ z, value: z }));
  expect(() => fitPolynomial(points, 2)).toThrow(RangeError);
});

/** 4,000 quantiles of a log-normal distribution around 120. */
const SMOOTH = Array.from({ length: 4000 }, (_, at) =>
  Math.exp(Math.log(120) + 0.8 * probit((at + 0.5) / 4000)),
);

it("excess mass is what numpy.polyfit gives for the same values", () => {
  const mass = measureExcessMass([...SMOOTH, ...Array.from({ length: 150 }, () => 103)], 100);
  // numpy 2.3: counts 347 and 191, fitted 196.2523 and 190.7105. probit is simple-statistics' approximation, so that a value or two
  // may lie in the next bin.
  expect(Math.abs((mass?.excess ?? 0) - 0.7681)).toBeLessThan(0.03);
  expect(Math.abs((mass?.expectedAbove ?? 0) - 196.25)).toBeLessThan(2);
});

it("a smooth distribution has next to none, at whatever threshold", () => {
  for (const threshold of [60, 100, 120, 200])
    expect(Math.abs(measureExcessMass(SMOOTH, threshold)?.excess ?? 1)).toBeLessThan(0.08);
});

it("a threshold where there is nobody is not measured", () => {
  expect(measureExcessMass(SMOOTH, 1e6)).toBeUndefined();
});

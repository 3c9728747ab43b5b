// Bunching at a threshold: how many more values lie just above it than a smooth distribution would have there.
//
// Method: Chetty, Friedman, Olsen and Pistaferri, "Adjustment Costs, Firm Responses, and Micro vs. Macro Labor Supply
// Elasticities", QJE 126 (2011), as Kleven, "Bunching", Annual Review of Economics 8 (2016) describes it for a notch. Values are
// counted in bins; a polynomial is fitted to the bins outside of a region around the threshold; the excess is what the bins just
// above hold beyond it, in units of the polynomial's mean there. Usage spreads over orders of magnitude, so that bins are of equal
// width in the logarithm of value / threshold.
//
// Assumes that without the threshold the density would be smooth across the whole range. Round numbers and product limits break
// that, which is what placebo thresholds are for.

import { evaluatePolynomial, fitPolynomial } from "./least-squares.ts";

/** Width of a bin in ln(value / threshold): 5 %. */
export const BIN_WIDTH = 0.05;
/** Bins on each side: values from 0.37 to 2.7 times the threshold. */
const BINS_EACH_SIDE = 20;
/** Whoever reaches for the threshold lands in these bins above it, and is missing from these below. */
const BINS_ABOVE = 2;
const BINS_BELOW = 4;
const DEGREE = 5;

export interface ExcessMass {
  /** Values in the bins just above the threshold, and what the smooth distribution has there. */
  above: number;
  expectedAbove: number;
  /** The same for as many bins just below. */
  below: number;
  expectedBelow: number;
  /** (above - expectedAbove) / expectedAbove: 0 without bunching, 1 where there are twice as many as there should be. */
  excess: number;
}

/**
 * @param values greater than 0
 * @returns undefined where the smooth distribution has next to nothing at the threshold
 */
export function measureExcessMass(values: readonly number[], threshold: number): ExcessMass | undefined {
  const counts = countBins(values, threshold);
  const outside = counts.flatMap((count, at) => {
    const bin = at - BINS_EACH_SIDE;
    return bin >= -BINS_BELOW && bin < BINS_ABOVE ? [] : [{ z: centreOf(bin), value: count }];
  });
  const coefficients = fitPolynomial(outside, DEGREE);
  const counted = (bin: number): number => counts[bin + BINS_EACH_SIDE] ?? 0;
  const expected = (bin: number): number => Math.max(0, evaluatePolynomial(coefficients, centreOf(bin)));
  const expectedAbove = sumOver(0, BINS_ABOVE, expected);
  if (expectedAbove < 1) return undefined;
  const above = sumOver(0, BINS_ABOVE, counted);
  return {
    above,
    expectedAbove,
    below: sumOver(-BINS_ABOVE, 0, counted),
    expectedBelow: sumOver(-BINS_ABOVE, 0, expected),
    excess: (above - expectedAbove) / expectedAbove,
  };
}

/** Over bins; the last one is not included. */
function sumOver(from: number, to: number, valueOf: (bin: number) => number): number {
  let total = 0;
  for (let bin = from; bin < to; bin += 1) total += valueOf(bin);
  return total;
}

/** Of a bin, 0 being the first above the threshold: from -1 to 1 over the whole range. */
function centreOf(bin: number): number {
  return (bin + 0.5) / BINS_EACH_SIDE;
}

function countBins(values: readonly number[], threshold: number): number[] {
  const counts = Array.from({ length: 2 * BINS_EACH_SIDE }, () => 0);
  for (const value of values) {
    const bin = Math.floor(Math.log(value / threshold) / BIN_WIDTH) + BINS_EACH_SIDE;
    if (bin >= 0 && bin < counts.length) counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

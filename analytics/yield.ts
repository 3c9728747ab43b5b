// Yield: what came out, over what was expected of such runs; 1 is as expected.
//
// Outcomes are counted as Poisson with mean λE, where E were expected; people's λ are spread as Gamma(a, b). Then λ, after o outcomes,
// is Gamma(a + o, b + E), whose mean (a + o) / (b + E) is the yield: with little evidence it stays near 1.

import type { Verdict } from "../schemas/closed-lists.ts";
import type { Method } from "../schemas/method.ts";
import { gammaProbabilityBelow, gammaQuantile } from "./stats/gamma.ts";

export interface Evidence {
  outcomes: number;
  /** Above 0. */
  expected: number;
  /** a and b, of the class. */
  priorShape: number;
  priorRate: number;
}

export interface Yield {
  mean: number;
  /** Of the interval that holds method.intervalMass of what is known. */
  low: number;
  high: number;
  /** P(λ < method.lowYield). */
  lowValueProbability: number;
}

export function estimateYield(
  { outcomes, expected, priorShape, priorRate }: Evidence,
  method: Method["yield"],
): Yield {
  const shape = priorShape + outcomes;
  const rate = priorRate + expected;
  const tail = (1 - method.intervalMass) / 2;
  return {
    mean: shape / rate,
    low: gammaQuantile(tail, shape, rate),
    high: gammaQuantile(1 - tail, shape, rate),
    lowValueProbability: gammaProbabilityBelow(method.lowYield, shape, rate),
  };
}

/** @param expected outcomes; too few of them say nothing, whatever the estimate */
export function toVerdict(estimate: Yield, expected: number, method: Method["yield"]): Verdict {
  if (expected < method.expectedOutcomesMin) return "not_enough_evidence";
  if (estimate.lowValueProbability >= method.lowValueProbabilityMin) return "low_value";
  return estimate.low > 1 ? "above_expected" : "as_expected";
}

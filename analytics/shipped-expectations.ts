// What is expected of a run, and what an outcome usually costs, until the organisation has enough runs of its own. Plain numbers,
// fitted by expectations.ts to 1,500 real agent runs: 113 sessions of developers (landed commits), 484 of SWE-bench and 903 of
// Terminal-Bench (task resolved). `npm run fit:expectations` fits them again; docs/decisions/0027-yield.md says what is wrong with them.

import type { ModelTier } from "../schemas/closed-lists.ts";

/** Upper bound in USD of each bin of cost but the last: doubling, from a cent on. Fitted expectations have the same bins. */
export const COST_EDGES_USD: readonly number[] = Array.from({ length: 13 }, (_, at) => 0.01 * 2 ** at);

/** Outcomes of one run, by bin of its cost. */
export const SHIPPED_EXPECTED_OUTCOMES: readonly number[] = [
  0.31, 0.33, 0.36, 0.42, 0.56, 0.64, 0.65, 0.69, 0.74, 0.87, 1.13, 1.13, 1.13, 1.13,
];

/** Median cost of an outcome in USD. Of a model without a list price, that of the cheapest. */
export const SHIPPED_REFERENCE_COSTS_USD: Readonly<Record<ModelTier, number>> = {
  small: 0.21,
  medium: 0.76,
  large: 0.78,
  unknown: 0.21,
};

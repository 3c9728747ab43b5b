// What is expected of a run, and what an outcome usually costs, until the organisation has enough runs of its own. Plain numbers,
// fitted by expectations.ts to 1,593 real agent runs: 206 sessions of developers (landed commits), 484 of SWE-bench and 903 of
// Terminal-Bench (task resolved). docs/decisions/0027-yield.md says how, and what is wrong with them.

import type { ModelTier } from "../schemas/closed-lists.ts";

/** Upper bound in USD of each bin of cost but the last: doubling, from a cent on. Fitted expectations have the same bins. */
export const COST_EDGES_USD: readonly number[] = Array.from({ length: 13 }, (_, at) => 0.01 * 2 ** at);

/** Outcomes of one run, by bin of its cost. */
export const SHIPPED_EXPECTED_OUTCOMES: readonly number[] = [
  0.3, 0.32, 0.34, 0.4, 0.55, 0.65, 0.68, 0.75, 0.86, 1.1, 1.7, 2.25, 2.25, 2.25,
];

/** Median cost of an outcome in USD. Of a model without a list price, that of the cheapest. */
export const SHIPPED_REFERENCE_COSTS_USD: Readonly<Record<ModelTier, number>> = {
  small: 0.25,
  medium: 0.5,
  large: 1.2,
  unknown: 0.25,
};

// What is expected of a run, by its cost: a curve that rises, and ever more slowly, because dear runs are hard ones. It is fitted to
// the mean outcomes of the runs in bins of cost (isotonic regression), bent so that twice the cost never gives more than twice the
// outcomes (concave majorant through nothing at no cost), and scaled back to the outcomes that there were.
//
// Always holds: over the runs that it was fitted to, as many outcomes are expected as there were.

import { findConcaveMajorant, interpolate, type Point } from "./stats/concave-majorant.ts";
import { fitRising } from "./stats/isotonic.ts";

/** The runs of one class and tier whose cost lies in one bin. */
export interface CostBin {
  runs: number;
  outcomes: number;
  costUsd: number;
}

/**
 * @param bins one for each bin of cost, cheapest first; those without runs are filled from their neighbours
 * @param edges upper bound in USD of each bin but the last
 * @returns expected outcomes of one run, by bin
 */
export function fitExpectations(bins: readonly CostBin[], edges: readonly number[]): number[] {
  const filled = bins.filter(({ runs }) => runs > 0);
  const rising = fitRising(filled.map(({ runs, outcomes }) => ({ mean: outcomes / runs, weight: runs })));
  const points = filled.map(({ runs, costUsd }, at): Point => ({ x: costUsd / runs, y: rising[at] ?? 0 }));
  // Runs without a price all lie at no cost; of them something may be expected all the same.
  const origin = points[0]?.x === 0 ? [] : [{ x: 0, y: 0 }];
  const curve = findConcaveMajorant([...origin, ...points]);
  const expected = bins.map(({ runs, costUsd }, at) =>
    interpolate(curve, runs > 0 ? costUsd / runs : toTypicalCost(edges, at)),
  );
  const outcomes = bins.reduce((sum, bin) => sum + bin.outcomes, 0);
  const fitted = bins.reduce((sum, { runs }, at) => sum + runs * (expected[at] ?? 0), 0);
  const scale = fitted > 0 ? outcomes / fitted : 0;
  return expected.map((value) => value * scale);
}

/** The middle of a bin, in the logarithm of the cost; of the last one its lower bound. */
function toTypicalCost(edges: readonly number[], at: number): number {
  const upper = edges[at] ?? edges.at(-1) ?? 0;
  const lower = at === 0 ? upper / 2 : (edges[at - 1] ?? upper);
  return Math.sqrt(lower * upper);
}

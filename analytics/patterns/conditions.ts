// What has to hold before a person is told of a pattern: conditions (a) to (d) of the method, of which each is there for a reason of its
// own. That no explanation covers it (e), and that its person was told in time (f), is decided step by step (steps.ts).
//
// Always holds: little value alone is never enough, and neither is a mechanism alone.

import type { Method } from "../../schemas/method.ts";
import { estimateYield } from "../yield.ts";
import type { Candidate } from "./candidate.ts";

export const CONDITIONS = ["value", "families", "cost", "weeks"] as const;
export type Condition = (typeof CONDITIONS)[number];

/** Of the runs that the mechanisms name, over the weeks looked at. */
export interface Figures {
  namedCostUsd: number;
  /** Of all of the person's calls in those weeks. */
  ownCostUsd: number;
  dueOutcomes: number;
  expectedOutcomes: number;
  /** Null, as the yield is: too little was expected to tell. */
  pLowValue: number | null;
  yieldMean: number | null;
  yieldLow: number | null;
  yieldHigh: number | null;
}

export const NO_FIGURES: Figures = {
  namedCostUsd: 0,
  ownCostUsd: 0,
  dueOutcomes: 0,
  expectedOutcomes: 0,
  pLowValue: null,
  yieldMean: null,
  yieldLow: null,
  yieldHigh: null,
};

/** @returns those that do not hold */
export function listUnmet(
  { families, weeks }: Pick<Candidate, "families" | "weeks">,
  { namedCostUsd, ownCostUsd, pLowValue }: Figures,
  { patterns, yield: value }: Pick<Method, "patterns" | "yield">,
): Condition[] {
  const isOfLittleValue = pLowValue !== null && pLowValue >= value.lowValueProbabilityMin;
  const isReplayedByTimer = families.includes("replay") && families.includes("schedule");
  const holds: Record<Condition, boolean> = {
    value: isOfLittleValue || isReplayedByTimer,
    families: families.length >= patterns.familiesMin,
    cost: namedCostUsd >= Math.max(patterns.costUsdMin, patterns.ownShareMin * ownCostUsd),
    weeks: weeks.length >= patterns.weeksMin,
  };
  return CONDITIONS.filter((condition) => !holds[condition]);
}

export interface NamedOutcomes {
  dueOutcomes: number;
  expectedOutcomes: number;
  /** Of their class; 0: it has no baseline. */
  priorShape: number;
  priorRate: number;
}

/** Yield of those runs, and P(it is low); nulls where too little was expected of them. */
export function toYieldFigures(
  { dueOutcomes, expectedOutcomes, priorShape, priorRate }: NamedOutcomes,
  method: Method["yield"],
): Pick<Figures, "pLowValue" | "yieldMean" | "yieldLow" | "yieldHigh"> {
  if (expectedOutcomes < method.expectedOutcomesMin)
    return { pLowValue: null, yieldMean: null, yieldLow: null, yieldHigh: null };
  const shipped = 1 / method.dispersionDefault;
  const prior =
    priorShape > 0 && priorRate > 0 ? { priorShape, priorRate } : { priorShape: shipped, priorRate: shipped };
  const evidence = { outcomes: dueOutcomes, expected: expectedOutcomes, ...prior };
  const { lowValueProbability, mean, low, high } = estimateYield(evidence, method);
  return { pLowValue: lowValueProbability, yieldMean: mean, yieldLow: low, yieldHigh: high };
}

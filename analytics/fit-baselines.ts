// What is expected of the runs of a week, made of what the weeks before it brought: a row for each class and tier.
//
// Where the organisation has too few runs of a class and tier, or too few people or outcomes, the shipped numbers hold. Coverage and
// the spread of people's yields are those of the class.

import { WORKLOAD_CLASSES, type ModelTier } from "../schemas/closed-lists.ts";
import type { Method } from "../schemas/method.ts";
import { fitExpectations, type CostBin } from "./expectations.ts";
import { TIERS_BY_PRICE } from "./model-tiers.ts";
import {
  COST_EDGES_USD,
  SHIPPED_EXPECTED_OUTCOMES,
  SHIPPED_REFERENCE_COSTS_USD,
} from "./shipped-expectations.ts";

/** Undeclared work is a class of its own. */
const CLASSES = ["", ...WORKLOAD_CLASSES];
const BINS = COST_EDGES_USD.length + 1;

interface OfClass {
  week: string;
  workload_class: string;
}

interface OfGroup extends OfClass {
  model_tier: string;
}

/** Runs of the weeks before, whose cost lies in one bin. */
export interface SummedBin extends OfGroup {
  /** From 1. */
  bin: number;
  runs: number;
  cost_usd: number;
  outcomes: number;
  /** Those that are more than a person's own word. */
  trusted_outcomes: number;
  observable_runs: number;
}

/** Variance of people's yields beyond chance. */
export interface Dispersion extends OfClass {
  people: number;
  variance: number;
}

/** Median cost of an outcome. */
export interface Reference extends OfGroup {
  outcomes: number;
  median_usd: number;
}

export interface FittedGroup {
  week: string;
  workload_class: string;
  model_tier: ModelTier;
  is_default: boolean;
  runs: number;
  expected_outcomes: number[];
}

export interface Baseline extends FittedGroup {
  coverage: number | null;
  cost_edges: readonly number[];
  dispersion: number;
  prior_shape: number;
  prior_rate: number;
  reference_outcomes: number;
  reference_cost_usd: number;
}

/** Of all classes and tiers, whether there were runs or not. */
export function fitGroups(
  week: string,
  summed: readonly SummedBin[],
  method: Method["yield"],
): FittedGroup[] {
  return CLASSES.flatMap((workload_class) =>
    TIERS_BY_PRICE.map((model_tier) => {
      const group = { week, workload_class, model_tier };
      const own = summed.filter((bin) => isOfClass(bin, group) && bin.model_tier === model_tier);
      const runs = own.reduce((sum, bin) => sum + bin.runs, 0);
      if (runs < method.fitRunsMin)
        return { ...group, is_default: true, runs, expected_outcomes: [...SHIPPED_EXPECTED_OUTCOMES] };
      return { ...group, is_default: false, runs, expected_outcomes: fitBins(own) };
    }),
  );
}

export function toBaselines(
  {
    groups,
    bins,
    dispersions,
    references,
  }: {
    groups: readonly FittedGroup[];
    bins: readonly SummedBin[];
    dispersions: readonly Dispersion[];
    references: readonly Reference[];
  },
  method: Method["yield"],
): Baseline[] {
  return groups.map((group) => {
    const dispersion = toDispersion(
      dispersions.find((row) => isOfClass(row, group)),
      method,
    );
    // Both 1 / v, so that the mean is 1 and the variance v.
    const prior = 1 / Math.max(dispersion, method.priorVarianceMin);
    const ofClass = bins.filter((row) => isOfClass(row, group));
    const reference = references.find((row) => isOfClass(row, group) && row.model_tier === group.model_tier);
    return {
      ...group,
      coverage: measureCoverage(ofClass, method),
      cost_edges: COST_EDGES_USD,
      dispersion,
      prior_shape: prior,
      prior_rate: prior,
      reference_outcomes: reference?.outcomes ?? 0,
      reference_cost_usd:
        reference === undefined || reference.outcomes < method.referenceOutcomesMin
          ? SHIPPED_REFERENCE_COSTS_USD[group.model_tier]
          : reference.median_usd,
    };
  });
}

function isOfClass(row: OfClass, { week, workload_class }: OfClass): boolean {
  return row.week === week && row.workload_class === workload_class;
}

function fitBins(summed: readonly SummedBin[]): number[] {
  const bins = Array.from({ length: BINS }, (_, at): CostBin => {
    const bin = summed.find((each) => each.bin === at + 1);
    return { runs: bin?.runs ?? 0, outcomes: bin?.outcomes ?? 0, costUsd: bin?.cost_usd ?? 0 };
  });
  return fitExpectations(bins, COST_EDGES_USD);
}

/**
 * Share of a class's runs whose outcomes could be seen: those that wrote something, or have an outcome. Where no source ever told of
 * an outcome of the class, what it wrote went where nobody looks.
 * @returns null where there are too few runs to tell
 */
function measureCoverage(bins: readonly SummedBin[], { coverageRunsMin }: Method["yield"]): number | null {
  const sum = (countOf: (bin: SummedBin) => number): number =>
    bins.reduce((total, bin) => total + countOf(bin), 0);
  const runs = sum((bin) => bin.runs);
  if (runs < coverageRunsMin) return null;
  return sum((bin) => bin.trusted_outcomes) > 0 ? sum((bin) => bin.observable_runs) / runs : 0;
}

function toDispersion(
  measured: Dispersion | undefined,
  { dispersionPeopleMin, dispersionDefault, dispersionMin }: Method["yield"],
): number {
  if (measured === undefined || measured.people < dispersionPeopleMin) return dispersionDefault;
  return Math.max(dispersionMin, measured.variance);
}

// What is expected of the runs of a week: made once, from the weeks before it, for all classes and tiers at the same time, and never
// again. So a call that comes in late changes the scores of its own run and week, and nobody else's.
//
// Where the organisation has too few runs of a class and tier, the shipped numbers hold. Coverage and the spread of people's yields
// are those of the class.

import { WORKLOAD_CLASSES, type ModelTier } from "../schemas/closed-lists.ts";
import { VALUE_KINDS } from "../schemas/method/outcome-weights.ts";
import type { Method } from "../schemas/method.ts";
import { fitExpectations, type CostBin } from "./expectations.ts";
import { findModelTier, TIERS_BY_PRICE } from "./model-tiers.ts";
import type { AnalysisPass } from "./pass.ts";
import {
  findBarrenWeeks,
  listModels,
  measureDispersion,
  measureReferences,
  storeReferences,
  sumBins,
} from "./queries/baseline-runs.ts";
import {
  COST_EDGES_USD,
  SHIPPED_EXPECTED_OUTCOMES,
  SHIPPED_REFERENCE_COSTS_USD,
} from "./shipped-expectations.ts";

/** Names of models come from clients, so there may be any number of them; those beyond have no tier. */
const MODELS_MAX = 10_000;
/** Weeks that one pass makes baselines for, the newest. Runs of weeks before these are scored without expectations. */
const WEEKS_MAX = 60;
const DAY_MS = 86_400_000;

const CLASSES = ["", ...WORKLOAD_CLASSES];
const BINS = COST_EDGES_USD.length + 1;

/** Which model has which tier, where the bins of cost end, and what is of value: what all statements on runs have to know. */
export interface Judging {
  models: string[];
  model_ranks: number[];
  cost_edges: number[];
  kinds: string[];
}

export async function readJudging({ store, config }: AnalysisPass): Promise<Judging> {
  const listed = await store.query(listModels, { models_max: MODELS_MAX });
  // A list in which nothing is looked up may not be empty.
  const models = ["", ...listed.map(({ model }) => model)];
  const model_ranks = models.map((model) =>
    TIERS_BY_PRICE.indexOf(findModelTier(model, config.method.yield)),
  );
  return { models, model_ranks, cost_edges: [...COST_EDGES_USD], kinds: [...VALUE_KINDS] };
}

/** Makes what is missing, all weeks together. References first: a week counts as made when its baselines are there. */
export async function freezeBaselines(pass: AnalysisPass, judging: Judging, scoredFrom: Date): Promise<void> {
  const { store, config, now } = pass;
  const barren = await store.query(findBarrenWeeks, {
    timezone: config.timezone,
    scored_from: scoredFrom,
    now,
    weeks_max: WEEKS_MAX,
  });
  if (barren.length > 0)
    await freezeWeeks(
      pass,
      judging,
      barren.map(({ week }) => week),
    );
}

async function freezeWeeks(pass: AnalysisPass, judging: Judging, weeks: string[]): Promise<void> {
  const { store, config, version, now } = pass;
  const { method, retentionDays, timezone } = config;
  const looking = {
    ...judging,
    weeks,
    timezone,
    weeks_back: method.yield.referenceWeeks,
    delay_days: method.outcomes.survivalDays,
  };
  const keptDays = Math.max(retentionDays.weeks, retentionDays.runs);
  const kept = {
    method_version: method.version,
    version,
    expires_at: new Date(now.getTime() + keptDays * DAY_MS),
  };
  const bins = await store.query(sumBins, looking);
  const groups = weeks.flatMap((week) => fitGroups(week, bins.filter(ofWeek(week)), method.yield));
  const fitted = groups.filter(({ is_default }) => !is_default);
  const dispersions = await store.query(measureDispersion, {
    ...looking,
    weeks_back: method.yield.weeks,
    groups: fitted.map(({ week, workload_class, model_tier }) => `${week} ${workload_class} ${model_tier}`),
    expected: fitted.map(({ expected_outcomes }) => expected_outcomes),
  });
  const references = await store.query(measureReferences, looking);
  await store.execute(storeReferences, {
    ...looking,
    ...kept,
    outcomes_min: method.yield.referenceOutcomesMin,
    tiers: [...TIERS_BY_PRICE],
    shipped_usd: TIERS_BY_PRICE.map((tier) => SHIPPED_REFERENCE_COSTS_USD[tier]),
  });
  const rows = groups.map((group) => {
    const dispersion = toDispersion(dispersions.find(ofClass(group)), method.yield);
    // Both 1 / v, so that the mean is 1 and the variance v.
    const prior = 1 / Math.max(dispersion, method.yield.priorVarianceMin);
    return {
      ...group,
      coverage: measureCoverage(bins.filter(ofClass(group)), method.yield),
      cost_edges: COST_EDGES_USD,
      dispersion,
      prior_shape: prior,
      prior_rate: prior,
      ...toReference(references, group, method.yield),
      ...kept,
    };
  });
  await store.insert("class_baselines", rows);
}

interface Group {
  week: string;
  workload_class: string;
  model_tier: ModelTier;
}

const ofWeek =
  (week: string) =>
  (row: { week: string }): boolean =>
    row.week === week;

const ofClass =
  ({ week, workload_class }: Group) =>
  (row: { week: string; workload_class: string }): boolean =>
    row.week === week && row.workload_class === workload_class;

/** The median that was found, or the shipped one; and how many outcomes were looked at for it. */
function toReference(
  found: readonly {
    week: string;
    workload_class: string;
    model_tier: string;
    outcomes: number;
    median_usd: number;
  }[],
  group: Group,
  { referenceOutcomesMin }: Method["yield"],
): { reference_outcomes: number; reference_cost_usd: number } {
  const own = found.filter(ofClass(group)).find((row) => row.model_tier === group.model_tier);
  const shipped = SHIPPED_REFERENCE_COSTS_USD[group.model_tier];
  if (own === undefined) return { reference_outcomes: 0, reference_cost_usd: shipped };
  const reference_cost_usd = own.outcomes < referenceOutcomesMin ? shipped : own.median_usd;
  return { reference_outcomes: own.outcomes, reference_cost_usd };
}

interface SummedBin {
  week: string;
  workload_class: string;
  model_tier: string;
  bin: number;
  runs: number;
  cost_usd: number;
  outcomes: number;
}

interface FittedGroup extends Group {
  is_default: boolean;
  runs: number;
  expected_outcomes: number[];
}

function fitGroups(week: string, summed: readonly SummedBin[], method: Method["yield"]): FittedGroup[] {
  return CLASSES.flatMap((workload_class) =>
    TIERS_BY_PRICE.map((model_tier) => {
      const group = { week, workload_class, model_tier };
      const own = summed.filter(ofClass(group)).filter((bin) => bin.model_tier === model_tier);
      const runs = own.reduce((sum, bin) => sum + bin.runs, 0);
      if (runs < method.fitRunsMin)
        return { ...group, is_default: true, runs, expected_outcomes: [...SHIPPED_EXPECTED_OUTCOMES] };
      return { ...group, is_default: false, runs, expected_outcomes: fitBins(own) };
    }),
  );
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
function measureCoverage(
  bins: readonly { runs: number; observable_runs: number; trusted_outcomes: number }[],
  { coverageRunsMin }: Method["yield"],
): number | null {
  const sum = (countOf: (bin: (typeof bins)[number]) => number): number =>
    bins.reduce((total, bin) => total + countOf(bin), 0);
  const runs = sum((bin) => bin.runs);
  if (runs < coverageRunsMin) return null;
  return sum((bin) => bin.trusted_outcomes) > 0 ? sum((bin) => bin.observable_runs) / runs : 0;
}

function toDispersion(
  measured: { people: number; variance: number } | undefined,
  { dispersionPeopleMin, dispersionDefault, dispersionMin }: Method["yield"],
): number {
  if (measured === undefined || measured.people < dispersionPeopleMin) return dispersionDefault;
  return Math.max(dispersionMin, measured.variance);
}

// What is expected of the runs of a week: made once, from the weeks before it, for all classes and tiers at the same time, and never
// again. So a call that comes in late changes the scores of its own run and week, and nobody else's.

import { VALUE_KINDS } from "../schemas/method/outcome-weights.ts";
import { fitGroups, toBaselines } from "./fit-baselines.ts";
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
import { COST_EDGES_USD, SHIPPED_REFERENCE_COSTS_USD } from "./shipped-expectations.ts";

/** Names of models come from clients, so there may be any number of them; those beyond have no tier. */
const MODELS_MAX = 10_000;
/** Weeks that one pass makes baselines for, the newest. Runs of weeks before these are scored without expectations. */
const WEEKS_MAX = 60;
const DAY_MS = 86_400_000;

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
  const groups = weeks.flatMap((week) => fitGroups(week, bins, method.yield));
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
  const rows = toBaselines({ groups, bins, dispersions, references }, method.yield);
  await store.insert(
    "class_baselines",
    rows.map((row) => ({ ...row, ...kept })),
  );
}

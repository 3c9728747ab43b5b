// Value against volume: brings baselines, run_scores and week_scores up to date.
//
//   1. baselines  of weeks that have none yet, from the weeks before
//   2. runs       whose score is missing or stale
//   3. weeks      of the people of whom a run was scored
//
// Always holds: each step finds what to do by what is stored, so a pass that did not end is made good by the next, and a rebuild of
// everything gives the same rows. Where nobody may be scored, nothing that was said before is left to be read.

import { OUTCOME_WEIGHTS } from "../schemas/method/outcome-weights.ts";
import type { Outcome } from "../schemas/outcome.ts";
import { freezeBaselines, readJudging, type Judging } from "./baselines.ts";
import type { AnalysisPass } from "./pass.ts";
import { countScored, retireRunScores, scoreStaleRuns } from "./queries/run-scores.ts";
import {
  forgetScores,
  retireWeekScores,
  sumStaleWeeks,
  WEEK_SCORES_TABLE,
  type WeekSums,
} from "./queries/week-scores.ts";
import { estimateYield, toVerdict } from "./yield.ts";

/** Rows of one insert. */
const BATCH_ROWS_MAX = 5000;

/** Scores the runs and weeks of people who were touched. */
export async function scoreRuns(pass: AnalysisPass): Promise<void> {
  const { store, version, scoredFrom } = pass;
  if (scoredFrom === undefined) {
    for (const forget of forgetScores) await store.execute(forget, { version });
    return;
  }
  const judging = await readJudging(pass);
  await freezeBaselines(pass, judging, scoredFrom);
  await scoreRunsOf(pass, judging, scoredFrom);
  await scoreWeeks(pass);
}

async function scoreRunsOf(pass: AnalysisPass, judging: Judging, scoredFrom: Date): Promise<void> {
  const { store, config, version, after, now } = pass;
  const { method, timezone } = config;
  const score = async (is_full: boolean): Promise<void> => {
    const stale = { version, after, now, scored_from: scoredFrom, is_full, method_version: method.version };
    await store.execute(scoreStaleRuns, {
      ...judging,
      ...stale,
      points: judging.kinds.map((kind) => toPoints(kind, method.outcomes.weights)),
      timezone,
      delay_days: method.outcomes.survivalDays,
      coverage_min: method.yield.coverageMin,
    });
    await store.execute(retireRunScores, stale);
  };
  const isFull = pass.computedAt === undefined;
  await score(isFull);
  const [counted] = await store.query(countScored, { scored_from: scoredFrom, now });
  if (!isFull && counted !== undefined && counted.runs !== counted.scores) await score(true);
}

type Weights = Readonly<Partial<Record<Outcome["kind"], number | undefined>>>;

function toPoints(kind: string, weights: Weights): number {
  const points: Readonly<Record<string, number | undefined>> = weights;
  const shipped: Readonly<Record<string, { points: number }>> = OUTCOME_WEIGHTS;
  return points[kind] ?? shipped[kind]?.points ?? 0;
}

async function scoreWeeks({ store, config, version, after, now }: AnalysisPass): Promise<void> {
  const { method, retentionDays } = config;
  const { weeks, coverageMin } = method.yield;
  const rows = store.stream(sumStaleWeeks, {
    after,
    now,
    weeks,
    coverage_min: coverageMin,
    meaningful_calls_min: method.targets.meaningfulCallsMin,
    kept_days: retentionDays.weeks - retentionDays.runs,
  });
  let batch: Readonly<Record<string, unknown>>[] = [];
  for await (const sums of rows) {
    batch.push({ ...toWeekScore(sums, method), method_version: method.version, version });
    if (batch.length < BATCH_ROWS_MAX) continue;
    await store.insert(WEEK_SCORES_TABLE, batch);
    batch = [];
  }
  await store.insert(WEEK_SCORES_TABLE, batch);
  await store.execute(retireWeekScores, { after, version, now, weeks });
}

type MethodOfPass = AnalysisPass["config"]["method"];

/** Where outcomes of the class can't be seen there is no yield; where that is not known yet, nothing is concluded from it. */
function toWeekScore(
  { coverage, prior_shape, prior_rate, ...sums }: WeekSums,
  method: MethodOfPass,
): Readonly<Record<string, unknown>> {
  const isOff = coverage !== null && coverage < method.yield.coverageMin;
  if (isOff || sums.yield_expected <= 0)
    return {
      ...sums,
      yield: null,
      yield_low: null,
      yield_high: null,
      p_low_value: null,
      verdict: "not_enough_evidence",
    };
  const estimate = estimateYield(
    {
      outcomes: sums.yield_outcomes,
      expected: sums.yield_expected,
      priorShape: prior_shape,
      priorRate: prior_rate,
    },
    method.yield,
  );
  return {
    ...sums,
    yield: estimate.mean,
    yield_low: estimate.low,
    yield_high: estimate.high,
    p_low_value: coverage === null ? null : estimate.lowValueProbability,
    verdict: toVerdict(estimate, coverage === null ? 0 : sums.yield_expected, method.yield),
  };
}

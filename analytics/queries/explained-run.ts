// Everything behind the score of one run: what was expected of it and by what, and every outcome that is linked to it.

import { z } from "zod";
import { defineQuery, type ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import { VALUE_KINDS } from "../../schemas/method/outcome-weights.ts";
import { ASKED_COST_USD, binOf, dueAt, IS_OF_VALUE } from "./judged-runs.ts";

/** People whose run has this id, and outcomes of one run, that are told of. */
const RUNS_MAX = 20;
const OUTCOMES_MAX = 1000;

const NOW = "{now:DateTime64(3)}";

const scoreSchema = z.object({
  person_id: z.uuid(),
  run_id: z.string(),
  week: z.iso.date(),
  workload_class: z.string(),
  model_tier: z.string(),
  is_scheduled: z.boolean(),
  is_observable: z.boolean(),
  is_provisional: z.boolean(),
  is_value_scored: z.boolean(),
  cost_usd: z.number(),
  credited_cost_usd: z.number(),
  expected_outcomes: z.number(),
  due_outcomes: z.number(),
  pending_outcomes: z.number(),
  reversed_outcomes: z.number(),
  value_points: z.number(),
  reference_cost_usd: z.number(),
  earned_cost_usd: z.number(),
  unobservable_cost_usd: z.number(),
  method_version: z.string(),
  /** Credited cost and that of repetitions: what was asked for, and what the expectation goes by. */
  asked_cost_usd: z.number(),
  /** Runs of this cost are expected to bring as much: above the one, up to the other; null without end. */
  bin_above_usd: z.number().nullable(),
  bin_up_to_usd: z.number().nullable(),
  /** The shipped expectations, because there were too few runs of the class and tier in the weeks before. */
  is_default: z.boolean(),
  baseline_runs: z.coerce.number(),
  /** Share of the class's runs whose outcomes can be seen; null: too few runs to tell. */
  coverage: z.number().nullable(),
  prior_shape: z.number(),
});

const outcomeSchema = z.object({
  outcome_id: z.string(),
  kind: z.string(),
  source: z.string(),
  trust: z.string(),
  linked_by: z.string(),
  /** Of the outcome, that is this run's; the shares of all runs are 1 together. */
  share: z.number(),
  quantity: z.number(),
  occurred_at: z.string(),
  credited_at: z.string(),
  reversed_at: z.string().nullable(),
  /** `uncounted`: a kind that is no thing of value. */
  state: z.enum(["due", "pending", "reversed", "uncounted"]),
});

export type ExplainedOutcome = z.infer<typeof outcomeSchema>;
export interface ExplainedRun extends z.infer<typeof scoreSchema> {
  /** The latest first. */
  outcomes: ExplainedOutcome[];
}

const readScores = defineQuery({
  name: "analytics: explained run",
  sql: `
WITH
  baselines AS (
    SELECT week AS baseline_week, workload_class AS baseline_class, model_tier AS baseline_tier, is_default, runs AS baseline_runs,
      coverage, prior_shape, cost_edges AS edges
    FROM class_baselines FINAL
  ),
  asked AS (
    SELECT person_id AS asked_person, ${ASKED_COST_USD} AS asked_cost_usd FROM runs FINAL WHERE run_id = {run_id:String}
  ),
  scored AS (
    SELECT * FROM run_scores FINAL WHERE run_id = {run_id:String}
  )
SELECT scored.* EXCEPT (version, is_deleted, expires_at, holds_from, holds_until), asked_cost_usd, is_default, baseline_runs, coverage,
  prior_shape,
  ${binOf("asked_cost_usd", "edges")} AS bin,
  if(bin = 1 OR empty(edges), NULL, edges[bin - 1]) AS bin_above_usd,
  if(bin > length(edges), NULL, edges[bin]) AS bin_up_to_usd
FROM scored
LEFT JOIN asked ON asked_person = person_id
LEFT JOIN baselines ON baseline_week = week AND baseline_class = workload_class AND baseline_tier = model_tier
ORDER BY person_id LIMIT ${RUNS_MAX}`,
  params: z.object({ run_id: z.string() }),
  row: scoreSchema,
});

const readOutcomes = defineQuery({
  name: "analytics: outcomes of an explained run",
  sql: `
SELECT outcome_id, kind, source, trust, linked_by, share, quantity, occurred_at, credited_at, reversed_at,
  multiIf(NOT (${IS_OF_VALUE}), 'uncounted', ifNull(reversed_at <= ${NOW}, false), 'reversed', ${dueAt(NOW)}, 'due', 'pending') AS state
FROM outcome_links FINAL
WHERE person_id = {person_id:UUID} AND run_id = {run_id:String}
ORDER BY occurred_at DESC, outcome_id LIMIT ${OUTCOMES_MAX}`,
  params: z.object({
    person_id: z.uuid(),
    run_id: z.string(),
    now: z.date(),
    kinds: z.array(z.string()),
  }),
  row: outcomeSchema,
});

/**
 * @param now when analytics last ran: that is what the scores are as of
 * @returns one a person who has a run of this id, which is at most one but for clients that count their runs; none: it is not scored
 */
export async function explainRuns(store: ClickHouseStore, runId: string, now: Date): Promise<ExplainedRun[]> {
  const scores = await store.query(readScores, { run_id: runId });
  return Promise.all(
    scores.map(async (score) => {
      const { person_id, run_id } = score;
      const params = { person_id, run_id, now, kinds: [...VALUE_KINDS] };
      return { ...score, outcomes: await store.query(readOutcomes, params) };
    }),
  );
}

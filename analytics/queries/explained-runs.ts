// What is known of some runs, with their scores and what was expected of runs like them? Dearest first. Without people: whoever's they are.

import { z } from "zod";
import { defineQuery } from "../../schemas/clickhouse/store.ts";
import { WORKLOAD_CLASSES } from "../../schemas/closed-lists.ts";
import { ASKED_COST_USD, binOf } from "./judged-runs.ts";

const figure = z.number().nullable();

export const explainedRuns = defineQuery({
  name: "explained runs",
  sql: `
WITH
  scores AS (
    SELECT * FROM run_scores FINAL WHERE run_id IN {run_ids:Array(String)}
      AND (empty({person_ids:Array(UUID)}) OR person_id IN {person_ids:Array(UUID)})
  ),
  baselines AS (
    SELECT * FROM class_baselines FINAL WHERE week GLOBAL IN (SELECT week FROM scores)
  )
SELECT
  run.person_id AS person_id,
  run.run_id AS run_id,
  run.client AS client,
  run.models AS models,
  nullIf(run.workload_class, '') AS workload_class,
  run.class_source AS class_source,
  run.started_at AS started_at,
  run.ended_at AS ended_at,
  run.calls AS calls,
  run.cost_usd AS cost_usd,
  run.credited_cost_usd AS credited_cost_usd,
  run.uncredited_cost_usd AS uncredited_cost_usd,
  score.method_version != '' AS is_scored,
  score.week AS week,
  score.model_tier AS model_tier,
  score.is_observable AS is_observable,
  score.is_provisional AS is_provisional,
  score.is_value_scored AS is_value_scored,
  score.expected_outcomes AS expected_outcomes,
  score.due_outcomes AS due_outcomes,
  score.pending_outcomes AS pending_outcomes,
  score.reversed_outcomes AS reversed_outcomes,
  score.value_points AS value_points,
  score.earned_cost_usd AS earned_cost_usd,
  score.reference_cost_usd AS reference_cost_usd,
  score.method_version AS method_version,
  base.is_default AS is_default,
  base.runs AS baseline_runs,
  base.coverage AS coverage,
  run.asked_cost_usd AS asked_cost_usd,
  ${binOf("run.asked_cost_usd", "base.cost_edges")} AS bin,
  if(bin = 1 OR empty(base.cost_edges), NULL, base.cost_edges[bin - 1]) AS bin_above_usd,
  if(bin > length(base.cost_edges), NULL, base.cost_edges[bin]) AS bin_up_to_usd
FROM (
  SELECT *, ${ASKED_COST_USD} AS asked_cost_usd FROM runs FINAL WHERE run_id IN {run_ids:Array(String)}
    AND (empty({person_ids:Array(UUID)}) OR person_id IN {person_ids:Array(UUID)}) AND expires_at > {now:DateTime64(3)}
) AS run
LEFT JOIN scores AS score ON score.person_id = run.person_id AND score.run_id = run.run_id
LEFT JOIN baselines AS base ON base.week = score.week AND base.workload_class = score.workload_class
  AND base.model_tier = score.model_tier
ORDER BY run.cost_usd DESC, run.person_id, run.run_id
LIMIT {rows_max:UInt32}`,
  params: z.object({
    run_ids: z.array(z.string()),
    /** Empty: anybody's. */
    person_ids: z.array(z.uuid()),
    now: z.date(),
    rows_max: z.int(),
  }),
  row: z.object({
    person_id: z.uuid(),
    run_id: z.string(),
    client: z.string(),
    models: z.array(z.string()),
    workload_class: z.enum(WORKLOAD_CLASSES).nullable(),
    class_source: z.string(),
    started_at: z.iso.datetime(),
    ended_at: z.iso.datetime(),
    calls: z.coerce.number().int(),
    cost_usd: z.string(),
    credited_cost_usd: z.string(),
    uncredited_cost_usd: z.record(z.string(), z.string()),
    is_scored: z.coerce.boolean(),
    week: z.iso.date(),
    model_tier: z.string(),
    is_observable: z.coerce.boolean(),
    is_provisional: z.coerce.boolean(),
    is_value_scored: z.coerce.boolean(),
    expected_outcomes: z.number(),
    due_outcomes: z.number(),
    pending_outcomes: z.number(),
    reversed_outcomes: z.number(),
    value_points: z.number(),
    earned_cost_usd: z.number(),
    reference_cost_usd: z.number(),
    method_version: z.string(),
    /** Of the baseline: shipped, and not the organisation's own. */
    is_default: z.coerce.boolean(),
    baseline_runs: z.coerce.number().int(),
    coverage: figure,
    /** Credited cost and that of repetitions: what was asked for, and what the expectation goes by. */
    asked_cost_usd: z.number(),
    /** Runs of this cost are expected to bring as much: above the one, up to the other; null without end. */
    bin_above_usd: figure,
    bin_up_to_usd: figure,
  }),
});

export type ExplainedRun = z.infer<(typeof explainedRuns)["row"]>;

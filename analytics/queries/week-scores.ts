// The sums of a person's weeks over their runs, of which the yield is worked out.
//
// The yield of a week is over the runs of some weeks up to it that are not provisional, not scheduled, and of a class whose outcomes
// could be seen. A week has a row for each class in which the person was active in it.
//
// A week is summed again when the rows of run_scores behind it have changed, which a hash over them says. One of which a run has
// been dropped stays as it is: summed again from the rest, it would shrink.

import { z } from "zod";
import { defineQuery, defineStatement } from "../../schemas/clickhouse/store.ts";
import { IS_SOMEBODYS } from "./judged-runs.ts";

export const WEEK_SCORES_TABLE = "week_scores";

const TOUCHED = `
  touched AS (SELECT DISTINCT person_id FROM run_scores WHERE version > {after:UInt64}),
  own_runs AS (SELECT * FROM run_scores FINAL WHERE person_id GLOBAL IN (SELECT person_id FROM touched)),
  active AS (
    SELECT person_id AS person, week, workload_class AS class FROM person_weeks FINAL
    WHERE person_id GLOBAL IN (SELECT person_id FROM touched)
    UNION DISTINCT
    SELECT person_id, week, workload_class FROM own_runs
  )`;

/** What stands of the touched people, and whether it may be made again. */
const STORED = `
  stored AS (
    SELECT person_id AS stored_person, week AS stored_week, workload_class AS stored_class, inputs_hash AS stored_hash,
      inputs_expire_at <= {now:DateTime64(3)} AS is_frozen
    FROM week_scores FINAL WHERE person_id GLOBAL IN (SELECT person_id FROM touched)
  )`;

const weekSumsSchema = z.object({
  person_id: z.uuid(),
  week: z.iso.date(),
  workload_class: z.string(),
  runs: z.coerce.number(),
  earned_cost_usd: z.number(),
  unobservable_cost_usd: z.number(),
  scheduled_cost_usd: z.number(),
  value_points: z.number(),
  due_outcomes: z.number(),
  expected_outcomes: z.number(),
  yield_outcomes: z.number(),
  yield_expected: z.number(),
  coverage: z.number().nullable(),
  prior_shape: z.number(),
  prior_rate: z.number(),
  inputs_hash: z.string(),
  inputs_expire_at: z.string(),
  expires_at: z.string(),
  is_meaningful: z.coerce.boolean(),
});

export type WeekSums = z.infer<typeof weekSumsSchema>;

export const sumStaleWeeks = defineQuery({
  name: "analytics: sums of week_scores",
  sql: `
WITH ${TOUCHED},${STORED},
  visible AS (
    SELECT week AS visible_week, workload_class AS visible_class, coverage, prior_shape, prior_rate
    FROM class_baselines FINAL WHERE model_tier = 'unknown'
  ),
  spread AS (
    SELECT own_runs.*, arrayJoin(range({weeks:UInt8})) AS weeks_ago, week + 7 * weeks_ago AS sum_week,
      NOT is_provisional AND NOT is_scheduled AND ifNull(coverage >= {coverage_min:Float64}, true) AS is_in_yield
    FROM own_runs LEFT JOIN visible ON visible_week = week AND visible_class = workload_class
  ),
  sums AS (
    SELECT person_id AS sum_person, sum_week, workload_class AS sum_class, countIf(weeks_ago = 0) AS runs,
      sumIf(spread.earned_cost_usd, weeks_ago = 0) AS earned, sumIf(spread.unobservable_cost_usd, weeks_ago = 0) AS unobservable,
      sumIf(credited_cost_usd, weeks_ago = 0 AND is_scheduled) AS scheduled, sumIf(spread.value_points, weeks_ago = 0) AS points,
      sumIf(spread.due_outcomes, weeks_ago = 0) AS due, sumIf(spread.expected_outcomes, weeks_ago = 0) AS expected,
      sumIf(spread.due_outcomes, is_in_yield) AS observed_over_weeks, sumIf(spread.expected_outcomes, is_in_yield) AS expected_over_weeks,
      groupBitXor(cityHash64(run_id, spread.version)) AS hash, min(expires_at) AS inputs_expire, max(expires_at) AS last_expires
    FROM spread GROUP BY sum_person, sum_week, sum_class
  ),
  credited AS (
    SELECT person_id AS credited_person, toMonday(day) AS credited_week, workload_class AS credited_class,
      sumIf(calls, reason = '' AND request_kind IN ('main', 'subagent') AND workload_class != 'scheduled') AS meaningful_calls
    FROM usage_days FINAL WHERE person_id GLOBAL IN (SELECT person_id FROM touched)
    GROUP BY credited_person, credited_week, credited_class
  )
SELECT toString(person) AS person_id, active.week AS week, class AS workload_class, runs, earned AS earned_cost_usd,
  unobservable AS unobservable_cost_usd, scheduled AS scheduled_cost_usd, points AS value_points, due AS due_outcomes,
  expected AS expected_outcomes, observed_over_weeks AS yield_outcomes, expected_over_weeks AS yield_expected,
  coverage, prior_shape, prior_rate, toString(hash) AS inputs_hash, inputs_expire AS inputs_expire_at,
  last_expires + toIntervalDay({kept_days:Int32}) AS expires_at, meaningful_calls >= {meaningful_calls_min:UInt32} AS is_meaningful
FROM active
INNER JOIN sums ON sum_person = person AND sum_week = active.week AND sum_class = class
INNER JOIN visible ON visible_week = active.week AND visible_class = class
LEFT JOIN credited ON credited_person = person AND credited_week = active.week AND credited_class = class
LEFT JOIN stored ON stored_person = person AND stored_week = active.week AND stored_class = class
WHERE hash != stored_hash AND NOT is_frozen`,
  params: z.object({
    after: z.int(),
    now: z.date(),
    weeks: z.int(),
    coverage_min: z.number(),
    meaningful_calls_min: z.int(),
    /** Days that a week is kept for longer than its runs. */
    kept_days: z.int(),
  }),
  row: weekSumsSchema,
});

/** Weeks of touched people in which no run is left to be summed. */
export const retireWeekScores = defineStatement({
  name: "analytics: retire week_scores",
  sql: `
INSERT INTO week_scores (person_id, week, workload_class, version, is_deleted, inputs_expire_at, expires_at)
WITH ${TOUCHED},
  summed AS (SELECT person_id, week + 7 * arrayJoin(range({weeks:UInt8})) AS sum_week, workload_class FROM own_runs)
SELECT person_id, week, workload_class, {version:UInt64}, 1, inputs_expire_at, expires_at
FROM week_scores FINAL
WHERE person_id GLOBAL IN (SELECT person_id FROM touched) AND inputs_expire_at > {now:DateTime64(3)}
  AND ((person_id, week, workload_class) GLOBAL NOT IN (SELECT person_id, sum_week, workload_class FROM summed)
    OR (person_id, week, workload_class) GLOBAL NOT IN (SELECT person, week, class FROM active))`,
  params: z.object({ after: z.int(), version: z.int(), now: z.date(), weeks: z.int() }),
});

/** Nobody is scored any longer: nothing that was said of anybody's value is read from then on. */
export const forgetScores = [
  defineStatement({
    name: "analytics: forget run_scores",
    sql: `
INSERT INTO run_scores (person_id, run_id, version, is_deleted, expires_at)
SELECT person_id, run_id, {version:UInt64}, 1, expires_at FROM run_scores FINAL WHERE ${IS_SOMEBODYS}`,
    params: z.object({ version: z.int() }),
  }),
  defineStatement({
    name: "analytics: forget week_scores",
    sql: `
INSERT INTO week_scores (person_id, week, workload_class, version, is_deleted, expires_at)
SELECT person_id, week, workload_class, {version:UInt64}, 1, expires_at FROM week_scores FINAL WHERE ${IS_SOMEBODYS}`,
    params: z.object({ version: z.int() }),
  }),
];

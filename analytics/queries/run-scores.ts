// What each run was worth, set beside what was expected of it.
//
// A row is made again when what it was made of is newer than the last pass (the run, its links, whether it wrote), when the method
// has changed, or when time alone has changed it: an outcome has become due, or the run is no longer provisional. A row says from
// when until when time leaves it as it is. Where there are more or fewer rows than runs, because individuals are scored from another
// day on, all are made again.

import { z } from "zod";
import { defineQuery, defineStatement } from "../../schemas/clickhouse/store.ts";
import {
  ASKED_COST_USD,
  binOf,
  dueAt,
  IS_ASKED_FOR,
  IS_OF_VALUE,
  IS_SOMEBODYS,
  judgingParams,
  MODEL_TIER,
} from "./judged-runs.ts";

const NOW = "{now:DateTime64(3)}";
const BEGINNING = "toDateTime64('1970-01-01 00:00:00', 3, 'UTC')";
const END = "toDateTime64('2200-01-01 00:00:00', 3, 'UTC')";

const IS_SCORED = `${IS_SOMEBODYS} AND started_at >= {scored_from:DateTime64(3)} AND started_at <= ${NOW} AND expires_at > ${NOW}`;

/** Runs whose score may be missing, stale or void. What is gone counts too, so all versions of the rows are read. */
const STALE = `
  stale AS (
    SELECT person_id AS stale_person, run_id AS stale_run FROM (
      SELECT person_id, run_id FROM runs WHERE {is_full:Bool} OR version > {after:UInt64}
      UNION ALL
      SELECT person_id, run_id FROM outcome_links WHERE version > {after:UInt64}
      UNION ALL
      SELECT person_id, run_id FROM run_links WHERE version > {after:UInt64}
      UNION ALL
      SELECT person_id, run_id FROM run_scores FINAL
      WHERE {is_full:Bool} OR method_version != {method_version:String} OR holds_from > ${NOW} OR holds_until <= ${NOW}
    )
  )`;
const IS_STALE = "(person_id, run_id) GLOBAL IN (SELECT stale_person, stale_run FROM stale)";

const staleParams = {
  version: z.int(),
  /** The last pass that ended. */
  after: z.int(),
  now: z.date(),
  scored_from: z.date(),
  is_full: z.boolean(),
  method_version: z.string(),
};

/** One row a run with outcomes. `moments`: when time alone changes what counts. */
const LINKED = `
  linked AS (
    SELECT person_id AS linked_person, run_id AS linked_run,
      sumIf(share, ${dueAt(NOW)}) AS due,
      sumIf(share, credited_at > ${NOW} AND ifNull(reversed_at > ${NOW}, true)) AS pending,
      sumIf(share, ifNull(reversed_at <= ${NOW}, false)) AS reversed,
      sumIf(share, trust != 'low' AND ${dueAt(NOW)}) AS trusted,
      sumIf(share * transform(kind, {kinds:Array(String)}, {points:Array(Float64)}, 0.)
        * if(kind = 'lines_survived', log10(1 + quantity), 1), ${dueAt(NOW)}) AS points,
      arrayConcat(groupArray(credited_at), groupArrayIf(assumeNotNull(reversed_at), isNotNull(reversed_at))) AS moments
    FROM outcome_links FINAL
    WHERE ${IS_OF_VALUE} AND ${IS_STALE}
    GROUP BY linked_person, linked_run
  )`;

export const scoreStaleRuns = defineStatement({
  name: "analytics: run_scores",
  sql: `
INSERT INTO run_scores (person_id, run_id, week, workload_class, model_tier, is_scheduled, is_observable, is_provisional,
  is_value_scored, cost_usd, credited_cost_usd, expected_outcomes, due_outcomes, pending_outcomes, reversed_outcomes, value_points,
  reference_cost_usd, earned_cost_usd, unobservable_cost_usd, holds_from, holds_until, method_version, version, expires_at)
WITH ${STALE},${LINKED},
  judged AS (
    SELECT person_id AS person, run_id AS run, toMonday(toDate(started_at, {timezone:String})) AS run_week,
      workload_class AS class, ${MODEL_TIER} AS tier, class_source = 'schedule' AS scheduled,
      ended_at + toIntervalDay({delay_days:UInt16}) AS settles_at, expires_at AS run_expires_at,
      toFloat64(cost_usd) AS gross_usd, toFloat64(credited_cost_usd) AS credited_usd,
      if(${IS_ASKED_FOR}, ${binOf(ASKED_COST_USD)}, 0) AS bin
    FROM runs FINAL WHERE ${IS_SCORED} AND ${IS_STALE}
  ),
  baselines AS (
    SELECT week AS baseline_week, workload_class AS baseline_class, model_tier AS baseline_tier,
      ifNull(coverage >= {coverage_min:Float64}, false) AS is_visible, class_baselines.expected_outcomes AS expected,
      class_baselines.reference_cost_usd AS usual_usd
    FROM class_baselines FINAL
  ),
  others AS (
    SELECT person_id AS owner, week AS owner_week, workload_class AS owner_class, model_tier AS owner_tier,
      outcome_costs.reference_cost_usd AS others_usd
    FROM outcome_costs FINAL
  ),
  writing AS (
    SELECT person_id AS writing_person, run_id AS writing_run FROM run_links FINAL
    WHERE has_writes AND ${IS_STALE}
  )
SELECT person, run, run_week, class, tier, scheduled,
  writing_run != '' OR due + pending + reversed > 0,
  settles_at > ${NOW}, is_visible, gross_usd, credited_usd,
  if(bin = 0, 0., expected[bin]), due, pending, reversed, points,
  if(owner_week = run_week, others_usd, usual_usd) AS reference,
  if(scheduled, 0., trusted * reference),
  if(scheduled OR is_visible OR due + pending > 0, 0., credited_usd),
  arrayMax(arrayFilter(moment -> moment <= ${NOW}, arrayConcat(moments, [settles_at, ${BEGINNING}]))),
  arrayMin(arrayFilter(moment -> moment > ${NOW}, arrayConcat(moments, [settles_at, ${END}]))),
  {method_version:String}, {version:UInt64}, run_expires_at
FROM judged
LEFT JOIN linked ON linked_person = person AND linked_run = run
LEFT JOIN writing ON writing_person = person AND writing_run = run
LEFT JOIN baselines ON baseline_week = run_week AND baseline_class = class AND baseline_tier = tier
LEFT JOIN others ON owner = person AND owner_week = run_week AND owner_class = class AND owner_tier = tier`,
  params: z.object({
    ...judgingParams,
    ...staleParams,
    points: z.array(z.number()),
    timezone: z.string(),
    delay_days: z.int(),
    coverage_min: z.number(),
  }),
});

/** Scores of runs that there are no longer, or that are not to be scored. */
export const retireRunScores = defineStatement({
  name: "analytics: retire run_scores",
  sql: `
INSERT INTO run_scores (person_id, run_id, week, version, is_deleted, expires_at)
WITH ${STALE}
SELECT person_id, run_id, week, {version:UInt64}, 1, expires_at FROM run_scores FINAL
WHERE ${IS_STALE}
  AND (person_id, run_id) GLOBAL NOT IN (SELECT person_id, run_id FROM runs FINAL WHERE ${IS_SCORED} AND ${IS_STALE})`,
  params: z.object(staleParams),
});

/** How many runs are to be scored, and how many are. */
export const countScored = defineQuery({
  name: "analytics: runs and run_scores",
  sql: `
SELECT
  (SELECT count() FROM runs FINAL WHERE ${IS_SCORED}) AS runs,
  (SELECT count() FROM run_scores FINAL WHERE ${IS_SOMEBODYS} AND expires_at > ${NOW}) AS scores`,
  params: z.object({ scored_from: z.date(), now: z.date() }),
  row: z.object({ runs: z.coerce.number(), scores: z.coerce.number() }),
});

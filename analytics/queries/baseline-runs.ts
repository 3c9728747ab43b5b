// The runs of the weeks before some weeks, by which expectations of these are made: how many outcomes they had by the beginning of
// such a week, at what cost. A run that is younger than the credit delay by then has not had its time and is left out, as scheduled
// runs are. All weeks are looked at together, so that the runs are read once.
//
// Always holds: what is counted is what was so at the beginning of the week, whenever it is counted.

import { z } from "zod";
import { defineQuery, defineStatement } from "../../schemas/clickhouse/store.ts";
import {
  ASKED_COST_USD,
  binOf,
  IS_ASKED_FOR,
  IS_OF_VALUE,
  IS_SOMEBODYS,
  judgingParams,
  MODEL_TIER,
} from "./judged-runs.ts";

const startOf = (week: string): string => `toDateTime64(toDateTime(${week}, {timezone:String}), 3, 'UTC')`;

/** `settled`: one row for each week and each run of the weeks before. `trusted` are the outcomes that are more than one's own word. */
const SETTLED = `
  linked AS (
    SELECT person_id AS linked_person, run_id AS linked_run,
      groupArray((credited_at, ifNull(reversed_at, toDateTime64('2200-01-01 00:00:00', 3, 'UTC')), share, trust != 'low')) AS links
    FROM outcome_links FINAL WHERE ${IS_OF_VALUE}
    GROUP BY linked_person, linked_run
  ),
  (SELECT min(week) FROM (SELECT arrayJoin({weeks:Array(Date)}) AS week)) AS first_week,
  judged AS (
    SELECT person_id AS person, run_id AS run, workload_class AS class, ${MODEL_TIER} AS tier, started_at AS began_at,
      ended_at + toIntervalDay({delay_days:UInt16}) AS settled_at, ${ASKED_COST_USD} AS asked_cost_usd, links
    FROM runs FINAL LEFT JOIN linked ON linked_person = person_id AND linked_run = run_id
    WHERE started_at >= toDateTime(first_week - 7 * {weeks_back:UInt16}, {timezone:String})
      AND ${IS_SOMEBODYS} AND class_source != 'schedule' AND ${IS_ASKED_FOR}
  ),
  settled AS (
    SELECT person, run, class, tier, asked_cost_usd, ${binOf("asked_cost_usd")} AS bin,
      arrayJoin(arrayFilter(
        week -> began_at >= toDateTime(week - 7 * {weeks_back:UInt16}, {timezone:String}) AND settled_at <= ${startOf("week")},
        {weeks:Array(Date)})) AS week,
      arrayFilter(link -> link.1 <= ${startOf("week")} AND link.2 > ${startOf("week")}, links) AS due,
      arraySum(arrayMap(link -> link.3, due)) AS outcomes, arraySum(arrayMap(link -> if(link.4, link.3, 0.), due)) AS trusted
    FROM judged
  )`;

const baselineParams = {
  ...judgingParams,
  weeks: z.array(z.iso.date()),
  timezone: z.string(),
  /** Looked back from each. */
  weeks_back: z.int(),
  /** Between a run's end and the time from which nothing more of it is waited for. */
  delay_days: z.int(),
};

/** Weeks in which somebody was active and that have no baselines yet, oldest first. */
export const findBarrenWeeks = defineQuery({
  name: "analytics: weeks without baselines",
  sql: `
SELECT week FROM (
  SELECT toMonday(toDate(started_at, {timezone:String})) AS week FROM runs FINAL
  WHERE ${IS_SOMEBODYS} AND started_at >= {scored_from:DateTime64(3)} AND started_at <= {now:DateTime64(3)}
  UNION DISTINCT
  SELECT week FROM person_weeks FINAL
  WHERE ${IS_SOMEBODYS} AND week >= toMonday(toDate({scored_from:DateTime64(3)}, {timezone:String}))
    AND week <= toDate({now:DateTime64(3)}, {timezone:String})
)
WHERE week NOT IN (SELECT week FROM class_baselines FINAL)
ORDER BY week DESC LIMIT {weeks_max:UInt32}`,
  params: z.object({
    timezone: z.string(),
    scored_from: z.date(),
    now: z.date(),
    weeks_max: z.int(),
  }),
  row: z.object({ week: z.iso.date() }),
});

/** Runs by class, tier and bin of cost: a few hundred rows at most. */
export const sumBins = defineQuery({
  name: "analytics: bins of baselines",
  sql: `
WITH ${SETTLED},
  writing AS (
    SELECT person_id AS writing_person, run_id AS writing_run FROM run_links FINAL
    WHERE has_writes AND started_at >= toDateTime(first_week - 7 * {weeks_back:UInt16}, {timezone:String})
  )
SELECT week, class AS workload_class, tier AS model_tier, bin, count() AS runs, sum(asked_cost_usd) AS cost_usd,
  sum(settled.outcomes) AS outcomes, sum(settled.trusted) AS trusted_outcomes,
  countIf(settled.outcomes > 0 OR writing_run != '') AS observable_runs
FROM settled LEFT JOIN writing ON writing_person = person AND writing_run = run
GROUP BY 1, 2, 3, 4`,
  params: z.object(baselineParams),
  row: z.object({
    week: z.iso.date(),
    workload_class: z.string(),
    model_tier: z.string(),
    bin: z.coerce.number(),
    runs: z.coerce.number(),
    cost_usd: z.number(),
    outcomes: z.number(),
    trusted_outcomes: z.number(),
    observable_runs: z.coerce.number(),
  }),
});

/**
 * How far people's outcomes of a class lie from what is expected of them, beyond what chance alone gives.
 * v = Σ E (o/E - 1)² / Σ E - 1 / mean(E), over people with o outcomes where E were expected; of a Poisson count it is 0.
 */
export const measureDispersion = defineQuery({
  name: "analytics: dispersion of yields",
  sql: `
WITH ${SETTLED},
  people AS (
    SELECT week, class, person, sum(settled.outcomes) AS observed,
      sum({expected:Array(Array(Float64))}[indexOf({groups:Array(String)}, concat(toString(week), ' ', class, ' ', tier))][bin]) AS expected
    FROM settled
    WHERE has({groups:Array(String)}, concat(toString(week), ' ', class, ' ', tier))
    GROUP BY week, class, person
    HAVING expected > 0
  )
SELECT week, class AS workload_class, count() AS people,
  sum(pow(observed - expected, 2) / expected) / sum(expected) - 1 / avg(expected) AS variance
FROM people GROUP BY week, class`,
  params: z.object({
    ...baselineParams,
    /** Week, class and tier, with spaces between them; and what is expected there of a run, by bin. */
    groups: z.array(z.string()),
    expected: z.array(z.array(z.number())),
  }),
  row: z.object({
    week: z.iso.date(),
    workload_class: z.string(),
    people: z.coerce.number(),
    variance: z.number(),
  }),
});

/** Runs with outcomes by cost of one, each with its place in its class and tier. */
const RANKED = `${SETTLED},
  ranked AS (
    SELECT week, person, class, tier, asked_cost_usd / trusted AS cost, trusted,
      row_number() OVER (PARTITION BY week, class, tier ORDER BY cost, person, run) AS place
    FROM settled WHERE trusted > 0 AND asked_cost_usd > 0
  )`;

/** The usual cost of an outcome: the median over runs that have some. */
export const measureReferences = defineQuery({
  name: "analytics: usual costs of outcomes",
  sql: `
WITH ${RANKED}
SELECT week, class AS workload_class, tier AS model_tier, sum(trusted) AS outcomes, quantileExactInclusive(0.5)(cost) AS median_usd
FROM ranked GROUP BY 1, 2, 3`,
  params: z.object(baselineParams),
  row: z.object({
    week: z.iso.date(),
    workload_class: z.string(),
    model_tier: z.string(),
    outcomes: z.number(),
    median_usd: z.number(),
  }),
});

/**
 * The same for each person without their own runs. Of the places without one's own, the k-th is k and as many of one's own as lie
 * before it; so no list of costs is made for anybody.
 */
export const storeReferences = defineStatement({
  name: "analytics: usual costs without one's own",
  sql: `
INSERT INTO outcome_costs (person_id, week, workload_class, model_tier, reference_cost_usd, method_version, version, expires_at)
WITH ${RANKED},
  groups AS (
    SELECT week AS group_week, class AS group_class, tier AS group_tier, count() AS runs, sum(trusted) AS outcomes
    FROM ranked GROUP BY 1, 2, 3
  ),
  own AS (
    SELECT person AS owner, week AS own_week, class AS own_class, tier AS own_tier, arraySort(groupArray(place)) AS places,
      sum(trusted) AS own_outcomes
    FROM ranked GROUP BY 1, 2, 3, 4
  ),
  sought AS (
    SELECT owner, own_week, own_class, own_tier, outcomes - own_outcomes AS others_outcomes,
      toInt64(runs) - toInt64(length(places)) AS others_runs,
      arrayJoin(arrayMap(n -> toUInt64(n + arrayCount((place, before) -> place - before < n, places, arrayEnumerate(places))),
        [intDiv(others_runs + 1, 2), intDiv(others_runs + 2, 2)])) AS sought_place
    FROM own INNER JOIN groups ON group_week = own_week AND group_class = own_class AND group_tier = own_tier
  )
SELECT owner, own_week, own_class, own_tier,
  if(any(others_outcomes) < {outcomes_min:UInt32},
    transform(own_tier, {tiers:Array(String)}, {shipped_usd:Array(Float64)}, 0.), avg(ranked.cost)),
  {method_version:String}, {version:UInt64}, {expires_at:DateTime64(3)}
FROM sought
LEFT JOIN ranked ON ranked.week = own_week AND ranked.class = own_class AND ranked.tier = own_tier AND ranked.place = sought_place
GROUP BY owner, own_week, own_class, own_tier`,
  params: z.object({
    ...baselineParams,
    outcomes_min: z.int(),
    tiers: z.array(z.string()),
    shipped_usd: z.array(z.number()),
    method_version: z.string(),
    version: z.int(),
    expires_at: z.date(),
  }),
});

export const listModels = defineQuery({
  name: "analytics: models of runs",
  sql: `SELECT DISTINCT arrayJoin(models) AS model FROM runs FINAL WHERE ${IS_SOMEBODYS} ORDER BY model LIMIT {models_max:UInt32}`,
  params: z.object({ models_max: z.int() }),
  row: z.object({ model: z.string() }),
});

// What did each person use in each week of a span of time, by class, what came of it, and which mechanisms were seen? Oldest first.
//
// A week without a score says "not enough evidence", which is what is known of it. The signals of a week stand with the class
// that most of the cost they name is of.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { SIGNAL_FAMILIES, VERDICTS, WORKLOAD_CLASSES } from "../../../schemas/closed-lists.ts";
import { TOKEN_FIELDS } from "../../../schemas/token-event.ts";

/** 64-bit integers come quoted, and leave as numbers. */
const count = z.coerce.number().int();
const usd = z.string();
const figure = z.number().nullable();

export const exportedWeeks = defineQuery({
  name: "exported person-weeks",
  sql: `
WITH
  span AS (
    SELECT toMonday({from:DateTime64(3)} - INTERVAL 7 DAY) AS first, toDate({to:DateTime64(3)} + INTERVAL 1 DAY) AS last
  ),
  found AS (
    SELECT person_id, week, workload_class,
      groupArray(CAST((family, signal, effect, floor, p_value, is_above_floor),
        'Tuple(family String, signal String, effect Float64, floor Float64, p_value Nullable(Float64), above_floor Bool)'
      )) AS signals
    FROM (SELECT * FROM week_signals FINAL WHERE week BETWEEN (SELECT first FROM span) AND (SELECT last FROM span)
      ORDER BY family, signal)
    GROUP BY person_id, week, workload_class
  ),
  scores AS (
    SELECT * FROM week_scores FINAL WHERE week BETWEEN (SELECT first FROM span) AND (SELECT last FROM span)
  )
SELECT
  row.person_id AS person_id,
  row.week AS week,
  nullIf(row.workload_class, '') AS workload_class,
  row.calls AS calls,
  ${TOKEN_FIELDS.map((field) => `row.${field}`).join(" + ")} AS tokens,
  row.cost_usd AS cost_usd,
  row.credited_cost_usd AS credited_cost_usd,
  if(scores.method_version = '', NULL, toDecimal128(scores.earned_cost_usd, 12)) AS earned_cost_usd,
  if(scores.method_version = '', NULL, toDecimal128(scores.unobservable_cost_usd, 12)) AS unobservable_cost_usd,
  row.uncredited_cost_usd AS uncredited,
  row.runs AS runs,
  if(scores.method_version = '', NULL, scores.due_outcomes) AS outcomes,
  if(scores.method_version = '', NULL, scores.expected_outcomes) AS expected_outcomes,
  scores.yield AS yield,
  scores.yield_low AS yield_low,
  scores.yield_high AS yield_high,
  scores.p_low_value AS p_low_value,
  if(scores.method_version = '', 'not_enough_evidence', scores.verdict) AS verdict,
  found.signals AS signals
FROM (SELECT * FROM person_weeks FINAL) AS row
LEFT JOIN scores ON scores.person_id = row.person_id AND scores.week = row.week
  AND scores.workload_class = row.workload_class
LEFT JOIN found ON found.person_id = row.person_id AND found.week = row.week AND found.workload_class = row.workload_class
WHERE toDateTime(row.week, {timezone:String}) >= {from:DateTime64(3)}
  AND toDateTime(row.week, {timezone:String}) < {to:DateTime64(3)}
  AND row.expires_at > {now:DateTime64(3)}
ORDER BY row.week, row.person_id, row.workload_class`,
  params: z.object({ from: z.date(), to: z.date(), now: z.date(), timezone: z.string() }),
  row: z.object({
    person_id: z.uuid(),
    week: z.iso.date(),
    workload_class: z.enum(WORKLOAD_CLASSES).nullable(),
    calls: count,
    tokens: count,
    cost_usd: usd,
    credited_cost_usd: usd,
    earned_cost_usd: usd.nullable(),
    unobservable_cost_usd: usd.nullable(),
    uncredited: z.record(z.string(), usd),
    runs: count,
    outcomes: figure,
    expected_outcomes: figure,
    yield: figure,
    yield_low: figure,
    yield_high: figure,
    p_low_value: figure,
    verdict: z.enum(VERDICTS),
    signals: z.array(
      z.object({
        family: z.enum(SIGNAL_FAMILIES),
        signal: z.string(),
        effect: z.number(),
        floor: z.number(),
        p_value: z.number().nullable(),
        above_floor: z.boolean(),
      }),
    ),
  }),
});

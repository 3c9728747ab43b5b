// Where analytics got to, and what it went by, by name. The last pass to end wins.

import { z } from "zod";
import { defineQuery } from "../../schemas/clickhouse/store.ts";

export const STATE_TABLE = "analysis_state";

/** Names of the state's rows. The value of all but the last is a time, RFC 3339. */
export const STATE = {
  /**
   * Every record that had come in by then is in the derived tables. Its name changes with the rules by which they are computed,
   * so that the first pass by new rules computes everything again.
   */
  watermark: "watermark of rules 6",
  /** When the derived tables were last brought up to date. */
  computedAt: "computed_at",
  /** By which templates weeks were measured: their fingerprint. */
  templates: "templates",
} as const;

export const readState = defineQuery({
  name: "analytics: state",
  sql: `SELECT name, value, version FROM ${STATE_TABLE} FINAL`,
  params: z.object({}),
  row: z.object({ name: z.string(), value: z.string(), version: z.coerce.number() }),
});

/** Another pass that ended since this one began. Not FINAL: of two that ended together both must find the other. */
export const findOtherPass = defineQuery({
  name: "analytics: other pass",
  sql: `
SELECT version FROM ${STATE_TABLE}
WHERE version > {after:UInt64} AND version != {version:UInt64}
ORDER BY version DESC LIMIT 1`,
  params: z.object({ after: z.int(), version: z.int() }),
  row: z.object({ version: z.coerce.number() }),
});

/** Whether a record came in at a time or later. */
export const countArrivals = defineQuery({
  name: "analytics: arrivals",
  sql: `
SELECT
  (SELECT count() FROM token_events WHERE ingested_at >= {since:DateTime64(3)})
  + (SELECT count() FROM call_features WHERE ingested_at >= {since:DateTime64(3)})
  + (SELECT count() FROM outcomes WHERE ingested_at >= {since:DateTime64(3)})
  + (SELECT count() FROM outcome_disputes WHERE ingested_at >= {since:DateTime64(3)}) AS records`,
  params: z.object({ since: z.date() }),
  row: z.object({ records: z.coerce.number() }),
});

/** What a pass wrote. */
export const countComputed = defineQuery({
  name: "analytics: computed rows",
  sql: `
SELECT
  (SELECT count() FROM calls FINAL WHERE version = {version:UInt64} AND started_at >= {from_at:DateTime64(3)}) AS calls,
  (SELECT count() FROM usage_days FINAL WHERE version = {version:UInt64} AND day >= {from_day:Date}) AS usage_days,
  (SELECT count() FROM runs FINAL WHERE version = {version:UInt64} AND ended_at >= {from_at:DateTime64(3)}) AS runs,
  (SELECT count() FROM person_weeks FINAL WHERE version = {version:UInt64} AND week >= toMonday({from_day:Date}))
    AS person_weeks`,
  params: z.object({ version: z.int(), from_at: z.date(), from_day: z.iso.date() }),
  row: z.object({
    calls: z.coerce.number(),
    usage_days: z.coerce.number(),
    runs: z.coerce.number(),
    person_weeks: z.coerce.number(),
  }),
});

// What was used on each day: calls, tokens and cost of a person by model, client, class, kind and reason. A day is the
// organisation's, and a call falls into the day in which it started.

import { z } from "zod";
import { defineStatement } from "../../schemas/clickhouse/store.ts";
import { MODEL, PERSON } from "./call-facts.ts";
import { MEASURE_COLUMNS, MEASURES_OF_CALLS } from "./measures.ts";
import { inSlice, sliceParams } from "./slices.ts";
import { WINDOWS } from "./windows.ts";

export const sumDays = defineStatement({
  name: "analytics: usage_days",
  sql: `
INSERT INTO usage_days (person_id, day, model, client, workload_class, request_kind, reason, version, expires_at,
  ${MEASURE_COLUMNS})
WITH
  assigned AS (
    SELECT event_id, calls.person_id AS person, reason, workload_class AS class
    FROM calls FINAL INNER JOIN (${WINDOWS}) AS windows ON windows.person_id = calls.person_id
    WHERE started_at >= toDateTime({from_day:Date}, {timezone:String})
      AND toDate(started_at, {timezone:String}) >= windows.from_day AND ${inSlice("calls.person_id")}
  )
SELECT
  assigned.person, toDate(started_at, {timezone:String}) AS day, ${MODEL}, client, assigned.class, request_kind,
  assigned.reason, {version:UInt64}, max(expires_at) + toIntervalDay({kept_days:Int32}),
  ${MEASURES_OF_CALLS}
FROM token_events FINAL INNER JOIN assigned ON assigned.event_id = token_events.event_id
WHERE started_at >= toDateTime({from_day:Date}, {timezone:String}) AND ${inSlice(PERSON)}
GROUP BY 1, 2, 3, 4, 5, 6, 7`,
  params: z.object({
    version: z.int(),
    timezone: z.string(),
    /** The earliest day of the windows. */
    from_day: z.iso.date(),
    /** Days that the sums are kept for longer than their records. */
    kept_days: z.int(),
    ...sliceParams,
  }),
});

/** Rows of a window's days that no call stands for any longer. */
export const retireDays = defineStatement({
  name: "analytics: retire usage_days",
  sql: `
INSERT INTO usage_days (person_id, day, model, client, workload_class, request_kind, reason, version, is_deleted, expires_at)
SELECT person_id, day, model, client, workload_class, request_kind, reason, {version:UInt64}, 1, expires_at
FROM usage_days FINAL INNER JOIN (${WINDOWS}) AS windows ON windows.person_id = usage_days.person_id
WHERE day >= {from_day:Date} AND day >= windows.from_day
  AND usage_days.version < {version:UInt64}`,
  params: z.object({ version: z.int(), from_day: z.iso.date() }),
});

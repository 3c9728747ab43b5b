// How many calls of a time are recorded, which of the numbers that gateways gave out are missing, and how long a record takes?
//
// A writer's numbers are gapless, so a number between its first and its last one that no row has is a call that is not recorded (yet).
// Numbers follow the time of calls only roughly: a little more than the time asked for is read, and each writer is looked at from its
// first number of that time to its last before `settled`.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { operatorParam } from "../access/scope.ts";

export const recordedCalls = defineQuery({
  name: "recorded calls",
  sql: `
WITH writers AS (
  SELECT
    gateway_id,
    minIf(sequence, started_at >= {from:DateTime64(3)}) AS first,
    maxIf(sequence, started_at >= {from:DateTime64(3)} AND started_at < {settled:DateTime64(3)}) AS last
  FROM token_events FINAL
  WHERE started_at >= {margin:DateTime64(3)} AND sequence > 0 AND {scope:Bool}
  GROUP BY gateway_id
)
SELECT
  countIf(call.started_at >= {from:DateTime64(3)}) AS calls,
  (SELECT toInt64(sum(if(last >= first AND first > 0, last - first + 1, 0))) FROM writers)
    - toInt64(countIf(writer.first > 0 AND call.sequence >= writer.first AND call.sequence <= writer.last)) AS missing,
  nullIf(max(call.ingested_at), toDateTime64(0, 3, 'UTC')) AS newest_at,
  if(countIf(call.ingested_at >= {recent:DateTime64(3)} AND call.sequence > 0) = 0, NULL, greatest(0, quantileIf(0.5)(
    dateDiff('millisecond', call.started_at, call.ingested_at) - coalesce(call.duration_ms, 0),
    call.ingested_at >= {recent:DateTime64(3)} AND call.sequence > 0)) / 1000) AS delay_seconds
FROM token_events AS call FINAL
LEFT JOIN writers AS writer ON writer.gateway_id = call.gateway_id
WHERE call.started_at >= {margin:DateTime64(3)} AND {scope:Bool}`,
  params: z.object({
    scope: operatorParam,
    from: z.date(),
    /** An hour before `from`. */
    margin: z.date(),
    settled: z.date(),
    recent: z.date(),
  }),
  row: z.object({
    calls: z.coerce.number(),
    missing: z.coerce.number(),
    newest_at: z.iso.datetime().nullable(),
    delay_seconds: z.number().nullable(),
  }),
});

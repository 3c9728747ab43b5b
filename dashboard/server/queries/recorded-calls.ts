// How many calls of a time are recorded, which of the numbers that gateways gave out are missing, and how long a record takes?
//
// A writer's numbers are gapless, so a number between its first and its last one that no row has is a call that is not recorded (yet).
// Numbers follow the time of calls only roughly: a little more than the time asked for is read, and each writer is looked at from its
// first number of that time to its last before `settled`. Which numbers there are is kept as a bitmap, in which a gapless hundred
// thousand take some kilobytes, so that the calls are read once: what is first and last is known only when all have been read.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { operatorParam } from "../access/scope.ts";

export const recordedCalls = defineQuery({
  name: "recorded calls",
  sql: `
SELECT
  sum(writer.calls) AS calls,
  sum(if(writer.first > 0 AND writer.last >= writer.first, toInt64(writer.last - writer.first + 1)
    - toInt64(bitmapCardinality(bitmapSubsetInRange(writer.numbers, writer.first, writer.last + 1))), 0)) AS missing,
  nullIf(max(writer.newest_at), toDateTime64(0, 3, 'UTC')) AS newest_at,
  if(sum(writer.recent_calls) = 0, NULL, greatest(0, quantileMerge(0.5)(writer.delays_ms)) / 1000) AS delay_seconds
FROM (
  SELECT
    countIf(call.started_at >= {from:DateTime64(3)}) AS calls,
    minIf(call.sequence, call.started_at >= {from:DateTime64(3)} AND call.sequence > 0) AS first,
    maxIf(call.sequence, call.started_at >= {from:DateTime64(3)} AND call.started_at < {settled:DateTime64(3)}) AS last,
    groupBitmapState(call.sequence) AS numbers,
    max(call.ingested_at) AS newest_at,
    countIf(call.ingested_at >= {recent:DateTime64(3)} AND call.sequence > 0) AS recent_calls,
    quantileStateIf(0.5)(dateDiff('millisecond', call.started_at, call.ingested_at) - coalesce(call.duration_ms, 0),
      call.ingested_at >= {recent:DateTime64(3)} AND call.sequence > 0) AS delays_ms
  FROM token_events AS call FINAL
  WHERE call.started_at >= {margin:DateTime64(3)} AND {scope:Bool}
  GROUP BY call.gateway_id
) AS writer`,
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

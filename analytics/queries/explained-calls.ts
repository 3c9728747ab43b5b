// Which calls of a run cost the most, and which of them are not credited, for which reason?

import { z } from "zod";
import { defineQuery } from "../../schemas/clickhouse/store.ts";
import { UNCREDITED_REASONS } from "../../schemas/closed-lists.ts";

export const explainedCalls = defineQuery({
  name: "explained calls",
  sql: `
SELECT
  call.event_id AS event_id,
  call.started_at AS started_at,
  coalesce(event.model_served, event.model_requested) AS model,
  event.cost_usd AS cost_usd,
  nullIf(call.reason, '') AS uncredited_reason
FROM (
  SELECT event_id, started_at, reason FROM calls FINAL
  WHERE person_id = {person_id:UUID} AND run_id = {run_id:String}
    AND started_at BETWEEN {from:DateTime64(3)} AND {to:DateTime64(3)} AND expires_at > {now:DateTime64(3)}
) AS call
INNER JOIN (
  SELECT event_id, model_served, model_requested, cost_usd FROM token_events FINAL
  WHERE person_id = {person_id:UUID} AND started_at BETWEEN {from:DateTime64(3)} AND {to:DateTime64(3)}
) AS event ON event.event_id = call.event_id
ORDER BY event.cost_usd DESC NULLS LAST, call.started_at, call.event_id
LIMIT {rows_max:UInt32}`,
  params: z.object({
    person_id: z.uuid(),
    run_id: z.string(),
    from: z.date(),
    to: z.date(),
    now: z.date(),
    rows_max: z.int(),
  }),
  row: z.object({
    event_id: z.uuid(),
    started_at: z.iso.datetime(),
    model: z.string().nullable(),
    cost_usd: z.string().nullable(),
    uncredited_reason: z.enum(UNCREDITED_REASONS).nullable(),
  }),
});

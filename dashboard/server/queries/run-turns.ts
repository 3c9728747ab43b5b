// Which agents worked in which turns of a run, and what did each cost? In the order in which they began.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { ENDED_AT, runParams, selectCallsOfRun, selectInRunTime } from "./calls-of-run.ts";

export const runTurns = defineQuery({
  name: "turns of a run",
  sql: `
SELECT
  nullIf(call.turn_id, '') AS turn_id,
  nullIf(call.agent_id, '') AS agent_id,
  nullIf(any(call.parent_agent_id), '') AS parent_agent_id,
  min(call.started_at) AS first_at,
  max(event.ended_at) AS last_at,
  toUInt32(count()) AS calls,
  sum(toDecimal128(ifNull(event.cost_usd, 0), 12)) AS cost_usd,
  sumIf(toDecimal128(ifNull(event.cost_usd, 0), 12), call.credited) AS credited_cost_usd
FROM (${selectCallsOfRun("event_id, turn_id, agent_id, parent_agent_id, started_at, credited")}) AS call
INNER JOIN (${selectInRunTime("token_events", `event_id, cost_usd, ${ENDED_AT} AS ended_at`)}) AS event
  ON event.event_id = call.event_id
GROUP BY call.turn_id, call.agent_id
ORDER BY first_at, turn_id, agent_id
LIMIT {rows_max:UInt32}`,
  params: z.object({ ...runParams, rows_max: z.int() }),
  row: z.object({
    turn_id: z.string().nullable(),
    agent_id: z.string().nullable(),
    parent_agent_id: z.string().nullable(),
    first_at: z.iso.datetime(),
    last_at: z.iso.datetime(),
    calls: z.int(),
    cost_usd: z.string(),
    credited_cost_usd: z.string(),
  }),
});

// Which calls did some runs make? Those of a run together, and within it those of an agent, oldest first.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { REQUEST_KINDS, TRIGGERS, UNCREDITED_REASONS } from "../../../schemas/closed-lists.ts";

export const exportedRunCalls = defineQuery({
  name: "exported runs: calls",
  sql: `
SELECT
  call.person_id AS person_id,
  call.run_id AS run_id,
  nullIf(call.agent_id, '') AS agent_id,
  nullIf(call.parent_agent_id, '') AS parent_agent_id,
  call.event_id AS event_id,
  nullIf(call.turn_id, '') AS turn_id,
  call.operation_id AS operation_id,
  call.attempt AS attempt,
  event.request_kind AS request_kind,
  event.trigger AS trigger,
  call.started_at AS started_at,
  event.response_id AS response_id,
  call.credited AS credited,
  nullIf(call.reason, '') AS reason
FROM (
  SELECT * FROM calls FINAL
  WHERE person_id IN {person_ids:Array(UUID)} AND run_id IN {run_ids:Array(String)}
    AND started_at >= {from:DateTime64(3)} AND started_at <= {to:DateTime64(3)} AND expires_at > {now:DateTime64(3)}
) AS call
INNER JOIN (
  SELECT event_id, request_kind, trigger, response_id FROM token_events FINAL
  WHERE started_at >= {from:DateTime64(3)} AND started_at <= {to:DateTime64(3)} AND expires_at > {now:DateTime64(3)}
) AS event ON event.event_id = call.event_id
ORDER BY call.person_id, call.run_id, call.agent_id, call.started_at, call.event_id`,
  params: z.object({
    person_ids: z.array(z.uuid()),
    run_ids: z.array(z.string()),
    from: z.date(),
    to: z.date(),
    now: z.date(),
  }),
  row: z.object({
    person_id: z.uuid(),
    run_id: z.string(),
    agent_id: z.string().nullable(),
    parent_agent_id: z.string().nullable(),
    event_id: z.uuid(),
    turn_id: z.string().nullable(),
    operation_id: z.string(),
    attempt: z.int(),
    request_kind: z.enum(REQUEST_KINDS),
    trigger: z.enum(TRIGGERS),
    started_at: z.iso.datetime(),
    response_id: z.string().nullable(),
    credited: z.boolean(),
    reason: z.enum(UNCREDITED_REASONS).nullable(),
  }),
});

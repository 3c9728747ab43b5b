// Which calls did a run make, and what was each? Oldest first, a page at a time.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { ERROR_KINDS, REQUEST_KINDS, TRIGGERS, UNCREDITED_REASONS } from "../../../schemas/closed-lists.ts";
import { TOKEN_FIELDS } from "../../../schemas/token-event.ts";
import { runParams, selectCallsOfRun, selectInRunTime } from "./calls-of-run.ts";

const EVENT_COLUMNS = [
  "event_id",
  "duration_ms",
  "model_served",
  "model_requested",
  "request_kind",
  "trigger",
  "status",
  "error_kind",
  "cost_usd",
  ...TOKEN_FIELDS,
];
const tokens = TOKEN_FIELDS.map((name) => `'${name}', event.${name}`);
const count = z.coerce.number().int().min(0);

export const runCalls = defineQuery({
  name: "calls of a run",
  sql: `
SELECT
  call.event_id AS event_id,
  nullIf(call.turn_id, '') AS turn_id,
  nullIf(call.agent_id, '') AS agent_id,
  call.started_at AS started_at,
  event.duration_ms AS duration_ms,
  coalesce(event.model_served, event.model_requested) AS model,
  event.request_kind AS request_kind,
  event.trigger AS trigger,
  call.operation_id AS operation_id,
  call.attempt AS attempt,
  event.status AS status,
  event.error_kind AS error_kind,
  nullIf(call.reason, '') AS uncredited_reason,
  map(${tokens.join(", ")}) AS tokens,
  event.cost_usd AS cost_usd,
  if(feature.schema_version = 0, NULL, length(feature.tool_names)) AS tool_calls
FROM (${selectCallsOfRun("event_id, turn_id, agent_id, started_at, operation_id, attempt, reason")}) AS call
INNER JOIN (${selectInRunTime("token_events", EVENT_COLUMNS.join(", "))}) AS event ON event.event_id = call.event_id
LEFT JOIN (${selectInRunTime("call_features", "event_id, schema_version, tool_names")}) AS feature
  ON feature.event_id = call.event_id
WHERE (call.started_at, call.event_id) > ({after:DateTime64(3)}, {after_event_id:UUID})
ORDER BY call.started_at, call.event_id
LIMIT {rows_max:UInt32}`,
  params: z.object({ ...runParams, after: z.date(), after_event_id: z.uuid(), rows_max: z.int() }),
  row: z.object({
    event_id: z.uuid(),
    turn_id: z.string().nullable(),
    agent_id: z.string().nullable(),
    started_at: z.iso.datetime(),
    duration_ms: count.nullable(),
    model: z.string().nullable(),
    request_kind: z.enum(REQUEST_KINDS),
    trigger: z.enum(TRIGGERS),
    operation_id: z.string(),
    attempt: z.int(),
    status: z.int(),
    error_kind: z.enum(ERROR_KINDS).nullable(),
    uncredited_reason: z.enum(UNCREDITED_REASONS).nullable(),
    tokens: z.record(z.enum(TOKEN_FIELDS), count.nullable()),
    cost_usd: z.string().nullable(),
    tool_calls: count.nullable(),
  }),
});

// Which calls has a person, oldest first, and what does each one's record say? For their own export. Two questions, because what
// analytics knows of calls lies by person, and records lie by time: the second one looks no further than the page reaches.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { TOKEN_FIELDS } from "../../../schemas/token-event.ts";
import { subjectIdParam } from "../access/scope.ts";
import { afterPlace, ownCount, ownPageParams, placeRow } from "./own-page.ts";

export const ownCalls = defineQuery({
  name: "own export: calls",
  sql: `
SELECT event_id, started_at, run_id, nullIf(turn_id, '') AS turn_id, nullIf(agent_id, '') AS agent_id, operation_id, attempt,
  credited, nullIf(calls.reason, '') AS reason, nullIf(calls.workload_class, '') AS workload_class,
  started_at AS place_at, toString(event_id) AS place_id
FROM calls FINAL
WHERE person_id = {person_id:UUID} AND expires_at > {now:DateTime64(3)} AND ${afterPlace("started_at", "toString(event_id)")}`,
  params: ownPageParams,
  row: z.looseObject({
    event_id: z.uuid(),
    started_at: z.iso.datetime(),
    run_id: z.string(),
    turn_id: z.string().nullable(),
    agent_id: z.string().nullable(),
    operation_id: z.string(),
    attempt: z.int(),
    credited: z.boolean(),
    reason: z.string().nullable(),
    workload_class: z.string().nullable(),
    ...placeRow,
  }),
});

const unknownText = z.string().nullable();

export const recordsOfCalls = defineQuery({
  name: "own export: records of calls",
  sql: `
SELECT event_id, duration_ms, client, client_version, provider, model_requested, model_served, request_kind, trigger, status, error_kind,
  stop_kind, ${TOKEN_FIELDS.join(", ")}, cost_usd, price_version, tags
FROM token_events FINAL
WHERE person_id = {person_id:UUID} AND event_id IN {event_ids:Array(UUID)}
  AND started_at >= {from:DateTime64(3)} AND started_at <= {to:DateTime64(3)} AND expires_at > {now:DateTime64(3)}`,
  params: z.object({
    person_id: subjectIdParam,
    event_ids: z.array(z.uuid()),
    from: z.date(),
    to: z.date(),
    now: z.date(),
  }),
  row: z.object({
    event_id: z.uuid(),
    duration_ms: ownCount.nullable(),
    client: z.string(),
    client_version: z.string(),
    provider: z.string(),
    model_requested: unknownText,
    model_served: unknownText,
    request_kind: z.string(),
    trigger: z.string(),
    status: z.int(),
    error_kind: unknownText,
    stop_kind: unknownText,
    ...Object.fromEntries(TOKEN_FIELDS.map((field) => [field, ownCount.nullable()])),
    cost_usd: unknownText,
    price_version: unknownText,
    tags: z.record(z.string(), z.string()),
  }),
});

// What did a run's agents ask their tools to do, and how did it end? One question for the single tool calls, oldest first, a page
// at a time; one for how many there were of each kind and name.
//
// A result names the tool call that it is of by a hash of that call's id. The first result in the run is taken: an attempt that is
// repeated brings it again. Hashes are of an epoch, so a result on the other side of its change is not found, and its
// tool call has no known end. The hashes stay in here.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { OUTSIDE_KINDS, RESULT_STATES, TOOL_KINDS } from "../../../schemas/closed-lists.ts";
import { ENDED_AT, runParams, selectCallsOfRun, selectInRunTime } from "./calls-of-run.ts";

const REACHES_OUTSIDE = `kind IN (${OUTSIDE_KINDS.map((kind) => `'${kind}'`).join(", ")})`;

/** One row a tool call. Lists of an import may be shorter than that of the names: what is missing is unknown. */
const TOOL_CALLS = `
  features AS (
    SELECT call.event_id AS event_id, call.agent_id AS agent_id, call.started_at AS started_at, feature.*
    FROM (${selectCallsOfRun("event_id, agent_id, started_at")}) AS call
    INNER JOIN (${selectInRunTime("call_features", "event_id AS feature_event_id, tool_names, tool_kinds, tool_call_hashes, tool_result_call_hashes, tool_result_states")}) AS feature
      ON feature.feature_event_id = call.event_id
  ),
  results AS (
    SELECT tool_result_call_hashes[place] AS result_hash, min(started_at) AS answered_at,
      argMin(tool_result_states[place], (started_at, event_id)) AS state
    FROM features ARRAY JOIN arrayEnumerate(tool_result_call_hashes) AS place
    WHERE result_hash != ''
    GROUP BY result_hash
  ),
  asked AS (
    SELECT event_id, agent_id, started_at, place - 1 AS position, tool_names[place] AS name,
      if(tool_kinds[place] = '', 'other', tool_kinds[place]) AS kind, tool_call_hashes[place] AS call_hash
    FROM features ARRAY JOIN arrayEnumerate(tool_names) AS place
  ),
  tool_calls AS (
    SELECT asked.*, if(results.state = '', 'unknown', results.state) AS result,
      if(results.result_hash = '', NULL, results.answered_at) AS answered
    FROM asked LEFT JOIN results ON results.result_hash = asked.call_hash
  )`;

export const runToolCalls = defineQuery({
  name: "tool calls of a run",
  sql: `
WITH ${TOOL_CALLS}
SELECT
  tool.event_id AS event_id,
  toUInt16(tool.position) AS position,
  nullIf(tool.agent_id, '') AS agent_id,
  tool.name AS name,
  tool.kind AS kind,
  tool.started_at AS started_at,
  event.ended_at AS asked_at,
  tool.answered AS answered_at,
  tool.result AS result,
  toBool(${REACHES_OUTSIDE}) AS reaches_outside
FROM tool_calls AS tool
INNER JOIN (${selectInRunTime("token_events", `event_id, ${ENDED_AT} AS ended_at`)}) AS event
  ON event.event_id = tool.event_id
WHERE (tool.started_at, tool.event_id, tool.position) > ({after:DateTime64(3)}, {after_event_id:UUID}, {after_position:Int32})
  AND (NOT {only_outside:Bool} OR ${REACHES_OUTSIDE})
ORDER BY tool.started_at, tool.event_id, tool.position
LIMIT {rows_max:UInt32}`,
  params: z.object({
    ...runParams,
    only_outside: z.boolean(),
    after: z.date(),
    after_event_id: z.uuid(),
    after_position: z.int(),
    rows_max: z.int(),
  }),
  row: z.object({
    event_id: z.uuid(),
    position: z.int(),
    agent_id: z.string().nullable(),
    name: z.string(),
    kind: z.enum(TOOL_KINDS),
    started_at: z.iso.datetime(),
    asked_at: z.iso.datetime(),
    answered_at: z.iso.datetime().nullable(),
    result: z.enum(RESULT_STATES),
    reaches_outside: z.boolean(),
  }),
});

/** By kind, and by kind and name: the rows of the former have an empty name. Kinds first, then names by falling number. */
export const runToolCounts = defineQuery({
  name: "tools of a run",
  sql: `
WITH ${TOOL_CALLS}
SELECT
  kind,
  name,
  toUInt8(grouping(name)) AS is_of_kind,
  toUInt32(count()) AS calls,
  toUInt32(countIf(result = 'ok')) AS ok,
  toUInt32(countIf(result = 'error')) AS error,
  toUInt32(countIf(result = 'unknown')) AS unknown
FROM tool_calls
GROUP BY GROUPING SETS ((kind), (kind, name))
ORDER BY is_of_kind DESC, calls DESC, kind, name
LIMIT {rows_max:UInt32}`,
  params: z.object({ ...runParams, rows_max: z.int() }),
  row: z.object({
    kind: z.enum(TOOL_KINDS),
    name: z.string(),
    is_of_kind: z.int(),
    calls: z.int(),
    ok: z.int(),
    error: z.int(),
    unknown: z.int(),
  }),
});

/** Of how many calls of a run is the tool list known? */
export const runKnownTools = defineQuery({
  name: "calls of a run with known tools",
  sql: `
SELECT toUInt32(count()) AS calls
FROM (${selectInRunTime("call_features", "event_id")})
WHERE event_id IN (${selectCallsOfRun("event_id")})`,
  params: z.object(runParams),
  row: z.object({ calls: z.int() }),
});

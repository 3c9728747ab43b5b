// One run as the dashboard's server answers it and its page reads it, under /api/v1/people/{person_id}/runs/{run_id}.
//
// Always holds: as in dashboard-api.ts; lists are bounded, and say what they leave out; of a tool call there are name, kind, time
// and result, and neither its arguments nor any hash of them.

import { z } from "zod";
import {
  CLASS_SOURCES,
  ERROR_KINDS,
  REQUEST_KINDS,
  RESULT_STATES,
  RUN_SOURCES,
  TOOL_KINDS,
  TRIGGERS,
  UNCREDITED_REASONS,
  WORKLOAD_CLASSES,
} from "./closed-lists.ts";
import { measuresSchema } from "./dashboard-api.ts";
import { TOKEN_FIELDS } from "./token-event.ts";

const usd = z.string().regex(/^\d+(\.\d+)?$/);
const count = z.int().min(0);
const instant = z.iso.datetime();
const workloadClass = z.enum(WORKLOAD_CLASSES);

/** A class that the person gave the run afterwards. Of those that hold the newest counts; there is one, unless runs were joined. */
export const classCorrectionSchema = z.object({
  correction_id: z.uuid(),
  workload_class: workloadClass,
  /** What it was before; null: undeclared. */
  previous_class: workloadClass.nullable(),
  reason: z.string().nullable(),
  created_at: instant,
  /** Taken back, or replaced by a newer one; null: it holds. */
  withdrawn_at: instant.nullable(),
});

export const runClassSchema = z.object({
  /** As the figures count it; null: undeclared. */
  workload_class: workloadClass.nullable(),
  class_source: z.enum(CLASS_SOURCES),
  /** The figures do not know of the newest correction, or of its withdrawal, yet. They will in a minute. */
  is_pending: z.boolean(),
  /** Whether it still can be corrected: only while all records of the run's calls are kept. */
  can_correct: z.boolean(),
  /** Newest first. */
  corrections: z.array(classCorrectionSchema),
});
export type RunClass = z.infer<typeof runClassSchema>;

/** POST …/class corrects it, DELETE …/class takes the correction back; both answer with a `runClassSchema`. */
export const newRunClassSchema = z.strictObject({
  workload_class: workloadClass,
  reason: z.string().trim().min(1).max(500).optional(),
});

/** What one agent did in one turn. */
const runAgentSchema = z.object({
  /** Null: the run's main agent. */
  agent_id: z.string().nullable(),
  /** Null: the main agent's, or the main agent itself. */
  parent_agent_id: z.string().nullable(),
  started_at: instant,
  ended_at: instant,
  calls: count,
  cost_usd: usd,
  credited_cost_usd: usd,
});

const runTurnSchema = z.object({
  /** Null: calls of which no turn is known. */
  turn_id: z.string().nullable(),
  started_at: instant,
  ended_at: instant,
  agents: z.array(runAgentSchema),
});

const toolCountsSchema = z.object({
  calls: count,
  ok: count,
  error: count,
  /** Without a result that says how it ended. */
  unknown: count,
});

/** What the run's agents asked their tools to do, as far as it is known. */
const runToolsSchema = z.object({
  /** Days that tool lists are kept, counted from the call. */
  kept_days: count,
  /** Calls of the run whose tool list is there, of all of its calls. Less: not kept any longer, or it could not be made. */
  known_calls: count,
  total_calls: count,
  by_kind: z.array(toolCountsSchema.extend({ kind: z.enum(TOOL_KINDS) })),
  /** Most calls first, at most 100 names. */
  by_name: z.array(toolCountsSchema.extend({ name: z.string(), kind: z.enum(TOOL_KINDS) })),
});

/** GET …/runs/{run_id}. */
export const runSchema = measuresSchema.extend({
  run_id: z.string(),
  run_source: z.enum(RUN_SOURCES),
  /** The client's own id of the session; null: none. */
  session_id: z.string().nullable(),
  client: z.string(),
  models: z.array(z.string()),
  /** `name=value`, of all of its calls. */
  tags: z.array(z.string()),
  started_at: instant,
  ended_at: instant,
  /** Human prompts, as far as they are known; the main agent and its sub-agents. */
  turn_count: count,
  agent_count: count,
  uncredited_cost_usd: z.partialRecord(z.enum(UNCREDITED_REASONS), usd),
  /** Single calls are kept until then; null: some are gone already, and sums are what is left of them. */
  calls_kept_until: instant.nullable(),
  class: runClassSchema,
  /** In the order in which they began, at most 2,000 agents in all. */
  turns: z.array(runTurnSchema),
  has_more_turns: z.boolean(),
  tools: runToolsSchema,
});
export type Run = z.infer<typeof runSchema>;

const runCallSchema = z.object({
  event_id: z.uuid(),
  turn_id: z.string().nullable(),
  agent_id: z.string().nullable(),
  started_at: instant,
  duration_ms: count.nullable(),
  model: z.string().nullable(),
  request_kind: z.enum(REQUEST_KINDS),
  trigger: z.enum(TRIGGERS),
  /** From 1; the attempts of one operation share its id. */
  operation_id: z.string(),
  attempt: count,
  /** HTTP status that the client saw; 0: none. */
  status: count,
  error_kind: z.enum(ERROR_KINDS).nullable(),
  /** Null: credited. */
  uncredited_reason: z.enum(UNCREDITED_REASONS).nullable(),
  tokens: z.record(z.enum(TOKEN_FIELDS), count.nullable()),
  cost_usd: usd.nullable(),
  /** Tools that its answer asked for; null: unknown. */
  tool_calls: count.nullable(),
});

/** GET …/runs/{run_id}/calls?cursor=…, oldest first, 1,000 a page. */
export const runCallsPageSchema = z.object({
  calls: z.array(runCallSchema),
  next_cursor: z.string().nullable(),
});
export type RunCallsPage = z.infer<typeof runCallsPageSchema>;

const runToolCallSchema = z.object({
  /** The call whose answer asked for it, and its place there, from 0. */
  event_id: z.uuid(),
  position: count,
  agent_id: z.string().nullable(),
  name: z.string(),
  kind: z.enum(TOOL_KINDS),
  /** When the answer that asked for it ended. */
  asked_at: instant,
  /** When a call brought its result back; null: none did, or it can't be told which. */
  answered_at: instant.nullable(),
  result: z.enum(RESULT_STATES),
  /** Whether it can have reached outside: kinds execute and communicate. */
  reaches_outside: z.boolean(),
});

/** GET …/runs/{run_id}/tools?cursor=…&reach=outside, oldest first, 1,000 a page; `reach=outside`: only what can have reached outside. */
export const runToolsPageSchema = z.object({
  tool_calls: z.array(runToolCallSchema),
  next_cursor: z.string().nullable(),
});
export type RunToolsPage = z.infer<typeof runToolsPageSchema>;

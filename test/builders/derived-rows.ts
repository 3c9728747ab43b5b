// Rows as analytics leaves them, of which a test says only what matters to it. Everything that is not said is zero or empty.

import { TOKEN_FIELDS } from "../../schemas/token-event.ts";

type Row = Readonly<Record<string, unknown>>;

/** So late that nothing is cleared away while a test runs. */
const NEVER = "2090-01-01T00:00:00Z";

export const NO_TOKENS = Object.fromEntries(TOKEN_FIELDS.map((field) => [field, 0]));
export const NO_COUNTS = { calls: 0, unknown_usage_calls: 0, unpriced_calls: 0 };

/** A row of usage_days. */
export function buildUsageDay(said: Row): Row {
  return {
    model: "m1",
    client: "codex",
    workload_class: "",
    request_kind: "main",
    reason: "",
    ...NO_COUNTS,
    ...NO_TOKENS,
    cost_usd: "0",
    version: 1,
    expires_at: NEVER,
    ...said,
  };
}

/** A row of runs. */
export function buildRun(said: Row): Row {
  return {
    run_source: "client",
    session_id: "",
    client: "codex",
    workload_class: "",
    started_at: "2026-11-20T09:00:00.000Z",
    ended_at: "2026-11-20T10:00:00.000Z",
    models: ["m1"],
    ...NO_COUNTS,
    ...NO_TOKENS,
    cost_usd: "0",
    credited_cost_usd: "0",
    uncredited_cost_usd: {},
    version: 1,
    expires_at: NEVER,
    inputs_expire_at: NEVER,
    ...said,
  };
}

/** A row of calls. */
export function buildCallRow(said: Row): Row {
  return {
    started_at: "2026-11-20T09:00:00.000Z",
    run_id: "r1",
    run_source: "client",
    turn_id: "",
    agent_id: "",
    parent_agent_id: "",
    operation_id: "o1",
    attempt: 1,
    credited: true,
    reason: "",
    workload_class: "",
    class_source: "",
    computed_at: "2026-11-20T11:00:00.000Z",
    version: 1,
    expires_at: NEVER,
    ...said,
  };
}

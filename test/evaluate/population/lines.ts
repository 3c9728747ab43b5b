// Runs as lines of `assay import events` and `assay import outcomes`. What the product's import fills in by itself is left out.
//
// Always holds: hashes of a conversation chain as the gateway's do (each call's `parent_prefix_hash` is the former call's `prefix_hash`
// of the same agent); an opening has none, and openings that say the same have the same.

import { createRandom } from "../../simulation/random.ts";
import { interfaceOf } from "./prices.ts";
import type { VirtualCall, VirtualOutcome, VirtualRun } from "./virtual.ts";

export interface VirtualOwner {
  email: string;
}

const CLIENT_VERSION: Readonly<Record<VirtualRun["client"], string>> = {
  "claude-code": "2.1.300",
  codex: "0.128.0",
  opencode: "1.2.0",
  openclaw: "2026.9.1",
  sdk: "1.0.0",
  other: "",
};
const CLIENT_NAME: Readonly<Record<VirtualRun["client"], string>> = {
  "claude-code": "claude-code",
  codex: "codex",
  opencode: "opencode",
  openclaw: "openclaw",
  sdk: "anthropic-sdk",
  other: "unknown",
};
/** JSON of a request of text is about as long as the text. */
const BYTES_PER_TOKEN = 4;

/** A line a call, in the order of the calls. */
export function* toEventLines({ email }: VirtualOwner, run: VirtualRun): Generator<string> {
  const random = createRandom(`${email} ${run.session} ${run.startsAtMs}`);
  const places = new Map<string, number>();
  for (const call of run.calls) {
    const place = places.get(call.agent) ?? 0;
    places.set(call.agent, place + 1);
    const startedAtMs = run.startsAtMs + call.afterMs;
    yield `${JSON.stringify({
      event_id: random.uuid(startedAtMs),
      started_at: new Date(startedAtMs).toISOString(),
      person_email: email,
      ...toEvent(run, call),
      ...toFeatures(run, call, { email, place }),
    })}\n`;
  }
}

function toEvent(run: VirtualRun, call: VirtualCall): Record<string, unknown> {
  const { tokens } = call;
  const inputTokens = tokens.input + tokens.cacheRead + tokens.cacheWrite;
  return {
    duration_ms: call.durationMs,
    first_byte_ms: Math.min(call.durationMs, 900),
    client: CLIENT_NAME[run.client],
    client_version: CLIENT_VERSION[run.client],
    entrypoint: run.entrypoint,
    session_id: run.session,
    ...(run.client === "openclaw" ? { client_run_id: run.session, run_id_source: "client" } : {}),
    ...(call.agent === "" ? {} : { agent_id: `${run.session}.${call.agent}` }),
    request_kind: call.agent === "" ? "main" : "subagent",
    trigger: call.trigger,
    ...(run.workloadClass === undefined ? {} : { workload_class: run.workloadClass, class_source: "header" }),
    ...interfaceOf(call.model),
    model_requested: call.model,
    stream: true,
    request_bytes: inputTokens * BYTES_PER_TOKEN,
    ...(call.bodyHash === undefined ? {} : { body_hash: call.bodyHash }),
    ...(call.retry === undefined ? {} : { client_retry_count: call.retry }),
    ...(call.failure === undefined ? toAnswered(call) : toFailed(call.failure)),
  };
}

function toAnswered({ model, tokens, stop }: VirtualCall): Record<string, unknown> {
  return {
    model_served: model,
    stop_kind: stop,
    status: 200,
    terminated_by: "complete",
    input_tokens: tokens.input,
    cache_read_tokens: tokens.cacheRead,
    cache_write_5m_tokens: tokens.cacheWrite,
    output_tokens: tokens.output,
    ...(tokens.reasoning === 0 ? {} : { reasoning_tokens: tokens.reasoning }),
    response_bytes: tokens.output * BYTES_PER_TOKEN,
  };
}

function toFailed({ status, error }: NonNullable<VirtualCall["failure"]>): Record<string, unknown> {
  return { status, error_kind: error, terminated_by: "complete" };
}

function toFeatures(
  run: VirtualRun,
  call: VirtualCall,
  { email, place }: { email: string; place: number },
): Record<string, unknown> {
  const chain = `${run.session}.${run.startsAtMs.toString(36)}.${call.agent}`.slice(-56);
  const { prompt, answer, tools, results } = call;
  const system = call.system ?? `s.${run.client}.${email}`.slice(0, 60);
  const opening = run.calls.find(({ agent }) => agent === call.agent)?.prompt?.hash;
  const prefixOf = (at: number): string =>
    at === 0 && opening !== undefined ? `${opening}.${run.client}`.slice(-60) : `${chain}.${at}`;
  return {
    prefix_hash: prefixOf(place),
    ...(place === 0
      ? {}
      : { parent_prefix_hash: prefixOf(place - 1), parent_answer_hash: `${chain}a${place - 1}` }),
    answer_hash: `${chain}a${place}`,
    system_hash: system,
    delta_tool_chars: call.toolChars,
    delta_human_chars: prompt?.chars ?? 0,
    ...(prompt === undefined
      ? {}
      : {
          delta_hash: prompt.hash,
          delta_sketch: prompt.sketch,
          delta_repetition: prompt.repetition ?? null,
          delta_compression: prompt.compression ?? null,
          delta_blocks: prompt.blocks ?? [],
        }),
    output_chars: answer.chars,
    output_hash: answer.hash.slice(-60),
    ...(answer.sketch === undefined ? {} : { output_sketch: answer.sketch }),
    ...(answer.blocks === undefined ? {} : { output_blocks: answer.blocks }),
    ...(answer.compression === undefined ? {} : { output_compression: answer.compression }),
    ...(tools.length === 0
      ? {}
      : {
          tool_names: tools.map(({ name }) => name),
          tool_kinds: tools.map(({ kind }) => kind),
          tool_args_hashes: tools.map(({ args }) => args.slice(-60)),
          tool_target_hashes: tools.map(({ target }) => target.slice(-60)),
          tool_call_hashes: tools.map((_tool, at) => `${chain}.${place}.${at}`.slice(-60)),
        }),
    ...(results.length === 0
      ? {}
      : {
          tool_result_hashes: results.map(({ hash }) => hash.slice(-60)),
          tool_result_call_hashes: results.map((_result, at) => `${chain}.${place - 1}.${at}`.slice(-60)),
          tool_result_states: results.map(({ isError }) => (isError ? "error" : "ok")),
          tool_results_ok: results.filter(({ isError }) => !isError).length,
          tool_results_error: results.filter(({ isError }) => isError).length,
        }),
  };
}

/** Of high trust where somebody else approved, or the lines stayed; a line a pull request that its author merged is of medium. */
export function toOutcomeLine(
  { email }: VirtualOwner,
  run: VirtualRun,
  outcome: VirtualOutcome,
  at: number,
): string {
  const time = new Date(run.startsAtMs + outcome.afterMs).toISOString();
  return `${JSON.stringify({
    schema_version: 1,
    outcome_id: `evaluate:${run.session}:${run.startsAtMs}:${at}`,
    kind: outcome.kind,
    occurred_at: time,
    credited_at: time,
    person_email: email,
    person_id: null,
    run_id: null,
    session_id: run.session,
    request_id: null,
    repo_hash: null,
    branch_hash: null,
    ticket_hash: null,
    change_hash: null,
    file_hashes: [],
    quantity: 1,
    gross_quantity: 1,
    reviewed_by_other: outcome.isReviewed,
    reverses: null,
    source: "import",
    trust: "high",
  })}\n`;
}

export function timeOfOutcome(run: VirtualRun, { afterMs }: VirtualOutcome): number {
  return run.startsAtMs + afterMs;
}

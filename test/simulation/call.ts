// One call of the history, with the attempts that it takes: a failing attempt is repeated with the same body, as clients do,
// until one gets through or the client gives up.

import type { TokenEvent } from "../../schemas/token-event.ts";
import { STOP_WORDS, type ClientProfile } from "./clients.ts";
import type { Random, Weighted } from "./random.ts";
import { CALL_RATES } from "./call-rates.ts";

/** Who calls, with which client, in which session: what all calls of a conversation have in common. */
export type Caller = Pick<
  TokenEvent,
  "key_id" | "key_kind" | "identity_source" | "workload_class" | "class_source" | "entrypoint"
> & {
  profile: ClientProfile;
  version: string;
  sessionId: string | null;
  runId: string | null;
};

/** Tokens of one call, disjoint as in the records. */
export interface CallTokens {
  input: number;
  cacheRead: number;
  cacheWrite: number;
  output: number;
  reasoning: number;
}

export interface Call {
  atMs: number;
  caller: Caller;
  model: string;
  kind: TokenEvent["request_kind"];
  trigger: TokenEvent["trigger"];
  tokens: CallTokens;
  stop: "end" | "tool" | "length";
  messages: number;
  api?: TokenEvent["api"];
  agentId?: string;
  /** The hash of a body that was sent before, word for word; drawn anew where it is not given. */
  bodyHash?: string;
}

/** The share of attempts at a provider that fail at a time. */
export type Failing = (provider: string, atMs: number) => number;

/** All attempts of a call, the last one last. At least one. */
export function attemptCall(random: Random, failing: Failing, call: Call): TokenEvent[] {
  const bodyHash = call.bodyHash ?? random.word(22);
  const attempts: TokenEvent[] = [];
  let atMs = call.atMs;
  for (let retries = 0; retries < CALL_RATES.attemptsMax; retries++) {
    const base = draft(random, { ...call, atMs, bodyHash }, retries);
    if (!random.chance(failing(base.provider, atMs))) return [...attempts, complete(random, call, base)];
    const failed = fail(random, base);
    attempts.push(failed);
    atMs = endOf(failed) + random.logNormal(...CALL_RATES.backoffMs) * 2 ** retries;
  }
  return attempts;
}

/** When a call ended, in milliseconds since 1970. */
export function endOf(event: TokenEvent): number {
  return Date.parse(event.started_at) + (event.duration_ms ?? 0);
}

const CHARS_PER_TOKEN = 4;
/** A stream repeats the frame around each few characters. */
const STREAM_BYTES_PER_TOKEN = 90;

function draft(random: Random, call: Call & { bodyHash: string }, retries: number): TokenEvent {
  const { caller, tokens } = call;
  const { profile, version, sessionId, runId, ...identity } = caller;
  const sent = tokens.input + tokens.cacheRead + tokens.cacheWrite;
  return {
    ...UNKNOWN,
    ...identity,
    event_id: random.uuid(call.atMs),
    started_at: new Date(call.atMs).toISOString(),
    client: profile.client,
    client_version: version,
    session_id: sessionId,
    client_run_id: runId,
    run_id_source: runId === null ? null : "client",
    agent_id: call.agentId ?? null,
    client_retry_count: profile.countsRetries ? retries : null,
    body_hash: call.bodyHash,
    request_kind: call.kind,
    trigger: call.trigger,
    provider: profile.provider,
    api: call.api ?? profile.api,
    model_requested: call.model,
    stream: call.kind === "main" || call.kind === "subagent",
    request_bytes: sent * CHARS_PER_TOKEN,
    messages: call.messages,
    tools_offered: call.kind === "auxiliary" ? 0 : profile.toolsOffered,
  };
}

/** How calls fail: refused, without a connection, or in the middle of the answer. */
const FAILURES: Weighted<Pick<TokenEvent, "error_kind" | "status" | "terminated_by">> = [
  [{ error_kind: "rate_limited", status: 429, terminated_by: "complete" }, 5],
  [{ error_kind: "overloaded", status: 529, terminated_by: "complete" }, 3],
  [{ error_kind: "server_error", status: 500, terminated_by: "complete" }, 2],
  [{ error_kind: "unreachable", status: 502, terminated_by: "upstream" }, 1],
  [{ error_kind: "stream_error", status: 200, terminated_by: "upstream" }, 1],
];

function fail(random: Random, base: TokenEvent): TokenEvent {
  return {
    ...base,
    ...random.pickWeighted(FAILURES),
    first_byte_ms: random.integer(80, 900),
    duration_ms: random.integer(900, 3000),
    response_bytes: random.integer(90, 400),
  };
}

function complete(random: Random, call: Call, base: TokenEvent): TokenEvent {
  const { tokens } = call;
  const generated = tokens.output + tokens.reasoning;
  const firstByteMs = Math.round(random.logNormal(...CALL_RATES.firstByteMs));
  const isAbandoned = base.stream && random.chance(CALL_RATES.abandoned);
  const done = isAbandoned ? random.uniform() : 1;
  const output = Math.round(tokens.output * done);
  const spent = Math.round(generated * done * random.logNormal(...CALL_RATES.tokenMs));
  const ended = { ...base, status: 200, first_byte_ms: firstByteMs, duration_ms: firstByteMs + spent };
  if (call.kind === "count_tokens") return { ...ended, error_kind: null, response_bytes: 24 };
  const stop = STOP_WORDS[base.api]?.[call.stop] ?? null;
  return {
    ...ended,
    ...toUsage(random, call, output),
    response_id: isAbandoned ? null : `${base.api}_${random.word(20)}`,
    request_id: `req_${random.word(16)}`,
    model_served: call.model,
    terminated_by: isAbandoned ? "client" : "complete",
    stop_reason: isAbandoned ? null : stop,
    stop_kind: isAbandoned || stop === null ? null : toStopKind(stop, call.stop),
    response_bytes: (base.stream ? STREAM_BYTES_PER_TOKEN : CHARS_PER_TOKEN) * output,
    ...(isAbandoned && call.caller.profile.cache !== "marked" ? NO_USAGE : {}),
    ...(isAbandoned && call.caller.profile.cache === "marked" ? { usage_source: "partial" as const } : {}),
  };
}

/** A provider with one word for the end and for a tool call leaves open which it was; that is the end, then. */
function toStopKind(word: string, stop: Call["stop"]): TokenEvent["stop_kind"] {
  return stop === "tool" && word !== "tool_use" && word !== "tool_calls" ? "end" : stop;
}

function toUsage(random: Random, { caller, tokens, kind }: Call, output: number): Partial<TokenEvent> {
  const { cache, provider } = caller.profile;
  if (provider === "vllm" && random.chance(CALL_RATES.usageUnreported)) return NO_USAGE;
  if (kind === "embedding") return { usage_source: "reported", input_tokens: tokens.input };
  return {
    usage_source: "reported",
    input_tokens: tokens.input,
    cache_read_tokens: tokens.cacheRead,
    ...(cache === "marked" ? { cache_write_5m_tokens: tokens.cacheWrite, cache_write_1h_tokens: 0 } : {}),
    output_tokens: output,
    reasoning_tokens: caller.profile.reasoningShare > 0 ? tokens.reasoning : null,
  };
}

const NO_USAGE = {
  usage_source: "none" as const,
  input_tokens: null,
  cache_read_tokens: null,
  cache_write_5m_tokens: null,
  cache_write_1h_tokens: null,
  output_tokens: null,
  reasoning_tokens: null,
  audio_input_tokens: null,
  audio_output_tokens: null,
  image_input_tokens: null,
  image_output_tokens: null,
};

/** What the history of another gateway does not say. Its reader prices the calls. */
const UNKNOWN = {
  ...NO_USAGE,
  schema_version: 1,
  gateway_id: "",
  sequence: 0,
  person_id: null,
  team_id: null,
  turn_id: null,
  parent_agent_id: null,
  parent_session_id: null,
  response_id: null,
  previous_response_id: null,
  request_id: null,
  tags: {},
  model_served: null,
  service_tier: null,
  effort: null,
  max_output_tokens: null,
  error_kind: null,
  terminated_by: "complete",
  stop_reason: null,
  stop_kind: null,
  server_tool_calls: {},
  usage_raw: null,
  cost_usd: null,
  price_version: null,
  first_byte_ms: null,
  duration_ms: null,
  response_bytes: 0,
  status: 0,
} as const;

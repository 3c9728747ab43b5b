// Turns a call's draft into its event, once it is known how the call ended.

import type { ErrorKind, StopKind, TerminatedBy } from "../../schemas/closed-lists.ts";
import { COUNT_MAX, FIELD_CHARS_MAX, type TokenEvent, type TokenField } from "../../schemas/token-event.ts";
import type { Provider, Reading, TokenCounts } from "./providers/provider.ts";

export interface Ending {
  status: number;
  terminatedBy: TerminatedBy;
  /** What went wrong on the way; null where only the answer can tell. */
  errorKind: ErrorKind | null;
  firstByteMs: number | null;
  durationMs: number;
  requestBytes: number;
  responseBytes: number;
  requestId: string | null;
  /** What was read of the answer; undefined where there was none. */
  reading: Reading | undefined;
  /** Counts that the gateway itself has estimated, because the provider reported none. */
  estimate: TokenCounts | undefined;
}

const ERROR_OF_STATUS: ReadonlyMap<number, ErrorKind> = new Map([
  [401, "authentication"],
  [402, "quota"],
  [403, "permission"],
  [404, "not_found"],
  [408, "timeout"],
  [413, "too_large"],
  [429, "rate_limited"],
  [503, "overloaded"],
  [504, "timeout"],
  [529, "overloaded"],
]);

export function finishEvent(draft: TokenEvent, provider: Provider, ending: Ending): TokenEvent {
  const { reading } = ending;
  const stopReason = reading?.stopReason ?? null;
  return {
    ...draft,
    ...toUsage(reading, ending.estimate),
    first_byte_ms: toMs(ending.firstByteMs),
    duration_ms: toMs(ending.durationMs),
    response_id: cut(reading?.responseId ?? null),
    request_id: cut(ending.requestId),
    model_served: reading?.modelServed ?? null,
    service_tier: cut(reading?.serviceTier ?? draft.service_tier),
    status: ending.status,
    error_kind: ending.errorKind ?? errorOfStatus(ending.status) ?? reading?.errorKind ?? null,
    terminated_by: ending.terminatedBy,
    stop_reason: stopReason,
    stop_kind: stopReason === null ? null : toStopKind(provider, stopReason),
    request_bytes: ending.requestBytes,
    response_bytes: ending.responseBytes,
  };
}

type UsageFields = Pick<TokenEvent, "usage_source" | "server_tool_calls" | "usage_raw" | TokenField>;

function toUsage(reading: Reading | undefined, estimate: TokenCounts | undefined): Partial<UsageFields> {
  if (!reading?.tokens)
    return estimate ? { ...estimate, usage_source: "estimated" } : { usage_source: "none" };
  return {
    ...reading.tokens,
    usage_source: reading.isFinal ? "reported" : "partial",
    server_tool_calls: toToolCalls(reading.serverToolCalls),
    usage_raw: toRawUsage(reading.usage),
  };
}

const RAW_USAGE_CHARS_MAX = 16_384;
const ENUM_WORD = /^[A-Za-z0-9_.-]{1,64}$/;

/** The provider's usage object as JSON: numbers and enum words stay, any other text is left out. */
function toRawUsage(usage: unknown): string | null {
  const json = stringify(usage, (_name, value) =>
    typeof value === "string" && !ENUM_WORD.test(value) ? undefined : value,
  );
  return json === undefined || json.length > RAW_USAGE_CHARS_MAX ? null : json;
}

/** JSON, or undefined for what is nested deeper than the stack reaches. */
function stringify(value: unknown, replace: (name: string, value: unknown) => unknown): string | undefined {
  try {
    return JSON.stringify(value, replace);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const TOOLS_MAX = 64;

/** Names are the provider's, and may be of any length and number. */
function toToolCalls(calls: Readonly<Record<string, number>>): Record<string, number> {
  const entries = Object.entries(calls).slice(0, TOOLS_MAX);
  return Object.fromEntries(entries.map(([name, count]) => [name.slice(0, FIELD_CHARS_MAX), count]));
}

/** By the list's own words alone: an object has `constructor` and the like without anybody having listed them. */
function toStopKind({ stopKinds }: Provider, reason: string): StopKind {
  return (Object.hasOwn(stopKinds, reason) ? stopKinds[reason] : undefined) ?? "other";
}

function errorOfStatus(status: number): ErrorKind | null {
  if (status < 400) return null;
  return ERROR_OF_STATUS.get(status) ?? (status < 500 ? "invalid_request" : "server_error");
}

function toMs(milliseconds: number | null): number | null {
  return milliseconds === null ? null : Math.min(COUNT_MAX, Math.max(0, Math.round(milliseconds)));
}

function cut(text: string | null): string | null {
  return text === null ? null : text.slice(0, FIELD_CHARS_MAX);
}

// Anthropic: messages, count_tokens.
//
// A stream reports usage in `message_start` and again, cumulatively, in each `message_delta`; the last known value of a field
// stands, a later 0 does not undo it, and nothing is ever added up. Input excludes what was read from or written to a cache;
// output includes thinking, which is taken out where it is reported. (docs.anthropic.com: Messages, Streaming, Prompt caching.)

import type { ErrorKind } from "../../../schemas/closed-lists.ts";
import {
  countMember,
  isRecord,
  parseMember,
  scanMember,
  scanObject,
  textMember,
  toCount,
  type Members,
} from "../json-scan.ts";
import {
  emptyReading,
  without,
  type AnswerReader,
  type Provider,
  type Reading,
  type TokenCounts,
} from "./provider.ts";
import { countItems } from "./request-facts.ts";

const NATIVE_PATH = /^\/v1\/messages(\/|$)/;

export const anthropic: Provider = {
  kind: "anthropic",
  isNativePath: (path) => NATIVE_PATH.test(path),
  classify(method, path) {
    if (method === "POST" && path.endsWith("/messages")) {
      return { api: "messages", requestKind: "main", isMetered: true };
    }
    const isCount = method === "POST" && path.endsWith("/messages/count_tokens");
    return {
      api: isCount ? "messages" : "other",
      requestKind: isCount ? "count_tokens" : "other",
      isMetered: false,
    };
  },
  readRequest: (body, members) => ({
    model_requested: textMember(body, members, "model"),
    stream: parseMember(body, members, "stream") === true,
    max_output_tokens: countMember(body, members, "max_tokens"),
    service_tier: textMember(body, members, "service_tier"),
    effort: textMember(body, scanMember(body, members, "output_config"), "effort"),
    messages: countItems(body, members, "messages"),
    tools_offered: countItems(body, members, "tools"),
  }),
  createReader: createMessagesReader,
  acceptsStreamOptions: () => false,
  stopKinds: {
    end_turn: "end",
    stop_sequence: "end",
    pause_turn: "other",
    max_tokens: "length",
    model_context_window_exceeded: "length",
    tool_use: "tool",
    refusal: "refusal",
  },
  authorization: (key) => ["x-api-key", key],
  refusal: (_status, kind, message) => ({
    type: "error",
    error: { type: ERROR_TYPES[kind] ?? "api_error", message },
  }),
};

const ERROR_TYPES: Partial<Record<ErrorKind, string>> = {
  authentication: "authentication_error",
  invalid_request: "invalid_request_error",
  not_found: "not_found_error",
  overloaded: "overloaded_error",
  permission: "permission_error",
  rate_limited: "rate_limit_error",
  too_large: "request_too_large",
};

function createMessagesReader(): AnswerReader {
  const reading = emptyReading();
  const usage: Record<string, unknown> = {};

  function readMessage(body: Buffer, members: Members | undefined): void {
    reading.responseId ??= textMember(body, members, "id");
    reading.modelServed = textMember(body, members, "model") ?? reading.modelServed;
    reading.stopReason = textMember(body, members, "stop_reason") ?? reading.stopReason;
    if (scanMember(body, members, "error")) reading.errorKind = "stream_error";
    readUsage(body, members);
  }

  function readUsage(body: Buffer, members: Members | undefined): void {
    const reported = parseMember(body, members, "usage");
    if (!isRecord(reported)) return;
    mergeLatest(usage, reported);
    reading.usage = usage;
    readMergedUsage(reading, usage);
  }

  return {
    reading,
    readEvent(type, data) {
      switch (type) {
        case "message_start":
          readMessage(data, scanMember(data, scanObject(data), "message"));
          break;
        case "message_delta": {
          const members = scanObject(data);
          const delta = scanMember(data, members, "delta");
          reading.stopReason = textMember(data, delta, "stop_reason") ?? reading.stopReason;
          readUsage(data, members);
          reading.isFinal = reading.tokens !== undefined;
          break;
        }
        case "message_stop":
          reading.isEnded = true;
          break;
        case "error":
          reading.errorKind = "stream_error";
          break;
        default:
          break;
      }
    },
    readBody(body) {
      readMessage(body, scanObject(body));
      reading.isFinal = reading.tokens !== undefined;
    },
  };
}

/** Takes over each known value, level by level; null and a fall back to 0 are no news. */
function mergeLatest(known: Record<string, unknown>, reported: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(reported)) {
    if (name === "__proto__" || value === null) continue;
    const before = known[name];
    if (isRecord(value) && isRecord(before)) mergeLatest(before, value);
    else if (!(value === 0 && typeof before === "number")) known[name] = value;
  }
}

function readMergedUsage(reading: Reading, usage: Readonly<Record<string, unknown>>): void {
  reading.tokens = toTokens(usage);
  const tier = usage["service_tier"];
  if (typeof tier === "string") reading.serviceTier = tier;
  const tools = usage["server_tool_use"];
  if (isRecord(tools)) {
    for (const [name, calls] of Object.entries(tools)) {
      const count = toCount(calls);
      if (count !== null) reading.serverToolCalls[name.replace(/_requests$/, "")] = count;
    }
  }
}

function toTokens(usage: Readonly<Record<string, unknown>>): TokenCounts {
  const details = isRecord(usage["output_tokens_details"]) ? usage["output_tokens_details"] : {};
  const thinking = toCount(details["thinking_tokens"]);
  return {
    input_tokens: toCount(usage["input_tokens"]),
    cache_read_tokens: toCount(usage["cache_read_input_tokens"]),
    ...toCacheWrites(usage),
    output_tokens: without(toCount(usage["output_tokens"]), thinking),
    reasoning_tokens: thinking,
  };
}

/** The split by lifetime where it adds up to the flat count; else all of it at the lifetime that is the default. */
function toCacheWrites(usage: Readonly<Record<string, unknown>>): TokenCounts {
  const total = toCount(usage["cache_creation_input_tokens"]);
  const split = isRecord(usage["cache_creation"]) ? usage["cache_creation"] : {};
  const fiveMinutes = toCount(split["ephemeral_5m_input_tokens"]);
  const oneHour = toCount(split["ephemeral_1h_input_tokens"]);
  const isSplitKnown =
    fiveMinutes !== null && oneHour !== null && fiveMinutes + oneHour === (total ?? fiveMinutes + oneHour);
  return isSplitKnown
    ? { cache_write_5m_tokens: fiveMinutes, cache_write_1h_tokens: oneHour }
    : { cache_write_5m_tokens: total, cache_write_1h_tokens: total === null ? null : 0 };
}

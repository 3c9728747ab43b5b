// OpenAI and what speaks like it: chat completions, responses, embeddings.
//
// Chat usage may sit on a chunk of its own, on a content chunk, or before the finish chunk; `choices` may be absent or null.
// Responses report under `response.usage` on `response.completed`, `.incomplete` and `.failed`. Reading a stored response
// again (GET) is not usage. Input includes cached and audio tokens, output includes reasoning and audio, so they are taken
// out here. (platform.openai.com, API reference: chat, responses, embeddings.)

import type { ErrorKind } from "../../../schemas/closed-lists.ts";
import {
  countMember,
  countOf,
  isRecord,
  parseMember,
  scanArray,
  scanMember,
  scanObject,
  textMember,
  type Members,
} from "../json-scan.ts";
import {
  emptyReading,
  without,
  type AnswerReader,
  type Operation,
  type Provider,
  type TokenCounts,
} from "./provider.ts";
import { countItems } from "./request-facts.ts";

const METERED: readonly { pattern: RegExp; api: "chat" | "responses" | "embeddings" }[] = [
  { pattern: /\/chat\/completions$/, api: "chat" },
  { pattern: /\/responses$/, api: "responses" },
  { pattern: /\/embeddings$/, api: "embeddings" },
];

/** Known to take `stream_options`, by their documentation. */
const STREAM_OPTIONS_UPSTREAMS: ReadonlySet<string> = new Set([
  "openai",
  "groq",
  "deepseek",
  "together",
  "openrouter",
  "xai",
  "ollama",
  "vllm",
]);
const NATIVE_PATH = /^\/v1\/(?!messages(\/|$))/;
const CHAT_END = "[DONE]";
/**
 * What a chunk must hold to be looked into, once the answer's id and model are known; most chunks hold text alone. A chunk
 * that has nothing to say of these leaves them out or says null, and within a text the quotes would be escaped.
 */
const CHAT_NEWS = /"(?:usage|finish_reason|error)"\s*:\s*[^n\s]/;
const RESPONSES_END: ReadonlySet<string> = new Set([
  "response.completed",
  "response.incomplete",
  "response.failed",
]);

export const openai: Provider = {
  kind: "openai",
  isNativePath: (path) => NATIVE_PATH.test(path),
  classify(method, path) {
    const found = method === "POST" ? METERED.find(({ pattern }) => pattern.test(path)) : undefined;
    if (!found) return { api: "other", requestKind: "other", isMetered: false };
    return {
      api: found.api,
      requestKind: found.api === "embeddings" ? "embedding" : "main",
      isMetered: true,
    };
  },
  readRequest(body, members) {
    const reasoning = scanMember(body, members, "reasoning");
    return {
      model_requested: textMember(body, members, "model"),
      stream: parseMember(body, members, "stream") === true,
      max_output_tokens:
        countMember(body, members, "max_completion_tokens") ??
        countMember(body, members, "max_output_tokens") ??
        countMember(body, members, "max_tokens"),
      service_tier: textMember(body, members, "service_tier"),
      effort: textMember(body, reasoning, "effort") ?? textMember(body, members, "reasoning_effort"),
      messages: countItems(body, members, "messages") ?? countItems(body, members, "input"),
      tools_offered: countItems(body, members, "tools"),
      previous_response_id: textMember(body, members, "previous_response_id"),
    };
  },
  createReader: (operation) =>
    operation.api === "responses" ? createResponsesReader() : createChatReader(operation),
  acceptsStreamOptions: (upstreamName) => STREAM_OPTIONS_UPSTREAMS.has(upstreamName),
  stopKinds: {
    stop: "end",
    completed: "end",
    length: "length",
    max_output_tokens: "length",
    tool_calls: "tool",
    function_call: "tool",
    content_filter: "refusal",
  },
  authorization: (key) => ["authorization", `Bearer ${key}`],
  refusal: (_status, kind, message) => ({
    error: { message, type: ERROR_TYPES[kind] ?? "server_error", param: null, code: kind },
  }),
};

const ERROR_TYPES: Partial<Record<ErrorKind, string>> = {
  authentication: "invalid_request_error",
  invalid_request: "invalid_request_error",
  not_found: "invalid_request_error",
  too_large: "invalid_request_error",
};

function createChatReader(operation: Operation): AnswerReader {
  const reading = emptyReading();

  function readMembers(body: Buffer, members: Members | undefined): void {
    reading.responseId ??= textMember(body, members, "id");
    reading.modelServed = textMember(body, members, "model") ?? reading.modelServed;
    reading.serviceTier = textMember(body, members, "service_tier") ?? reading.serviceTier;
    const choices = members?.get("choices");
    const [choice] = (choices && scanArray(body, choices.start, 1)) ?? [];
    if (choice) {
      reading.stopReason =
        textMember(body, scanObject(body, choice.start), "finish_reason") ?? reading.stopReason;
    }
    if (scanMember(body, members, "error")) reading.errorKind = "stream_error";
    const usage = parseMember(body, members, "usage");
    if (isRecord(usage)) {
      reading.usage = usage;
      reading.tokens = toChatTokens(usage, operation);
      reading.isFinal = true;
    }
  }

  return {
    reading,
    readEvent(_type, data) {
      if (data.length === CHAT_END.length && data.toString("latin1") === CHAT_END) reading.isEnded = true;
      else if (!reading.responseId || !reading.modelServed || CHAT_NEWS.test(data.toString("latin1")))
        readMembers(data, scanObject(data));
    },
    readBody: (body) => readMembers(body, scanObject(body)),
  };
}

function createResponsesReader(): AnswerReader {
  const reading = emptyReading();

  function readResponse(body: Buffer, members: Members | undefined): void {
    reading.responseId ??= textMember(body, members, "id");
    reading.modelServed = textMember(body, members, "model") ?? reading.modelServed;
    reading.serviceTier = textMember(body, members, "service_tier") ?? reading.serviceTier;
    const status = textMember(body, members, "status");
    if (status !== null && RESPONSE_ENDED.has(status)) {
      const reason = textMember(body, scanMember(body, members, "incomplete_details"), "reason");
      reading.stopReason = reason ?? status;
    }
    if (scanMember(body, members, "error")) reading.errorKind = "stream_error";
    const usage = parseMember(body, members, "usage");
    if (isRecord(usage)) {
      reading.usage = usage;
      reading.tokens = toResponsesTokens(usage);
      reading.isFinal = true;
    }
  }

  return {
    reading,
    readEvent(type, data) {
      const members = RESPONSE_BEARING.test(type) || type === "" ? scanObject(data) : undefined;
      const name = type || textMember(data, members, "type");
      if (name === "error") reading.errorKind = "stream_error";
      const response = scanMember(data, members, "response");
      if (response) readResponse(data, response);
      if (name && RESPONSES_END.has(name)) reading.isEnded = true;
    },
    readBody: (body) => readResponse(body, scanObject(body)),
  };
}

const RESPONSE_ENDED: ReadonlySet<string> = new Set(["completed", "incomplete", "failed", "cancelled"]);

/** The events that carry the response itself; the many deltas between them are not looked into. */
const RESPONSE_BEARING = /^response\.(created|completed|incomplete|failed)$/;

function toChatTokens(usage: Readonly<Record<string, unknown>>, operation: Operation): TokenCounts {
  const input = usage["prompt_tokens_details"];
  const cacheRead = countOf(input, "cached_tokens");
  const audioInput = countOf(input, "audio_tokens");
  const tokens: TokenCounts = {
    input_tokens: without(countOf(usage, "prompt_tokens"), cacheRead, audioInput),
    cache_read_tokens: cacheRead,
    audio_input_tokens: audioInput,
  };
  if (operation.api === "embeddings") return tokens;
  const output = usage["completion_tokens_details"];
  const reasoning = countOf(output, "reasoning_tokens");
  const audioOutput = countOf(output, "audio_tokens");
  return {
    ...tokens,
    output_tokens: without(countOf(usage, "completion_tokens"), reasoning, audioOutput),
    reasoning_tokens: reasoning,
    audio_output_tokens: audioOutput,
  };
}

function toResponsesTokens(usage: Readonly<Record<string, unknown>>): TokenCounts {
  const cacheRead = countOf(usage["input_tokens_details"], "cached_tokens");
  const reasoning = countOf(usage["output_tokens_details"], "reasoning_tokens");
  return {
    input_tokens: without(countOf(usage, "input_tokens"), cacheRead),
    cache_read_tokens: cacheRead,
    output_tokens: without(countOf(usage, "output_tokens"), reasoning),
    reasoning_tokens: reasoning,
  };
}

// OpenAI and what speaks like it: chat completions, responses, embeddings, rerankings, audio, images, realtime.
//
// An interface is known by the end of its path, because every compatible provider puts something else in front. Batches and
// files report no usage, and reading a stored response again (GET) is not usage. (platform.openai.com, API reference.)

import type { ErrorKind } from "../../../schemas/closed-lists.ts";
import { countMember, parseMember, scanMember, textMember } from "../json-scan.ts";
import { reportsUsageOnRequest } from "./compatible.ts";
import { createChatReader } from "./openai-chat.ts";
import { createResponsesReader } from "./openai-responses.ts";
import { UPGRADE, type Operation, type Provider } from "./provider.ts";
import { countItems, formField } from "./request-facts.ts";

const INTERFACES: readonly (Omit<Operation, "isMetered" | "requestKind"> & {
  pattern: RegExp;
  requestKind?: Operation["requestKind"];
})[] = [
  { pattern: /\/chat\/completions$/, api: "chat" },
  { pattern: /\/completions$/, api: "other" },
  { pattern: /\/responses$/, api: "responses" },
  { pattern: /\/responses\/compact$/, api: "responses", requestKind: "auxiliary" },
  { pattern: /\/embeddings$/, api: "embeddings", requestKind: "embedding", output: "none" },
  { pattern: /\/rerank$/, api: "other", requestKind: "other", output: "none" },
  { pattern: /\/audio\/(transcriptions|translations)$/, api: "other" },
  { pattern: /\/audio\/speech$/, api: "other", output: "audio" },
  { pattern: /\/images\/(generations|edits|variations)$/, api: "other", output: "image" },
];
/** What is spoken over WebSockets. */
const SOCKET_INTERFACES: readonly { pattern: RegExp; api: Operation["api"] }[] = [
  { pattern: /\/responses$/, api: "responses" },
  { pattern: /\/realtime$/, api: "realtime" },
];
const COUNT_TOKENS = /\/responses\/input_tokens$/;
const NATIVE_PATH = /^\/v1\/(?!messages(\/|$))/;

export const openai: Provider = {
  kind: "openai",
  isNativePath: (path) => NATIVE_PATH.test(path),
  classify(method, path) {
    const found = method === "POST" ? INTERFACES.find(({ pattern }) => pattern.test(path)) : undefined;
    if (found) {
      const { pattern: _, ...operation } = found;
      return { requestKind: "main", isMetered: true, ...operation };
    }
    const spoken =
      method === UPGRADE ? SOCKET_INTERFACES.find(({ pattern }) => pattern.test(path)) : undefined;
    if (spoken) return { api: spoken.api, requestKind: "main", isMetered: true, isStream: true };
    const isCount = method === "POST" && COUNT_TOKENS.test(path);
    return { api: "other", requestKind: isCount ? "count_tokens" : "other", isMetered: false };
  },
  readRequest(body, members) {
    if (!members) {
      return { model_requested: formField(body, "model"), stream: formField(body, "stream") === "true" };
    }
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
      messages: countItems(members, "messages") ?? countItems(members, "input"),
      tools_offered: countItems(members, "tools"),
      previous_response_id: textMember(body, members, "previous_response_id"),
    };
  },
  createReader: (operation) =>
    operation.api === "responses" || operation.api === "realtime"
      ? createResponsesReader()
      : createChatReader(operation),
  acceptsStreamOptions: (upstreamName) => reportsUsageOnRequest(upstreamName),
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

// Anthropic: messages, count_tokens.
//
// A stream reports usage in `message_start` and again, cumulatively, in each `message_delta`. Vertex AI has the same interface
// below a path that names the model. (platform.claude.com: Messages, Streaming; docs.cloud.google.com: Claude on Vertex AI.)

import type { ErrorKind } from "../../../schemas/closed-lists.ts";
import {
  countMember,
  isRecord,
  parseMember,
  scanMember,
  scanObject,
  textMember,
  type Members,
} from "../json-scan.ts";
import { mergeUsage, readAnthropicUsage, readFallbackModel, readServerToolUse } from "./anthropic-usage.ts";
import { emptyReading, type AnswerReader, type Provider } from "./provider.ts";
import { countItems, decodeSegment, holdsError } from "./request-facts.ts";

const NATIVE_PATH = /^\/v1\/messages(\/|$)/;
/** Not every path that ends so: OpenAI's threads have messages too. */
const MESSAGES = /^(.*\/v1)?\/messages$/;
const VERTEX_MESSAGES = /\/publishers\/anthropic\/models\/([^/:]+):(rawPredict|streamRawPredict)$/;
/** What an event must hold to be looked into, where the stream names none. */
const NEWS = /"(?:usage|stop_reason|error|message_stop)"/;

export const anthropic: Provider = {
  kind: "anthropic",
  isNativePath: (path) => NATIVE_PATH.test(path),
  classify(method, path) {
    if (method === "POST" && MESSAGES.test(path)) {
      return { api: "messages", requestKind: "main", isMetered: true };
    }
    const [, model, verb] = (method === "POST" && VERTEX_MESSAGES.exec(path)) || [];
    if (model !== undefined) {
      const isStream = verb === "streamRawPredict";
      return { api: "messages", requestKind: "main", isMetered: true, model: decodeSegment(model), isStream };
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
    messages: countItems(members, "messages"),
    tools_offered: countItems(members, "tools"),
    previous_response_id: textMember(body, scanMember(body, members, "thread"), "previous_message_id"),
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
    if (holdsError(body, members)) reading.errorKind = "stream_error";
    readUsage(body, members);
  }

  /** Returns whether there was any. */
  function readUsage(body: Buffer, members: Members | undefined): boolean {
    const reported = parseMember(body, members, "usage");
    if (!isRecord(reported)) return false;
    mergeUsage(usage, reported);
    reading.usage = usage;
    Object.assign(reading, readAnthropicUsage(usage));
    reading.serverToolCalls = readServerToolUse(usage);
    reading.modelServed = readFallbackModel(usage) ?? reading.modelServed;
    const tier = usage["service_tier"];
    if (typeof tier === "string") reading.serviceTier = tier;
    return true;
  }

  return {
    reading,
    readEvent(type, data) {
      switch (type || nameOf(data)) {
        case "message_start":
          readMessage(data, scanMember(data, scanObject(data), "message"));
          break;
        case "message_delta": {
          const members = scanObject(data);
          const delta = scanMember(data, members, "delta");
          reading.stopReason = textMember(data, delta, "stop_reason") ?? reading.stopReason;
          // What `message_start` says of the output is a placeholder.
          reading.isFinal = readUsage(data, members);
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

/** Some relays leave the events' names out; the data has them too. */
function nameOf(data: Buffer): string {
  return (NEWS.test(data.toString("latin1")) && textMember(data, scanObject(data), "type")) || "";
}

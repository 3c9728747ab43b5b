// Gemini: generateContent, streamGenerateContent (server-sent events, or one JSON array), embeddings, countTokens, interactions.
//
// Each chunk carries the usage so far; the last one is complete. (ai.google.dev, API reference: GenerateContentResponse.)

import type { ErrorKind } from "../../../schemas/closed-lists.ts";
import {
  countMember,
  isRecord,
  parseMember,
  scanArray,
  scanMember,
  scanObject,
  textMember,
  type Members,
} from "../json-scan.ts";
import { createInteractionReader } from "./gemini-interactions.ts";
import { readUsageMetadata } from "./gemini-usage.ts";
import { emptyReading, type AnswerReader, type Operation, type Provider } from "./provider.ts";
import { countItems, decodeSegment, holdsError } from "./request-facts.ts";

const NATIVE_PATH = /^\/v1(beta)?\/(models|cachedContents|files|interactions|openai|tunedModels)(\/|:|$)/;
const MODEL_CALL = /\/(?:models|tunedModels)\/([^/:]+):(\w+)$/;
const INTERACTIONS = /\/interactions$/;

export const gemini: Provider = {
  kind: "gemini",
  isNativePath: (path) => NATIVE_PATH.test(path) && (path.startsWith("/v1beta/") || MODEL_CALL.test(path)),
  classify(method, path) {
    if (method === "POST" && INTERACTIONS.test(path)) {
      return { api: "other", requestKind: "main", isMetered: true };
    }
    const [, model, verb = ""] = (method === "POST" ? MODEL_CALL.exec(path) : null) ?? [];
    const named = model === undefined ? {} : { model: decodeSegment(model) };
    switch (verb) {
      case "generateContent":
        return { api: "generate", requestKind: "main", isMetered: true, isStream: false, ...named };
      case "streamGenerateContent":
        return { api: "generate", requestKind: "main", isMetered: true, isStream: true, ...named };
      case "countTokens":
        return { api: "generate", requestKind: "count_tokens", isMetered: false, ...named };
      case "embedContent":
      case "batchEmbedContents":
        return { api: "embeddings", requestKind: "embedding", isMetered: true, isStream: false, ...named };
      default:
        return { api: "other", requestKind: "other", isMetered: false, ...named };
    }
  },
  readRequest(body, members) {
    const settings = scanMember(body, members, "generationConfig");
    const interaction = scanMember(body, members, "generation_config");
    return {
      model_requested: textMember(body, members, "model"),
      stream: parseMember(body, members, "stream") === true,
      max_output_tokens:
        countMember(body, settings, "maxOutputTokens") ?? countMember(body, interaction, "max_output_tokens"),
      service_tier: textMember(body, members, "serviceTier") ?? textMember(body, members, "service_tier"),
      effort:
        textMember(body, scanMember(body, settings, "thinkingConfig"), "thinkingLevel") ??
        textMember(body, interaction, "thinking_level"),
      messages: countItems(members, "contents") ?? countItems(members, "input"),
      tools_offered: countItems(members, "tools"),
      previous_response_id: textMember(body, members, "previous_interaction_id"),
    };
  },
  createReader: (operation: Operation) =>
    operation.api === "other" ? createInteractionReader() : createGenerateReader(),
  acceptsStreamOptions: () => false,
  stopKinds: {
    STOP: "end",
    MAX_TOKENS: "length",
    SAFETY: "refusal",
    RECITATION: "refusal",
    BLOCKLIST: "refusal",
    PROHIBITED_CONTENT: "refusal",
    SPII: "refusal",
    MALFORMED_FUNCTION_CALL: "other",
    completed: "end",
    requires_action: "tool",
    incomplete: "length",
  },
  authorization: (key) => ["x-goog-api-key", key],
  refusal: (status, kind, message) => ({
    error: { code: status, message, status: ERROR_STATUS[kind] ?? "INTERNAL" },
  }),
};

const ERROR_STATUS: Partial<Record<ErrorKind, string>> = {
  authentication: "UNAUTHENTICATED",
  invalid_request: "INVALID_ARGUMENT",
  not_found: "NOT_FOUND",
  overloaded: "UNAVAILABLE",
  permission: "PERMISSION_DENIED",
  rate_limited: "RESOURCE_EXHAUSTED",
  too_large: "INVALID_ARGUMENT",
  unreachable: "UNAVAILABLE",
};

function createGenerateReader(): AnswerReader {
  const reading = emptyReading();

  function readChunk(body: Buffer, members: Members | undefined): void {
    reading.responseId ??= textMember(body, members, "responseId");
    reading.modelServed = textMember(body, members, "modelVersion") ?? reading.modelServed;
    if (holdsError(body, members)) reading.errorKind = "stream_error";
    const candidates = members?.get("candidates");
    const [candidate] = (candidates && scanArray(body, candidates.start, 1)) ?? [];
    const finish = candidate && textMember(body, scanObject(body, candidate.start), "finishReason");
    reading.stopReason =
      finish ??
      textMember(body, scanMember(body, members, "promptFeedback"), "blockReason") ??
      reading.stopReason;
    const usage = parseMember(body, members, "usageMetadata");
    const counts = isRecord(usage) ? readUsageMetadata(usage) : undefined;
    if (counts) {
      reading.usage = usage;
      Object.assign(reading, counts);
    }
    reading.isFinal = reading.tokens !== undefined && reading.stopReason !== null;
  }

  return {
    reading,
    readEvent: (_type, data) => readChunk(data, scanObject(data)),
    readBody(body) {
      const chunks = scanArray(body, 0);
      if (chunks) for (const { start } of chunks) readChunk(body, scanObject(body, start));
      else readChunk(body, scanObject(body));
      reading.isFinal = reading.tokens !== undefined;
    },
  };
}

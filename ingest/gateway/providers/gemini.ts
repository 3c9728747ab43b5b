// Gemini: generateContent, streamGenerateContent (server-sent events, or one JSON array), embeddings, countTokens.
//
// Each chunk carries the usage so far; the last one is complete. Input includes what came from a cache. Thoughts may be inside
// the candidates' count or beside it, which the total decides. (ai.google.dev, API reference: GenerateContentResponse.)

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
import { emptyReading, without, type AnswerReader, type Provider, type TokenCounts } from "./provider.ts";
import { countItems } from "./request-facts.ts";

const NATIVE_PATH = /^\/v1(beta)?\/(models|cachedContents|files|interactions|tunedModels)(\/|:|$)/;
const MODEL_CALL = /\/models\/([^/:]+):(\w+)$/;

export const gemini: Provider = {
  kind: "gemini",
  isNativePath: (path) => NATIVE_PATH.test(path) && (path.startsWith("/v1beta/") || MODEL_CALL.test(path)),
  classify(method, path) {
    const [, model, verb = ""] = (method === "POST" ? MODEL_CALL.exec(path) : null) ?? [];
    const named = model === undefined ? {} : { model: decodeModel(model) };
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
    return {
      max_output_tokens: countMember(body, settings, "maxOutputTokens"),
      effort: textMember(body, scanMember(body, settings, "thinkingConfig"), "thinkingLevel"),
      messages: countItems(body, members, "contents"),
      tools_offered: countItems(body, members, "tools"),
    };
  },
  createReader: createGenerateReader,
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
    if (scanMember(body, members, "error")) reading.errorKind = "stream_error";
    const candidates = members?.get("candidates");
    const [candidate] = (candidates && scanArray(body, candidates.start, 1)) ?? [];
    const finish = candidate && textMember(body, scanObject(body, candidate.start), "finishReason");
    reading.stopReason =
      finish ??
      textMember(body, scanMember(body, members, "promptFeedback"), "blockReason") ??
      reading.stopReason;
    const usage = parseMember(body, members, "usageMetadata");
    if (isRecord(usage)) {
      reading.usage = usage;
      reading.tokens = toTokens(usage);
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

function toTokens(usage: Readonly<Record<string, unknown>>): TokenCounts {
  const cached = countOf(usage, "cachedContentTokenCount");
  const prompt = countOf(usage, "promptTokenCount");
  const toolPrompt = countOf(usage, "toolUsePromptTokenCount");
  const thoughts = countOf(usage, "thoughtsTokenCount");
  const candidates = countOf(usage, "candidatesTokenCount");
  const total = countOf(usage, "totalTokenCount");
  const areThoughtsInside =
    thoughts !== null && candidates !== null && total === (prompt ?? 0) + (toolPrompt ?? 0) + candidates;
  return {
    input_tokens: prompt === null ? null : without(prompt + (toolPrompt ?? 0), cached),
    cache_read_tokens: cached,
    output_tokens: areThoughtsInside ? without(candidates, thoughts) : candidates,
    reasoning_tokens: thoughts,
  };
}

function decodeModel(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

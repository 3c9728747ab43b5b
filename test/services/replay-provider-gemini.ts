// Gemini's built-in answers: generateContent and streamGenerateContent, the latter as server-sent events with `alt=sse` and as
// one JSON array without. Every chunk carries the usage so far; thoughts are counted beside the candidates.
//
// Source: ai.google.dev, API reference (GenerateContentResponse, UsageMetadata, streamGenerateContent).

import { jsonAnswer, streamAnswer, type ReplayAnswer } from "./replay-provider-answer.ts";
import { ANSWER_PIECES, ANSWER_TEXT, sumOf, type AnswerContext } from "./replay-provider-usage.ts";

const MODEL_CALL = /\/v1(?:beta)?\/models\/([^/:]+):(generateContent|streamGenerateContent)$/;

/** Undefined where the route is none of Gemini's. */
export function answerGemini(context: AnswerContext): ReplayAnswer | undefined {
  const [, model = "", verb] = MODEL_CALL.exec(context.path) ?? [];
  if (context.method !== "POST" || verb === undefined) return undefined;
  if (verb === "generateContent") return jsonAnswer(toWhole(context, model));
  const chunks = toChunks(context, model);
  return context.query.get("alt") === "sse"
    ? streamAnswer(chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`))
    : toJsonArray(chunks);
}

function toWhole(context: AnswerContext, model: string): object {
  return toChunk(context, model, ANSWER_TEXT, { finishReason: "STOP" }, context.usage.output_tokens ?? 0);
}

function toChunks(context: AnswerContext, model: string): object[] {
  const output = context.usage.output_tokens ?? 0;
  return ANSWER_PIECES.map((text, index) => {
    const isLast = index === ANSWER_PIECES.length - 1;
    const soFar = Math.floor((output * (index + 1)) / ANSWER_PIECES.length);
    return toChunk(context, model, text, isLast ? { finishReason: "STOP" } : {}, isLast ? output : soFar);
  });
}

function toChunk(
  context: AnswerContext,
  model: string,
  text: string,
  finish: object,
  candidatesTokenCount: number,
): object {
  const { usage, id } = context;
  const cached = usage.cache_read_tokens ?? 0;
  const thoughts = usage.reasoning_tokens ?? 0;
  // Gemini does not report what a prompt wrote to the cache: it is part of the prompt.
  const prompt = sumOf(usage, "input_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens") + cached;
  return {
    candidates: [{ content: { parts: [{ text }], role: "model" }, ...finish, index: 0 }],
    usageMetadata: {
      promptTokenCount: prompt,
      ...(cached > 0 ? { cachedContentTokenCount: cached } : {}),
      candidatesTokenCount,
      totalTokenCount: prompt + candidatesTokenCount + thoughts,
      promptTokensDetails: [{ modality: "TEXT", tokenCount: prompt }],
      ...(thoughts > 0 ? { thoughtsTokenCount: thoughts } : {}),
    },
    modelVersion: decodeURIComponent(model),
    responseId: id,
  };
}

/** One array over the whole stream, an element at a time. */
function toJsonArray(chunks: readonly object[]): ReplayAnswer {
  const elements = chunks.map(
    (chunk, index) => `${index === 0 ? "[" : ",\r\n"}${JSON.stringify(chunk, null, 2)}`,
  );
  return {
    headers: [["content-type", "application/json; charset=UTF-8"]],
    frames: [...elements, "]"].map((text) => Buffer.from(text)),
  };
}

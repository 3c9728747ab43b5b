// Gemini's generateContent and streamGenerateContent (server-sent events), with tool calls. Its calls have no ids.
//
// Source: ai.google.dev, API reference (GenerateContentResponse, UsageMetadata, function calling).

import { jsonAnswer, streamAnswer } from "../../services/replay-provider-answer.ts";
import { listOf, piecesOf, textOf, type ModelInterface, type ModelRequest } from "./interface.ts";
import type { ModelAnswer } from "./scripted-model.ts";

const MODEL_CALL = /\/models\/([^/:]+):(generateContent|streamGenerateContent)$/;

export const GENERATE: ModelInterface = {
  isAskedBy: ({ path }) => MODEL_CALL.test(path),
  readTexts: ({ contents }) =>
    listOf(contents).map(({ role, parts }) => ({
      role: role === "model" ? "assistant" : "user",
      text: textOf(parts),
    })),
  responseId: ({ id }) => id,
  write(request, answer) {
    return MODEL_CALL.exec(request.path)?.[2] === "streamGenerateContent"
      ? streamAnswer(toChunks(request, answer).map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`))
      : jsonAnswer(toChunk(request, answer, [{ text: answer.text }, ...toCalls(answer)], "STOP"));
  },
};

function toChunks(request: ModelRequest, answer: ModelAnswer): object[] {
  const calls = toCalls(answer);
  const texts = piecesOf(answer.text).map((text) => toChunk(request, answer, [{ text }]));
  return [...texts, toChunk(request, answer, calls.length > 0 ? calls : [{ text: "" }], "STOP")];
}

function toCalls({ calls }: ModelAnswer): object[] {
  return calls.map(({ name, input }) => ({ functionCall: { name, args: input } }));
}

function toChunk(
  { path }: ModelRequest,
  { id, usage }: ModelAnswer,
  parts: readonly object[],
  finishReason?: string,
): object {
  const { input_tokens = 0, cache_read_tokens = 0, output_tokens = 0, reasoning_tokens = 0 } = usage;
  const prompt = input_tokens + cache_read_tokens;
  return {
    candidates: [
      {
        content: { parts, role: "model" },
        ...(finishReason === undefined ? {} : { finishReason }),
        index: 0,
      },
    ],
    usageMetadata: {
      promptTokenCount: prompt,
      cachedContentTokenCount: cache_read_tokens,
      candidatesTokenCount: output_tokens,
      thoughtsTokenCount: reasoning_tokens,
      totalTokenCount: prompt + output_tokens + reasoning_tokens,
      promptTokensDetails: [{ modality: "TEXT", tokenCount: prompt }],
    },
    modelVersion: decodeURIComponent(MODEL_CALL.exec(path)?.[1] ?? ""),
    responseId: id,
  };
}

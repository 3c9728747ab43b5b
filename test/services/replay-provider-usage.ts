// What a built-in answer says and counts. The counts are disjoint, as in the records, so that a test can compare them with what
// was counted of them; each provider's file adds them up to that provider's own totals.

import type { IncomingHttpHeaders } from "node:http";
import type { TokenField } from "../../schemas/token-event.ts";

/** A count that is absent is 0, and is left out where the provider would leave it out. */
export type ReplayUsage = Partial<Record<TokenField, number>>;

export interface AnswerContext {
  path: string;
  query: URLSearchParams;
  method: string;
  headers: IncomingHttpHeaders;
  /** The request's body; an empty object where it is no JSON object. */
  json: Readonly<Record<string, unknown>>;
  usage: ReplayUsage;
  /** 32 hexadecimal digits that no other answer has. */
  id: string;
  createdSeconds: number;
}

/** The text of every built-in answer, in the pieces of its stream. Not all ASCII, so that a cut can fall inside a character. */
export const ANSWER_PIECES: readonly string[] = [
  "An assay ",
  "tells how much ",
  "metal is in the ore ",
  "– déjà vu, ",
  "鉱石, ",
  "⚗️ – ",
  "not how much was dug.",
];
export const ANSWER_TEXT = ANSWER_PIECES.join("");

const BYTES_PER_TOKEN = 4;
/** OpenAI's and Anthropic's smallest prompt that is cached. */
const CACHED_PROMPT_TOKENS_MIN = 1024;

/** Plausible counts that follow from the request's length alone, so that the same request always has the same. */
export function usageOfLength(bodyBytes: number): ReplayUsage {
  const promptTokens = Math.max(1, Math.ceil(bodyBytes / BYTES_PER_TOKEN));
  const cached = promptTokens >= CACHED_PROMPT_TOKENS_MIN ? Math.floor(promptTokens / 2) : 0;
  return {
    input_tokens: promptTokens - cached,
    cache_read_tokens: cached,
    output_tokens: 16 + (bodyBytes % 97),
    reasoning_tokens: bodyBytes % 13,
  };
}

/** The sum of some counts. */
export function sumOf(usage: ReplayUsage, ...fields: readonly TokenField[]): number {
  return fields.reduce((sum, field) => sum + (usage[field] ?? 0), 0);
}

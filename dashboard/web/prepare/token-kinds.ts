// What the tokens were: the ten disjoint counts in the six kinds that a reader tells apart.
//
// Always holds: a kind keeps its colour and its place, whatever its size, so that the bar reads the same in every range.

import type { Measures } from "../../../schemas/dashboard-api.ts";
import type { TokenField } from "../../../schemas/token-event.ts";

interface Kind {
  name: string;
  /** One of the six series colours of tokens.css. */
  series: 1 | 2 | 3 | 4 | 5 | 6;
  fields: readonly TokenField[];
}

export interface TokenKind {
  name: string;
  series: Kind["series"];
  tokens: number;
  /** Of all tokens, from 0 to 1. */
  share: number;
}

const KINDS: readonly Kind[] = [
  { name: "Cache read", series: 1, fields: ["cache_read_tokens"] },
  { name: "Fresh input", series: 2, fields: ["input_tokens"] },
  { name: "Cache write", series: 3, fields: ["cache_write_5m_tokens", "cache_write_1h_tokens"] },
  { name: "Output", series: 4, fields: ["output_tokens"] },
  { name: "Reasoning", series: 5, fields: ["reasoning_tokens"] },
  {
    name: "Audio and images",
    series: 6,
    fields: ["audio_input_tokens", "audio_output_tokens", "image_input_tokens", "image_output_tokens"],
  },
];

const MOSTLY_CACHE_SHARE = 0.5;

/** The kinds that occurred, in their fixed order; none where no tokens are known. */
export function toTokenKinds(tokens: Measures["tokens"]): TokenKind[] {
  const sums = KINDS.map(({ name, series, fields }) => ({
    name,
    series,
    tokens: fields.reduce((sum, field) => sum + tokens[field], 0),
  }));
  const total = sums.reduce((sum, kind) => sum + kind.tokens, 0);
  return sums.filter((kind) => kind.tokens > 0).map((kind) => ({ ...kind, share: kind.tokens / total }));
}

/** What to know before the counts are compared with a bill; null where there is nothing to say. */
export function explainTokenKinds(kinds: readonly TokenKind[]): string | null {
  const cacheRead = kinds.find(({ series }) => series === 1);
  return cacheRead !== undefined && cacheRead.share > MOSTLY_CACHE_SHARE
    ? "Most tokens are context read again from a cache. They are many, and cheap."
    : null;
}

// How many tokens texts have, near enough: by OpenAI's o200k encoding for models that use it or its like, by characters for
// others. A tokenizer takes quadratic time over one character repeated, so long runs are cut, and very long texts are counted
// at their beginning and scaled up.

import { countTokens } from "gpt-tokenizer/encoding/o200k_base";

/** Counting this much takes some 10 ms. */
const COUNTED_CHARS_MAX = 256 * 1024;
const RUN_CHARS_MAX = 64;
const LONG_RUN = new RegExp(`(.)\\1{${RUN_CHARS_MAX},}`, "gsu");
const CHARS_PER_TOKEN = 4;
const O200K_MODEL = /^(gpt-|o[1-9]|chatgpt-|codex)/;

export function estimateTokens(texts: readonly string[], model: string): number {
  const text = texts.join("\n");
  if (!O200K_MODEL.test(model)) return Math.ceil(text.length / CHARS_PER_TOKEN);
  const counted = text.slice(0, COUNTED_CHARS_MAX).replaceAll(LONG_RUN, (run) => run.slice(0, RUN_CHARS_MAX));
  if (counted.length === 0) return 0;
  return Math.ceil((countTokens(counted) * text.length) / Math.min(text.length, COUNTED_CHARS_MAX));
}

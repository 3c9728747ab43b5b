// The totals that a recorded answer reports, read from the file by means of its own: the last usage object in it, parsed whole.

import { findFixture } from "../services/fixtures.ts";
import { isObject } from "../services/fixtures-types.ts";

export interface Totals {
  input: number;
  output: number;
}

/** @throws when the answer reports none */
export function totalsOf(file: string): Totals {
  const body = findFixture(file)?.body.toString("utf8") ?? "";
  const documents = body.startsWith("{")
    ? [body]
    : body.split(/\r?\n/).flatMap((line) => (line.startsWith("data: {") ? [line.slice(6)] : []));
  const merged: Record<string, number> = {};
  for (const text of documents) collectCounts(JSON.parse(text), merged);
  const inputOfAnthropic =
    (merged["input_tokens"] ?? 0) +
    (merged["cache_read_input_tokens"] ?? 0) +
    (merged["cache_creation_input_tokens"] ?? 0);
  const outputOfGemini = (merged["candidatesTokenCount"] ?? 0) + (merged["thoughtsTokenCount"] ?? 0);
  const input = merged["prompt_tokens"] ?? merged["promptTokenCount"] ?? inputOfAnthropic;
  const output = merged["completion_tokens"] ?? merged["output_tokens"] ?? (outputOfGemini || undefined);
  if (output === undefined && merged["prompt_tokens"] === undefined)
    throw new Error(`${file} reports no usage`);
  return { input, output: output ?? 0 };
}

/** The counts of every usage object in a document; a later one replaces an earlier one. */
function collectCounts(value: unknown, counts: Record<string, number>): void {
  if (!isObject(value)) return;
  for (const [name, member] of Object.entries(value)) {
    if ((name === "usage" || name === "usageMetadata") && isObject(member)) {
      for (const [field, count] of Object.entries(member))
        if (typeof count === "number") counts[field] = count;
    } else {
      collectCounts(member, counts);
    }
  }
}

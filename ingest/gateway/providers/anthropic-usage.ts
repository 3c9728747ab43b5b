// The usage object of Anthropic's messages.
//
// Input excludes what was read from or written to a cache; output includes thinking. A stream repeats the object, cumulatively:
// the last known value of a field stands, a later 0 does not undo it, and nothing is ever added up. Only `iterations` are: one
// answer may have taken several samplings, of which the counts at the top leave out compactions, and those of other models (an
// advisor, one that declined). (platform.claude.com: Streaming, Prompt caching, Compaction, Advisor tool.)

import { TOKEN_FIELDS } from "../../../schemas/token-event.ts";
import { countOf, isRecord, toCount } from "../json-scan.ts";
import { sum, without, type ReportedTotals, type TokenCounts } from "./provider.ts";

type Usage = Readonly<Record<string, unknown>>;

/** Takes over each known value, level by level; null, and a fall back to 0, are no news. */
export function mergeUsage(known: Record<string, unknown>, reported: Usage): void {
  const isMoved = isInputMoved(known, reported);
  mergeLatest(known, reported);
  if (isMoved) known["input_tokens"] = 0;
}

function mergeLatest(known: Record<string, unknown>, reported: Usage): void {
  for (const [name, value] of Object.entries(reported)) {
    if (name === "__proto__" || value === null) continue;
    const before = known[name];
    if (isRecord(value) && isRecord(before)) mergeLatest(before, value);
    else if (!(value === 0 && typeof before === "number")) known[name] = value;
  }
}

/** Some relays first count the whole prompt as input, and then say that all of it is the cache's: this 0 is meant. */
function isInputMoved(known: Usage, reported: Usage): boolean {
  const before = countOf(known, "input_tokens");
  const cached = sum(
    countOf(reported, "cache_read_input_tokens"),
    countOf(reported, "cache_creation_input_tokens"),
  );
  const wasCached = sum(
    countOf(known, "cache_read_input_tokens"),
    countOf(known, "cache_creation_input_tokens"),
  );
  return reported["input_tokens"] === 0 && !wasCached && cached !== null && cached >= (before ?? 0);
}

export function readAnthropicUsage(usage: Usage): { tokens: TokenCounts; totals: ReportedTotals } {
  const { output_tokens: output = null, ...input } = toSamplings(usage);
  const thinking = countOf(usage["output_tokens_details"], "thinking_tokens");
  return {
    tokens: { ...input, output_tokens: without(output, thinking), reasoning_tokens: thinking },
    totals: { input: null, output },
  };
}

/** All samplings together; the counts at the top where there are no others, or where those are fewer. */
function toSamplings(usage: Usage): TokenCounts {
  const top = toSampling(usage);
  const iterations = Array.isArray(usage["iterations"]) ? usage["iterations"].filter(isRecord) : [];
  const samplings = iterations.map(toSampling);
  const all: TokenCounts = {};
  for (const name of TOKEN_FIELDS) {
    if (!(name in top)) continue;
    all[name] = sum(...samplings.map((sampling) => sampling[name]));
    if ((all[name] ?? -1) < (top[name] ?? -1)) return top;
  }
  return all;
}

function toSampling(usage: Usage): TokenCounts {
  return {
    input_tokens: countOf(usage, "input_tokens"),
    cache_read_tokens: countOf(usage, "cache_read_input_tokens"),
    ...toCacheWrites(usage),
    output_tokens: countOf(usage, "output_tokens"),
  };
}

/** The split by lifetime where it adds up to the flat count; else all of it at the lifetime that is the default. */
function toCacheWrites(usage: Usage): TokenCounts {
  const total = countOf(usage, "cache_creation_input_tokens");
  const split = usage["cache_creation"];
  const fiveMinutes = countOf(split, "ephemeral_5m_input_tokens");
  const oneHour = countOf(split, "ephemeral_1h_input_tokens");
  const isSplitKnown =
    fiveMinutes !== null && oneHour !== null && fiveMinutes + oneHour === (total ?? fiveMinutes + oneHour);
  return isSplitKnown
    ? { cache_write_5m_tokens: fiveMinutes, cache_write_1h_tokens: oneHour }
    : { cache_write_5m_tokens: total, cache_write_1h_tokens: total === null ? null : 0 };
}

/** The model that answered in the end, where the one that was asked first has declined. */
export function readFallbackModel(usage: Usage): string | null {
  const iterations = Array.isArray(usage["iterations"]) ? usage["iterations"].filter(isRecord) : [];
  const model = iterations.find(({ type }) => type === "fallback_message")?.["model"];
  return typeof model === "string" ? model : null;
}

/** Calls of tools that Anthropic runs: `web_search_requests` → `web_search`. */
export function readServerToolUse(usage: Usage): Record<string, number> {
  const tools = usage["server_tool_use"];
  const calls: Record<string, number> = {};
  for (const [name, value] of Object.entries(isRecord(tools) ? tools : {})) {
    const count = toCount(value);
    if (count) calls[name.replace(/_requests$/, "")] = count;
  }
  return calls;
}

// The usage object of OpenAI and of everything that speaks like it, read by one table: where a count may stand, whoever
// reports it. A provider with a habit of its own is a path more here, and no branch.
//
// Input is reported with its cached, audio and image tokens, output with its reasoning, audio and image tokens. Some providers
// report the cache or the reasoning beside instead; the total decides, as both cannot add up to it. (platform.openai.com, API
// reference: usage of chat, responses, images, audio; docs.x.ai: reasoning beside completion tokens.)

import { isRecord, toCount } from "../json-scan.ts";
import { sum, without, type Operation, type ReportedTotals, type TokenCounts } from "./provider.ts";

type Path = readonly string[];

/** The details of input and of output go by several names: chat, responses, audio and realtime, Mistral. */
const INPUT_DETAILS = [
  "prompt_tokens_details",
  "input_tokens_details",
  "input_token_details",
  "prompt_token_details",
];
const OUTPUT_DETAILS = ["completion_tokens_details", "output_tokens_details", "output_token_details"];

/** The first path of each list that holds a count is the one that counts. */
const PATHS = {
  input: [["prompt_tokens"], ["input_tokens"]],
  output: [["completion_tokens"], ["output_tokens"]],
  total: [["total_tokens"]],
  cacheRead: [
    ...within(INPUT_DETAILS, "cached_tokens"),
    ["prompt_cache_hit_tokens"], // DeepSeek
    ["cached_tokens"], // Moonshot; images
    ["cache_read_input_tokens"], // relays of Anthropic
  ],
  cacheWrite: [
    ...within(INPUT_DETAILS, "cache_write_tokens"), // OpenAI, OpenRouter
    ...within(INPUT_DETAILS, "cache_creation_input_tokens"), // Alibaba
    ...within(INPUT_DETAILS, "cache_creation_tokens"), // LiteLLM
    ["cache_creation_input_tokens"], // relays of Anthropic
  ],
  cacheWriteShort: within(INPUT_DETAILS, "cache_write_tokens_details", "ttl_30m_tokens"),
  cacheWriteLong: within(INPUT_DETAILS, "cache_write_tokens_details", "ttl_12h_tokens"),
  audioInput: [...within(INPUT_DETAILS, "audio_tokens"), ["audio_prompt_tokens"]],
  audioCached: within(INPUT_DETAILS, "cached_tokens_details", "audio_tokens"),
  imageInput: within(INPUT_DETAILS, "image_tokens"),
  imageCached: [
    ...within(INPUT_DETAILS, "cached_tokens_details", "image_tokens"),
    ["cached_tokens_details", "cached_image_tokens"],
  ],
  reasoning: [...within(OUTPUT_DETAILS, "reasoning_tokens"), ["reasoning_tokens"]],
  audioOutput: within(OUTPUT_DETAILS, "audio_tokens"),
  imageOutput: within(OUTPUT_DETAILS, "image_tokens"),
} as const satisfies Record<string, readonly Path[]>;

/** Calls of tools that the provider runs, by the name that an event gives them. */
const SERVER_TOOL_PATHS: readonly { tool: string; path: Path }[] = [
  { tool: "web_search", path: ["num_search_queries"] }, // Perplexity
  { tool: "web_search", path: ["server_tool_use", "web_search_requests"] }, // OpenRouter
  ...["web_search", "x_search", "code_interpreter", "file_search", "document_search"].map((tool) => ({
    tool,
    path: ["server_side_tool_usage_details", `${tool}_calls`], // xAI
  })),
];

/** Their thinking is in the total and in no count of its own, where a surface speaks OpenAI's format. */
const HIDES_REASONING = /(^|\/)gemini-/;

export interface UsageContext {
  output?: Operation["output"];
  model: string | null;
}

type Usage = Readonly<Record<string, unknown>>;

/** The disjoint counts of a usage object, and the totals that it gives itself; undefined where it holds no tokens. */
export function readOpenAiUsage(
  usage: Usage,
  { output: kind, model }: UsageContext,
): { tokens: TokenCounts; totals: ReportedTotals } | undefined {
  const total = countAt(usage, PATHS.total);
  const input = countAt(usage, PATHS.input) ?? (kind === "none" ? total : null);
  const output = kind === "none" ? null : countAt(usage, PATHS.output);
  if (input === null && output === null) return undefined;
  const cacheRead = countAt(usage, PATHS.cacheRead);
  const cacheWrite = countAt(usage, PATHS.cacheWrite);
  const cache = sum(cacheRead, cacheWrite) ?? 0;
  const reported = countAt(usage, PATHS.reasoning);
  const beside = findBeside({ input, output, total, cache, reasoning: reported ?? 0 });
  const inputTotal = input === null ? null : input + (beside.cache ? cache : 0);
  const outputTotal =
    total !== null && inputTotal !== null && total > inputTotal
      ? total - inputTotal
      : sum(output, beside.reasoning ? reported : null);
  const hidden = HIDES_REASONING.test(model ?? "") ? without(outputTotal, output) : null;
  const reasoning = reported ?? (hidden === 0 ? null : hidden);
  const isBeside = beside.reasoning || (reported === null && reasoning !== null);
  return {
    tokens: {
      ...toInput(usage, inputTotal, { cacheRead, cacheWrite }),
      ...(kind === "none" ? {} : toOutput(usage, sum(output, isBeside ? reasoning : null), reasoning, kind)),
    },
    totals: { input: inputTotal, output: kind === "none" ? null : outputTotal },
  };
}

/** Which tools the provider has run, and how often. */
export function readServerTools(usage: Usage): Record<string, number> {
  const calls: Record<string, number> = {};
  for (const { tool, path } of SERVER_TOOL_PATHS) {
    const count = countAt(usage, [path]);
    if (count) calls[tool] = count;
  }
  return calls;
}

interface Sums {
  input: number | null;
  output: number | null;
  total: number | null;
  cache: number;
  reasoning: number;
}

/** What is not inside the count that it belongs to: what the total needs to add up, else what is larger than its whole. */
function findBeside({ input, output, total, cache, reasoning }: Sums): {
  cache: boolean;
  reasoning: boolean;
} {
  const rest = total === null ? 0 : total - (input ?? 0) - (output ?? 0);
  if (rest > 0) {
    if (rest === reasoning) return { cache: false, reasoning: true };
    if (rest === cache) return { cache: true, reasoning: false };
    if (rest === cache + reasoning) return { cache: true, reasoning: true };
  }
  return { cache: cache > (input ?? cache), reasoning: reasoning > (output ?? reasoning) };
}

function toInput(
  usage: Usage,
  total: number | null,
  { cacheRead, cacheWrite }: { cacheRead: number | null; cacheWrite: number | null },
): TokenCounts {
  const audio = without(countAt(usage, PATHS.audioInput), countAt(usage, PATHS.audioCached));
  const image = without(countAt(usage, PATHS.imageInput), countAt(usage, PATHS.imageCached));
  return {
    input_tokens: without(total, cacheRead, cacheWrite, audio, image),
    cache_read_tokens: cacheRead,
    ...toCacheWrites(usage, cacheWrite),
    audio_input_tokens: audio,
    image_input_tokens: image,
  };
}

/**
 * The two lifetimes of OpenAI's cache, 30 minutes and 12 hours, stand for the default and the extended one that an event
 * knows; without a split that adds up, all of it is the default's. (docs/decisions/0007-cache-writes-of-openai.md)
 */
function toCacheWrites(usage: Usage, total: number | null): TokenCounts {
  const short = countAt(usage, PATHS.cacheWriteShort);
  const long = countAt(usage, PATHS.cacheWriteLong);
  const isSplit = short !== null && long !== null && short + long === total;
  return isSplit
    ? { cache_write_5m_tokens: short, cache_write_1h_tokens: long }
    : { cache_write_5m_tokens: total };
}

function toOutput(
  usage: Usage,
  total: number | null,
  reasoning: number | null,
  kind: Exclude<Operation["output"], "none">,
): TokenCounts {
  const audio = countAt(usage, PATHS.audioOutput);
  const image = countAt(usage, PATHS.imageOutput);
  if (kind === "audio" && audio === null) return { audio_output_tokens: total };
  if (kind === "image" && image === null) return { image_output_tokens: total };
  return {
    output_tokens: without(total, reasoning, audio, image),
    reasoning_tokens: reasoning,
    audio_output_tokens: audio,
    image_output_tokens: image,
  };
}

function countAt(usage: Usage, paths: readonly Path[]): number | null {
  for (const path of paths) {
    let value: unknown = usage;
    for (const name of path) value = isRecord(value) ? value[name] : undefined;
    const count = toCount(value);
    if (count !== null) return count;
  }
  return null;
}

function within(parents: readonly string[], ...path: readonly string[]): Path[] {
  return parents.map((parent) => [parent, ...path]);
}

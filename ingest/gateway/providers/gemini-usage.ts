// The usage objects of Gemini: `usageMetadata` of generateContent, and `usage` of interactions, which says the same in other
// words.
//
// Input includes what came from a cache, and is counted apart from what tools put in; both are input to us. Thoughts may be
// inside the candidates' count or beside it, which the total decides. Modalities are parts of their counts: audio is taken out,
// and so are images, videos and documents, which are all seen and not read. (ai.google.dev, API reference: UsageMetadata.)

import { countOf, isRecord } from "../json-scan.ts";
import { sum, without, type ReportedTotals, type TokenCounts } from "./provider.ts";

interface Names {
  prompt: string;
  toolPrompt: string;
  cached: string;
  candidates: string;
  thoughts: string;
  total: string;
  /** Lists of `{modality, <count>}`. */
  promptDetails: string;
  toolPromptDetails: string;
  cachedDetails: string;
  candidatesDetails: string;
  detailCount: string;
}

const GENERATE: Names = {
  prompt: "promptTokenCount",
  toolPrompt: "toolUsePromptTokenCount",
  cached: "cachedContentTokenCount",
  candidates: "candidatesTokenCount",
  thoughts: "thoughtsTokenCount",
  total: "totalTokenCount",
  promptDetails: "promptTokensDetails",
  toolPromptDetails: "toolUsePromptTokensDetails",
  cachedDetails: "cacheTokensDetails",
  candidatesDetails: "candidatesTokensDetails",
  detailCount: "tokenCount",
};

const INTERACTION: Names = {
  prompt: "total_input_tokens",
  toolPrompt: "total_tool_use_tokens",
  cached: "total_cached_tokens",
  candidates: "total_output_tokens",
  thoughts: "total_thought_tokens",
  total: "total_tokens",
  promptDetails: "input_tokens_by_modality",
  toolPromptDetails: "tool_use_tokens_by_modality",
  cachedDetails: "cached_tokens_by_modality",
  candidatesDetails: "output_tokens_by_modality",
  detailCount: "tokens",
};

const SEEN: ReadonlySet<string> = new Set(["image", "video", "document"]);

type Usage = Readonly<Record<string, unknown>>;
interface GeminiCounts {
  tokens: TokenCounts;
  totals: ReportedTotals;
}

/** Undefined where the object holds no counts: chunks before the last may say only how the traffic is billed. */
export function readUsageMetadata(usage: Usage): GeminiCounts | undefined {
  return readCounts(usage, GENERATE);
}

export function readInteractionUsage(usage: Usage): GeminiCounts | undefined {
  return readCounts(usage, INTERACTION);
}

function readCounts(usage: Usage, names: Names): GeminiCounts | undefined {
  const prompt = countOf(usage, names.prompt);
  const input = sum(prompt, countOf(usage, names.toolPrompt));
  const cached = countOf(usage, names.cached);
  const candidates = countOf(usage, names.candidates);
  const thoughts = countOf(usage, names.thoughts);
  const total = countOf(usage, names.total);
  if (sum(input, candidates, total) === null) return undefined;

  const areThoughtsInside = thoughts !== null && candidates !== null && total === (input ?? 0) + candidates;
  const inputParts = sumModalities(usage, [names.promptDetails, names.toolPromptDetails], names);
  const cachedParts = sumModalities(usage, [names.cachedDetails], names);
  const outputParts = sumModalities(usage, [names.candidatesDetails], names);
  const audio = without(inputParts.audio, cachedParts.audio);
  const seen = without(inputParts.seen, cachedParts.seen);
  const answer = areThoughtsInside ? without(candidates, thoughts) : candidates;
  return {
    tokens: {
      input_tokens: prompt === null ? null : without(input, cached, audio, seen),
      cache_read_tokens: cached,
      audio_input_tokens: audio,
      image_input_tokens: seen,
      output_tokens: without(answer, outputParts.audio, outputParts.seen),
      reasoning_tokens: thoughts,
      audio_output_tokens: outputParts.audio,
      image_output_tokens: outputParts.seen,
    },
    totals: { input, output: total === null ? sum(candidates, thoughts) : without(total, input) },
  };
}

/** Tokens heard and seen, as far as the lists name any; null where they name none. */
function sumModalities(
  usage: Usage,
  lists: readonly string[],
  { detailCount }: Names,
): { audio: number | null; seen: number | null } {
  let audio: number | null = null;
  let seen: number | null = null;
  for (const list of lists) {
    const details: unknown = usage[list];
    for (const detail of Array.isArray(details) ? details.filter(isRecord) : []) {
      const modality = String(detail["modality"]).toLowerCase();
      if (modality === "audio") audio = sum(audio, countOf(detail, detailCount));
      else if (SEEN.has(modality)) seen = sum(seen, countOf(detail, detailCount));
    }
  }
  return { audio, seen };
}

// What `@pydantic/genai-prices` reads out of the same usage object, where it knows the provider. It is no judge: where it is
// known to count otherwise, `reasons.ts` says why.

import { extractUsage, findProvider } from "@pydantic/genai-prices";
import type { Fixture } from "../services/fixtures-types.ts";
import type { Counts, RecordedUsage } from "./recorded-usage.ts";

const PROVIDER_IDS: Readonly<Record<string, string>> = {
  gemini: "google",
  vertex: "google",
  xai: "x-ai",
  completions: "openai",
};

/** Undefined where it knows no such provider, or no such interface of it. */
export function readSecondOpinion(
  { dialect, provider, api }: Fixture,
  { usage, model }: RecordedUsage,
): Partial<Counts> | undefined {
  if (dialect === "gemini" && usage["totalTokenCount"] === undefined) return undefined;
  const known = findProvider({ providerId: PROVIDER_IDS[provider] ?? provider });
  const flavors = known?.extractors?.map(({ api_flavor }) => api_flavor) ?? [];
  const flavor = [flavorOf(api, usage), "default"].find((each) => flavors.includes(each));
  if (!known || flavor === undefined) return undefined;
  const root = dialect === "gemini" ? "usageMetadata" : "usage";
  try {
    const extracted = extractUsage(known, { [root]: usage, model, modelVersion: model }, flavor).usage;
    return {
      input: extracted.input_tokens ?? null,
      cacheRead: extracted.cache_read_tokens ?? null,
      output: extracted.output_tokens ?? null,
      reasoning: extracted["output_reasoning_tokens"] ?? null,
    };
  } catch {
    // It refuses an object that lacks a count which it takes for granted, and then has no opinion.
    return undefined;
  }
}

function flavorOf(api: Fixture["api"], usage: RecordedUsage["usage"]): string {
  if (api === "other") return usage["prompt_tokens"] === undefined ? "images" : "chat";
  return api;
}

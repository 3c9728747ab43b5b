// What a service tier costs beside the list price, which is that of the standard tier. The price table does not hold it.
//
// Always holds: a tier that a provider's rules here do not name is unknown, and so is the price of its calls.

import type { TokenField } from "../../schemas/token-event.ts";
import type { ListPrice } from "./price-list.ts";
import type { PricedCall } from "./price-rates.ts";

/** A fraction, because 5/3 is no decimal. */
export interface Ratio {
  numerator: bigint;
  denominator: bigint;
}

/** The token prices of a call in relation to the list's. */
export interface TierPrice {
  ratio: Ratio;
  /** Counts that cost the list price all the same. */
  atListPrice: readonly TokenField[];
}

interface TierRule {
  tiers: readonly string[];
  /** As the price table calls them; without it, every model of the provider. */
  models?: readonly string[];
  ratio: Ratio;
  /** Beyond it there is no such tier. */
  inputTokensMax?: number;
  atListPrice?: readonly TokenField[];
}

/** Words for the standard tier. With `auto` the client leaves the choice to the provider, whose answer then names it. */
const STANDARD: ReadonlySet<string> = new Set([
  "",
  "auto",
  "default",
  "standard",
  "standard_only",
  "on_demand",
]);

const LIST = ratio(1n);
const HALF = ratio(1n, 2n);
/** OpenAI renamed priority processing to fast mode; both words are taken. */
const FAST = ["priority", "fast"];
const OPENAI_SHORT_CONTEXT_MAX = 271_999;

/**
 * By provider, as the price table calls it. Sources:
 * https://developers.openai.com/api/docs/guides/flex-processing, https://openai.com/api-fast-mode/ (and what it was before,
 * https://openai.com/api-priority-processing/),
 * https://learn.microsoft.com/azure/foundry/openai/how-to/flex-processing,
 * https://platform.claude.com/docs/en/build-with-claude/batch-processing and …/fast-mode,
 * https://ai.google.dev/gemini-api/docs/optimization, …/batch-api and …/pricing,
 * https://console.groq.com/docs/flex-processing
 */
const RULES: Readonly<Record<string, readonly TierRule[]>> = {
  openai: [
    { tiers: ["batch", "flex"], ratio: HALF },
    { tiers: FAST, models: ["gpt-5.6-sol", "gpt-5.6-terra", "gpt-5.6-luna"], ratio: ratio(2n) },
    { tiers: FAST, models: ["gpt-5.5"], ratio: ratio(5n, 2n), inputTokensMax: OPENAI_SHORT_CONTEXT_MAX },
    { tiers: FAST, models: ["gpt-5.4"], ratio: ratio(2n), inputTokensMax: OPENAI_SHORT_CONTEXT_MAX },
    {
      tiers: FAST,
      models: ["gpt-5.4-mini", "gpt-5.2", "gpt-5.1", "gpt-5", "gpt-4.1-nano"],
      ratio: ratio(2n),
    },
    { tiers: FAST, models: ["gpt-5-mini"], ratio: ratio(9n, 5n) },
    { tiers: FAST, models: ["gpt-4.1", "gpt-4.1-mini", "gpt-4o-2024-05-13", "o3"], ratio: ratio(7n, 4n) },
    { tiers: FAST, models: ["gpt-4o"], ratio: ratio(17n, 10n) },
    { tiers: FAST, models: ["gpt-4o-mini"], ratio: ratio(5n, 3n) },
    { tiers: FAST, models: ["o4-mini"], ratio: ratio(20n, 11n) },
  ],
  azure: [{ tiers: ["batch", "flex"], ratio: HALF }],
  anthropic: [
    { tiers: ["batch"], ratio: HALF },
    // Capacity that was bought ahead: what a call would have cost without it is the list price.
    { tiers: ["priority"], ratio: LIST },
    { tiers: ["fast"], models: ["claude-opus-4-6", "claude-opus-4-7"], ratio: ratio(6n) },
    { tiers: ["fast"], models: ["claude-opus-4-8", "claude-opus-5", "claude-opus-5-5"], ratio: ratio(2n) },
  ],
  google: [
    { tiers: ["batch"], ratio: HALF, atListPrice: ["cache_read_tokens"] },
    { tiers: ["flex"], ratio: HALF },
    { tiers: ["priority"], models: ["gemini-3.7-flash", "gemini-3.8-flash"], ratio: ratio(9n, 5n) },
  ],
  groq: [{ tiers: ["flex"], ratio: LIST }],
};

/**
 * Where Anthropic ran a call costs, too: a tenth more in the United States alone.
 * Source: https://platform.claude.com/docs/en/build-with-claude/data-residency
 */
const ANTHROPIC_REGIONS: ReadonlyMap<string, Ratio> = new Map([
  ["global", LIST],
  ["not_available", LIST],
  ["us", ratio(11n, 10n)],
]);

export function isStandardTier(tier: string): boolean {
  return STANDARD.has(tier);
}

/** The tier of a call in one spelling. Anthropic tells of its fast mode beside the tier, as the speed. */
export function tierOf(call: PricedCall): string {
  if (call.provider === "anthropic" && readUsageWord(call, "speed") === "fast") return "fast";
  return (call.service_tier ?? "").toLowerCase().replace(/^service_tier_/, "");
}

/** @returns null where what such a call costs is not known */
export function findTierPrice(call: PricedCall, listed: ListPrice, inputTokens: number): TierPrice | null {
  const tier = tierOf(call);
  const region = listed.providerId === "anthropic" ? findRegion(call) : LIST;
  if (region === undefined) return null;
  if (isStandardTier(tier)) return { ratio: region, atListPrice: [] };
  const rule = RULES[listed.providerId]?.find(
    ({ tiers, models, inputTokensMax = Infinity }) =>
      tiers.includes(tier) && (models?.includes(listed.modelId) ?? true) && inputTokens <= inputTokensMax,
  );
  if (rule === undefined) return null;
  return { ratio: multiply(rule.ratio, region), atListPrice: rule.atListPrice ?? [] };
}

function findRegion(call: PricedCall): Ratio | undefined {
  return ANTHROPIC_REGIONS.get(readUsageWord(call, "inference_geo") ?? "global");
}

/** A word of the provider's own usage object that no field of the record has taken over. */
function readUsageWord(call: PricedCall, name: "speed" | "inference_geo"): string | undefined {
  return new RegExp(`"${name}"\\s*:\\s*"(\\w+)"`).exec(call.usage_raw ?? "")?.[1];
}

function ratio(numerator: bigint, denominator = 1n): Ratio {
  return { numerator, denominator };
}

function multiply(a: Ratio, b: Ratio): Ratio {
  return { numerator: a.numerator * b.numerator, denominator: a.denominator * b.denominator };
}

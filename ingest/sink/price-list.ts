// The public list prices: the table of @pydantic/genai-prices, which knows the models of a provider by all their names,
// which prices held at a time, and from which input size on a higher rate applies. Its own sum is a float and drifts in the
// last digits, so only the table is asked.
//
// Always holds: a provider's calls are priced from that provider's list alone. The library would also take any name that
// contains `openai` for OpenAI; here a name is exactly one of the table's, or one of the few that are called otherwise here.
// A model without any rate is unpriced: the table writes "free" and "not known" alike.

import { readFileSync } from "node:fs";
import { calcPrice, type ModelPrice } from "@pydantic/genai-prices";
import { z } from "zod";
import { TOKEN_FIELDS, type TokenField } from "../../schemas/token-event.ts";
import { DECIMALS, modelOf, toPicodollars, type PricedCall, type Rates } from "./price-rates.ts";

export interface ListPrice {
  rates: Rates;
  /** As the table calls them. */
  providerId: string;
  modelId: string;
}

/** Providers that the table calls otherwise than their routes here. */
const TABLE_NAMES: ReadonlyMap<string, string> = new Map([
  ["gemini", "google"],
  ["vertex", "google"],
  ["bedrock", "aws"],
  ["xai", "x-ai"],
  ["moonshot", "moonshotai"],
]);

const TOKEN_KEYS: Readonly<Record<TokenField, string>> = {
  input_tokens: "input_mtok",
  cache_read_tokens: "cache_read_mtok",
  cache_write_5m_tokens: "cache_write_mtok",
  cache_write_1h_tokens: "cache_write_1h_mtok",
  output_tokens: "output_mtok",
  reasoning_tokens: "output_reasoning_mtok",
  audio_input_tokens: "input_audio_mtok",
  audio_output_tokens: "output_audio_mtok",
  image_input_tokens: "input_image_mtok",
  image_output_tokens: "output_image_mtok",
};

/** Tools that the provider runs and bills by the call, under every name that a provider's usage gives them. */
const TOOL_KEYS: Readonly<Record<string, string>> = {
  web_search: "web_searches_kcount",
  web_search_requests: "web_searches_kcount",
  file_search: "storage_searches_kcount",
};

/** @returns null for a provider or model that the table does not know */
export function findListPrice(call: PricedCall, provider: string, inputTokens: number): ListPrice | null {
  const model = modelOf(call);
  if (model === null) return null;
  const providerId = TABLE_NAMES.get(provider) ?? provider;
  const found = calcPrice({}, model, { providerId, timestamp: new Date(call.started_at) });
  if (found === null || found.provider.id !== providerId) return null;
  return { rates: toRates(found.model_price, inputTokens), providerId, modelId: found.model.id };
}

function toRates(prices: ModelPrice, inputTokens: number): Rates {
  const tokens: Partial<Record<TokenField, bigint>> = {};
  for (const field of TOKEN_FIELDS) {
    const rate = toRate(prices[TOKEN_KEYS[field]], inputTokens);
    if (rate !== undefined) tokens[field] = rate;
  }
  const tools = new Map<string, bigint>();
  for (const [tool, key] of Object.entries(TOOL_KEYS)) {
    const rate = toRate(prices[key], inputTokens);
    if (rate !== undefined) tools.set(tool, rate);
  }
  return { tokens, tools, requests: toRate(prices["requests_kcount"], inputTokens) ?? 0n };
}

/** A context tier begins above its `start`, and then holds for the whole call. */
function toRate(price: ModelPrice[string], inputTokens: number): bigint | undefined {
  if (price === undefined) return undefined;
  if (typeof price === "number") return toPicodollars(price.toFixed(DECIMALS));
  const tier = price.tiers
    .filter(({ start }) => inputTokens > start)
    .toSorted((a, b) => b.start - a.start)
    .at(0);
  return toRate(tier?.price ?? price.base, inputTokens);
}

/** The table has no date of its own, so the package's version stands for it. */
export function readTableVersion(): string {
  const file = new URL("../package.json", import.meta.resolve("@pydantic/genai-prices"));
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(file, "utf8")));
  return `genai-prices ${version}`;
}

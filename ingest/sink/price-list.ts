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

/** Names come from clients, so there may be any number of them; those of one organisation are far fewer. */
const MODELS_KNOWN_MAX = 1000;

/** Tools that the provider runs and bills by the call, under every name that a provider's usage gives them. */
const TOOL_KEYS: Readonly<Record<string, string>> = {
  web_search: "web_searches_kcount",
  web_search_requests: "web_searches_kcount",
  file_search: "storage_searches_kcount",
};

/** What a call costs by the table; null for a provider or model that it does not know. */
export type FindListPrice = (call: PricedCall, provider: string, inputTokens: number) => ListPrice | null;

/** Finding a model in the table takes longer than all else that is done for a call, so what was found is remembered. */
export function createListPrices(): FindListPrice {
  const models = new Map<string, ListedModel | null>();
  const rates = new WeakMap<ModelPrice, (inputTokens: number) => Rates>();

  function findModel(provider: string, model: string, startedAt: string): ListedModel | null {
    const name = `${provider}\n${model}`;
    const known = models.get(name);
    if (known !== undefined) return known;
    const providerId = TABLE_NAMES.get(provider) ?? provider;
    const found = calcPrice({}, model, { providerId, timestamp: new Date(startedAt) });
    const listed =
      found === null || found.provider.id !== providerId
        ? null
        : { providerId, modelId: found.model.id, prices: found.model_price };
    // A list of prices, each with its time, has to be asked for each call.
    if (Array.isArray(found?.model.prices)) return listed;
    if (models.size >= MODELS_KNOWN_MAX) models.clear();
    models.set(name, listed);
    return listed;
  }

  return function findListPrice(call, provider, inputTokens) {
    const name = modelOf(call);
    const model = name === null ? null : findModel(provider, name, call.started_at);
    if (model === null) return null;
    const { providerId, modelId, prices } = model;
    const ratesOf = rates.get(prices) ?? rememberRates(prices);
    rates.set(prices, ratesOf);
    return { rates: ratesOf(inputTokens), providerId, modelId };
  };
}

interface ListedModel {
  providerId: string;
  modelId: string;
  prices: ModelPrice;
}

/** The rates of each context tier, made when the first call is in it. */
function rememberRates(prices: ModelPrice): (inputTokens: number) => Rates {
  const tiers = Object.values(prices).flatMap((price) => (typeof price === "object" ? price.tiers : []));
  const starts = [...new Set(tiers.map(({ start }) => start))];
  const known = new Map<number, Rates>();
  return (inputTokens) => {
    const tier = starts.filter((start) => inputTokens > start).length;
    const rates = known.get(tier) ?? toRates(prices, inputTokens);
    known.set(tier, rates);
    return rates;
  };
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

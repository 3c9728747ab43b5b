// What a call costs at list price, in exact decimal arithmetic.
//
// The price table is that of @pydantic/genai-prices: it knows which model a name means, which prices held at a time, and
// from which input size on a higher rate applies. Its own sum is a float and drifts in the last digits, so only the table
// is asked, and the sum is made here: rates become whole numbers of 1e-12 dollars a million tokens, counts are whole
// anyway, and the one rounding is that of the result to 1e-12 dollars.
//
// Always holds: a cost is the full cost of all counts that are known, or null. It is never the price of something else:
// where the table has no rate for a count that is not zero, the call is unpriced. The library takes input and output
// counts with their parts included; ours are disjoint, so each is multiplied by its own rate and nothing is subtracted.

import { readFileSync } from "node:fs";
import { calcPrice, type ModelPrice } from "@pydantic/genai-prices";
import { z } from "zod";
import { TOKEN_FIELDS, type TokenEvent, type TokenField } from "../../schemas/token-event.ts";

/**
 * What the sink writes into an event. Three cases can be told apart:
 * a price (both set), no usage to price (both null), and a model or count that this table has no price for (cost null).
 */
export type Price = Pick<TokenEvent, "cost_usd" | "price_version">;

export type Pricer = (event: TokenEvent) => Price;

/** A pricer over the table that is installed. Reads no network, keeps no state, and gives the same answer each time. */
export function createPricer(): Pricer {
  const price_version = readTableVersion();
  return function price(event) {
    if (!hasKnownUsage(event)) return { cost_usd: null, price_version: null };
    return { cost_usd: toCostUsd(event), price_version };
  };
}

/** Rates that apply to a count, most particular first. A cache write of an hour is never sold as one of five minutes. */
const RATES: Readonly<Record<TokenField, readonly string[]>> = {
  input_tokens: ["input_mtok"],
  cache_read_tokens: ["cache_read_mtok", "input_mtok"],
  cache_write_5m_tokens: ["cache_write_mtok", "input_mtok"],
  cache_write_1h_tokens: ["cache_write_1h_mtok"],
  output_tokens: ["output_mtok"],
  reasoning_tokens: ["output_reasoning_mtok", "output_mtok"],
  audio_input_tokens: ["input_audio_mtok", "input_mtok"],
  audio_output_tokens: ["output_audio_mtok", "output_mtok"],
  image_input_tokens: ["input_image_mtok", "input_mtok"],
  image_output_tokens: ["output_image_mtok", "output_mtok"],
};

/** The fields that make up the input, whose sum decides the tier. */
const INPUT_FIELDS = TOKEN_FIELDS.filter((field) => field.includes("input") || field.startsWith("cache_"));

/** Tools that the provider runs and bills by the call, under every name that a provider's usage gives them. */
const TOOL_RATES: Readonly<Record<string, string>> = {
  web_search: "web_searches_kcount",
  web_search_requests: "web_searches_kcount",
  file_search: "storage_searches_kcount",
};

/**
 * What a service tier costs, in per cent of the list price; null where it has a price list of its own, which the table
 * does not hold. Tiers that are not named here cost the list price.
 * Sources: https://developers.openai.com/api/docs/guides/flex-processing,
 * https://learn.microsoft.com/azure/foundry/openai/how-to/flex-processing,
 * https://platform.claude.com/docs/en/build-with-claude/batch-processing
 */
const TIER_PERCENT: Readonly<Record<string, Readonly<Record<string, bigint | null>>>> = {
  openai: { batch: 50n, flex: 50n, priority: null },
  azure: { batch: 50n, flex: 50n, priority: null },
  anthropic: { batch: 50n },
};

const LIST_PERCENT = 100n;
/** Digits behind the point, of rates and of costs. */
const DECIMALS = 12;
const TOKENS_PER_RATE = 1_000_000n;
const CALLS_PER_RATE = 1000n;
/** A million dollars for one call is a provider's miscount. It would not fit into the column either. */
const COST_PICODOLLARS_MAX = 10n ** 18n - 1n;

function toCostUsd(event: TokenEvent): string | null {
  const model = event.model_served ?? event.model_requested;
  if (model === null || event.provider === "") return null;
  const found = calcPrice({}, model, { providerId: event.provider, timestamp: new Date(event.started_at) });
  if (found === null) return null;
  const percent = TIER_PERCENT[found.provider.id]?.[event.service_tier ?? ""];
  if (percent === null) return null;
  const tokens = sumTokens(event, found.model_price);
  const tools = sumTools(event, found.model_price);
  if (tokens === null || tools === null) return null;
  return toDecimal(tokens * (percent ?? LIST_PERCENT), tools);
}

/** In 1e-18 dollars (1e-12 dollars a million tokens, times tokens); null where a rate is missing. */
function sumTokens(event: TokenEvent, prices: ModelPrice): bigint | null {
  const inputTokens = INPUT_FIELDS.reduce((sum, field) => sum + (event[field] ?? 0), 0);
  let sum = 0n;
  for (const field of TOKEN_FIELDS) {
    const count = event[field] ?? 0;
    if (count === 0) continue;
    const key = RATES[field].find((name) => prices[name] !== undefined);
    if (key === undefined) return null;
    sum += BigInt(count) * toRate(prices[key], inputTokens);
  }
  return sum;
}

/** In 1e-15 dollars (1e-12 dollars a thousand calls, times calls); null where a rate is missing. */
function sumTools(event: TokenEvent, prices: ModelPrice): bigint | null {
  let sum = prices["requests_kcount"] === undefined ? 0n : toRate(prices["requests_kcount"], 0);
  for (const [tool, calls] of Object.entries(event.server_tool_calls)) {
    const key = TOOL_RATES[tool];
    if (key === undefined || calls === 0) continue;
    if (prices[key] === undefined) return null;
    sum += BigInt(calls) * toRate(prices[key], 0);
  }
  return sum;
}

/** A rate in 1e-12 dollars. A tier begins above its `start`, and then holds for the whole call. */
function toRate(price: ModelPrice[string], inputTokens: number): bigint {
  if (price === undefined) return 0n;
  if (typeof price === "number") return BigInt(price.toFixed(DECIMALS).replace(".", ""));
  const tier = price.tiers
    .filter(({ start }) => inputTokens > start)
    .toSorted((a, b) => b.start - a.start)
    .at(0);
  return toRate(tier?.price ?? price.base, inputTokens);
}

/**
 * Dollars with at most 12 decimals, half a unit rounded up, from 1e-20 dollars for tokens (per cent included) and 1e-15
 * dollars for tools; null beyond what a call can cost.
 */
function toDecimal(tokens: bigint, tools: bigint): string | null {
  const unit = TOKENS_PER_RATE * LIST_PERCENT;
  const sum = tokens + tools * (unit / CALLS_PER_RATE);
  const picodollars = (sum + unit / 2n) / unit;
  if (picodollars > COST_PICODOLLARS_MAX) return null;
  const digits = picodollars.toString().padStart(DECIMALS + 1, "0");
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, "");
  return fraction === "" ? digits.slice(0, -DECIMALS) : `${digits.slice(0, -DECIMALS)}.${fraction}`;
}

function hasKnownUsage(event: TokenEvent): boolean {
  return TOKEN_FIELDS.some((field) => event[field] !== null);
}

/** The table has no date of its own, so the package's version stands for it. */
export function readTableVersion(): string {
  const file = new URL("../package.json", import.meta.resolve("@pydantic/genai-prices"));
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(file, "utf8")));
  return `genai-prices ${version}`;
}

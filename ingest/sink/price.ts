// What a call costs, in exact decimal arithmetic: the organisation's own price where it has set one, else the provider's
// list price, in relation to which a service tier is dearer or cheaper.
//
// Rates are whole numbers of picodollars, counts are whole anyway, and the one rounding is that of the result to 1e-12
// dollars.
//
// Always holds: a cost is the full cost of all counts that are known, or null. It is never the price of something else:
// where there is no rate for a count that is not zero, the call is unpriced. Our counts are disjoint, so each is multiplied
// by its own rate and nothing is subtracted.

import type { PriceOverride } from "../../schemas/price-overrides.ts";
import { TOKEN_FIELDS, type TokenEvent, type TokenField } from "../../schemas/token-event.ts";
import { createListPrices, readTableVersion, type FindListPrice } from "./price-list.ts";
import { createOwnPrices, type OwnPrice } from "./price-overrides.ts";
import { DECIMALS, type PricedCall, type Rates } from "./price-rates.ts";
import { findTierPrice, type TierPrice } from "./price-tiers.ts";

/**
 * What the sink writes into an event. Three cases can be told apart:
 * a price (both set), no usage to price (both null), and a model, tier or count that has no known price (cost null).
 */
export type Price = Pick<TokenEvent, "cost_usd" | "price_version">;

export type Pricer = (call: PricedCall) => Price;

/** A pricer over the table that is installed and the given prices. Reads no network, and gives the same answer each time. */
export function createPricer(overrides: readonly PriceOverride[] = []): Pricer {
  const listVersion = readTableVersion();
  const findListPrice = createListPrices();
  const ownPrices = createOwnPrices(overrides);
  const ownVersion = `${listVersion}, ${ownPrices.version}`;
  return function price(call) {
    if (!hasKnownUsage(call)) return { cost_usd: null, price_version: null };
    const inputTokens = INPUT_FIELDS.reduce((sum, field) => sum + (call[field] ?? 0), 0);
    const own = ownPrices.find(call, inputTokens);
    const applied = findRates(findListPrice, call, own, inputTokens);
    return {
      cost_usd: applied && toCostUsd(call, applied),
      price_version: own === undefined ? listVersion : ownVersion,
    };
  };
}

/** The fields that make up the input, whose sum decides the context tier. */
const INPUT_FIELDS = TOKEN_FIELDS.filter((field) => field.includes("input") || field.startsWith("cache_"));

/** Whose rate a count has where it has none of its own. An hour's cache write is never sold as one of five minutes. */
const RATE_OF: Readonly<Record<TokenField, TokenField | null>> = {
  input_tokens: null,
  cache_read_tokens: "input_tokens",
  cache_write_5m_tokens: "input_tokens",
  cache_write_1h_tokens: null,
  output_tokens: null,
  reasoning_tokens: "output_tokens",
  audio_input_tokens: "input_tokens",
  audio_output_tokens: "output_tokens",
  image_input_tokens: "input_tokens",
  image_output_tokens: "output_tokens",
};

/** A page that the provider fetched costs its tokens: https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-fetch-tool */
const FREE_TOOLS: ReadonlySet<string> = new Set(["web_fetch", "web_fetch_requests"]);

const TOKENS_PER_RATE = 1_000_000n;
const CALLS_PER_RATE = 1000n;
/** A million dollars for one call is a provider's miscount. It would not fit into the column either. */
const COST_PICODOLLARS_MAX = 10n ** 18n - 1n;
const AS_LISTED: TierPrice = { ratio: { numerator: 1n, denominator: 1n }, atListPrice: [] };

interface AppliedRates {
  rates: Rates;
  tier: TierPrice;
}

/** @returns null where the model, or its tier, has no known price */
function findRates(
  findListPrice: FindListPrice,
  call: PricedCall,
  own: OwnPrice | undefined,
  inputTokens: number,
): AppliedRates | null {
  if (own?.kind === "rates") return { rates: own.rates, tier: AS_LISTED };
  const listed = findListPrice(call, own?.provider ?? call.provider, inputTokens);
  if (listed === null) return null;
  const tier = findTierPrice(call, listed, inputTokens);
  return tier && { rates: listed.rates, tier };
}

function toCostUsd(call: PricedCall, { rates, tier }: AppliedRates): string | null {
  const tokens = sumTokens(call, rates, tier);
  const tools = sumTools(call, rates);
  return tokens === null || tools === null ? null : toDecimal(tokens, tools, tier.ratio.denominator);
}

/** In picodollars / (a million × the ratio's denominator); null where a rate is missing. */
function sumTokens(call: PricedCall, { tokens }: Rates, { ratio, atListPrice }: TierPrice): bigint | null {
  let sum = 0n;
  for (const field of TOKEN_FIELDS) {
    const count = call[field] ?? 0;
    if (count === 0) continue;
    const rate = tokens[field] ?? tokens[RATE_OF[field] ?? field];
    if (rate === undefined) return null;
    sum += BigInt(count) * rate * (atListPrice.includes(field) ? ratio.denominator : ratio.numerator);
  }
  return sum;
}

/** In picodollars / a thousand; null where a rate is missing. No tier makes tools dearer or cheaper. */
function sumTools(call: PricedCall, { tools, requests }: Rates): bigint | null {
  let sum = requests;
  for (const [tool, calls] of Object.entries(call.server_tool_calls)) {
    if (calls === 0) continue;
    const rate = tools.get(tool) ?? (FREE_TOOLS.has(tool) ? 0n : undefined);
    if (rate === undefined) return null;
    sum += BigInt(calls) * rate;
  }
  return sum;
}

/** Dollars with at most 12 decimals, half a unit rounded up; null beyond what a call can cost. */
function toDecimal(tokens: bigint, tools: bigint, denominator: bigint): string | null {
  const unit = TOKENS_PER_RATE * denominator;
  const sum = tokens + tools * (unit / CALLS_PER_RATE);
  const picodollars = (sum + unit / 2n) / unit;
  if (picodollars > COST_PICODOLLARS_MAX) return null;
  const digits = picodollars.toString().padStart(DECIMALS + 1, "0");
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, "");
  return fraction === "" ? digits.slice(0, -DECIMALS) : `${digits.slice(0, -DECIMALS)}.${fraction}`;
}

function hasKnownUsage(call: PricedCall): boolean {
  return TOKEN_FIELDS.some((field) => call[field] !== null);
}

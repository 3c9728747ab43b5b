// The organisation's own prices (ASSAY_PRICES), made ready to be asked for each call.

import { createHash } from "node:crypto";
import type { PriceOverride } from "../../schemas/price-overrides.ts";
import { TOKEN_FIELDS, type TokenField } from "../../schemas/token-event.ts";
import { modelOf, toPicodollars, type PricedCall, type Rates } from "./price-rates.ts";
import { isStandardTier, tierOf } from "./price-tiers.ts";

/** What an entry says of the calls that it fits: their rates, or whose list prices hold. */
export type OwnPrice = { kind: "rates"; rates: Rates } | { kind: "same_as"; provider: string };

export interface OwnPrices {
  /** `ASSAY_PRICES` and a hash of all entries; a part of the version of each price that they decided. */
  version: string;
  /** The last entry that fits. */
  find(call: PricedCall, inputTokens: number): OwnPrice | undefined;
}

const HASH_CHARS = 12;

export function createOwnPrices(overrides: readonly PriceOverride[]): OwnPrices {
  const hash = createHash("sha256").update(JSON.stringify(overrides)).digest("hex");
  const entries = overrides.map((override) => ({ fits: createFit(override), price: toOwnPrice(override) }));
  return {
    version: `ASSAY_PRICES ${hash.slice(0, HASH_CHARS)}`,
    find: (call, inputTokens) => entries.findLast(({ fits }) => fits(call, inputTokens))?.price,
  };
}

function createFit(override: PriceOverride): (call: PricedCall, inputTokens: number) => boolean {
  const parts = override.model.split("*").map((part) => RegExp.escape(part));
  const model = new RegExp(`^${parts.join(".*")}$`, "i");
  const fromMs = override.from === undefined ? -Infinity : Date.parse(override.from);
  const wantedTier = override.service_tier?.toLowerCase();
  const inputTokensAbove = override.input_tokens_above ?? -1;
  return (call, inputTokens) =>
    call.provider === override.provider &&
    model.test(modelOf(call) ?? "") &&
    Date.parse(call.started_at) >= fromMs &&
    inputTokens > inputTokensAbove &&
    fitsTier(tierOf(call), wantedTier, override.same_as !== undefined);
}

/** Whose prices are another provider's has that provider's tiers as well. */
function fitsTier(tier: string, wanted: string | undefined, isSameAs: boolean): boolean {
  if (wanted === undefined) return isSameAs || isStandardTier(tier);
  return tier === wanted;
}

function toOwnPrice({ same_as, usd_per_million_tokens, usd_per_thousand_calls }: PriceOverride): OwnPrice {
  if (same_as !== undefined) return { kind: "same_as", provider: same_as };
  const tokens: Partial<Record<TokenField, bigint>> = {};
  for (const field of TOKEN_FIELDS) {
    const rate = usd_per_million_tokens?.[field];
    if (rate !== undefined) tokens[field] = toPicodollars(rate);
  }
  const tools = new Map<string, bigint>();
  for (const [tool, rate] of Object.entries(usd_per_thousand_calls ?? {}))
    tools.set(tool, toPicodollars(rate));
  return { kind: "rates", rates: { tokens, tools, requests: 0n } };
}

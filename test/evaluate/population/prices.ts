// What tokens cost at list price, by the product's own price table: an injected tactic is as large as a share of a person's own cost.

import { parseImportedEvent } from "../../../ingest/import/silent-event.ts";
import { createPricer } from "../../../ingest/sink/price.ts";
import type { TokenEvent, TokenField } from "../../../schemas/token-event.ts";
import type { SourceSession, Tokens } from "./source.ts";
import type { VirtualRun } from "./virtual.ts";

/** US dollars a token. */
export type Rates = Readonly<Record<keyof Tokens, number>>;

export interface Prices {
  /** All 0 for a model without a known price. */
  ratesOf(model: string): Rates;
  /** Of calls that were answered. */
  costOfTokens(calls: readonly { model: string; tokens: Tokens }[]): number;
  costOfRuns(runs: readonly VirtualRun[]): number;
}

const FIELDS: Readonly<Record<keyof Tokens, TokenField>> = {
  input: "input_tokens",
  cacheRead: "cache_read_tokens",
  cacheWrite: "cache_write_5m_tokens",
  output: "output_tokens",
  reasoning: "reasoning_tokens",
};
/** Stands for a model without a known price: one that is newer than the price table would make its people spend nothing. */
const USUAL_MODEL = "claude-sonnet-4-6";
/** Few enough to stay in the first tier of prices that rise with the context. */
const SAMPLE_TOKENS = 10_000;

/** Whose model it is by its name, and by which interface its provider is usually asked. */
export function interfaceOf(model: string): Pick<TokenEvent, "provider" | "api"> {
  if (model.startsWith("claude-")) return { provider: "anthropic", api: "messages" };
  if (model.startsWith("gemini-")) return { provider: "gemini", api: "generate" };
  return { provider: "openai", api: "responses" };
}

export function createPrices(): Prices {
  const price = createPricer();
  const known = new Map<string, Rates>();
  const rateOf = (model: string, kind: keyof Tokens): number => {
    const event = parseImportedEvent({
      event_id: "00000000-0000-7000-8000-000000000000",
      started_at: "2026-01-01T00:00:00Z",
      ...interfaceOf(model),
      model_served: model,
      usage_source: "reported",
      [FIELDS[kind]]: SAMPLE_TOKENS,
    });
    if (!event.success) throw event.error;
    return Number(price(event.data).cost_usd ?? 0) / SAMPLE_TOKENS;
  };
  const ratesOf = (model: string): Rates => {
    const before = known.get(model);
    if (before !== undefined) return before;
    const rates: Rates = {
      input: rateOf(model, "input"),
      cacheRead: rateOf(model, "cacheRead"),
      cacheWrite: rateOf(model, "cacheWrite"),
      output: rateOf(model, "output"),
      reasoning: rateOf(model, "reasoning"),
    };
    known.set(model, rates);
    return rates;
  };
  const costOfTokens: Prices["costOfTokens"] = (calls) =>
    calls.reduce((sum, { model, tokens }) => sum + priceTokens(tokens, ratesOf(model)), 0);
  return {
    ratesOf,
    costOfTokens,
    costOfRuns: (runs) =>
      runs.reduce((sum, { calls }) => sum + costOfTokens(calls.filter(({ failure }) => !failure)), 0),
  };
}

/** The same sessions, by models that have a price. */
export function toPriced(sessions: readonly SourceSession[], prices: Prices): SourceSession[] {
  const pricedOf = (model: string): string => (prices.ratesOf(model).input > 0 ? model : USUAL_MODEL);
  return sessions.map((session) => ({
    ...session,
    calls: session.calls.map((call) => ({ ...call, model: pricedOf(call.model) })),
  }));
}

function priceTokens(tokens: Tokens, rates: Rates): number {
  return (
    tokens.input * rates.input +
    tokens.cacheRead * rates.cacheRead +
    tokens.cacheWrite * rates.cacheWrite +
    tokens.output * rates.output +
    tokens.reasoning * rates.reasoning
  );
}

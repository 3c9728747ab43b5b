// What the two sources of prices have in common: the rates that apply to one call, and how they are written.
//
// Rates are whole numbers of picodollars (1e-12 dollars), so that their sums are exact.

import type { TokenEvent, TokenField } from "../../schemas/token-event.ts";

/** The part of an event that its price depends on. */
export type PricedCall = Pick<
  TokenEvent,
  | "provider"
  | "model_requested"
  | "model_served"
  | "service_tier"
  | "started_at"
  | "server_tool_calls"
  | "usage_raw"
  | TokenField
>;

/** The rates of one call, its context tier already chosen. */
export interface Rates {
  /** Picodollars a million tokens. */
  tokens: Readonly<Partial<Record<TokenField, bigint>>>;
  /** Picodollars a thousand calls, by tool. */
  tools: ReadonlyMap<string, bigint>;
  /** Picodollars a thousand calls of the model, beside its tokens. */
  requests: bigint;
}

/** Digits behind the point, of rates and of costs. */
export const DECIMALS = 12;

/** @param dollars plain decimal text, with at most 12 decimals */
export function toPicodollars(dollars: string): bigint {
  const [whole = "", fraction = ""] = dollars.split(".");
  return BigInt(whole + fraction.padEnd(DECIMALS, "0"));
}

/** The model that answered; the one that was asked for where the answer did not say. */
export function modelOf(call: PricedCall): string | null {
  return call.model_served ?? call.model_requested;
}

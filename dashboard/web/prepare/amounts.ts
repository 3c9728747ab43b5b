// What a set of measures says of cost and tokens, with the unknown kept apart from the zero.

import type { Measures } from "../../../schemas/dashboard-api.ts";

export interface Amounts {
  /** In US dollars; null where calls were made, and no call that cost anything is known. */
  costUsd: number | null;
  creditedUsd: number | null;
  uncreditedUsd: number | null;
  /** Of the cost, from 0 to 1; null where there is none to share. */
  creditedShare: number | null;
  /** All kinds together, of all calls; null where no call's usage is known. */
  tokens: number | null;
}

export function toAmounts(measures: Measures): Amounts {
  const tokens = isUsageUnknown(measures) ? null : sumTokens(measures);
  if (isCostUnknown(measures)) {
    return { costUsd: null, creditedUsd: null, uncreditedUsd: null, creditedShare: null, tokens };
  }
  const costUsd = Number(measures.cost_usd);
  const creditedUsd = Number(measures.credited_cost_usd);
  return {
    costUsd,
    creditedUsd,
    uncreditedUsd: costUsd - creditedUsd,
    creditedShare: costUsd === 0 ? null : creditedUsd / costUsd,
    tokens,
  };
}

/** Whether a part of the cost, or all of it, is missing from the sums. */
export function hasUnknownPart(measures: Measures): boolean {
  return measures.unknown_usage_calls > 0 || measures.unpriced_calls > 0;
}

function isUsageUnknown({ calls, unknown_usage_calls }: Measures): boolean {
  return calls > 0 && unknown_usage_calls >= calls;
}

/** Beside calls whose cost is unknown there may be some that cost nothing, as one that failed; their zero says nothing of the others. */
function isCostUnknown({ calls, unknown_usage_calls, unpriced_calls, cost_usd }: Measures): boolean {
  return calls > 0 && unknown_usage_calls + unpriced_calls > 0 && Number(cost_usd) === 0;
}

function sumTokens({ tokens }: Measures): number {
  return Object.values(tokens).reduce((sum, count) => sum + count, 0);
}

// The measures of a group of calls, in the order of the columns that every derived table has for them. Rows come from
// token_events; `reason` is '' for a call that is credited.

import { TOKEN_FIELDS } from "../../schemas/token-event.ts";
import { HAS_USAGE, IS_USAGE_UNKNOWN } from "./call-facts.ts";

/** Columns of a sum over calls. */
export const MEASURE_COLUMNS = [
  "calls",
  "unknown_usage_calls",
  "unpriced_calls",
  ...TOKEN_FIELDS,
  "cost_usd",
].join(", ");

/** Sums over rows of calls: an unknown count or cost adds nothing, and the call is counted as unknown beside the sum. */
export const MEASURES_OF_CALLS = [
  "count()",
  `countIf(${IS_USAGE_UNKNOWN})`,
  `countIf(${HAS_USAGE} AND isNull(cost_usd))`,
  ...TOKEN_FIELDS.map((field) => `sum(ifNull(${field}, 0))`),
  "sum(toDecimal128(ifNull(cost_usd, 0), 12))",
].join(",\n  ");

/** Sums over rows of sums. */
export const MEASURES_OF_SUMS = MEASURE_COLUMNS.split(", ")
  .map((column) => `sum(${column})`)
  .join(",\n  ");

/** Columns, and their sums over calls or sums, that split the cost by whether and why not it is credited. */
export const CREDIT_COLUMNS = "credited_cost_usd, uncredited_cost_usd";

export const CREDITS = `sumIf(toDecimal128(ifNull(cost_usd, 0), 12), reason = ''),
  CAST(sumMap(if(reason = '' OR isNull(cost_usd), map(), map(toString(reason), toDecimal128(assumeNotNull(cost_usd), 12)))),
    'Map(LowCardinality(String), Decimal(38, 12))')`;

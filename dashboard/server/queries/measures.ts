// What the dashboard's questions have in common: how much of something there was. The SQL that adds it up, and the columns
// that come back, in the shape in which the API says it.
//
// Always holds: what is past its retention is not shown, even while the store has not cleared it away yet. A count beyond what a JSON number carries exactly is given as the largest one that does, so that one
// provider's absurd figure can't take a whole page down.

import { z } from "zod";
import type { Measures } from "../../../schemas/dashboard-api.ts";
import { COUNT_MAX, TOKEN_FIELDS } from "../../../schemas/token-event.ts";

const CALL_COUNTS = ["calls", "unknown_usage_calls", "unpriced_calls"];

/** The counts of one row. `row` is the table's alias, without which a result's name would hide the column of that name. */
export const ROW_COUNTS_SQL = toCountsSql((column) => `row.${column}`);

/** The counts of many rows, added up. */
export const SUMMED_COUNTS_SQL = toCountsSql((column) => `sum(row.${column})`);

const count = z.coerce.number().int().min(0).max(COUNT_MAX);

export const measuresRow = {
  calls: count,
  unknown_usage_calls: count,
  unpriced_calls: count,
  tokens: z.record(z.enum(TOKEN_FIELDS), count),
  cost_usd: z.string(),
  credited_cost_usd: z.string(),
};
const measuresRowSchema = z.object(measuresRow);

/** Nothing happened: known zeros, not unknown counts. */
export const NO_MEASURES: Measures = measuresRowSchema.parse({
  ...Object.fromEntries(CALL_COUNTS.map((name) => [name, 0])),
  tokens: Object.fromEntries(TOKEN_FIELDS.map((name) => [name, 0])),
  cost_usd: "0",
  credited_cost_usd: "0",
});

function toCountsSql(toValue: (column: string) => string): string {
  const bounded = (column: string) => `least(${toValue(column)}, ${COUNT_MAX})`;
  const tokens = TOKEN_FIELDS.map((name) => `'${name}', ${bounded(name)}`);
  return [
    ...CALL_COUNTS.map((name) => `${bounded(name)} AS ${name}`),
    `map(${tokens.join(", ")}) AS tokens`,
  ].join(",\n  ");
}

// What is missing from the sums, in sentences: calls without usage, and calls of models without a known price.

import type { Usage } from "../../../schemas/dashboard-api.ts";
import { formatCalls, formatDay } from "./format.ts";

/** More days than this are counted, not named. */
const DAYS_NAMED_MAX = 3;

export function explainUnknownParts(days: Usage["days"], today: string): string[] {
  return [
    explain(days, today, {
      callsOf: ({ unknown_usage_calls }) => unknown_usage_calls,
      what: (calls) =>
        `came back without usage. ${calls === 1 ? "Its" : "Their"} tokens are unknown, not zero.`,
    }),
    explain(days, today, {
      callsOf: ({ unpriced_calls }) => unpriced_calls,
      what: (calls) =>
        `used a model without a known price. ${calls === 1 ? "Its cost is" : "Their cost is"} unpriced, not zero.`,
    }),
  ].filter((sentence) => sentence !== null);
}

interface Part {
  callsOf: (day: Usage["days"][number]) => number;
  what: (calls: number) => string;
}

function explain(days: Usage["days"], today: string, { callsOf, what }: Part): string | null {
  const affected = days.filter((day) => callsOf(day) > 0);
  const calls = affected.reduce((sum, day) => sum + callsOf(day), 0);
  if (calls === 0) return null;
  const names = affected.map(({ day }) => formatDay(day, today));
  const where = affected.length > DAYS_NAMED_MAX ? `${affected.length} days` : names.join(" and ");
  return `On ${where}, ${formatCalls(calls)} ${what(calls)}`;
}

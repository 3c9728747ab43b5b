// Why a manager is shown no totals of their team, in a sentence.

import type { TeamTotals } from "../../../schemas/organisation-api.ts";
import { formatDay } from "./format.ts";

/** Null where there are totals to show. */
export function explainMissingTotals(
  { team, people, min_group, next_on, period, totals }: TeamTotals,
  today: string,
): string | null {
  if (team === null) return "You are in no team, so there are no totals of one.";
  if (people < min_group)
    return `Your team has ${people} ${people === 1 ? "person" : "people"}. Totals start at ${min_group}, so that no figure can be one person's.`;
  if (period === null || totals === null)
    return `There are no totals of your team yet. They come once ${min_group} people were in it for four whole weeks, on ${formatDay(next_on, today)} at the earliest.`;
  return null;
}

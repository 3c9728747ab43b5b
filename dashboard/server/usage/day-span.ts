// A span of calendar days, first and last included. Days are names here, without hours or zones: which day a call belongs to
// was decided by analytics, in the organisation's zone.

import { z } from "zod";

export interface DaySpan {
  from: string;
  to: string;
}

export const SPAN_DAYS_MAX = 366;
const DAY_MS = 86_400_000;

const day = z.iso
  .date()
  .refine((name) => name >= "2000-01-01" && name < "2100-01-01", "a day of this century");

export const daySpanSchema = z
  .strictObject({ from: day, to: day })
  .refine(({ from, to }) => from <= to, "from must not be after to")
  .refine((span) => countDays(span) <= SPAN_DAYS_MAX, `at most ${SPAN_DAYS_MAX} days`);

/** The same number of days just before. */
export function spanBefore(span: DaySpan): DaySpan {
  return { from: addDays(span.from, -countDays(span)), to: addDays(span.from, -1) };
}

/** The name of every day, in order. */
export function daysOf(span: DaySpan): string[] {
  return Array.from({ length: countDays(span) }, (_, index) => addDays(span.from, index));
}

function countDays({ from, to }: DaySpan): number {
  return (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
}

function addDays(name: string, days: number): string {
  return new Date(Date.parse(name) + days * DAY_MS).toISOString().slice(0, 10);
}

// The columns of cost by day: how high, how labelled, and what each leaves open.
//
// Always holds: a day without a call is an empty place on the base line; a day whose cost is not known is a gap; a day
// that analytics has not reached yet is a gap too, for zero would be a claim. Only today is unfinished.

import type { Usage } from "../../../schemas/dashboard-api.ts";
import { hasUnknownPart, toAmounts } from "./amounts.ts";
import { isMonday, mondayOf } from "./calendar.ts";
import { formatCost, formatDay } from "./format.ts";

export interface DayColumn {
  day: string;
  /** `19 Nov`, or `today so far`. */
  label: string;
  /** In US dollars; null is unknown, and drawn as a gap. */
  creditedUsd: number | null;
  uncreditedUsd: number | null;
  costUsd: number | null;
  calls: number;
  /** A part of the cost is in no sum: a question mark stands above the column. */
  hasUnknownPart: boolean;
  isUnfinished: boolean;
}

export interface CostAxis {
  maxUsd: number;
  ticksUsd: readonly number[];
  /** Decimals that tell all ticks apart. */
  decimals: number;
}

/** Fewer days with calls than this have no median worth a line. */
const MEDIAN_DAYS_MIN = 5;
const AXIS_STEPS_MAX = 4;
const DAY_LABELS_MAX = 7;
/** Of the axis, how much "today so far" takes up: no other label stands there. */
const TODAY_LABEL_SHARE = { wide: 0.08, narrow: 0.3 };

/** `computedDay`: the last day that analytics has reached, null before it ever ran. */
export function toDayColumns(days: Usage["days"], today: string, computedDay: string | null): DayColumn[] {
  return days.map((measures) => {
    const isReached = computedDay !== null && measures.day <= computedDay;
    const { creditedUsd, uncreditedUsd, costUsd } = toAmounts(measures);
    const isUnfinished = measures.day === today;
    return {
      day: measures.day,
      label: isUnfinished ? "today so far" : formatDay(measures.day, today),
      creditedUsd: isReached ? creditedUsd : null,
      uncreditedUsd: isReached ? uncreditedUsd : null,
      costUsd: isReached ? costUsd : null,
      calls: measures.calls,
      hasUnknownPart: hasUnknownPart(measures),
      isUnfinished,
    };
  });
}

/** The same by week; `day` is its Monday. A week is as unknown as the most unknown of its days. */
export function toWeekColumns(days: readonly DayColumn[], today: string): DayColumn[] {
  return [...Map.groupBy(days, ({ day }) => mondayOf(day))].map(([monday, own]) => {
    const isUnfinished = own.some((column) => column.isUnfinished);
    const reached = isUnfinished ? own.filter(({ costUsd }) => costUsd !== null) : own;
    const sum = (read: (column: DayColumn) => number | null) =>
      reached.reduce<number | null>((total, column) => {
        const value = read(column);
        return total === null || value === null ? null : total + value;
      }, 0);
    return {
      day: monday,
      label: isUnfinished ? "so far" : formatDay(monday, today),
      creditedUsd: reached.length === 0 ? null : sum(({ creditedUsd }) => creditedUsd),
      uncreditedUsd: reached.length === 0 ? null : sum(({ uncreditedUsd }) => uncreditedUsd),
      costUsd: reached.length === 0 ? null : sum(({ costUsd }) => costUsd),
      calls: own.reduce((total, { calls }) => total + calls, 0),
      hasUnknownPart: own.some((column) => column.hasUnknownPart),
      isUnfinished,
    };
  });
}

/** Median cost of the finished days that had a call, in US dollars; null where they are too few to say. */
export function medianDayUsd(columns: readonly DayColumn[], volume: "credited" | "gross"): number | null {
  const costs = columns
    .filter(({ calls, isUnfinished }) => calls > 0 && !isUnfinished)
    .map(({ creditedUsd, costUsd }) => (volume === "credited" ? creditedUsd : costUsd))
    .filter((cost) => cost !== null)
    .toSorted((left, right) => left - right);
  if (costs.length < MEDIAN_DAYS_MIN) return null;
  const low = costs[Math.floor((costs.length - 1) / 2)];
  const high = costs[Math.ceil((costs.length - 1) / 2)];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

/** Room for the labels of the axis, in pixels. */
export function axisWidthPx({ decimals }: Pick<CostAxis, "decimals">): number {
  return decimals > 2 ? 64 : 48;
}

/** From 0 in at most four equal steps of 1, 2 or 5 times a power of ten, high enough for every column and the median. */
export function toCostAxis(columns: readonly DayColumn[], medianUsd: number | null): CostAxis {
  const highest = Math.max(medianUsd ?? 0, ...columns.map(({ costUsd }) => costUsd ?? 0));
  if (highest === 0) return { maxUsd: 1, ticksUsd: [0, 1], decimals: 0 };
  const rough = highest / AXIS_STEPS_MAX;
  const power = Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * 10 ** power >= rough) ?? 10;
  const decimals = Math.max(0, factor === 10 ? -power - 1 : -power);
  const step = Number((factor * 10 ** power).toFixed(decimals));
  const steps = Math.ceil(highest / step);
  const ticksUsd = Array.from({ length: steps + 1 }, (_, index) => Number((index * step).toFixed(decimals)));
  return { maxUsd: ticksUsd.at(-1) ?? highest, ticksUsd, decimals };
}

/** Days that get a label: Mondays, every other one where they are many or the place is narrow, and always today. */
export function toLabelledDays(columns: readonly DayColumn[], isNarrow: boolean): string[] {
  const days = columns.map(({ day }) => day);
  const labelMax = isNarrow ? Math.ceil(DAY_LABELS_MAX / 2) : DAY_LABELS_MAX;
  const candidates = days.length <= DAY_LABELS_MAX ? days.slice(0, -1) : days.filter(isMonday);
  const every = Math.ceil(candidates.length / labelMax);
  // Counted from the end and clear of today's wider label, so that the two never touch.
  const last = days.at(-1);
  const clearDays = days.length * (isNarrow ? TODAY_LABEL_SHARE.narrow : TODAY_LABEL_SHARE.wide);
  const spaced = candidates
    .filter((day) => days.length - 1 - days.indexOf(day) >= clearDays)
    .filter((_, index, clear) => (clear.length - 1 - index) % every === 0);
  return last === undefined ? spaced : [...spaced, last];
}

/** One sentence that says what the picture shows. */
export function summariseColumns(columns: readonly DayColumn[]): string {
  const withCalls = columns.filter(({ calls }) => calls > 0);
  const highest = withCalls
    .filter(({ costUsd }) => costUsd !== null)
    .toSorted((left, right) => (right.costUsd ?? 0) - (left.costUsd ?? 0))[0];
  const days = `${withCalls.length} of ${columns.length} days had calls.`;
  return highest === undefined
    ? days
    : `${days} The highest was ${highest.label}, ${formatCost(highest.costUsd)}.`;
}

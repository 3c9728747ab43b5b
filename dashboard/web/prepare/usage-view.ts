// What My usage shows, as its address says it: `?range=12w&volume=gross&by=client`. The usual choice is left out of the address,
// and a word that is not known means the usual choice, so that every address shows something.

import { addDays, mondayOf } from "./calendar.ts";

export const RANGES = [
  { name: "7d", label: "7 days", days: 7, by: "day" },
  { name: "28d", label: "28 days", days: 28, by: "day" },
  { name: "12w", label: "12 weeks", days: 84, by: "week" },
] as const;
export type Range = (typeof RANGES)[number];

export const VOLUMES = [
  { name: "credited", label: "Credited" },
  { name: "gross", label: "Gross" },
] as const;
export type Volume = (typeof VOLUMES)[number]["name"];

export const DIMENSIONS = [
  { name: "model", label: "Model" },
  { name: "client", label: "Client" },
  { name: "class", label: "Class" },
  { name: "kind", label: "Kind of call" },
] as const;
export type Dimension = (typeof DIMENSIONS)[number]["name"];

export interface UsageView {
  range: Range;
  volume: Volume;
  /** By what "Where it went" is told apart. */
  dimension: Dimension;
}

/** First and last day, both included. */
export interface Days {
  from: string;
  to: string;
}

const USUAL: UsageView = { range: RANGES[1], volume: "credited", dimension: "model" };

export function parseUsageView(search: string): UsageView {
  const query = new URLSearchParams(search);
  return {
    range: RANGES.find(({ name }) => name === query.get("range")) ?? USUAL.range,
    volume: VOLUMES.find(({ name }) => name === query.get("volume"))?.name ?? USUAL.volume,
    dimension: DIMENSIONS.find(({ name }) => name === query.get("by"))?.name ?? USUAL.dimension,
  };
}

export function toUsageSearch({ range, volume, dimension }: UsageView): string {
  const query = new URLSearchParams();
  if (range.name !== USUAL.range.name) query.set("range", range.name);
  if (volume !== USUAL.volume) query.set("volume", volume);
  if (dimension !== USUAL.dimension) query.set("by", dimension);
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

/** The range's days up to and with `today`; of weeks, whole ones and the one that is not over. */
export function daysOf(range: Range, today: string): Days {
  const from = addDays(today, 1 - range.days);
  return {
    from: range.by === "week" ? addDays(mondayOf(from), mondayOf(from) === from ? 0 : 7) : from,
    to: today,
  };
}

/** As many days, or whole weeks, just before. */
export function daysBefore(range: Range, today: string): Days {
  const { from } = daysOf(range, today);
  return { from: addDays(from, -range.days), to: addDays(from, -1) };
}

// Medians and their spread.

import { max, median, min } from "simple-statistics";

export interface Spread {
  median: number;
  min: number;
  max: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const all = [...values];
  return { median: median(all), min: min(all), max: max(all) };
}

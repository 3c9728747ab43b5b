// Where a yield and its interval lie on the axis of yields, and what they are in words.
//
// Always holds: the axis is logarithmic, from a quarter to four times what was expected, so that half and double are equally far from
// one; what leaves it is told by an arrow and in the words.

export const YIELD_AXIS = { low: 0.25, high: 4, expected: 1 } as const;
export const YIELD_TICKS = [
  { value: 0.25, label: "¼" },
  { value: 0.5, label: "½" },
  { value: 1, label: "1.0 as expected" },
  { value: 2, label: "2" },
  { value: 4, label: "4" },
] as const;

export interface Yield {
  mean: number;
  /** Of the 90 % interval. */
  low: number;
  high: number;
}

export interface DrawnInterval {
  /** Shares of the axis, from 0 to 1. */
  mean: number;
  low: number;
  high: number;
  leavesBelow: boolean;
  leavesAbove: boolean;
}

export function toDrawnInterval({ mean, low, high }: Yield): DrawnInterval {
  return {
    mean: toYieldPlace(mean),
    low: toYieldPlace(low),
    high: toYieldPlace(high),
    leavesBelow: low < YIELD_AXIS.low,
    leavesAbove: high > YIELD_AXIS.high,
  };
}

/** Share of the axis at which a yield stands; at its ends what lies beyond them. */
export function toYieldPlace(value: number): number {
  const { low, high } = YIELD_AXIS;
  const bounded = Math.min(Math.max(value, low), high);
  return Math.log(bounded / low) / Math.log(high / low);
}

/** `1.22 (0.88 to 1.60)` */
export function writeYield({ mean, low, high }: Yield): string {
  return `${mean.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
}

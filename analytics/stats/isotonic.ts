// Isotonic regression: the rising sequence that is nearest to given means by weighted least squares.
//
// The question it answers: what does a quantity grow with, when nothing is known but that it does not fall? Neighbours that are in
// the wrong order are pooled into their weighted mean until none is (pool adjacent violators).
// Source: Barlow, Bartholomew, Bremner and Brunk, "Statistical Inference under Order Restrictions" (1972), chapter 1.
// Assumes that the means are in the order of what they are to rise with. Not for quantities that may fall for a reason: their fall
// is levelled.
//
// Always holds: the weighted sum stays what it was.
// Example: 1, 3, 2, 4 with equal weights becomes 1, 2.5, 2.5, 4.

export interface WeightedMean {
  mean: number;
  /** Above 0; usually how many cases the mean is of. */
  weight: number;
}

/** @returns a value for each mean, none below the one before it */
export function fitRising(means: readonly WeightedMean[]): number[] {
  const pools: { mean: number; weight: number; size: number }[] = [];
  for (const { mean, weight } of means) {
    let pool = { mean, weight, size: 1 };
    for (let before = pools.at(-1); before !== undefined && before.mean > pool.mean; before = pools.at(-1)) {
      const sum = before.weight + pool.weight;
      pool = {
        mean: (before.mean * before.weight + pool.mean * pool.weight) / sum,
        weight: sum,
        size: before.size + pool.size,
      };
      pools.pop();
    }
    pools.push(pool);
  }
  return pools.flatMap(({ mean, size }) => Array.from({ length: size }, () => mean));
}

// Rayleigh test of uniform phases, for starts that come in groups.
//
// Question: do things begin at one phase of a period, rather than at any? Each group (all starts of one period) gives one vector, the
// mean of its starts' unit vectors. With phases uniform and groups independent, |Σ v|² / Σ |v|² is about exponential with mean 1, so
// that p = exp of its negative. With one start a group this is Rayleigh's test, p = exp(-n R²).
// Assumes: groups are independent of each other. Starts within a group need not be: a burst counts as one.
// Not for: fewer than some 20 groups, where the tail is approximate; and p alone, because with many starts a trace of rhythm is
// enough for a small one (an honest hour of a cloud's traffic has R = .27 at five minutes). Read it beside R.
// Conservative in its tail: the exact chance is below exp(-z) from z = 2 on, because the vectors' lengths are bounded.
// Source: Mardia and Jupp, "Directional Statistics", 2000, 6.3.1; with groups as in White's sandwich variance.
// Example: 20 groups of one start each, resultant length 9: z = 81 / 20 = 4.05, p = .0174.

/**
 * @param resultantSquared |Σ v|² over the groups
 * @param lengthsSquared Σ |v|²
 * @returns 1 where there is no group
 */
export function rayleighPValue(resultantSquared: number, lengthsSquared: number): number {
  if (lengthsSquared <= 0) return 1;
  return Math.exp(-resultantSquared / lengthsSquared);
}

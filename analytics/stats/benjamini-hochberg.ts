// Benjamini and Hochberg's procedure: which of many findings to believe, so that of those believed at most a share is false.
//
// Question: I looked at many person-weeks; which of them stand out from what looking at so many would bring by chance?
// Assumes: p-values that are valid each, independent or positively dependent, as conformal ones against one reference are (Bates et al. 2023).
// Not for: few cases with a coarse p-value. From a reference of n no p-value is below 1 / (n + 1), and to believe r of m at all,
// n >= m / (rate r) - 1 are needed (`isLargeEnough`). Below that, fixed limits of evidence are all there is.
// Source: Benjamini and Hochberg, "Controlling the false discovery rate", Journal of the Royal Statistical Society B, 1995.
// Example: their table 1, 15 p-values at .05: the four smallest are believed (.0001, .0004, .0019, .0095).

/**
 * @param pValues in any order
 * @param rate at most this share of those believed is false, on average
 * @returns for each of them whether it is believed, in the order given
 */
export function believe(pValues: readonly number[], rate: number): boolean[] {
  const sorted = pValues.toSorted((a, b) => a - b);
  const limit = sorted.findLast((pValue, at) => pValue <= (rate * (at + 1)) / sorted.length);
  return pValues.map((pValue) => limit !== undefined && pValue <= limit);
}

/**
 * Whether the procedure could believe anything at all: that so many cases of `tested`, each with the smallest p-value that a reference of
 * `references` allows, would be believed.
 */
export function isLargeEnough(tested: number, expected: number, references: number, rate: number): boolean {
  return tested > 0 && 1 / (references + 1) <= (rate * expected) / tested;
}

// Benjamini and Hochberg's procedure: which of many findings to believe, so that of those believed at most a share is false.
//
// Question: I looked at many person-weeks; which of them stand out from what looking at so many would bring by chance?
// Assumes: p-values that are valid each, independent or positively dependent, as conformal ones against one reference are (Bates et al. 2023).
// Not for: few cases with a coarse p-value. From a reference of n no p-value is below 1 / (n + 1), and r of m are believed at all where
// the smallest p-value that there can be is no larger than rate r / m (`isLargeEnough`). Else fixed limits of evidence are all there is.
// Source: Benjamini and Hochberg, "Controlling the false discovery rate", Journal of the Royal Statistical Society B, 1995.
// Example: their table 1, 15 p-values at .05: the four smallest are believed (.0001, .0004, .0019, .0095).

/**
 * @param pValues in any order; those above the rate, which are never believed, may be left out
 * @param rate at most this share of those believed is false, on average
 * @param tested how many there are with those left out
 * @returns for each of them whether it is believed, in the order given
 */
export function believe(pValues: readonly number[], rate: number, tested = pValues.length): boolean[] {
  const sorted = pValues.toSorted((a, b) => a - b);
  const limit = sorted.findLast((pValue, at) => pValue <= (rate * (at + 1)) / tested);
  return pValues.map((pValue) => limit !== undefined && pValue <= limit);
}

/**
 * Whether the procedure could believe anything at all: that an `expectedShare` of those tested, each with the smallest p-value that there
 * can be, would be believed.
 */
export function isLargeEnough(expectedShare: number, smallestPValue: number, rate: number): boolean {
  return smallestPValue <= rate * expectedShare;
}

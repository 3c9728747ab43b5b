// Partial conjunction: one p-value for "at least two of these are not chance".
//
// Question: several independent ways to look at one case each have a p-value; do at least two of them speak?
// Assumes: nothing of how they depend on each other (Bonferroni); each is valid by itself.
// Not for: "any of them", which is Bonferroni's smallest times their number.
// Source: Benjamini and Heller, "Screening for partial conjunction hypotheses", Biometrics 2008, equation 3 with u = 2.
// Example: .001, .004 and .6: 2 × .004 = .008.

/** @returns 1 for fewer than two */
export function partialConjunction(pValues: readonly number[]): number {
  const second = pValues.toSorted((a, b) => a - b)[1];
  return second === undefined ? 1 : Math.min(1, (pValues.length - 1) * second);
}

// Split-conformal p-value: how many of a reference are at least as extreme.
//
// Question: is this value unusual among values of the same kind that were set aside before it was seen?
// Assumes: value and reference are exchangeable, so one value of each person, and never the value itself. Then, for any distribution,
// the chance of an answer of at most a is at most a.
// Ties count against us: a reference equal to the value is as extreme as it.
// Not for: a reference that holds what is looked for; it only ever makes the answer larger. And below 1 / p - 1 values no answer as
// small as p is possible.
// Source: Bates, Candès, Lei, Romano and Sesia, "Testing for outliers with conformal p-values", Annals of Statistics 2023
// (arXiv 2104.08279), equation 3.
// Example: .9 among .1, .2, …, 1.0: (1 + 2) / 11 = .2727.

/** @param reference in ascending order, as it is stored */
export function conformalPValue(value: number, reference: readonly number[]): number {
  return (1 + reference.length - countBelow(value, reference)) / (reference.length + 1);
}

function countBelow(value: number, sorted: readonly number[]): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

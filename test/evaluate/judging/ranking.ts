// How well an ordering puts what was injected before what was not.
//
// Average precision is the sum over thresholds of (recall gained) × precision, each group of equal scores being one threshold: ties are
// never broken in anybody's favour. It is what scikit-learn's `average_precision_score` computes, weights included.
// Precision at a share looks at the first so many hundredths of all cases; of a group of ties that lies across the border, the part
// that falls inside has the group's own precision, which is the mean over all ways to break the tie.

export interface Scored {
  score: number;
  isPositive: boolean;
  /** How often it counts: in a bootstrap, how often its person was drawn. */
  weight: number;
}

interface Group {
  positive: number;
  all: number;
}

/** @returns 0 to 1; null where there is nothing positive */
export function averagePrecision(cases: readonly Scored[]): number | null {
  const groups = toGroups(cases);
  const total = groups.reduce((sum, { positive }) => sum + positive, 0);
  if (total === 0) return null;
  let found = 0;
  let seen = 0;
  return groups.reduce((sum, { positive, all }) => {
    found += positive;
    seen += all;
    return sum + (seen === 0 ? 0 : (positive / total) * (found / seen));
  }, 0);
}

/** @param share of all cases, 0.01: the first hundredth @returns 0 to 1; null where there are no cases */
export function precisionAt(cases: readonly Scored[], share: number): number | null {
  const groups = toGroups(cases);
  const size = groups.reduce((sum, { all }) => sum + all, 0) * share;
  if (size === 0) return null;
  let left = size;
  let found = 0;
  for (const { positive, all } of groups) {
    if (all === 0) continue;
    const taken = Math.min(left, all);
    found += (positive / all) * taken;
    left -= taken;
    if (left <= 0) break;
  }
  return found / size;
}

/** Precision and recall at each threshold, strictest first. */
export function precisionRecall(cases: readonly Scored[]): { recall: number; precision: number }[] {
  const groups = toGroups(cases);
  const total = groups.reduce((sum, { positive }) => sum + positive, 0);
  let found = 0;
  let seen = 0;
  return groups.map(({ positive, all }) => {
    found += positive;
    seen += all;
    return { recall: total === 0 ? 0 : found / total, precision: seen === 0 ? 0 : found / seen };
  });
}

/** Equal scores together, highest first. */
function toGroups(cases: readonly Scored[]): Group[] {
  const groups = new Map<number, Group>();
  for (const { score, isPositive, weight } of cases) {
    const group = groups.get(score) ?? { positive: 0, all: 0 };
    group.all += weight;
    if (isPositive) group.positive += weight;
    groups.set(score, group);
  }
  return [...groups].toSorted((a, b) => b[0] - a[0]).map(([, group]) => group);
}

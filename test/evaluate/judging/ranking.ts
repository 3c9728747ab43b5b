// How well an ordering puts what was injected before what was not.
//
// Average precision is the sum over thresholds of (recall gained) × precision, each group of equal scores being one threshold: ties are
// never broken in anybody's favour. It is what scikit-learn's `average_precision_score` computes, weights included.
// Precision at a share looks at the first so many hundredths of all cases; of a group of ties that lies across the border, the part
// that falls inside has the group's own precision, which is the mean over all ways to break the tie.

export interface Scored<Person> {
  person: Person;
  score: number;
  isPositive: boolean;
}

/** How often somebody counts: once, or in a bootstrap as often as they were drawn. */
export type WeightOf<Person> = (person: Person) => number;

/** Highest first; sorted once, because a bootstrap asks hundreds of times. */
export interface Ranking<Person> {
  cases: readonly Scored<Person>[];
}

interface Group {
  positive: number;
  all: number;
}

export function rank<Person>(cases: readonly Scored<Person>[]): Ranking<Person> {
  return { cases: cases.toSorted((a, b) => b.score - a.score) };
}

/** @returns 0 to 1; null where there is nothing positive */
export function averagePrecision<Person>(
  ranking: Ranking<Person>,
  weightOf: WeightOf<Person>,
): number | null {
  let found = 0;
  let seen = 0;
  let sum = 0;
  for (const { positive, all } of groupsOf(ranking, weightOf)) {
    found += positive;
    seen += all;
    if (seen > 0) sum += positive * (found / seen);
  }
  return found === 0 ? null : sum / found;
}

/** @param share of all cases, 0.01: the first hundredth @returns 0 to 1; null where there are no cases */
export function precisionAt<Person>(
  ranking: Ranking<Person>,
  weightOf: WeightOf<Person>,
  share: number,
): number | null {
  const size = share * ranking.cases.reduce((sum, { person }) => sum + weightOf(person), 0);
  if (size === 0) return null;
  let left = size;
  let found = 0;
  for (const { positive, all } of groupsOf(ranking, weightOf)) {
    if (all === 0) continue;
    const taken = Math.min(left, all);
    found += (positive / all) * taken;
    left -= taken;
    if (left <= 0) break;
  }
  return found / size;
}

/** Precision and recall at each threshold, strictest first. */
export function precisionRecall<Person>(ranking: Ranking<Person>): { recall: number; precision: number }[] {
  const total = ranking.cases.filter(({ isPositive }) => isPositive).length;
  let found = 0;
  let seen = 0;
  return [...groupsOf(ranking, () => 1)].map(({ positive, all }) => {
    found += positive;
    seen += all;
    return { recall: total === 0 ? 0 : found / total, precision: seen === 0 ? 0 : found / seen };
  });
}

/** Equal scores together. */
function* groupsOf<Person>({ cases }: Ranking<Person>, weightOf: WeightOf<Person>): Generator<Group> {
  let group: Group = { positive: 0, all: 0 };
  let score = cases[0]?.score;
  for (const each of cases) {
    if (each.score !== score) {
      yield group;
      group = { positive: 0, all: 0 };
      score = each.score;
    }
    const weight = weightOf(each.person);
    group.all += weight;
    if (each.isPositive) group.positive += weight;
  }
  if (cases.length > 0) yield group;
}

// How well calls were put together: pairwise precision and recall. Of all pairs of calls that were put into one group, the share that
// belong together; of all pairs that belong together, the share that were put into one group. Large groups weigh more than small
// ones (Manning, Raghavan, Schütze: Introduction to Information Retrieval, 2008, section 16.3).

export interface Assignment {
  truth: string;
  found: string;
}

/** Both 1 where every group is found; null where there is no pair to judge by. */
export function measurePairs(assignments: readonly Assignment[]): {
  precision: number | null;
  recall: number | null;
} {
  const together = countPairs(assignments, ({ truth, found }) => JSON.stringify([truth, found]));
  const found = countPairs(assignments, (assignment) => assignment.found);
  const truth = countPairs(assignments, (assignment) => assignment.truth);
  return { precision: found === 0 ? null : together / found, recall: truth === 0 ? null : together / truth };
}

function countPairs(assignments: readonly Assignment[], keyOf: (assignment: Assignment) => string): number {
  return [...Map.groupBy(assignments, keyOf).values()]
    .map(({ length }) => (length * (length - 1)) / 2)
    .reduce((sum, pairs) => sum + pairs, 0);
}

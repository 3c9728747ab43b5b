// The figures by which detectors are judged, on orderings whose figures are known.

import { describe, expect, it } from "vitest";
import {
  averagePrecision,
  precisionAt,
  precisionRecall,
  rank,
  type Ranking,
} from "../evaluate/judging/ranking.ts";
import { estimate, estimateShare } from "../evaluate/judging/interval.ts";
import { createRandom } from "../simulation/random.ts";

/** Each case is a person of its own, known by its place. */
function order(scores: readonly number[], labels: readonly number[]): Ranking<number> {
  return rank(scores.map((score, person) => ({ person, score, isPositive: labels[person] === 1 })));
}

const once = () => 1;

describe("average precision", () => {
  // Numbers of scikit-learn 1.9.1, average_precision_score.
  it.each([
    [[0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], [], 0.8333333333333333],
    [[1, 1, 1, 2, 0, 0], [1, 0, 0, 1, 1, 0], [], 0.6666666666666666],
    [[3, 2, 2, 1], [0, 1, 0, 1], [2, 1, 3, 0.5], 0.18803418803418803],
  ])("is scikit-learn's, ties and weights included", (scores, labels, weights, expected) => {
    const found = averagePrecision(order(scores, labels), (person) => weights[person] ?? 1);
    expect(found).toBeCloseTo(expected, 12);
  });

  it("is 1 for an ordering without fault, and unknown where nothing is positive", () => {
    expect(averagePrecision(order([3, 2, 1], [1, 1, 0]), once)).toBe(1);
    expect(averagePrecision(order([3, 2, 1], [0, 0, 0]), once)).toBeNull();
  });
});

describe("precision in the first part", () => {
  it("gives a tie across the border its own precision", () => {
    const tied = order([2, 1, 1, 1, 1, 0, 0, 0, 0, 0], [1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(precisionAt(tied, once, 0.1)).toBe(1);
    expect(precisionAt(tied, once, 0.3)).toBeCloseTo((1 + 2 * 0.25) / 3, 12);
  });

  it("is the share of positives where everything is tied: nobody gains by saying nothing", () => {
    expect(precisionAt(order([5, 5, 5, 5], [1, 0, 0, 0]), once, 0.01)).toBeCloseTo(0.25, 12);
  });
});

it("precision and recall end with all that is positive", () => {
  expect(precisionRecall(order([3, 2, 1], [1, 0, 1])).at(-1)).toEqual({ recall: 1, precision: 2 / 3 });
});

describe("an interval over people", () => {
  it("covers the truth about as often as it says", () => {
    const random = createRandom("coverage");
    let covered = 0;
    for (let trial = 0; trial < 100; trial++) {
      const people = Array.from({ length: 60 }, () => ({ value: random.uniform() }));
      const found = estimate(
        people,
        (weightOf) => {
          const all = people.reduce((sum, person) => sum + weightOf(person), 0);
          return people.reduce((sum, person) => sum + weightOf(person) * person.value, 0) / all;
        },
        { random, draws: 200 },
      );
      if (found !== null && found.low <= 0.5 && 0.5 <= found.high) covered++;
    }
    expect(covered).toBeGreaterThanOrEqual(85);
  });

  it("has an upper bound where nothing was seen", () => {
    const people = Array.from({ length: 75 }, (_, at) => ({ at }));
    expect(estimateShare(people, () => 0, { random: createRandom("none"), draws: 20 })).toEqual({
      value: 0,
      low: 0,
      high: 3 / 75,
    });
  });
});

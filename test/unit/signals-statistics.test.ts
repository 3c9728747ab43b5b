// The statistics of signals: against published values, against numbers of SciPy 1.17.1, and how often each is wrong where there is nothing to
// find. Seeds are fixed and printed; a discrete or conservative test lies below its level, and how far is printed too.

import { describe, expect, test } from "vitest";
import { believe, isLargeEnough } from "../../analytics/stats/benjamini-hochberg.ts";
import { binomialUpperTail } from "../../analytics/stats/exact-binomial.ts";
import { partialConjunction } from "../../analytics/stats/partial-conjunction.ts";
import { rayleighPValue } from "../../analytics/stats/rayleigh.ts";
import { conformalPValue } from "../../analytics/stats/split-conformal.ts";
import { createRandom } from "../simulation/random.ts";

const NULLS = 10_000;
const SEED = "signals";

// scipy.stats.binomtest(successes, trials, rate, alternative="greater").pvalue
test.each([
  [20, 15, 0.5, 0.020694732666015625],
  [40, 19, 0.25, 0.0017083654539520644],
  [45, 27, 0.25, 6.793016512892774e-7],
  [60, 59, 0.25, 1.3616926559925378e-34],
  [2000, 560, 0.25, 0.0011889064257403481],
  [100_000, 25_500, 0.25, 0.00013609536311765414],
  [20, 3, 0.25, 0.9087395675351218],
  [1000, 200, 0.25, 0.9999197067126001],
])(
  "of %d trials %d successes or more at %d have the chance that SciPy gives",
  (trials, successes, rate, expected) => {
    const tail = binomialUpperTail(trials, successes, rate);
    expect(Math.abs(tail / expected - 1)).toBeLessThan(1e-9);
  },
);

test("the ends of the binomial are certain, impossible, or one term", () => {
  expect(binomialUpperTail(10, 0, 0.3)).toBe(1);
  expect(binomialUpperTail(0, 0, 0.3)).toBe(1);
  expect(binomialUpperTail(10, 10, 0.3)).toBeCloseTo(0.3 ** 10, 15);
  expect(binomialUpperTail(10, 1, 0)).toBe(0);
  expect(binomialUpperTail(10, 10, 1)).toBe(1);
});

// 1 - r ∫ J1(rt) J0(t)^n dt, the exact tail of n uniform unit vectors (Mardia and Jupp 2000, 4.4.13), by scipy.integrate.quad
test.each([
  [20, 9, 0.015523334350015627],
  [50, 15.2, 0.009239131712660442],
  [100, 20, 0.017945818838549954],
])(
  "the Rayleigh tail of %d vectors of length %d together is never below the exact one, and by an eighth at most above",
  (vectors, length, exact) => {
    const approximate = rayleighPValue(length ** 2, vectors);
    expect(approximate).toBeGreaterThanOrEqual(exact);
    expect(approximate).toBeLessThan(exact * 1.125);
  },
);

test("a conformal p-value counts ties against us and never reaches zero", () => {
  const tenths = Array.from({ length: 10 }, (_, at) => (at + 1) / 10);
  expect(conformalPValue(0.9, tenths)).toBeCloseTo(3 / 11, 12);
  expect(conformalPValue(2, tenths)).toBeCloseTo(1 / 11, 12);
  expect(conformalPValue(0.05, tenths)).toBe(1);
  expect(conformalPValue(0.5, [0.5, 0.5, 0.5])).toBe(1);
  expect(conformalPValue(0.5, [])).toBe(1);
});

test("Benjamini and Hochberg's own table: four of fifteen at .05", () => {
  const published = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528,
    0.759, 1,
  ];
  expect(believe(published, 0.05).filter(Boolean)).toHaveLength(4);
  expect(believe(published.toReversed(), 0.05).slice(-4)).toEqual([true, true, true, true]);
  expect(believe([], 0.1)).toEqual([]);
  // A p-value above its own limit is believed with a larger one that is below its.
  expect(believe([0.04, 0.05], 0.05)).toEqual([true, true]);
  // Those that are left out count: of 15 as of all that were given, and of 300 one.
  const [upToRate, ofThem] = [published.filter((pValue) => pValue <= 0.05), [true, true, true, true]];
  expect(believe(upToRate, 0.05, 15).filter(Boolean)).toEqual(ofThem);
  expect(believe(upToRate, 0.05, 300).filter(Boolean)).toEqual([true]);
});

test("an organisation is large enough from the references on that let one finding be believed", () => {
  expect(isLargeEnough(5 / 500, 1 / 999, 0.1)).toBe(false);
  expect(isLargeEnough(5 / 500, 1 / 1000, 0.1)).toBe(true);
});

test("two of several have to speak for a partial conjunction", () => {
  expect(partialConjunction([0.6, 0.001, 0.004])).toBeCloseTo(0.008, 12);
  expect(partialConjunction([0.001, 1])).toBe(1);
  expect(partialConjunction([0.001])).toBe(1);
});

/** Each gives one p-value where nothing is to be found. */
const NULL_CASES: Record<string, (random: () => number) => number> = {
  "exact binomial, independent": (random) =>
    binomialUpperTail(
      40,
      countOf(40, () => random() < 0.25),
      0.25,
    ),
  "exact binomial, repeats that come in bursts": (random) => {
    let isBurst = false;
    const repeats = countOf(60, () => {
      if (random() < 0.1) isBurst = !isBurst;
      return random() < (isBurst ? 0.25 : 0.05);
    });
    return binomialUpperTail(60, repeats, 0.25);
  },
  "Rayleigh, one start a period": (random) => rayleighOf(20, () => 1, random),
  "Rayleigh, bursts of one phase": (random) =>
    rayleighOf(30, () => 1 + Math.floor(20 * random() ** 3), random, 0.02),
  "Rayleigh, many starts a period": (random) => rayleighOf(25, () => 8, random),
  "split-conformal, 99 references": (random) => conformalPValue(random(), drawSorted(99, random)),
  "split-conformal, shares of ten": (random) =>
    conformalPValue(
      shareOfTen(random),
      drawSorted(150, () => shareOfTen(random)),
    ),
  "split-conformal, habits, one's own week before among the references": (random) => {
    const habits = Array.from({ length: 120 }, random);
    const ofWeek = (habit: number): number => habit + 0.1 * random();
    return conformalPValue(
      ofWeek(habits[0] ?? 0),
      habits.map(ofWeek).toSorted((a, b) => a - b),
    );
  },
  "partial conjunction, one of four surely speaks": (random) =>
    partialConjunction([0, random(), random(), random()]),
};

describe(`false alarms of ${NULLS} nulls, seed ${SEED}`, () => {
  test.each(Object.entries(NULL_CASES))("%s", (name, draw) => {
    const random = drawsOf(SEED);
    const pValues = Array.from({ length: NULLS }, () => draw(random));
    for (const level of [0.05, 0.01]) {
      const alarms = pValues.filter((pValue) => pValue <= level).length;
      // The chance of so many, if the level were met exactly, is not below 1 in 1000.
      expect(binomialUpperTail(NULLS, alarms, level), `${alarms} at ${level}`).toBeGreaterThan(0.001);
      console.log(
        `${name}: ${alarms / NULLS} at ${level}, ${((1 - alarms / NULLS / level) * 100).toFixed(0)} % below`,
      );
    }
  });

  test("Benjamini-Hochberg: something is believed of a hundred nulls in no more than a tenth of cases", () => {
    const random = drawsOf(SEED);
    const wrong = countOf(NULLS, () => believe(Array.from({ length: 100 }, random), 0.1).includes(true));
    expect(binomialUpperTail(NULLS, wrong, 0.1)).toBeGreaterThan(0.001);
  });

  test("a test that takes ties for less extreme would be found out", () => {
    const random = drawsOf(SEED);
    const isAlarm = (): boolean => {
      const reference = drawSorted(150, () => shareOfTen(random));
      return strictPValue(shareOfTen(random), reference) <= 0.01;
    };
    expect(binomialUpperTail(NULLS, countOf(NULLS, isAlarm), 0.01)).toBeLessThan(1e-6);
  });

  test("a reference of all weeks of few people would be found out, which is why it has one of each", () => {
    const random = drawsOf(SEED);
    const isAlarm = (): boolean => {
      const habits = Array.from({ length: 12 }, random);
      const reference = habits.flatMap((habit) => Array.from({ length: 10 }, () => habit + 0.1 * random()));
      return (
        conformalPValue(
          random() + 0.1 * random(),
          reference.toSorted((a, b) => a - b),
        ) <= 0.01
      );
    };
    expect(binomialUpperTail(NULLS, countOf(NULLS, isAlarm), 0.01)).toBeLessThan(1e-6);
  });
});

function drawsOf(seed: string): () => number {
  const random = createRandom(seed);
  return () => random.uniform();
}

/** As if a tie were no reason for doubt. */
function strictPValue(value: number, sorted: readonly number[]): number {
  return (1 + sorted.filter((other) => other > value).length) / (sorted.length + 1);
}

function countOf(times: number, isSo: () => boolean): number {
  let count = 0;
  for (let at = 0; at < times; at += 1) if (isSo()) count += 1;
  return count;
}

function drawSorted(size: number, draw: () => number): number[] {
  return Array.from({ length: size }, draw).toSorted((a, b) => a - b);
}

function shareOfTen(random: () => number): number {
  return Math.floor(random() * 3 + random() * 2) / 10;
}

/** Starts of each period lie within `spread` of a phase of its own; 1 is anywhere. */
function rayleighOf(periods: number, startsOf: () => number, random: () => number, spread = 1): number {
  let [x, y, lengthsSquared] = [0, 0, 0];
  for (let period = 0; period < periods; period += 1) {
    const starts = startsOf();
    const phase = random();
    let [sumX, sumY] = [0, 0];
    for (let start = 0; start < starts; start += 1) {
      const angle = 2 * Math.PI * (phase + spread * random());
      sumX += Math.cos(angle) / starts;
      sumY += Math.sin(angle) / starts;
    }
    x += sumX;
    y += sumY;
    lengthsSquared += sumX ** 2 + sumY ** 2;
  }
  return rayleighPValue(x ** 2 + y ** 2, lengthsSquared);
}

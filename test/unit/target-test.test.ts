// Weeks of simulated people: each has a level of their own, and weeks that vary around it.

import { probit } from "simple-statistics";
import { describe, expect, it } from "vitest";
import { testTarget } from "../../analytics/target-test.ts";
import { toMethod } from "../../schemas/method.ts";
import { createRandom } from "../simulation/random.ts";

const SEED = "2026-11";
const { targets: METHOD } = toMethod();

/** Weekly cost around 100 USD: people differ by a factor of 2, their weeks by as much again. */
function simulatePeople(seed: string, { people = 300, weeks = 8 } = {}): number[][] {
  const random = createRandom(seed);
  const normal = (): number => probit(Math.min(0.9999, Math.max(0.0001, random.uniform())));
  return Array.from({ length: people }, () => {
    const level = Math.log(100) + 0.7 * normal();
    return Array.from({ length: weeks }, () => Math.exp(level + 0.7 * normal()));
  });
}

/** Of those who are up to a quarter short of the threshold, this share goes on until it is reached. */
function reachFor(people: readonly (readonly number[])[], threshold: number, share: number): number[][] {
  const random = createRandom(`${SEED} reaching`);
  return people.map((values) => {
    const isReaching = random.uniform() < share;
    return values.map((value) =>
      isReaching && value < threshold && value > threshold * 0.75
        ? threshold * (1 + 0.06 * random.uniform())
        : value,
    );
  });
}

describe(`a target (seed ${SEED})`, () => {
  it("for which half of those who are near reach is found, whichever it is", () => {
    for (const threshold of [70, 100, 140]) {
      const people = reachFor(simulatePeople(SEED), threshold, 0.5);
      expect(testTarget(people, threshold, METHOD).verdict, String(threshold)).toBe("bunching");
    }
  });

  it("for which nobody reaches is found in 1 of 100 organisations at the most", () => {
    const found = Array.from(
      { length: 100 },
      (_, at) => testTarget(simulatePeople(`${SEED} ${at}`), 100, METHOD).verdict,
    ).filter((verdict) => verdict === "bunching");
    expect(found.length).toBeLessThan(2);
  });

  it("at which another number bunches as much is not found: people like round numbers", () => {
    const everywhere = [50, 63, 140, 160].reduce<number[][]>(
      (people, round) => reachFor(people, round, 0.7),
      reachFor(simulatePeople(SEED), 100, 0.3),
    );
    expect(testTarget(everywhere, 100, METHOD).verdict).toBe("none_seen");
  });

  it("is not tested on fewer person-weeks, or fewer people on one side, than the method asks for", () => {
    const few = testTarget(simulatePeople(SEED, { people: 30, weeks: 6 }), 100, METHOD);
    expect(few).toMatchObject({ verdict: "too_few", excess: null, p_value: null });
    const reached = simulatePeople(SEED).map((values) => values.filter((value) => value > 100));
    expect(testTarget(reached, 100, METHOD).verdict).toBe("too_few");
    const people = simulatePeople(SEED);
    const within = people.flat().filter((value) => value >= 100 / Math.E && value < 100 * Math.E).length;
    expect(testTarget(people, 100, { ...METHOD, placebosMin: 0, personWeeksMin: within }).verdict).not.toBe(
      "too_few",
    );
    expect(testTarget(people, 100, { ...METHOD, placebosMin: 0, personWeeksMin: within + 1 }).verdict).toBe(
      "too_few",
    );
  });

  it("has an answer that does not depend on who is who", () => {
    const people = reachFor(simulatePeople(SEED), 100, 0.5);
    const { excess, p_value } = testTarget(people, 100, METHOD);
    expect(testTarget(people.toReversed(), 100, METHOD)).toMatchObject({ excess, p_value });
  });
});

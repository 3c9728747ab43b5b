// 95 % intervals by a bootstrap of people (B. Efron, 1979): weeks of one person are alike, so people are drawn and not weeks, and the
// middle 95 % of what comes out is the interval.
//
// What it says: how much the figure depends on which virtual people there were. What it does not say: how it would be with other
// source people than the few of the data. Where nothing of n people was seen, every draw is 0; then the upper bound is 3 / n (the
// rule of three: J. A. Hanley & A. Lippman-Hand, 1983).

import type { Random } from "../../simulation/random.ts";

/** More change the second digit of an interval no longer. */
export const DRAWS = 400;
const TAIL = 0.025;

export interface Bootstrap {
  random: Random;
  draws: number;
}

export interface Estimate {
  value: number;
  low: number;
  high: number;
}

/**
 * @param people whatever the figure is made of, one a person
 * @param figure of people that are each counted so many times; null where it is not defined
 * @returns null where the figure is not defined for all of them
 */
export function estimate<Person>(
  people: readonly Person[],
  figure: (weightOf: (person: Person) => number) => number | null,
  { random, draws }: Bootstrap,
): Estimate | null {
  const value = figure(() => 1);
  if (value === null) return null;
  const values: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const counts = new Map<Person, number>();
    for (let at = 0; at < people.length; at++) {
      const drawn = people[random.integer(0, people.length - 1)];
      if (drawn !== undefined) counts.set(drawn, (counts.get(drawn) ?? 0) + 1);
    }
    const drawnValue = figure((person) => counts.get(person) ?? 0);
    if (drawnValue !== null) values.push(drawnValue);
  }
  values.sort((a, b) => a - b);
  const at = (share: number): number =>
    values[Math.min(values.length - 1, Math.floor(share * values.length))] ?? value;
  return { value, low: Math.min(value, at(TAIL)), high: Math.max(value, at(1 - TAIL)) };
}

/** The same for a share; never without an upper bound. */
export function estimateShare<Person>(
  people: readonly Person[],
  share: (weightOf: (person: Person) => number) => number | null,
  bootstrap: Bootstrap,
): Estimate | null {
  const found = estimate(people, share, bootstrap);
  if (found === null || found.value > 0) return found;
  return { ...found, high: Math.min(1, 3 / people.length) };
}

// Detectors that are judged side by side: the product, three simple ones that others use, and chance. A detector orders person-weeks
// and says whom it would tell and when.

import type { Random } from "../../simulation/random.ts";
import type { Notice, PersonWeek } from "../observations.ts";
import { keyOf } from "../observations.ts";

export interface Detector {
  name: string;
  /** How it works, in one sentence. */
  rule: string;
  /** The higher, the earlier; by `email week`. */
  scores: ReadonlyMap<string, number>;
  notices: readonly Notice[];
}

export const PRODUCT = "Assay";
/** A family counts in the ordering after every P(low value), which is at most 1. */
const TWO_FAMILIES = 10;
const FAMILY = 0.001;
/** As the product's patterns: a baseline tells somebody who is above its threshold in 2 of 4 weeks. */
const WEEKS_LOOKED_AT = 4;
const WEEKS_MIN = 2;
const BUDGET = 0.01;
/** Iglewicz & Hoaglin 1993: 0.6745 (x - median) / MAD beyond 3.5. */
const Z_LIMIT = 3.5;
const Z_SCALE = 0.6745;
const MAD_MIN = 0.05;
const HISTORY_WEEKS_MIN = 3;
const LOW_YIELD = 0.5;
const LOW_VALUE_PROBABILITY = 0.8;
const CENTS = 0.01;

/** The ordering of the specification: P(low value) among those with two families at floor, then the number of families. */
export function judgeProduct(weeks: readonly PersonWeek[], notices: readonly Notice[]): Detector {
  return {
    name: PRODUCT,
    rule: "P(low value) among person-weeks with two families at floor, then the number of families; patterns of which the person is told.",
    scores: scoreAll(
      weeks,
      ({ families, pLowValue }) =>
        (families.length >= 2 ? TWO_FAMILIES + (pLowValue ?? 0) : 0) + families.length * FAMILY,
    ),
    notices,
  };
}

export function judgeByVolume(weeks: readonly PersonWeek[]): Detector {
  const scores = scoreAll(weeks, ({ costUsd }) => costUsd);
  return {
    name: "volume threshold",
    rule: "The dearest hundredth of person-weeks; whoever is among them in 2 of 4 weeks is told.",
    scores,
    notices: tell(weeks, scores, thresholdOf(scores)),
  };
}

/** Against the person's own weeks before. */
export function judgeByOwnHistory(weeks: readonly PersonWeek[]): Detector {
  const byPerson = Map.groupBy(weeks, ({ email }) => email);
  const scores = scoreAll(weeks, ({ email, week, costUsd }) => {
    const before = (byPerson.get(email) ?? [])
      .filter((each) => each.week < week)
      .map((each) => logOf(each.costUsd));
    if (before.length < HISTORY_WEEKS_MIN) return 0;
    const center = median(before);
    const spread = Math.max(MAD_MIN, median(before.map((value) => Math.abs(value - center))));
    return (Z_SCALE * (logOf(costUsd) - center)) / spread;
  });
  return {
    name: "own history",
    rule: "Modified z of the week's cost against the person's own weeks before, beyond 3.5 in 2 of 4 weeks.",
    scores,
    notices: tell(weeks, scores, Z_LIMIT),
  };
}

/** Outcomes against cost × the organisation's rate, shrunk: R§2.2 M2 of the specification's evidence, without classes. */
export function judgeByRatio(weeks: readonly PersonWeek[], lowProbability: LowProbability): Detector {
  const outcomes = weeks.reduce((sum, week) => sum + week.outcomes, 0);
  const cost = weeks.reduce((sum, week) => sum + week.costUsd, 0);
  const rate = outcomes / Math.max(cost, CENTS);
  const cases = weeks.map((week) => ({ observed: week.outcomes, expected: week.costUsd * rate }));
  const shape = momentShape(cases);
  const scores = scoreAll(weeks, (week) =>
    lowProbability(shape + week.outcomes, shape + week.costUsd * rate, LOW_YIELD),
  );
  return {
    name: "EB ratio",
    rule: "Outcomes per dollar, shrunk to the organisation's; P(half or less) of .8 or more in 2 of 4 weeks.",
    scores,
    notices: tell(weeks, scores, LOW_VALUE_PROBABILITY),
  };
}

/** P(X < limit) of a Gamma distribution with that shape and rate. */
export type LowProbability = (shape: number, rate: number, limit: number) => number;

export function judgeByChance(weeks: readonly PersonWeek[], random: Random): Detector {
  const ordered = weeks.toSorted((a, b) => a.week - b.week || (a.email < b.email ? -1 : 1));
  const scores = scoreAll(ordered, () => random.uniform());
  return {
    name: "chance",
    rule: "A number drawn for each person-week; as many people are told as there are in a hundredth.",
    scores,
    notices: [...scores]
      .toSorted((a, b) => b[1] - a[1])
      .slice(0, Math.ceil(weeks.length * BUDGET))
      .map(([key]) => {
        const [email = "", week = "0"] = key.split(" ");
        return { email, firstWeek: Number(week), lastWeek: Number(week), toldInWeek: Number(week) };
      }),
  };
}

function scoreAll(weeks: readonly PersonWeek[], score: (week: PersonWeek) => number): Map<string, number> {
  return new Map(weeks.map((week) => [keyOf(week.email, week.week), score(week)]));
}

function thresholdOf(scores: ReadonlyMap<string, number>): number {
  const ordered = [...scores.values()].toSorted((a, b) => b - a);
  return ordered[Math.ceil(ordered.length * BUDGET) - 1] ?? Number.POSITIVE_INFINITY;
}

/** Everybody who is at the threshold in 2 of 4 weeks, once, in the second of them. */
function tell(
  weeks: readonly PersonWeek[],
  scores: ReadonlyMap<string, number>,
  threshold: number,
): Notice[] {
  const above = weeks.filter(({ email, week }) => (scores.get(keyOf(email, week)) ?? 0) >= threshold);
  return [...Map.groupBy(above, ({ email }) => email)].flatMap(([email, rows]) => {
    const ordered = rows.map(({ week }) => week).toSorted((a, b) => a - b);
    const at = ordered.findIndex((week, place) => {
      const earlier = ordered[place - WEEKS_MIN + 1];
      return earlier !== undefined && week - earlier < WEEKS_LOOKED_AT && place >= WEEKS_MIN - 1;
    });
    const second = ordered[at];
    if (at < 0 || second === undefined) return [];
    return [
      { email, firstWeek: ordered[at - 1] ?? second, lastWeek: ordered.at(-1) ?? second, toldInWeek: second },
    ];
  });
}

/** a = b of the Gamma prior, by moments: 1 / the variance of the true ratios. */
function momentShape(cases: readonly { observed: number; expected: number }[]): number {
  const usable = cases.filter(({ expected }) => expected > CENTS);
  const total = usable.reduce((sum, { expected }) => sum + expected, 0);
  if (total === 0) return 1;
  const spread =
    usable.reduce((sum, { observed, expected }) => sum + expected * (observed / expected - 1) ** 2, 0) /
    total;
  return 1 / Math.max(0.05, spread - usable.length / total);
}

function logOf(usd: number): number {
  return Math.log(Math.max(CENTS, usd));
}

function median(values: readonly number[]): number {
  const ordered = values.toSorted((a, b) => a - b);
  const middle = (ordered.length - 1) / 2;
  return ((ordered[Math.floor(middle)] ?? 0) + (ordered[Math.ceil(middle)] ?? 0)) / 2;
}

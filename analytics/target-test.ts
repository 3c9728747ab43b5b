// Whether a target that the organisation announced is reached for: an excess of person-weeks just above it. It is a question about
// the target, answered without a name; it says nothing about any one person.
//
// Bunching is said to be there only if all of these hold:
//   * an exact binomial test of the window around the threshold: above it lie more than the smooth distribution's share, or than
//     half where that share is less (Cattaneo, Jansson and Ma, "Manipulation Testing Based on Density Discontinuity", 2018, §2)
//   * the excess mass (stats/excess-mass.ts) has an interval above 0; a person's weeks hang together, so the interval leaves out
//     people, not weeks (delete-a-group jackknife: Kott, Journal of Official Statistics 17 (2001))
//   * no placebo, a threshold that nobody announced, shows as much: round numbers and limits of products bunch, too

import { standardDeviation } from "simple-statistics";
import type { Method } from "../schemas/method.ts";
import { binomialUpperTail } from "./stats/exact-binomial.ts";
import { measureExcessMass, type ExcessMass } from "./stats/excess-mass.ts";

/** Of the announced threshold. Far enough from it and from each other that their windows do not meet. */
const PLACEBO_FACTORS = [0.4, 0.5, 0.63, 1.4, 1.6, 1.85, 2.15, 2.5];
/** Groups of people of which one is left out at a time. */
const GROUPS_MAX = 50;
/** Of a 95 % interval. */
const STANDARD_ERRORS = 1.96;
/** A window reaches from the threshold divided by this to the threshold multiplied by it. */
const WINDOW_FACTOR = Math.exp(0.1);
/** The density is looked at from the threshold divided by this to the threshold multiplied by it. */
const RANGE_FACTOR = Math.E;

export interface TargetFinding {
  /** `too_few`: person-weeks, people on one side, or placebos; then there are no figures. */
  verdict: "bunching" | "none_seen" | "too_few";
  /** Person-weeks within the range that is looked at. */
  person_weeks: number;
  /** 0.5: half as many again as there should be just above the threshold; null: too few. */
  excess: number | null;
  excess_low: number | null;
  excess_high: number | null;
  p_value: number | null;
  /** The largest excess of a threshold that nobody announced. */
  placebo_excess: number | null;
}

/**
 * @param people the weekly values of each person, greater than 0, in any order
 * @param threshold in the same unit
 */
export function testTarget(
  people: readonly (readonly number[])[],
  threshold: number,
  method: Method["targets"],
): TargetFinding {
  const person_weeks = countWithin(people, threshold, RANGE_FACTOR);
  const mass = measureWithEnough(people, threshold, method);
  const placebos = PLACEBO_FACTORS.flatMap(
    (factor) => measureWithEnough(people, threshold * factor, method) ?? [],
  );
  if (mass === undefined || placebos.length < method.placebosMin)
    return { ...NOTHING, verdict: "too_few", person_weeks };
  const error = jackknifeError(people, threshold);
  const share = Math.max(0.5, mass.expectedAbove / (mass.expectedAbove + mass.expectedBelow));
  const p_value = binomialUpperTail(mass.above + mass.below, mass.above, share);
  const placebo_excess = Math.max(...placebos.map(({ excess }) => excess));
  const excess_low = mass.excess - STANDARD_ERRORS * error;
  const isBunching = p_value <= method.pValueMax && excess_low > 0 && mass.excess > placebo_excess;
  return {
    verdict: isBunching ? "bunching" : "none_seen",
    person_weeks,
    excess: mass.excess,
    excess_low,
    excess_high: mass.excess + STANDARD_ERRORS * error,
    p_value,
    placebo_excess,
  };
}

const NOTHING = { excess: null, excess_low: null, excess_high: null, p_value: null, placebo_excess: null };

function measureWithEnough(
  people: readonly (readonly number[])[],
  threshold: number,
  { personWeeksMin, peopleMin }: Method["targets"],
): ExcessMass | undefined {
  const hasPeople = (isOnSide: (value: number) => boolean): boolean =>
    people.filter((values) => values.some(isOnSide)).length >= peopleMin;
  const isEnough =
    countWithin(people, threshold, RANGE_FACTOR) >= personWeeksMin &&
    hasPeople((value) => value >= threshold && value < threshold * WINDOW_FACTOR) &&
    hasPeople((value) => value < threshold && value >= threshold / WINDOW_FACTOR);
  return isEnough ? measureExcessMass(people.flat(), threshold) : undefined;
}

function countWithin(people: readonly (readonly number[])[], threshold: number, factor: number): number {
  return people.flat().filter((value) => value >= threshold / factor && value < threshold * factor).length;
}

function jackknifeError(people: readonly (readonly number[])[], threshold: number): number {
  const groups = Math.min(GROUPS_MAX, people.length);
  const leftOut = Array.from({ length: groups }, (_, group) => {
    const others = people.filter((_values, at) => at % groups !== group);
    return measureExcessMass(others.flat(), threshold)?.excess ?? 0;
  });
  return Math.sqrt(groups - 1) * standardDeviation(leftOut);
}

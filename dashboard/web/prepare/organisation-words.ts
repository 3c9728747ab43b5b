// The organisation's figures in words: the answer to "is our own target being gamed?", and how shares, ranges and withheld figures are
// written.

import {
  type OrganisationAnswer,
  type Share,
  SHARE_MAX,
  SHARE_MIN,
  type TargetAnswer,
} from "../../../schemas/organisation-api.ts";
import { formatCost, formatCount, formatDay, formatShare, formatTokens } from "./format.ts";
import type { OrganisationView } from "./organisation-view.ts";

export const NOT_SHOWN = "Not shown";

/** `63 %`, `over 90 %`, `Not shown`. */
export function writeShare(share: Share | null): string {
  if (share === null) return NOT_SHOWN;
  if (share === "under") return `under ${formatShare(SHARE_MIN)}`;
  return share === "over" ? `over ${formatShare(SHARE_MAX)}` : formatShare(share);
}

/** Whole dollars from $100 on: releases are rounded to them. */
export function writeUsd(usd: number | null): string {
  if (usd === null) return NOT_SHOWN;
  return usd < 100 ? formatCost(usd) : `$${formatCount(Math.round(usd))}`;
}

/** `50 calls a week`, `$50.00 a week`. */
export function writeTarget({ measure, threshold }: Pick<TargetAnswer, "measure" | "threshold">): string {
  switch (measure) {
    case "weekly_cost_usd":
      return `${formatCost(threshold)} a week`;
    case "weekly_calls":
      return `${formatCount(threshold)} calls a week`;
    case "weekly_tokens":
      return `${formatTokens(threshold)} tokens a week`;
    default:
      return measure satisfies never;
  }
}

/** An edge of a column, in the unit of the target. */
export function writeEdge(measure: TargetAnswer["measure"], value: number): string {
  if (measure === "weekly_tokens") return formatTokens(value);
  const text = Number.isInteger(value) ? String(value) : value.toFixed(1);
  return measure === "weekly_cost_usd" ? `$${text}` : text;
}

/** The answer for one target, whole sentences. */
export function answerTarget(target: TargetAnswer): string {
  const { verdict, person_weeks, person_weeks_needed, excess_person_weeks, columns } = target;
  const weeks = columns.reduce((sum, column) => sum + column.person_weeks, 0);
  if (verdict === "too_few")
    return person_weeks < person_weeks_needed
      ? `Not enough to say: ${formatCount(person_weeks)} of the ${formatCount(person_weeks_needed)} person-weeks needed.`
      : "Not enough to say: too few people have weeks just below or just above the target.";
  if (verdict === "none_seen")
    return `No sign of it. Around the target of ${writeTarget(target)}, person-weeks lie as a smooth curve has them.`;
  return excess_person_weeks === null || weeks === 0
    ? `Likely yes. More person-weeks than expected land just above the target of ${writeTarget(target)}.`
    : `Likely yes. Since the target of ${writeTarget(target)}, about ${formatCount(excess_person_weeks)} of ${formatCount(weeks)} person-weeks land just above it that would not be expected there.`;
}

/** Where no release answers for a target. */
export function answerWithoutTarget({ targets, next_on }: OrganisationAnswer, today: string): string {
  const [target] = targets;
  return target === undefined
    ? "No target is set, so there is nothing to reach for."
    : `Not enough to say: the target of ${writeTarget(target)} is younger than these figures. The next ones come on ${formatDay(next_on, today)}.`;
}

/** `p < .001`, `p = .02`. */
export function writeProbability(p: number): string {
  return p < 0.001 ? "p\u202f<\u202f.001" : `p\u202f=\u202f${p.toFixed(3).replace(/^0/, "")}`;
}

/** 5 % and 95 % points of the standard normal distribution. */
const NORMAL_95 = 1.645;

/**
 * A point of the gamma distribution by the cube-root approximation (E. B. Wilson and M. M. Hilferty, PNAS 17, 1931): within a
 * percent from a shape of 10 on, which is what two decimals need.
 */
function gammaPoint(shape: number, rate: number, z: number): number {
  return (shape * (1 - 1 / (9 * shape) + z / (3 * Math.sqrt(shape))) ** 3) / rate;
}

export interface Estimate {
  mean: number;
  low: number;
  high: number;
}

/** Outcomes are counts, so that as many come with an uncertainty of their own; 90 %. */
export function toCostPerOutcome({ creditedUsd, outcomes }: OrganisationView): Estimate | null {
  if (creditedUsd === null || outcomes === null || outcomes < 1) return null;
  return {
    mean: creditedUsd / outcomes,
    low: creditedUsd / gammaPoint(outcomes + 1, 1, NORMAL_95),
    high: creditedUsd / gammaPoint(outcomes, 1, -NORMAL_95),
  };
}

/** The yield of a class: METHOD, section 4, over all of its people's runs together. */
export function toClassYield(row: OrganisationView["yields"][number]): Estimate {
  const shape = row.prior_shape + row.outcomes;
  const rate = row.prior_rate + row.expected;
  return {
    mean: shape / rate,
    low: gammaPoint(shape, rate, -NORMAL_95),
    high: gammaPoint(shape, rate, NORMAL_95),
  };
}

/** Below so many expected outcomes nothing is concluded. */
export const EXPECTED_MIN = 13;

/** In words, and never that a class is low: a class is work of its own kind. */
export function writeVerdict({ low, high }: Estimate): string {
  if (low > 1) return "Above expected";
  return high < 1 ? "Below expected, not low" : "As expected";
}

/** `1.22 (0.88 to 1.60)`. */
export function writeEstimate({ mean, low, high }: Estimate): string {
  return `${mean.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
}

// Numbers of yield and earned volume: value against volume, with its uncertainty.

import { z } from "zod";

const count = z.int().min(1);
const share = z.number().min(0).max(1);
const positive = z.number().positive();

/** Uncredited reasons of work that somebody asked for all the same: a run is judged by the cost of what was asked for. */
export const ASKED_FOR = ["exact_replay", "near_replay", "loop"] as const;

export const yieldMethod = {
  tierMediumUsd: positive
    .default(6)
    .describe(
      "List price in USD of a million output tokens from which a model is of the medium tier. Small models cost up to 5.",
    ),
  tierLargeUsd: positive
    .default(20)
    .describe("And from which it is of the large tier; medium ones cost 8 to 18."),
  expectedOutcomesMin: positive
    .default(13)
    .describe("Below so many expected outcomes no verdict: at 5 % and power 80 % a halving can't be told."),
  weeks: count.default(6).describe("Weeks over which a person's outcomes are set against what was expected."),
  fitRunsMin: count
    .default(200)
    .describe("Runs of the organisation in a class and tier below which the shipped expectations hold."),
  coverageMin: share
    .default(0.5)
    .describe("Below this share of observable runs, value scoring is off for a class, and says so."),
  coverageRunsMin: count
    .default(20)
    .describe("Runs of a class below which its coverage is not known, and no verdict is given."),
  dispersionDefault: positive
    .default(0.25)
    .describe(
      "Variance of people's yields within a class, until it can be measured: one in seven is below 0.5.",
    ),
  dispersionMin: positive
    .default(0.01)
    .describe(
      "Never taken for smaller: counts that scatter less than chance does leave nothing for people to differ by.",
    ),
  priorVarianceMin: positive
    .default(0.1)
    .describe(
      "Of the prior of one person, who may be unlike all others: it weighs no more than 10 expected outcomes, so that none out of 16 is still seen as low value.",
    ),
  dispersionPeopleMin: count
    .default(10)
    .describe("People with runs of a class below which the default variance holds."),
  intervalMass: share.default(0.9).describe("Of the interval beside each yield."),
  lowYield: positive.default(0.5).describe("P(yield below this) is what is called low value."),
  lowValueProbabilityMin: share.default(0.8).describe("From this probability on the verdict is low value."),
  referenceWeeks: count
    .default(12)
    .describe("Weeks from which expectations, coverage and the usual cost of an outcome are taken."),
  referenceOutcomesMin: count
    .default(200)
    .describe("Outcomes of a class and tier, of others, below which the shipped usual cost holds."),
};

// Numbers of yield and earned volume: value against volume, with its uncertainty.

import { z } from "zod";

const count = z.int().min(1);
const share = z.number().min(0).max(1);
const positive = z.number().positive();

export const yieldMethod = {
  expectedOutcomesMin: positive
    .default(13)
    .describe("Below so many expected outcomes no verdict: at 5 % and power 80 % a halving can't be told."),
  weeks: count.default(6).describe("Weeks over which a person's outcomes are set against what was expected."),
  fitRunsMin: count
    .default(200)
    .describe("Runs of the organisation below which the shipped expectations hold."),
  coverageMin: share
    .default(0.5)
    .describe("Below this share of observable runs, value scoring is off for a class, and says so."),
  intervalMass: share.default(0.9).describe("Of the interval beside each yield."),
  lowYield: positive.default(0.5).describe("P(yield below this) is what is called low value."),
  lowValueProbabilityMin: share.default(0.8).describe("From this probability on the verdict is low value."),
  referenceWeeks: count.default(12).describe("Weeks from which the usual cost of an outcome is taken."),
  referenceOutcomesMin: count
    .default(200)
    .describe("Outcomes of the organisation below which the shipped reference costs hold."),
};

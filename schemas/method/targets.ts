// Numbers of the tests of the organisation's own targets, and of meaningful weekly use.

import { z } from "zod";

const count = z.int().min(1);
const share = z.number().min(0).max(1);

export const targetMethod = {
  personWeeksMin: count
    .default(200)
    .describe("Person-weeks around a threshold below which it is not tested: a density needs that many."),
  peopleMin: count
    .default(10)
    .describe("People on each side of the threshold, at least: nobody may be told from the answer."),
  pValueMax: share.default(0.01).describe("Of the binomial test at the threshold."),
  placebosMin: count
    .default(3)
    .describe("Thresholds that nobody announced and that can be tested, at least; each must show less."),
  meaningfulCallsMin: count
    .default(3)
    .describe("Credited calls of agents or people in a week that are more than showing up."),
};

// Numbers of the tests of the organisation's own targets, and of meaningful weekly use.

import { z } from "zod";

const count = z.int().min(1);

export const targetMethod = {
  personWeeksMin: count.default(200).describe("Person-weeks below which a target is not tested."),
  peopleMin: count
    .default(10)
    .describe("People on each side of the threshold, at least: nobody may be told from it."),
  meaningfulCallsMin: count
    .default(3)
    .describe("Credited calls of kind main in a week that are more than showing up."),
};

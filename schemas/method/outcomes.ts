// Numbers of outcomes: what they are worth in value points, from when on they count, and how they are linked to runs.

import { z } from "zod";
import { OUTCOME_KINDS } from "../outcome.ts";

const count = z.int().min(1);
const share = z.number().min(0).max(1);
const points = z.number().min(0).max(100);

export const outcomeMethod = {
  survivalDays: count
    .default(7)
    .describe("Days after which lines have survived, a closed ticket stays closed, and a deployment stands."),
  linkDaysBefore: count
    .default(21)
    .describe("A run may have begun so many days before the merge that its files link it to."),
  linkDaysAfter: count.default(2).describe("And so many days after it: some records come late."),
  rewrittenShareMax: share
    .default(0.2)
    .describe("Where more of the lines were rewritten, files alone link nothing."),
  effectiveLinesMax: count
    .default(500)
    .describe(
      "Effective lines of one merged change that count; more of them come from programs, or from moving things.",
    ),
  /** Value points, for display: the yield counts each due outcome as 1. */
  weights: z
    .partialRecord(z.enum(OUTCOME_KINDS), points)
    .default({})
    .describe("Value points by kind of outcome, where they differ from those in docs/method.md."),
};

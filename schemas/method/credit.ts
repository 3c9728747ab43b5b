// Numbers of the filter: which calls are not credited, and why (analytics/queries/credit.ts).

import { z } from "zod";

const count = z.int().min(1);
const share = z.number().min(0).max(1);

export const creditMethod = {
  heartbeatTurnsMin: count
    .default(10)
    .describe("Turns of one person and client with the same text in heartbeatDays that make it a heartbeat."),
  heartbeatDays: count
    .default(7)
    .describe("Within so many days. An OpenClaw as installed beats 336 times in them."),
  heartbeatAnswerCharsMax: count
    .default(300)
    .describe("A longer answer said something. OpenClaw itself drops acknowledgements up to this length."),
  replayTimesMax: count
    .default(3)
    .describe("So many times the same beginning may be repeated and be credited: trying again is honest."),
  replayDays: count.default(14).describe("Within so many days; no longer than sketches are kept."),
  nearReplayOpeningsMin: count
    .default(20)
    .describe("Openings of runs that are alike before those beyond the third of them are not credited."),
  nearReplaySimilarity: share
    .default(0.9)
    .describe(
      "Jaccard similarity to the first of them, of 5-word shingles; below it, honest rephrasing is common.",
    ),
  loopCycleCallsMax: count.default(5).describe("Tool calls in a cycle, at most, that is looked for."),
  loopTimesMin: count
    .default(5)
    .describe(
      "Times that a cycle of the same calls with the same results runs before it is a loop; from this one on, not credited.",
    ),
};

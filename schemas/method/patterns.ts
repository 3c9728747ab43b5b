// Numbers of patterns: when one opens, and the time that people have.

import { z } from "zod";

const count = z.int().min(1);
const share = z.number().min(0).max(1);

export const patternMethod = {
  familiesMin: count
    .default(2)
    .describe("Families that speak. One mechanism alone has too many innocent reasons."),
  costUsdMin: z
    .number()
    .min(0)
    .default(50)
    .describe("List price of the named runs over the weeks looked at, at least."),
  ownShareMin: share
    .default(0.25)
    .describe("And this share of the person's own volume; nobody else's is looked at."),
  weeks: count.default(4).describe("Weeks looked at."),
  weeksMin: count.default(2).describe("Of which so many have the pattern: once is an accident."),
  noticeWorkingDays: count
    .default(10)
    .describe("Working days between telling the person and the manager's view."),
  contestWorkingDays: count
    .default(20)
    .describe("Working days for the officer's answer; then it is dismissed."),
  undecidedWorkingDays: count.default(30).describe("Working days after which an open pattern expires."),
  schedulesMax: count
    .default(2)
    .describe("Patterns that registered schedules close in scheduleDays, without an approver."),
  scheduleDays: count.default(28).describe("See schedulesMax."),
  scheduledShareMin: share
    .default(0.5)
    .describe("Share of the named cost that schedules started, from which they are its explanation."),
  explanationDays: count
    .default(180)
    .describe(
      "Days for which an explanation that somebody accepted covers the same mechanisms; work changes, and then it is asked for again.",
    ),
};

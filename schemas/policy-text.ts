// The policy as Assay proposes it: what is computed of individuals, who sees it when, and what never is, in words, with the numbers in
// force. Owners publish it as it is, or with their own words in its place.
//
// Always holds: the same settings give the same text, so that one which was published already is known again.

import type { Config } from "./config.ts";

export function toPolicyText({
  method: { yield: value, signals, patterns },
  retentionDays,
}: Pick<Config, "method" | "retentionDays">): string {
  return `What is computed of you
* Of your calls: tokens, list price, and whether a call is credited; one that is not has a reason that you see. This needs no policy.
* Of your runs and weeks: the outcomes that came of them, and how many are usual for such runs. With fewer than ${value.expectedOutcomesMin} expected outcomes in ${value.weeks} weeks nothing is said.
* Of your weeks: how strongly each of some mechanisms shows by which volume can be inflated, such as replayed prompts. One speaks only above its floor and at a p-value of ${signals.pValueMax} or less.
* Never: when you work, how fast, how long you pause, how you write, or your total against anybody else's.

What a pattern is
* Something to discuss, and no accusation. It needs all of: ${patterns.familiesMin} mechanisms in ${patterns.weeksMin} of ${patterns.weeks} weeks; little value of the runs that they name, or replay and schedule together; $${patterns.costUsdMin} of list price and ${toPercent(patterns.ownShareMin)} of your own volume; and no explanation that covers it.
* You are told first, with all of its evidence. You can explain it, register a schedule, declare what kind of work it was, or contest it.
* ${patterns.noticeWorkingDays} working days later your manager sees it if it still holds, and sees the runs of the pattern alone. A contest stops the clock until the privacy officer has answered, ${patterns.contestWorkingDays} working days at most.
* A pattern that nobody decides expires after ${patterns.undecidedWorkingDays} working days. Everybody who looks at it stands in your audit.

What it is not for
* Neither discipline, pay, rating nor dismissal. Nobody is ranked, and no list can be sorted by people.

How long it is kept
* Features of calls ${retentionDays.sketches} days, calls ${retentionDays.events}, runs ${retentionDays.runs}, weeks ${retentionDays.weeks}, dismissed patterns ${retentionDays.dismissed}; other closed patterns as long as weeks.
`;
}

function toPercent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

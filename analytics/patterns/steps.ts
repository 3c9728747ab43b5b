// The way of a pattern: what happens to it next by itself, as of a moment.
//
//   observed ──▶ notified ──▶ open ──▶ expired      nobody decided in time
//      │             │  ╲        ╲
//      ▼             ▼   ╲        ▶ dismissed       a contest without an answer in time
//   forgotten   resolved  ▶ explained               by a registered schedule
//
// What people decide (explained, resolved, dismissed) is not here: the dashboard's server takes it.
//
// Always holds: nothing opens that was not told so many working days before, or while a contest waits for its answer; and on the day
// on which it would open, everything by which it was told has to hold again.

import type { PatternClosing } from "../../schemas/closed-lists.ts";
import type { Method } from "../../schemas/method.ts";
import type { patterns } from "../../schemas/postgres/pattern-tables.ts";
import { countWorkingDays, type Calendar } from "../../schemas/working-days.ts";
import type { Condition } from "./conditions.ts";

export type PatternClock = Pick<
  typeof patterns.$inferSelect,
  "state" | "notifiedAt" | "openedAt" | "contestedAt" | "answeredAt" | "pausedWorkingDays"
>;

/** What is known of a pattern beside its own row. */
export interface Facts {
  /** Conditions that do not hold; undefined: nothing of the pattern is seen in the weeks looked at. */
  unmet: readonly Condition[] | undefined;
  /** Whether somebody accepted an explanation of the same mechanisms before. */
  isExplained: boolean;
  /**
   * Whether registered schedules started the runs that it names. `refused`: they did, but schedules have closed as many patterns already
   * as they may without an approver.
   */
  schedules: "none" | "explain" | "refused";
}

export type Step =
  | { to: "forgotten" }
  | { to: "notified" | "open" }
  | { to: "resolved" | "explained" | "dismissed" | "expired"; closedBy: PatternClosing };

/** @returns undefined where it stays as it is */
export function findStep(
  pattern: PatternClock,
  facts: Facts,
  { now, calendar, method }: { now: Date; calendar: Calendar; method: Method["patterns"] },
): Step | undefined {
  const passed = (since: Date): number => countWorkingDays(since, now, calendar);
  const { state, contestedAt, answeredAt, pausedWorkingDays: paused } = pattern;
  if (state === "observed") {
    if (facts.unmet === undefined) return { to: "forgotten" };
    const isCovered = facts.isExplained || facts.schedules === "explain";
    return facts.unmet.length === 0 && !isCovered ? { to: "notified" } : undefined;
  }
  if (state === "notified" && facts.schedules === "explain") return { to: "explained", closedBy: "schedule" };
  if (contestedAt !== null && answeredAt === null)
    return passed(contestedAt) >= method.contestWorkingDays
      ? { to: "dismissed", closedBy: "time" }
      : undefined;
  if (state === "notified" && pattern.notifiedAt !== null) {
    if (passed(pattern.notifiedAt) - paused < method.noticeWorkingDays) return undefined;
    return holds(facts) ? { to: "open" } : { to: "resolved", closedBy: "evidence" };
  }
  if (state === "open" && pattern.openedAt !== null) {
    const isOver = passed(pattern.openedAt) - paused >= method.undecidedWorkingDays;
    return isOver ? { to: "expired", closedBy: "time" } : undefined;
  }
  return undefined;
}

/** Signals pass over scheduled runs, so that evidence which schedules took away would otherwise be gone without an approver. */
function holds({ unmet, isExplained, schedules }: Facts): boolean {
  if (schedules === "refused") return true;
  return unmet?.length === 0 && !isExplained;
}

// The clock of a pattern: what comes next by itself, and on which day.
//
// Always holds: it stands still while a contest waits, and then goes on where it was; the day on which it ends is the day on which
// analytics does what comes (analytics/patterns/steps.ts), for both count working days by the same calendar.

import type { Config } from "../../../schemas/config.ts";
import type { PatternClock } from "../../../schemas/pattern-api.ts";
import type { PatternRow } from "../../../schemas/postgres/patterns.ts";
import { addDays, countWorkingDays, listWorkingDays } from "../../../schemas/working-days.ts";

export interface ClockContext {
  config: Pick<Config, "method" | "timezone" | "holidays">;
  now: Date;
}

/** Null: nothing comes by itself. */
export function toClock(row: PatternRow, { config, now }: ClockContext): PatternClock | null {
  const { contestWorkingDays, noticeWorkingDays, undecidedWorkingDays } = config.method.patterns;
  const clock = (until: PatternClock["until"], since: Date | null, count: number): PatternClock | null => {
    if (since === null) return null;
    const days = listWorkingDays(since, count, config);
    const days_left = Math.max(0, count - countWorkingDays(since, now, config));
    const last = days.at(-1);
    return last === undefined ? null : { until, days, days_left, ends_on: addDays(last, 1) };
  };
  const paused = row.pausedWorkingDays;
  if (isContested(row)) return clock("lapses", row.contestedAt, contestWorkingDays);
  if (row.state === "notified") return clock("opens", row.notifiedAt, noticeWorkingDays + paused);
  return row.state === "open" ? clock("expires", row.openedAt, undecidedWorkingDays + paused) : null;
}

/** Its contest waits for an answer. */
export function isContested({ closedAt, contestedAt, answeredAt }: PatternRow): boolean {
  return closedAt === null && contestedAt !== null && answeredAt === null;
}

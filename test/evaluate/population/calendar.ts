// The weeks of an evaluation. They end before this one begins, because records of the future are none; what happens in them
// depends on their number alone.

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const WEEK_MS = 7 * DAY_MS;
/** Weeks with calls. */
export const WEEKS = 8;
/** Passes after them: late outcomes come in, and patterns go on. */
export const WEEKS_AFTER = 2;
/** In these weeks a tactic is used, the first being 0; before them is what its user usually does. */
export const INJECTED_WEEKS = [3, 4, 5, 6] as const;
/** A Monday. */
const A_MONDAY_MS = Date.parse("2024-01-01T00:00:00Z");
const WORK_STARTS_AT = 9 * HOUR_MS;
const WORK_MS = 9 * HOUR_MS;

export interface Calendar {
  /** When a week begins, in milliseconds since 1970. */
  startOf(week: number): number;
  /** `2026-09-07` */
  dayOf(week: number): string;
  isInjected(week: number): boolean;
}

export function createCalendar(now: Date): Calendar {
  const thisWeekMs = now.getTime() - ((now.getTime() - A_MONDAY_MS) % WEEK_MS);
  const firstMs = thisWeekMs - (WEEKS + WEEKS_AFTER) * WEEK_MS;
  const startOf = (week: number): number => firstMs + week * WEEK_MS;
  return {
    startOf,
    dayOf: (week) => new Date(startOf(week)).toISOString().slice(0, 10),
    isInjected: (week) => INJECTED_WEEKS.some((each) => each === week),
  };
}

/** A moment of a working day, 0 being Monday; `share` of the day has passed. */
export function atWork(weekStartMs: number, day: number, share: number): number {
  return Math.round(weekStartMs + day * DAY_MS + WORK_STARTS_AT + share * WORK_MS);
}

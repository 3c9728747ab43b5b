// The organisation's days: which day a moment falls on, in which week, and how many working days lie between two moments.
//
// Always holds: a day is a text such as 2026-11-20, in the organisation's time zone, so that days compare as texts do.

export interface Calendar {
  /** IANA. */
  timezone: string;
  /** Days on which nobody works. */
  holidays: readonly string[];
}

const DAY_MS = 86_400_000;
const DAYS_PER_WEEK = 7;

export function toDay(time: Date, timezone: string): string {
  // The one locale whose plain dates are written with the year first.
  return new Intl.DateTimeFormat("en-CA", { timeZone: timezone }).format(time);
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The Monday of a day's week. */
export function toMonday(day: string): string {
  return addDays(day, -((toWeekday(day) + DAYS_PER_WEEK - 1) % DAYS_PER_WEEK));
}

/**
 * Whole working days that have passed from one moment to another: those after the day of the one and before the day of the other.
 * Told on a Monday, ten have passed on the Tuesday two weeks later, where there is no holiday.
 */
export function countWorkingDays(from: Date, to: Date, { timezone, holidays }: Calendar): number {
  const end = toDay(to, timezone);
  let count = 0;
  for (let day = addDays(toDay(from, timezone), 1); day < end; day = addDays(day, 1)) {
    if (isWorkingDay(day, holidays)) count += 1;
  }
  return count;
}

/** The first so many working days after the day of a moment: once the last of them has passed, so many have passed. */
export function listWorkingDays(after: Date, count: number, { timezone, holidays }: Calendar): string[] {
  const days: string[] = [];
  for (let day = addDays(toDay(after, timezone), 1); days.length < count; day = addDays(day, 1))
    if (isWorkingDay(day, holidays)) days.push(day);
  return days;
}

function isWorkingDay(day: string, holidays: readonly string[]): boolean {
  const isWeekend = toWeekday(day) % (DAYS_PER_WEEK - 1) === 0;
  return !isWeekend && !holidays.includes(day);
}

/** 0: Sunday. */
function toWeekday(day: string): number {
  return new Date(day).getUTCDay();
}

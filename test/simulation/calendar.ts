// When the organisation works: weekends and holidays are quiet, people are away for some days in a row, and now and then a
// provider is down. Days are UTC days, as milliseconds since 1970 at their midnight.

import type { Failing } from "./call.ts";
import type { Organisation, SimulatedPerson } from "./organisation.ts";
import type { Random } from "./random.ts";
import { CALL_RATES } from "./call-rates.ts";
import { CALENDAR } from "./rates.ts";

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
const PROVIDERS = ["anthropic", "openai"] as const;

export interface Calendar {
  /** Oldest first, today included. */
  days: readonly number[];
  isWorkingDay(day: number): boolean;
  /** Whether the person uses a model at all on that day. */
  isActive(person: SimulatedPerson, day: number): boolean;
  /** When on that day something of the person begins; the time within the working hours is drawn. */
  timeOfDay(person: SimulatedPerson, day: number, drawn: Random): number;
  failing: Failing;
}

export function createCalendar({ random }: Organisation, now: Date): Calendar {
  const own = random.fork("calendar");
  const today = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  const length = CALENDAR.weeks * 7;
  const days = Array.from({ length }, (_, index) => today - (length - 1 - index) * DAY_MS);
  const weekdays = days.filter((day) => !isWeekend(day));
  const holidays = new Set(Array.from({ length: CALENDAR.holidays }, () => own.pick(weekdays)));
  const outages = Array.from({ length: CALENDAR.outages }, (_, index) => ({
    provider: PROVIDERS[index % PROVIDERS.length],
    from: own.pick(weekdays) + own.integer(9, 14) * HOUR_MS,
  }));
  const isWorkingDay = (day: number): boolean => !isWeekend(day) && !holidays.has(day);
  return {
    days,
    isWorkingDay,
    isActive(person, day) {
      const drawn = person.random.fork(`active ${day}`);
      if (!isWorkingDay(day)) return drawn.chance(CALENDAR.weekendUse);
      const awayFrom = person.random.fork("days off").pick(days);
      const isAway = day >= awayFrom && day < awayFrom + CALENDAR.daysOff * DAY_MS;
      return !isAway && drawn.chance(person.habit.activeDays);
    },
    timeOfDay(person, day, drawn) {
      const [earliest, latest] = CALENDAR.startHour;
      const start = person.random.fork("start").between(earliest, latest);
      return day + (start + drawn.uniform() * CALENDAR.workingHours) * HOUR_MS;
    },
    failing(provider, atMs) {
      const isDown = outages.some(
        (outage) =>
          outage.provider === provider &&
          atMs >= outage.from &&
          atMs < outage.from + CALENDAR.outageHours * HOUR_MS,
      );
      return isDown ? CALL_RATES.failingInOutage : CALL_RATES.failing;
    },
  };
}

function isWeekend(day: number): boolean {
  const weekday = new Date(day).getUTCDay();
  return weekday === 0 || weekday === 6;
}

// Calendar days as text, `2026-11-19`. A day belongs to a time zone only where an instant becomes one; from then on it is
// a plain date, and counting days needs no clock changes.

const DAY_MS = 86_400_000;

/** The day on which an instant falls in a time zone. */
export function dayOf(instant: Date, timezone: string): string {
  const parts = new Intl.DateTimeFormat("en", {
    timeZone: timezone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).formatToParts(instant);
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    parts.find((entry) => entry.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}`;
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

export function isMonday(day: string): boolean {
  return new Date(day).getUTCDay() === 1;
}

/** The Monday of a day's week. */
export function mondayOf(day: string): string {
  return addDays(day, -((new Date(day).getUTCDay() + 6) % 7));
}

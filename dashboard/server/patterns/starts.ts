// How the starts of runs fall within a period of some minutes, and the times of a schedule that would have started most of them.
//
// Always holds: what is drawn of a start is its minute within a period of at most an hour; the hours in which starts lie go nowhere but
// into the times that a person may register.

import type { PatternRuns } from "../../../schemas/pattern-api.ts";

/** Minutes: those of the signal (analytics/signals/phase-lock.ts) that have more than one minute to fall into. */
const PERIODS = [5, 10, 15, 30, 60] as const;
const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
/** Resultant lengths that are as good as the same. */
const LENGTH_SLACK = 0.01;
/** Fewer starts line up by chance. */
const STARTS_MIN = 10;

export function toStarts(starts: readonly Date[], timezone: string): PatternRuns["starts"] {
  if (starts.length < STARTS_MIN) return null;
  const lengths = PERIODS.map((period) => resultantLength(starts, period));
  const longest = Math.max(...lengths) - LENGTH_SLACK;
  // What lines up every 15 minutes does so in every 5 as well: the longest period says most.
  const period_minutes = PERIODS.findLast((_, at) => (lengths[at] ?? 0) >= longest) ?? PERIODS[0];
  const counts = Array.from({ length: period_minutes }, () => 0);
  for (const start of starts) {
    const minute = Math.floor(start.getTime() / MINUTE_MS) % period_minutes;
    counts[minute] = (counts[minute] ?? 0) + 1;
  }
  return { period_minutes, counts, cron: toCron(starts, counts, timezone) };
}

/** Of the mean of unit vectors at the phases: 1 where all starts have the same, near 0 where they are spread. Mardia and Jupp, 2.2. */
function resultantLength(starts: readonly Date[], periodMinutes: number): number {
  const periodMs = periodMinutes * MINUTE_MS;
  const phases = starts.map((start) => (2 * Math.PI * (start.getTime() % periodMs)) / periodMs);
  const sum = (of: (phase: number) => number): number =>
    phases.reduce((total, phase) => total + of(phase), 0);
  return Math.hypot(sum(Math.cos), sum(Math.sin)) / phases.length;
}

/** `7,22,37,52 9-17 * * 1-5`: the minute in which most starts fall, in the hours and on the days of the week that have any. */
function toCron(starts: readonly Date[], counts: readonly number[], timezone: string): string {
  const first = counts.indexOf(Math.max(...counts));
  const minutes = Array.from(
    { length: HOUR_MINUTES / counts.length },
    (_, turn) => first + turn * counts.length,
  );
  const local = new Intl.DateTimeFormat("en-GB", {
    timeZone: timezone,
    hour: "2-digit",
    weekday: "short",
    hourCycle: "h23",
  });
  const parts = starts.map((start) => local.formatToParts(start));
  const part = (type: "hour" | "weekday"): string[] =>
    parts.map((each) => each.find((one) => one.type === type)?.value ?? "");
  const hours = toField(part("hour").map(Number), 24);
  const weekdays = toField(
    part("weekday").map((name) => WEEKDAYS.indexOf(name)),
    WEEKDAYS.length,
  );
  return `${minutes.join(",")} ${hours} * * ${weekdays}`;
}

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** `*` where all occur, `9-17` where they follow on each other, `9,14` otherwise. */
function toField(values: readonly number[], all: number): string {
  const distinct = [...new Set(values)].toSorted((a, b) => a - b);
  const [first = 0] = distinct;
  const last = distinct.at(-1) ?? first;
  if (distinct.length === all) return "*";
  if (distinct.length > 2 && last - first === distinct.length - 1) return `${first}-${last}`;
  return distinct.join(",");
}

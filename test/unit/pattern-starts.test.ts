// Where the starts of runs fall within a period, and what schedule would have started them.

import { expect, test } from "vitest";
import { toStarts } from "../../dashboard/server/patterns/starts.ts";
import { listWorkingDays } from "../../schemas/working-days.ts";

const MINUTE_MS = 60_000;
const MONDAY = Date.parse("2026-11-09T00:00:00Z");
/** So many starts, one every so many minutes, from a minute of the day on. */
const every = (minutes: number, count: number, from: number) =>
  Array.from({ length: count }, (_, at) => new Date(MONDAY + (from + at * minutes) * MINUTE_MS));

test("starts every 15 minutes fall in one minute of 15, around the clock", () => {
  const starts = toStarts(every(15, 7 * 96, 7), "UTC");
  expect(starts).toMatchObject({ period_minutes: 15, cron: "7,22,37,52 * * * *" });
  expect(starts?.counts[7]).toBe(7 * 96);
});

test("a nightly job of working days is suggested as one, in the organisation's zone", () => {
  const nights = [0, 1, 2, 3, 4, 7, 8, 9, 10, 11].map(
    (day) => new Date(MONDAY + (day * 1440 + 182) * MINUTE_MS),
  );
  expect(toStarts(nights, "Europe/Berlin")).toMatchObject({ period_minutes: 60, cron: "2 4 * * 1-5" });
});

test("a few starts say nothing", () => expect(toStarts(every(15, 9, 0), "UTC")).toBeNull());

test("working days pass over weekends and holidays, and begin on the day after", () => {
  const calendar = { timezone: "UTC", holidays: ["2026-11-24"] };
  expect(listWorkingDays(new Date("2026-11-20T12:00:00Z"), 3, calendar)).toEqual([
    "2026-11-23",
    "2026-11-25",
    "2026-11-26",
  ]);
});

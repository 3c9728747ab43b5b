// When cron lines are due: the same times for everybody, whatever a zone does with its clock.

import { expect, test } from "vitest";
import { findDue, listDue, requireCronLine } from "../../schemas/schedule-times.ts";

const NOW = new Date("2026-11-21T00:00:00.000Z");

function due(cron: string, timezone: string, from: string, to: string): string[] {
  return listDue({ cron, timezone }, new Date(from), new Date(to)).map((time) => time.toISOString());
}

test("an hour that the clock skips is made up for right after it, once", () => {
  expect(due("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00Z", "2026-03-31T00:00Z")).toEqual([
    "2026-03-28T01:30:00.000Z",
    "2026-03-29T01:00:00.000Z",
    "2026-03-30T00:30:00.000Z",
  ]);
});

test("an hour that the clock repeats is due once, but for what is due every so often", () => {
  expect(due("30 2 * * *", "Europe/Berlin", "2026-10-24T00:00Z", "2026-10-27T00:00Z")).toEqual([
    "2026-10-24T00:30:00.000Z",
    "2026-10-25T00:30:00.000Z",
    "2026-10-26T01:30:00.000Z",
  ]);
  expect(due("*/30 2 * * *", "Europe/Berlin", "2026-10-25T00:00Z", "2026-10-25T02:00Z")).toHaveLength(4);
});

test("the first moment of a span is in it and its last one not", () => {
  const from = "2026-11-21T03:00:00.000Z";
  expect(due("0 3 * * *", "UTC", from, "2026-11-22T03:00:00.000Z")).toEqual([from]);
  expect(findDue({ cron: "0 3 * * *", timezone: "UTC" }, new Date(from))?.toISOString()).toBe(from);
  expect(due("0 3 * * *", "UTC", "2026-11-21T03:00:00.001Z", "2026-11-22T03:00:00.000Z")).toEqual([]);
});

test("a day of the month and one of the week are due on either, as cron has it", () => {
  expect(due("0 0 13 * 5", "UTC", "2026-12-10T00:00Z", "2026-12-14T00:00Z")).toEqual([
    "2026-12-11T00:00:00.000Z",
    "2026-12-13T00:00:00.000Z",
  ]);
});

test.each(["*/5 * * * *", "0 3 * * 1-5", "15,45 8-17 * * MON", "0 0 29 2 *", "0 3 L * *"])(
  "%s is taken",
  (cron) => {
    expect(() => requireCronLine({ cron, timezone: "Europe/Berlin" }, NOW)).not.toThrow();
  },
);

test.each([
  "* * * * *",
  "*/4 * * * *",
  "* * 1 * *",
  "0 0 31 2 *",
  "? 3 * * *",
  "@daily",
  "2027-01-01T00:00:00",
  "0 0 3 * * *",
  "61 3 * * *",
  "0 3 * *",
  "",
  "* * * * *\u0000",
])("%j is refused in a sentence", (cron) => {
  const refused = expect.objectContaining({ code: "bad_request", message: expect.stringMatching(/\.$/) });
  expect(() => requireCronLine({ cron, timezone: "UTC" }, NOW)).toThrow(refused);
});

test("a zone that nobody knows is refused", () => {
  const refused = expect.objectContaining({ code: "bad_request" });
  expect(() => requireCronLine({ cron: "0 3 * * *", timezone: "Mars/Phobos" }, NOW)).toThrow(refused);
});

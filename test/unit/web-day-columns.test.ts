// The columns of cost by day: what is a zero and what is a gap, what is unfinished, how the axis and its labels are chosen.

import { describe, expect, test } from "vitest";
import { tokenSumsSchema, type Usage } from "../../schemas/dashboard-api.ts";
import { TOKEN_FIELDS } from "../../schemas/token-event.ts";
import { addDays, dayOf } from "../../dashboard/web/prepare/calendar.ts";
import {
  type DayColumn,
  medianDayUsd,
  summariseColumns,
  toCostAxis,
  toDayColumns,
  toLabelledDays,
} from "../../dashboard/web/prepare/day-columns.ts";

const TODAY = "2026-11-21";

describe("columns of cost by day", () => {
  test("a day without a call is zero; a day that is not added up yet is a gap", () => {
    const columns = toDayColumns(daysCosting(0, 4, 5), TODAY, addDays(TODAY, -1));
    expect(columns.map(({ costUsd }) => costUsd)).toEqual([0, 4, null]);
  });

  test("before analytics ever ran, every day is a gap", () => {
    const columns = toDayColumns(daysCosting(0, 4), TODAY, null);
    expect(columns.map(({ costUsd }) => costUsd)).toEqual([null, null]);
  });

  test("a day whose cost is unknown is a gap with a mark, a day with a part unknown a column with a mark", () => {
    const [gap, part] = toDayColumns(
      [
        dayWith({ day: addDays(TODAY, -2), calls: 2, unknown_usage_calls: 2 }),
        dayWith({
          day: addDays(TODAY, -1),
          calls: 3,
          unpriced_calls: 1,
          cost_usd: "2",
          credited_cost_usd: "2",
        }),
      ],
      TODAY,
      TODAY,
    );
    expect(gap).toMatchObject({ costUsd: null, creditedUsd: null, hasUnknownPart: true });
    expect(part).toMatchObject({ costUsd: 2, hasUnknownPart: true });
  });

  test("today alone is unfinished, and says so", () => {
    const columns = toDayColumns(daysCosting(1, 2), TODAY, TODAY);
    expect(columns.map(({ isUnfinished, label }) => [isUnfinished, label])).toEqual([
      [false, "20 Nov"],
      [true, "today so far"],
    ]);
  });

  test("a sentence says what the picture shows", () => {
    expect(summariseColumns(toDayColumns(daysCosting(0, 12.5, 3), TODAY, TODAY))).toBe(
      "2 of 3 days had calls. The highest was 20 Nov, $12.50.",
    );
  });
});

describe("the median of one's own days", () => {
  test("takes the finished days with calls: neither today nor an empty day pulls it down", () => {
    const columns = toDayColumns(daysCosting(10, 0, 20, 0, 30, 40, 50, 0.01), TODAY, TODAY);
    expect(medianDayUsd(columns, "gross")).toBe(30);
  });

  test("of an even number of days is the middle of the two", () => {
    expect(medianDayUsd(toDayColumns(daysCosting(1, 2, 3, 4, 5, 6, 9), TODAY, TODAY), "credited")).toBe(3.5);
  });

  test("is not drawn from fewer than five days", () => {
    expect(medianDayUsd(toDayColumns(daysCosting(1, 2, 3, 4, 9), TODAY, TODAY), "credited")).toBeNull();
  });
});

describe("the axis of cost", () => {
  test.each([
    [33, 40, [0, 10, 20, 30, 40]],
    [4, 4, [0, 1, 2, 3, 4]],
    [0.0031, 0.004, [0, 0.001, 0.002, 0.003, 0.004]],
    [1700, 2000, [0, 500, 1000, 1500, 2000]],
  ])("for %d dollars ends at %d, in steps of 1, 2 or 5, from zero", (cost, maxUsd, ticksUsd) => {
    expect(toCostAxis(toDayColumns(daysCosting(cost, 0), TODAY, TODAY), null)).toMatchObject({
      maxUsd,
      ticksUsd,
    });
  });

  test("has room for a median above every column", () => {
    expect(toCostAxis(toDayColumns(daysCosting(2), TODAY, TODAY), 18).maxUsd).toBeGreaterThanOrEqual(18);
  });

  test("of nothing still has a base line and a top", () => {
    expect(toCostAxis([], null)).toEqual({ maxUsd: 1, ticksUsd: [0, 1], decimals: 0 });
  });
});

describe("labels of days", () => {
  test("stand at Mondays, and at today", () => {
    expect(toLabelledDays(columnsOf(28), false)).toEqual([
      "2026-10-26",
      "2026-11-02",
      "2026-11-09",
      "2026-11-16",
      TODAY,
    ]);
  });

  test.each([7, 28, 84])("of %d days are fewer where the place is narrow, and clear of today's", (days) => {
    const narrow = toLabelledDays(columnsOf(days), true);
    expect(narrow.length).toBeLessThanOrEqual(5);
    expect(narrow.at(-1)).toBe(TODAY);
    expect(Date.parse(TODAY) - Date.parse(narrow.at(-2) ?? "")).toBeGreaterThanOrEqual(
      days * 0.3 * 86_400_000,
    );
  });
});

describe("days", () => {
  test("begin in the organisation's zone, also across a change of clocks", () => {
    expect(dayOf(new Date("2026-10-24T22:30:00Z"), "Europe/Berlin")).toBe("2026-10-25");
    expect(dayOf(new Date("2026-10-25T22:30:00Z"), "Europe/Berlin")).toBe("2026-10-25");
    expect(dayOf(new Date("2026-10-25T23:30:00Z"), "Europe/Berlin")).toBe("2026-10-26");
    expect(addDays("2026-10-25", 1)).toBe("2026-10-26");
    expect(addDays("2026-03-01", -1)).toBe("2026-02-28");
  });
});

type Day = Usage["days"][number];

/** The last days up to today, one a given cost, all credited; a day that cost nothing had no call. */
function daysCosting(...costsUsd: number[]): Day[] {
  return costsUsd.map((costUsd, index) =>
    dayWith({
      day: addDays(TODAY, index + 1 - costsUsd.length),
      calls: costUsd === 0 ? 0 : 3,
      cost_usd: String(costUsd),
      credited_cost_usd: String(costUsd),
    }),
  );
}

function dayWith(given: Partial<Day> & Pick<Day, "day">): Day {
  return {
    calls: 1,
    unknown_usage_calls: 0,
    unpriced_calls: 0,
    cost_usd: "0",
    credited_cost_usd: "0",
    tokens: tokenSumsSchema.parse(Object.fromEntries(TOKEN_FIELDS.map((field) => [field, 0]))),
    ...given,
  };
}

function columnsOf(days: number): DayColumn[] {
  return toDayColumns(daysCosting(...Array.from({ length: days }, () => 1)), TODAY, TODAY);
}

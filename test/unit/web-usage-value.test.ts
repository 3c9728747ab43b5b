// What My usage says of what came of a person's work: marks, rows, yields and sentences.

import { describe, expect, test } from "vitest";
import { toDayColumns, toWeekColumns } from "../../dashboard/web/prepare/day-columns.ts";
import { toYieldPlace } from "../../dashboard/web/prepare/interval.ts";
import { daysBefore, daysOf, RANGES } from "../../dashboard/web/prepare/usage-view.ts";
import {
  toMarkCounts,
  toOutcomeRows,
  toValueFigures,
  toWaitingRows,
  toYieldRows,
  writeEarned,
} from "../../dashboard/web/prepare/usage-value.ts";
import { measuresSchema, type Measures } from "../../schemas/dashboard-api.ts";
import { type ClassYield, type UsageValue, usageValueSchema } from "../../schemas/usage-value-api.ts";
import { TOKEN_FIELDS } from "../../schemas/token-event.ts";

const TODAY = "2026-11-20";
const DUE = { kind: "pr_merged", state: "due", counts_from: null, outcomes: 1 } as const;
const CAME: UsageValue["came"] = [
  { ...DUE, day: "2026-11-10" },
  { ...DUE, day: "2026-11-12", outcomes: 0.5 },
  { ...DUE, day: "2026-11-12", kind: "check_fixed", outcomes: 3 },
  { ...DUE, day: "2026-11-17", kind: "lines_survived", state: "waiting", counts_from: "2026-11-24" },
  { ...DUE, day: "2026-11-18", kind: "lines_survived", state: "waiting", counts_from: "2026-11-24" },
  { ...DUE, day: "2026-11-18", kind: "ticket_closed", state: "reversed" },
];
const YIELD: ClassYield = {
  workload_class: "interactive",
  week: "2026-11-09",
  outcomes: 27,
  expected: 21.4,
  yield: 1.22,
  yield_low: 0.88,
  yield_high: 1.6,
  verdict: "as_expected",
  coverage: 0.8,
  is_shipped: false,
};

function value(said: Partial<UsageValue> = {}): UsageValue {
  return usageValueSchema.parse({
    from: "2026-10-24",
    to: TODAY,
    individual_scoring: "on",
    scored_from: "2026-01-01T00:00:00.000Z",
    came: CAME,
    previous_outcomes: 22,
    earned_cost_usd: 100,
    unobservable_cost_usd: 20,
    scheduled_cost_usd: 0,
    yields: [YIELD],
    expected_min: 13,
    coverage_min: 0.5,
    yield_weeks: 6,
    ...said,
  });
}

const rowOf = (said: Partial<ClassYield>) => toYieldRows(value({ yields: [{ ...YIELD, ...said }] }))[0];

describe("outcomes", () => {
  test("stand in the column of their day, or of their week, due and waiting apart", () => {
    const days = [{ day: "2026-11-12" }, { day: "2026-11-17" }, { day: "2026-11-18" }];
    expect(toMarkCounts(days, CAME, "day")).toEqual([
      { due: 3.5, waiting: 0 },
      { due: 0, waiting: 1 },
      { due: 0, waiting: 1 },
    ]);
    expect(toMarkCounts([{ day: "2026-11-09" }, { day: "2026-11-16" }], CAME, "week")).toEqual([
      { due: 4.5, waiting: 0 },
      { due: 0, waiting: 2 },
    ]);
  });

  test("are listed by kind; what was taken back, and what waits, stand apart with their day", () => {
    expect(toOutcomeRows(CAME)).toEqual({
      due: [
        { title: "Check fixed on the branch", outcomes: "3" },
        { title: "Pull request merged", outcomes: "1.5" },
      ],
      reversed: [{ title: "Ticket closed", outcomes: "1" }],
    });
    expect(toWaitingRows(CAME, TODAY)).toEqual([{ title: "2 × Lines that stayed", from: "from 24 Nov" }]);
  });

  test("are among the first figures, beside one's own past and what is not due yet", () => {
    expect(toValueFigures(value(), "28 days").outcomes).toEqual({
      value: "4.5",
      unit: "and 2 not due yet",
      past: "28 days before: 22",
    });
  });
});

describe("a yield", () => {
  test("stands with its interval and what it means", () => {
    expect(rowOf({})).toMatchObject({
      basis: "27 outcomes, 21.4 expected",
      estimate: { mean: 1.22, low: 0.88, high: 1.6 },
      verdict: "1.22 (0.88 to 1.60)",
      note: "As expected",
    });
    expect(rowOf({ verdict: "above_expected" })?.note).toBe("Above expected");
    expect(rowOf({ verdict: "low_value" })?.note).toBe("Low for work like this");
    expect(rowOf({ yield_high: 0.97 })?.note).toBe("Below expected, not low");
  });

  test("says where the expectation is not the organisation's own", () => {
    expect(rowOf({ is_shipped: true })?.basis).toBe(
      "27 outcomes, 21.4 expected by the figures that Assay ships with",
    );
  });

  test("of too little evidence is a meter and no dot", () => {
    expect(rowOf({ expected: 6.2 })).toMatchObject({
      estimate: null,
      evidence: { expected: 6.2, needed: 13 },
      verdict: "Not enough evidence",
      note: "The usual answer. Nothing to do.",
    });
  });

  test("of work that can't be seen is not scored, whatever was expected", () => {
    expect(rowOf({ coverage: 0.31 })).toMatchObject({
      estimate: null,
      evidence: null,
      reason: expect.stringContaining("Unseen is not zero."),
      verdict: "Not scored",
    });
  });

  test("is a dash among the first figures until it is known, and where nobody is scored", () => {
    expect(toValueFigures(value({ yields: [] }), "28 days").yield).toMatchObject({
      value: "–",
      past: "Not enough evidence. The usual answer.",
    });
    const off = value({ yields: [], individual_scoring: "off" });
    expect(toValueFigures(off, "28 days").yield.past).toBe("Individuals are not scored.");
    expect(writeEarned(off)).toBeNull();
    expect(writeEarned(value({ scored_from: null }))).toBeNull();
  });

  test("lies on a logarithmic axis: half and double are equally far from what was expected", () => {
    expect(toYieldPlace(1) - toYieldPlace(0.5)).toBeCloseTo(toYieldPlace(2) - toYieldPlace(1), 12);
    expect([0.1, 0.25, 1, 4, 9].map(toYieldPlace)).toEqual([0, 0, 0.5, 1, 1]);
  });
});

test("what was earned is one line, and what schedules started stands apart", () => {
  expect(writeEarned(value())).toBe(
    "Your outcomes earned $100.00 at the usual cost of such work; for $20.00 Assay can't see any.",
  );
  expect(writeEarned(value({ scheduled_cost_usd: 5 }))).toContain("$5.00 were scheduled, and stand apart.");
});

describe("weeks", () => {
  const weeks = RANGES[2];

  test("of a range are whole ones, and the one that is not over", () => {
    expect(daysOf(weeks, TODAY)).toEqual({ from: "2026-08-31", to: TODAY });
    expect(daysBefore(weeks, TODAY)).toEqual({ from: "2026-06-08", to: "2026-08-30" });
    // On a Sunday the twelfth week ends.
    expect(daysOf(weeks, "2026-11-22")).toEqual({ from: "2026-08-31", to: "2026-11-22" });
  });

  test("add up their days; one with a day of unknown cost is unknown, and today's is not over", () => {
    const none = Object.fromEntries(TOKEN_FIELDS.map((field) => [field, 0]));
    const day = (date: string, said: Partial<Measures>) => ({
      day: date,
      ...measuresSchema.parse({
        calls: 1,
        unknown_usage_calls: 0,
        unpriced_calls: 0,
        tokens: none,
        cost_usd: "2",
        credited_cost_usd: "1",
        ...said,
      }),
    });
    const days = [
      day("2026-11-02", {}),
      day("2026-11-08", {}),
      day("2026-11-09", { unpriced_calls: 1, cost_usd: "0", credited_cost_usd: "0" }),
      day("2026-11-16", {}),
      day(TODAY, {}),
    ];
    expect(toWeekColumns(toDayColumns(days, TODAY, TODAY), TODAY)).toMatchObject([
      { day: "2026-11-02", label: "2 Nov", costUsd: 4, creditedUsd: 2, calls: 2, isUnfinished: false },
      { day: "2026-11-09", costUsd: null, hasUnknownPart: true },
      { day: "2026-11-16", label: "so far", costUsd: 4, isUnfinished: true },
    ]);
  });
});

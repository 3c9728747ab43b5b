// When a pattern is told of and opens: each condition at its edge, the clock over weekends and holidays, and, over invented histories,
// that nothing opens without every one of them.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isLargeReference } from "../../analytics/patterns/doubted-weeks.ts";
import { toCandidate, withoutSettled } from "../../analytics/patterns/candidate.ts";
import {
  CONDITIONS,
  listUnmet,
  NO_FIGURES,
  toYieldFigures,
  type Figures,
} from "../../analytics/patterns/conditions.ts";
import { findStep, type Facts, type PatternClock } from "../../analytics/patterns/steps.ts";
import type { SignalRow } from "../../analytics/queries/pattern-signals.ts";
import type { SignalFamily } from "../../schemas/closed-lists.ts";
import { toMethod } from "../../schemas/method.ts";
import { NEXT_STATES } from "../../schemas/postgres/patterns.ts";
import { countWorkingDays, toMonday } from "../../schemas/working-days.ts";

const method = toMethod();
const calendar = { timezone: "Europe/Berlin", holidays: ["2026-12-25", "2026-12-26"] };

function say(week: string, family: SignalFamily): SignalRow {
  return {
    person_id: "01936a00-0000-7000-8000-00000000000a",
    week,
    family,
    signal: family,
    workload_class: null,
    effect: 0.9,
    floor: 0.5,
    cases: 60,
    p_value: 0.001,
    p_value_source: "absolute",
    run_ids: [],
    named_cost_usd: 10,
    method_version: "1",
    version: 1,
  };
}

const W1 = "2026-11-02";
const W2 = "2026-11-09";
const W3 = "2026-11-16";

describe("a candidate", () => {
  test("is there from the first week in which two families speak", () => {
    expect(toCandidate([say(W1, "replay")], method.patterns)).toBeUndefined();
    expect(toCandidate([say(W1, "replay"), say(W2, "schedule")], method.patterns)).toBeUndefined();
    expect(toCandidate([say(W1, "schedule"), say(W1, "replay")], method.patterns)).toMatchObject({
      families: ["replay", "schedule"],
      weeks: [W1],
    });
  });

  test("is not of weeks that are doubted, but of what is said in them", () => {
    const signals = [W1, W2].flatMap((week) => [say(week, "replay"), say(week, "schedule")]);
    expect(toCandidate(signals, method.patterns, () => true)).toBeUndefined();
    expect(toCandidate(signals, method.patterns, (week) => week === W2)).toMatchObject({
      weeks: [W1],
      signals: { length: 4 },
    });
  });

  test("is doubted where a reference of eight families lets one person-week in a hundred be believed", () => {
    expect([0, 6998, 6999].map((people) => isLargeReference(people, method.signals))).toEqual([
      false,
      false,
      true,
    ]);
    const { signals } = toMethod({ signals: { assumedFindingsShare: 0.5 } });
    expect([138, 139].map((people) => isLargeReference(people, signals))).toEqual([false, true]);
  });

  test("keeps the families that last, and what they say in other weeks, too", () => {
    const signals = [say(W1, "replay"), say(W1, "echo"), say(W1, "no_op"), say(W2, "replay")];
    const lasting = [...signals, say(W3, "replay"), say(W3, "no_op")];
    const candidate = toCandidate(lasting, method.patterns);
    expect(candidate).toMatchObject({ families: ["no_op", "replay"], weeks: [W1, W3] });
    expect(candidate?.signals.map(({ week, family }) => `${week} ${family}`)).toEqual([
      `${W1} replay`,
      `${W1} no_op`,
      `${W2} replay`,
      `${W3} replay`,
      `${W3} no_op`,
    ]);
  });

  test("two signals of one family are one family", () => {
    const twice = [say(W1, "replay"), { ...say(W1, "replay"), signal: "prompt_variety" }];
    expect(toCandidate(twice, method.patterns)).toBeUndefined();
  });

  test("says nothing again of weeks that were decided", () => {
    const signals = [W1, W2, W3].flatMap((week) => [say(week, "replay"), say(week, "schedule")]);
    const left = withoutSettled(signals, [{ families: ["replay"], week: W2 }]);
    expect(left.map(({ week, family }) => `${week} ${family}`)).toEqual([
      `${W1} schedule`,
      `${W2} schedule`,
      `${W3} replay`,
      `${W3} schedule`,
    ]);
  });
});

describe("each condition at its edge", () => {
  const all = { families: ["no_op", "replay"] satisfies SignalFamily[], weeks: [W1, W2] };
  const figures: Figures = {
    ...NO_FIGURES,
    namedCostUsd: 50,
    ownCostUsd: 200,
    expectedOutcomes: 13,
    pLowValue: 0.8,
  };
  const unmet = (candidate: { families?: SignalFamily[]; weeks?: string[] }, more: Partial<Figures> = {}) =>
    listUnmet({ ...all, ...candidate }, { ...figures, ...more }, method);

  test("all hold on it", () => expect(unmet({})).toEqual([]));
  test.each<[string, Partial<Figures>, string[]]>([
    ["(a) little value, hardly less sure", { pLowValue: 0.7999 }, ["value"]],
    ["(a) too little evidence", { pLowValue: null }, ["value"]],
    ["(c) a cent less", { namedCostUsd: 49.99 }, ["cost"]],
    ["(c) a smaller share of the own volume", { ownCostUsd: 200.1 }, ["cost"]],
  ])("%s", (_name, more, conditions) => expect(unmet({}, more)).toEqual(conditions));
  test("(a) replay and schedule together need no value", () =>
    expect(unmet({ families: ["replay", "schedule"] }, { pLowValue: null })).toEqual([]));
  test("(b) one family less", () => expect(unmet({ families: ["replay"] })).toEqual(["families"]));
  test("(d) one week less", () => expect(unmet({ weeks: [W1] })).toEqual(["weeks"]));

  test("nothing is said of value below 13 expected outcomes, and their class says what is usual", () => {
    const named = { dueOutcomes: 2, expectedOutcomes: 13, priorShape: 4, priorRate: 4 };
    // Of Gamma(6, 17) below 0.5: 1 - e^-8.5 Σ 8.5^k / k! over k < 6, as for every whole shape.
    expect(toYieldFigures(named, method.yield).pLowValue).toBeCloseTo(0.8504, 4);
    expect(toYieldFigures({ ...named, expectedOutcomes: 12.99 }, method.yield)).toMatchObject({
      pLowValue: null,
      yieldMean: null,
    });
    const unknown = { ...named, priorShape: 0, priorRate: 0 };
    expect(toYieldFigures(unknown, method.yield).pLowValue).toBeCloseTo(0.8504, 4);
  });
});

const at = (time: string): Date => new Date(time);

describe("working days", () => {
  test.each([
    [
      "told on a Monday, ten have passed on the Tuesday two weeks later",
      "2026-11-02T09:00Z",
      "2026-11-17T00:00Z",
      10,
    ],
    ["and nine on the Monday before", "2026-11-02T09:00Z", "2026-11-16T22:00Z", 9],
    ["none over a weekend", "2026-11-06T09:00Z", "2026-11-09T09:00Z", 0],
    ["holidays do not count", "2026-12-23T09:00Z", "2026-12-29T09:00Z", 2],
    ["the day is the organisation's", "2026-11-02T23:30Z", "2026-11-04T23:30Z", 1],
    ["the clock going back is no day", "2026-10-23T09:00Z", "2026-10-27T09:00Z", 1],
  ])("%s", (_name, from, to, days) => expect(countWorkingDays(at(from), at(to), calendar)).toBe(days));
  test("a week begins on Monday", () =>
    expect(["2026-11-15", "2026-11-16", "2026-11-22"].map(toMonday)).toEqual([W2, W3, W3]));
});

const NEW: PatternClock = {
  state: "observed",
  notifiedAt: null,
  openedAt: null,
  contestedAt: null,
  answeredAt: null,
  pausedWorkingDays: 0,
};
const HOLDS: Facts = { unmet: [], isExplained: false, schedules: "none" };

const stepOn = (pattern: PatternClock, facts: Facts, day: string) =>
  findStep(pattern, facts, { now: new Date(`${day}T12:00:00Z`), calendar, method: method.patterns });

describe("a step", () => {
  const told = new Date("2026-11-02T09:00:00Z");
  const notified: PatternClock = { ...NEW, state: "notified", notifiedAt: told };
  const opened: PatternClock = { ...notified, state: "open", openedAt: told };

  test.each<[string, PatternClock, Facts, string, unknown]>([
    ["nobody is told while a condition does not hold", NEW, { ...HOLDS, unmet: ["cost"] }, W1, undefined],
    ["what is gone is forgotten", NEW, { ...HOLDS, unmet: undefined }, W1, { to: "forgotten" }],
    ["the person is told when all hold", NEW, HOLDS, W1, { to: "notified" }],
    ["nobody is told of what was explained", NEW, { ...HOLDS, isExplained: true }, W1, undefined],
    ["nothing opens on the tenth day", notified, HOLDS, "2026-11-16", undefined],
    ["it opens on the day after", notified, HOLDS, "2026-11-17", { to: "open" }],
    [
      "what does not hold any longer then never opens",
      notified,
      { ...HOLDS, unmet: ["weeks"] },
      "2026-11-17",
      { to: "resolved", closedBy: "evidence" },
    ],
    [
      "a schedule explains it at once",
      notified,
      { ...HOLDS, schedules: "explain" },
      "2026-11-03",
      { to: "explained", closedBy: "schedule" },
    ],
    [
      "one schedule too many explains nothing, though it takes the evidence away",
      notified,
      { ...HOLDS, unmet: undefined, schedules: "refused" },
      "2026-11-17",
      { to: "open" },
    ],
    ["a contest stops the clock", { ...notified, contestedAt: told }, HOLDS, "2026-11-17", undefined],
    [
      "without an answer in 20 working days it is dismissed",
      { ...notified, contestedAt: told },
      HOLDS,
      "2026-12-01",
      { to: "dismissed", closedBy: "time" },
    ],
    [
      "the days of the contest do not count",
      { ...notified, contestedAt: told, answeredAt: told, pausedWorkingDays: 1 },
      HOLDS,
      "2026-11-17",
      undefined,
    ],
    ["an open one waits for 30 working days", opened, HOLDS, "2026-12-14", undefined],
    ["and expires on the day after", opened, HOLDS, "2026-12-15", { to: "expired", closedBy: "time" }],
    ["a schedule closes no open one", opened, { ...HOLDS, schedules: "explain" }, "2026-11-17", undefined],
  ])("%s", (_name, pattern, facts, day, expected) => expect(stepOn(pattern, facts, day)).toEqual(expected));
});

describe("over invented histories", () => {
  const DAY_MS = 86_400_000;
  const START = Date.parse("2026-11-02T09:00:00Z");
  const day = fc.record({
    unmet: fc.oneof(
      { weight: 6, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.subarray([...CONDITIONS], { minLength: 1 }) },
      { weight: 1, arbitrary: fc.constant(undefined) },
    ),
    isExplained: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, fc.boolean()),
    // Rare, because any of them in the two weeks after the notice keeps a pattern from opening.
    schedules: fc.oneof(
      { weight: 40, arbitrary: fc.constant<Facts["schedules"]>("none") },
      { weight: 1, arbitrary: fc.constant<Facts["schedules"]>("explain") },
    ),
    contest: fc.oneof(
      { weight: 40, arbitrary: fc.constant("no") },
      { weight: 3, arbitrary: fc.constantFrom("contest", "answer") },
    ),
  });

  /** Lives through the days; says of each opening what held on the day of telling and on the day of opening. */
  function live(days: readonly (Facts & { contest: string })[]) {
    let pattern = NEW;
    let toldFacts: Facts | undefined;
    const openings: { toldFacts: Facts | undefined; facts: Facts; pattern: PatternClock; now: Date }[] = [];
    for (const [index, { contest, ...facts }] of days.entries()) {
      const now = new Date(START + index * DAY_MS);
      if (contest === "contest" && pattern.state === "notified" && pattern.contestedAt === null)
        pattern = { ...pattern, contestedAt: now };
      if (contest === "answer" && pattern.contestedAt !== null && pattern.answeredAt === null) {
        const pausedWorkingDays = countWorkingDays(pattern.contestedAt, now, calendar);
        pattern = { ...pattern, answeredAt: now, pausedWorkingDays };
      }
      const step = findStep(pattern, facts, { now, calendar, method: method.patterns });
      if (step === undefined) continue;
      if (step.to === "forgotten") {
        pattern = NEW;
        continue;
      }
      expect(NEXT_STATES[pattern.state]).toContain(step.to);
      if (step.to === "notified")
        [pattern, toldFacts] = [{ ...NEW, state: "notified", notifiedAt: now }, facts];
      else if (step.to === "open") {
        openings.push({ toldFacts, facts, pattern, now });
        pattern = { ...pattern, state: "open", openedAt: now, pausedWorkingDays: 0 };
      } else pattern = NEW;
    }
    return openings;
  }

  test("none opens that was not told so long ago, with everything holding then and now", () => {
    let opened = 0;
    const check = fc.property(fc.array(day, { minLength: 15, maxLength: 80 }), (days) => {
      for (const { toldFacts, facts, pattern, now } of live(days)) {
        opened += 1;
        for (const then of [toldFacts, facts]) expect(then).toMatchObject({ unmet: [], isExplained: false });
        expect(pattern.contestedAt === null || pattern.answeredAt !== null).toBe(true);
        const passed = countWorkingDays(pattern.notifiedAt ?? now, now, calendar);
        expect(passed - pattern.pausedWorkingDays).toBeGreaterThanOrEqual(method.patterns.noticeWorkingDays);
      }
    });
    // The seed stands in the message of a failure.
    fc.assert(check, { numRuns: 100 });
    // Else the property would say nothing.
    expect(opened).toBeGreaterThan(0);
  });
});

// Who is told of a pattern, and when it opens for whom, through both stores.

import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { reviewedPatternSchema } from "../../schemas/pattern-api.ts";
import { patterns } from "../../schemas/postgres/pattern-tables.ts";
import { recordPositions } from "../../schemas/postgres/positions.ts";
import { people } from "../../schemas/postgres/tables.ts";
import { recordOthers, recordPatternWeeks, toRunId, type PatternWeek } from "../builders/pattern-weeks.ts";
import {
  OPENS,
  openPatternBench,
  RUNNING_WEEK,
  TOLD,
  W1,
  W2,
  type PatternBench,
} from "../services/patterns.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** People of a reference from which on an organisation is large enough. */
const LARGE = 6999;

let on: PatternBench;
beforeAll(async () => {
  on = await openPatternBench();
});
beforeEach(() => on.reset());
afterAll(() => on.bench.close());

/** Around Ada, whose two families speak at .001: of 100 tests it is believed if it is the only one, of 101 it is not. */
const recordAround = (tested: number, peopleOfReference = LARGE) =>
  recordOthers(on.bench.dashboard.stores.clickhouse, [W1, W2], { people: tested - 1, peopleOfReference });

describe("what is told", () => {
  test.each<[string, Partial<PatternWeek>]>([
    ["one family", { families: ["replay"] }],
    ["no signal at all", { families: [] }],
  ])("nothing is observed with %s", async (_name, said) => {
    await on.say(said);
    await on.keep(TOLD);
    expect(await on.ownPatterns()).toEqual([]);
  });

  test.each<[string, Partial<PatternWeek>]>([
    ["one week", { weeks: [W2], costUsd: 80 }],
    ["one week and the one that goes on", { weeks: [W2, RUNNING_WEEK], costUsd: 80 }],
    ["too little cost", { costUsd: 24.99 }],
    ["too small a share of the own volume", { ownCostUsd: 160.1 }],
    ["too little expected to tell", { families: ["no_op", "replay"], expectedOutcomes: 6 }],
    ["value as usual", { families: ["no_op", "replay"], expectedOutcomes: 10, dueOutcomes: 10 }],
    ["provisional runs", { families: ["no_op", "replay"], expectedOutcomes: 10, isProvisional: true }],
  ])("nobody is told of a pattern with %s", async (_name, said) => {
    await on.say(said);
    await on.keep(TOLD);
    expect(await on.ownPatterns()).toMatchObject([{ state: "observed", notifiedAt: null }]);
    expect(await on.seenBy(await on.bench.signIn(on.ada))).toEqual([]);
    expect(await on.auditOfAda()).toEqual([]);
  });

  test.each<[string, Partial<PatternWeek>]>([
    ["replay by a timer", {}],
    ["two mechanisms and little value", { families: ["no_op", "replay"], expectedOutcomes: 10 }],
  ])("%s is told to its person, with the evidence, and to nobody else", async (_name, said) => {
    await on.say(said);
    await on.keep(TOLD);
    const [pattern] = await on.seenBy(await on.bench.signIn(on.ada));
    expect(pattern).toMatchObject({
      state: "notified",
      first_week: W1,
      told: { cost_usd: "80.00", from_week: W1, last_week: W2 },
      recent: { from_week: "2026-10-19", weeks: 4, weeks_with_it: 2, cost_usd: "80.00" },
      cost_floor_usd: "50.00",
      clock: { until: "opens", days_left: 10, ends_on: OPENS },
      runs: 2,
      looks: [],
      findings: [
        {
          weeks: [
            { week: W1, run_ids: [toRunId(W1)] },
            { week: W2, run_ids: [toRunId(W2)] },
          ],
        },
        { weeks: [{}, {}] },
      ],
    });
    for (const { question, innocents } of pattern!.findings)
      expect([question, innocents.length > 0]).toEqual([expect.stringMatching(/\?$/), true]);
    expect(await on.reviewOf(await on.bench.signIn(on.boss))).toEqual([]);
    expect(await on.auditOfAda()).toEqual([["pattern_notified", null]]);
  });

  test("nothing is computed before the policy is published, and what was is hidden when it is off", async () => {
    await on.say({});
    await on.keep(TOLD, { individualScoring: "policy" });
    await on.keep(TOLD, { individualScoring: "off" });
    expect(await on.ownPatterns()).toEqual([]);
    await on.keep(TOLD);
    expect(await on.ownPatterns()).toHaveLength(1);
    on.bench.dashboard.config.individualScoring = "off";
    const [browser, manager] = [await on.bench.signIn(on.ada), await on.bench.signIn(on.boss)];
    await on.bench.dashboard.stores.postgres.db
      .update(patterns)
      .set({ state: "open", openedAt: new Date(), managerId: on.boss.personId });
    expect([await on.seenBy(browser), await on.reviewOf(manager)]).toEqual([[], []]);
    on.bench.dashboard.config.individualScoring = "on";
    expect([await on.seenBy(browser), await on.reviewOf(manager)]).toMatchObject([[{ state: "open" }], [{}]]);
  });

  test("a pattern that is gone before anybody was told is forgotten", async () => {
    await on.say({ weeks: [W2] });
    await on.keep(TOLD);
    expect(await on.ownPatterns()).toHaveLength(1);
    await on.keep("2026-12-20");
    expect(await on.ownPatterns()).toEqual([]);
  });
});

describe("of so many people some speak by chance", () => {
  test("at one chance in a thousand one of a hundred is told, and one of a hundred and one is not", async () => {
    await on.say();
    await recordAround(101);
    await on.keep(TOLD);
    expect(await on.ownPatterns()).toEqual([]);
    await on.reset();
    await on.say();
    await recordAround(100);
    await on.keep(TOLD);
    expect(await on.ownPatterns()).toMatchObject([{ state: "notified" }]);
  });

  test("a third family is one more chance", async () => {
    await on.say({ families: ["no_op", "replay", "schedule"] });
    await recordAround(51);
    await on.keep(TOLD);
    expect(await on.ownPatterns()).toEqual([]);
  });

  test("two who speak are believed where one is not", async () => {
    const other = { personId: on.boss.personId, weeks: [W1, W2], families: ["no_op", "replay"] } as const;
    await on.say();
    await recordPatternWeeks(on.bench.dashboard.stores.clickhouse, other);
    await recordAround(199);
    await on.keep(TOLD);
    expect(await on.ownPatterns()).toMatchObject([{ state: "notified" }]);
  });

  test("without a reference that is large enough the fixed limits are all there is", async () => {
    await on.say();
    await recordAround(101, LARGE - 1);
    await on.keep(TOLD);
    expect(await on.ownPatterns()).toMatchObject([{ state: "notified" }]);
  });

  test("what was told stays, and never opens when by then it may be chance", async () => {
    const patternId = await on.tell();
    await recordAround(101);
    await on.keep("2026-12-04");
    expect(await on.ownPatterns()).toMatchObject([{ patternId, state: "notified" }]);
    expect(await on.seenBy(await on.bench.signIn(on.ada))).toMatchObject([
      { findings: [{ weeks: [{}, {}] }, { weeks: [{}, {}] }] },
    ]);
    await on.keep(OPENS);
    expect(await on.ownPatterns()).toMatchObject([{ state: "resolved", closedBy: "evidence" }]);
  });
});

describe("what opens", () => {
  test("ten working days later the manager of that day sees it, and the person sees who looked", async () => {
    const patternId = await on.tell();
    await on.keep("2026-12-04");
    const browser = await on.bench.signIn(on.boss);
    expect(await on.reviewOf(browser)).toEqual([]);
    await on.keep(OPENS);
    expect(await on.reviewOf(browser)).toEqual([
      {
        pattern_id: patternId,
        families: ["replay", "schedule"],
        is_contested: false,
        asks: "decision",
        due_on: "2027-01-16",
      },
    ]);
    await on.reviewOf(browser);
    const viewed = await browser.get(`/api/v1/review/patterns/${patternId}`);
    expect(reviewedPatternSchema.parse(await viewed.json())).toMatchObject({
      person_name: "Ada",
      asks: "decision",
      value: { yield: null },
    });
    expect(await on.auditOfAda()).toEqual([
      ["pattern_notified", null],
      ["pattern_opened", null],
      ["pattern_listed", on.boss.personId],
      ["pattern_viewed", on.boss.personId],
    ]);
  });

  test("holidays are no working days", async () => {
    await on.tell();
    await on.keep(OPENS, { holidays: ["2026-12-01"] });
    expect(await on.ownPatterns()).toMatchObject([{ state: "notified" }]);
  });

  test("what does not hold any longer on that day never opens", async () => {
    await on.tell();
    await on.keep("2026-12-07");
    expect(await on.ownPatterns()).toMatchObject([
      { state: "resolved", closedBy: "evidence", openedAt: null },
    ]);
  });

  test("a manager who is not theirs any longer sees nothing more", async () => {
    const patternId = await on.tell();
    await on.keep(OPENS);
    const { db } = on.bench.dashboard.stores.postgres;
    await db.transaction(async (transaction) => {
      await transaction
        .update(people)
        .set({ managerId: on.officer.personId })
        .where(eq(people.personId, on.ada.personId));
      await recordPositions(transaction, new Date(`${OPENS}T13:00:00Z`));
    });
    await on.keep("2026-12-06");
    for (const person of [on.boss, on.officer]) {
      const browser = await on.bench.signIn(person);
      expect(await on.reviewOf(browser)).toEqual([]);
      expect((await browser.get(`/api/v1/review/patterns/${patternId}`)).status).toBe(404);
    }
    expect((await on.auditOfAda()).at(-1)).toEqual(["pattern_view_ended", null]);
  });

  test("undecided it expires", async () => {
    await on.tell();
    await on.keep(OPENS);
    await on.keep("2027-01-15");
    expect(await on.ownPatterns()).toMatchObject([{ state: "open" }]);
    await on.keep("2027-01-16");
    expect(await on.ownPatterns()).toMatchObject([{ state: "expired", closedBy: "time" }]);
  });
});

// What people can do about a pattern, through the HTTP door on both sides of it: the person whose it is, and whoever it is open to.

import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import {
  patternRunsSchema,
  patternSchema,
  reviewedPatternSchema,
  type ReviewedPattern,
} from "../../schemas/pattern-api.ts";
import { people } from "../../schemas/postgres/tables.ts";
import { buildRun } from "../builders/derived-rows.ts";
import type { Browser } from "../services/dashboard.ts";
import { OPENS, openPatternBench, TOLD, W1, W2, type PatternBench } from "../services/patterns.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const DAY_MS = 86_400_000;

let on: PatternBench;
beforeAll(async () => {
  on = await openPatternBench();
});
beforeEach(() => on.reset());
afterAll(() => on.bench.close());

/** Of Ada's that her manager sees. */
async function openForBoss(): Promise<string> {
  const patternId = await on.tell();
  await on.keep(OPENS);
  return patternId;
}

async function openPattern(browser: Browser, patternId: string): Promise<ReviewedPattern> {
  return reviewedPatternSchema.parse(
    await (await browser.get(`/api/v1/review/patterns/${patternId}`)).json(),
  );
}

async function say(browser: Browser, patternId: string, what: "explain" | "contest", body: object) {
  const response = await browser.post(
    `/api/v1/people/${on.ada.personId}/patterns/${patternId}/${what}`,
    body,
  );
  const answer: unknown = await response.json();
  return { status: response.status, answer };
}

async function looksAt(browser: Browser) {
  const [pattern] = await on.seenBy(browser);
  return pattern?.looks.map(({ what, name }) => [what, name]);
}

describe("who sees what of a pattern", () => {
  test("the list names nobody; opening shows the name, and each look is told to the person", async () => {
    const patternId = await openForBoss();
    await on.bench.dashboard.stores.postgres.db
      .update(people)
      .set({ name: "Bo" })
      .where(eq(people.personId, on.boss.personId));
    const [own, boss] = [await on.bench.signIn(on.ada), await on.bench.signIn(on.boss)];
    expect(await looksAt(own)).toEqual([]);
    const listed = await (await boss.get("/api/v1/review/patterns")).text();
    for (const secret of [on.ada.personId, on.ada.name, on.ada.email]) expect(listed).not.toContain(secret);
    expect(await looksAt(own)).toEqual([["listed", "Bo"]]);
    await on.reviewOf(boss);
    expect(await openPattern(boss, patternId)).toMatchObject({ person_name: "Ada", asks: "decision" });
    await openPattern(boss, patternId);
    expect(await looksAt(own)).toEqual([
      ["listed", "Bo"],
      ["opened", "Bo"],
      ["opened", "Bo"],
    ]);
  });

  test("what the manager sees is what the person is shown of it, and no more than that", async () => {
    const patternId = await openForBoss();
    const [own] = await on.seenBy(await on.bench.signIn(on.ada));
    const {
      person_name: _,
      asks: __,
      ...reviewed
    } = await openPattern(await on.bench.signIn(on.boss), patternId);
    expect(reviewed).toEqual(patternSchema.parse(own));
    expect(Object.keys(reviewed)).not.toContain("cost_floor_usd");
  });

  test("a manager who is not theirs any longer sees nothing from that moment on", async () => {
    const patternId = await openForBoss();
    const boss = await on.bench.signIn(on.boss);
    expect(await on.reviewOf(boss)).toHaveLength(1);
    await on.bench.dashboard.stores.postgres.db
      .update(people)
      .set({ managerId: on.officer.personId })
      .where(eq(people.personId, on.ada.personId));
    expect(await on.reviewOf(boss)).toEqual([]);
    const address = `/api/v1/review/patterns/${patternId}`;
    const decision = { decision: "resolved", text: "We talked." };
    expect([
      (await boss.get(address)).status,
      (await boss.post(`${address}/decision`, decision)).status,
    ]).toEqual([404, 404]);
    expect(await on.ownPatterns()).toMatchObject([{ state: "open" }]);
  });
});

describe("what people can do", () => {
  test("what the person says that it is reaches the manager with its cause, word by word", async () => {
    const patternId = await openForBoss();
    const own = await on.bench.signIn(on.ada);
    const said = { text: "A check of “links”.", cause: "test", workload_class: "evaluation" };
    expect((await say(own, patternId, "explain", said)).status).toBe(201);
    const { statements } = await openPattern(await on.bench.signIn(on.boss), patternId);
    expect(statements).toMatchObject([{ kind: "explanation", ...said }]);
  });

  test("while a contest waits the officer answers, and the manager can't decide; then the clock goes on", async () => {
    const patternId = await openForBoss();
    const own = await on.bench.signIn(on.ada);
    expect((await say(own, patternId, "contest", { text: "It is wrong." })).status).toBe(201);
    const [boss, officer] = [await on.bench.signIn(on.boss), await on.bench.signIn(on.officer)];
    expect(await on.reviewOf(boss)).toMatchObject([{ asks: "nothing" }]);
    expect(await on.reviewOf(officer)).toMatchObject([{ asks: "answer", is_contested: true }]);
    expect(await openPattern(officer, patternId)).toMatchObject({
      person_name: "Ada",
      clock: { until: "lapses", days_left: 20 },
    });
    const address = `/api/v1/review/patterns/${patternId}`;
    const decision = { decision: "resolved", text: "We talked." };
    const early = await boss.post(`${address}/decision`, decision);
    expect([early.status, await early.json()]).toMatchObject([
      409,
      { detail: expect.stringContaining("waits for the privacy officer") },
    ]);
    const answer = { is_upheld: false, text: "The rule holds." };
    expect((await officer.post(`${address}/answer`, answer)).status).toBe(201);
    expect(await on.seenBy(own)).toMatchObject([
      { is_contested: false, can_contest: false, clock: { until: "expires" } },
    ]);
    expect([
      (await officer.get(address)).status,
      (await boss.post(`${address}/decision`, decision)).status,
    ]).toEqual([404, 201]);
    const again = await say(own, patternId, "explain", { text: "One more thing." });
    expect(again).toMatchObject({
      status: 409,
      answer: { detail: "This pattern is closed. There is nothing left to say." },
    });
    expect(await on.reviewOf(boss)).toEqual([]);
  });

  test("each decision ends as what it is called", async () => {
    for (const decision of ["explained", "resolved", "dismissed"] as const) {
      await on.reset();
      const patternId = await openForBoss();
      const boss = await on.bench.signIn(on.boss);
      const address = `/api/v1/review/patterns/${patternId}/decision`;
      const decided = await boss.post(address, { decision, text: "Said." });
      expect([decided.status, await decided.json()]).toMatchObject([201, { state: decision }]);
      expect(await on.seenBy(await on.bench.signIn(on.ada))).toMatchObject([
        {
          state: decision,
          closed_by: "manager",
          clock: null,
          recent: null,
          remedies: [],
          can_contest: false,
        },
      ]);
    }
  });
});

describe("the runs that a pattern names", () => {
  test("are listed for the person alone, with how their starts fall and the times of a schedule for them", async () => {
    const patternId = await on.tell();
    const person_id = on.ada.personId;
    const named = [W1, W2].map((week) => ({ run_id: `run of ${week}`, started_at: `${week}T03:00:00.000Z` }));
    await on.bench.dashboard.stores.clickhouse.insert(
      "runs",
      named.map((run) => buildRun({ ...run, person_id, cost_usd: "40", ended_at: run.started_at })),
    );
    const address = `/api/v1/people/${person_id}/patterns/${patternId}/runs`;
    const answer = await (await (await on.bench.signIn(on.ada)).get(address)).json();
    const { runs, starts } = patternRunsSchema.parse(answer);
    expect(runs.map(({ run_id }) => run_id).toSorted()).toEqual(named.map(({ run_id }) => run_id));
    // Two starts line up by chance.
    expect(starts).toBeNull();
    const others = [await on.bench.signIn(on.boss), await on.bench.signIn(on.officer)];
    const asked = await Promise.all(others.map((browser) => browser.get(address)));
    expect(asked.map(({ status }) => status)).toEqual([404, 404]);
  });
});

// The last: it moves the bench's clock by days.
test("what was told stays as it was, and what counts by now stands beside it", async () => {
  const early = "2026-10-26";
  await on.say({ weeks: [early, W2] });
  await on.keep(TOLD);
  const before = await on.seenBy(await on.bench.signIn(on.ada));
  expect(before).toMatchObject([{ told: { cost_usd: "80.00" }, recent: { cost_usd: "80.00" } }]);
  on.bench.advance(11 * DAY_MS);
  await on.keep("2026-12-01");
  const after = await on.seenBy(await on.bench.signIn(on.ada));
  expect(after).toMatchObject([
    {
      told: { cost_usd: "80.00", from_week: early, last_week: W2 },
      recent: { from_week: W1, weeks_with_it: 1, cost_usd: "40.00" },
      clock: { days_left: 4, ends_on: OPENS },
    },
  ]);
  expect(after[0]?.findings[0]?.weeks.map(({ week }) => week)).toEqual([early, W2]);
});

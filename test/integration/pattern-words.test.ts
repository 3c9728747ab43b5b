// What people's words do to a pattern: an explanation, a schedule, a contest, a decision.

import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { patternLabels, patterns } from "../../schemas/postgres/pattern-tables.ts";
import { classCorrections, schedules } from "../../schemas/postgres/tables.ts";
import { recordRuns, toRunId } from "../builders/pattern-weeks.ts";
import { OPENS, openPatternBench, TOLD, W1, W2, type PatternBench } from "../services/patterns.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let on: PatternBench;
beforeAll(async () => {
  on = await openPatternBench();
});
beforeEach(() => on.reset());
afterAll(() => on.bench.close());

const SCHEDULE = {
  name: "nightly",
  cron: "0 3 * * *",
  timezone: "UTC",
  minutes: 5,
  workloadClass: "batch",
} as const;

describe("what people say", () => {
  const explain = { text: "A nightly check of the search index.", workload_class: "evaluation" };

  test("an explanation that the manager accepts closes it, declares the class, and covers the same from then on", async () => {
    const { clickhouse, postgres } = on.bench.dashboard.stores;
    const patternId = await on.tell();
    await recordRuns(clickhouse, { personId: on.ada.personId, weeks: [W1, W2] }, "none");
    const event_id = "01936a00-0000-7000-8000-0000000000aa";
    const call = { person_id: on.ada.personId, event_id, run_id: toRunId(W2), version: 1 };
    await clickhouse.insert("calls", [
      { ...call, started_at: `${W2}T03:00:00.000Z`, expires_at: "2090-01-01T00:00:00Z" },
    ]);
    await postgres.db.insert(schedules).values({ ...SCHEDULE, personId: on.ada.personId });
    const own = await on.bench.signIn(on.ada);
    const said = await own.post(`/api/v1/people/${on.ada.personId}/patterns/${patternId}/explain`, explain);
    expect(said.status).toBe(201);
    await on.keep(OPENS);
    on.bench.advance(60_000);
    const browser = await on.bench.signIn(on.boss);
    const decided = await browser.post(`/api/v1/review/patterns/${patternId}/decision`, {
      decision: "explained",
      text: "I know of it.",
    });
    expect(decided.status).toBe(201);
    const [pattern] = await on.seenBy(own);
    expect(pattern).toMatchObject({
      state: "explained",
      closed_by: "manager",
      statements: [
        { kind: "explanation", workload_class: "evaluation" },
        { kind: "decision", text: "I know of it." },
      ],
    });
    const { db } = postgres;
    expect(
      await db.select().from(classCorrections).where(eq(classCorrections.personId, on.ada.personId)),
    ).toMatchObject([{ eventId: event_id, workloadClass: "evaluation" }]);
    expect(await db.select().from(schedules).where(eq(schedules.personId, on.ada.personId))).toMatchObject([
      { acceptedBy: on.boss.personId },
    ]);
    expect(JSON.stringify(await db.select().from(patternLabels))).not.toContain(on.ada.personId);
    const later = ["2026-11-30", "2026-12-07", "2026-12-14"];
    await on.say({ weeks: later, version: 2 });
    await on.keep("2026-12-18");
    expect(await on.ownPatterns()).toMatchObject([{ state: "explained" }, { state: "observed" }]);
  });

  test("a contest stops the clock until the on.officer has answered; one that is upheld dismisses it", async () => {
    const patternId = await on.tell();
    const own = await on.bench.signIn(on.ada);
    const contest = () =>
      own.post(`/api/v1/people/${on.ada.personId}/patterns/${patternId}/contest`, { text: "It is wrong." });
    expect([(await contest()).status, (await contest()).status]).toEqual([201, 409]);
    await on.keep(OPENS);
    expect(await on.ownPatterns()).toMatchObject([{ state: "notified" }]);
    const browser = await on.bench.signIn(on.officer);
    expect(await on.reviewOf(browser)).toMatchObject([{ pattern_id: patternId, is_contested: true }]);
    const answer = (is_upheld: boolean) =>
      browser.post(`/api/v1/review/patterns/${patternId}/answer`, { is_upheld, text: "Looked at it." });
    expect((await answer(true)).status).toBe(201);
    expect(await on.ownPatterns()).toMatchObject([{ state: "dismissed", closedBy: "officer" }]);
    expect((await answer(true)).status).toBe(404);
    expect((await on.auditOfAda()).map(([action]) => action)).toEqual([
      "pattern_notified",
      "pattern_contested",
      "pattern_listed",
      "pattern_closed",
      "contest_answered",
    ]);
  });

  test("nobody but the person explains, nobody but the manager decides, nobody but the on.officer answers", async () => {
    const patternId = await on.tell();
    await on.keep(OPENS);
    const peer = await on.bench.addPerson({ role: "owner" });
    const address = `/api/v1/review/patterns/${patternId}`;
    const decision = { decision: "dismissed", text: "no" };
    const answer = { is_upheld: true, text: "no" };
    for (const person of [on.ada, peer, on.officer, on.boss]) {
      const browser = await on.bench.signIn(person);
      const asked = [
        await browser.post(`${address}/answer`, answer),
        ...(person === on.boss
          ? []
          : [await browser.get(address), await browser.post(`${address}/decision`, decision)]),
        ...(person === on.ada
          ? []
          : [
              await browser.post(`/api/v1/people/${person.personId}/patterns/${patternId}/explain`, {
                text: "x",
              }),
            ]),
      ];
      expect(asked.map(({ status }) => status)).toEqual(asked.map(() => 404));
    }
    expect(await on.ownPatterns()).toMatchObject([{ state: "open" }]);
  });

  test("a registered schedule closes what was told, twice in 28 days without an approver", async () => {
    const { clickhouse, postgres } = on.bench.dashboard.stores;
    const weeks = [W1, W2];
    await postgres.db.insert(schedules).values({ ...SCHEDULE, personId: on.ada.personId });
    for (const times of [1, 2]) {
      await on.tell();
      await recordRuns(clickhouse, { personId: on.ada.personId, weeks }, "schedule", times);
      await on.keep(TOLD);
      expect((await on.ownPatterns()).map(({ closedBy }) => closedBy)).toEqual(Array(times).fill("schedule"));
      // As if it had been of other weeks.
      await postgres.db.update(patterns).set({ families: ["echo", "padding"] });
    }
    await on.tell();
    await on.keep(TOLD);
    expect((await on.ownPatterns()).at(-1)).toMatchObject({ state: "notified", scheduledShare: 1 });
  });

  test("what was dismissed goes after its time, and nothing of the same weeks is raised again", async () => {
    const { db } = on.bench.dashboard.stores.postgres;
    const patternId = await on.tell();
    await db
      .update(patterns)
      .set({ state: "dismissed", closedAt: new Date(`${TOLD}T12:00:00Z`), closedBy: "time" })
      .where(eq(patterns.patternId, patternId));
    await on.keep("2026-11-21");
    expect(await on.ownPatterns()).toMatchObject([{ state: "dismissed" }]);
    await on.keep("2026-12-21");
    expect(await on.ownPatterns()).toEqual([]);
  });
});

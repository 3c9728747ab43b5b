// Each step of a pattern tells whom it concerns, in its own transaction; and an erased person was never told anything.

import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { erasePerson } from "../../dashboard/server/people/erase.ts";
import { noticePreferences, notices } from "../../schemas/postgres/notice-tables.ts";
import { patterns } from "../../schemas/postgres/pattern-tables.ts";
import { movePattern } from "../../schemas/postgres/patterns.ts";
import type { Person } from "../services/dashboard.ts";
import { openPatternBench, OPENS, RUNNING_WEEK, type PatternBench } from "../services/patterns.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let at: PatternBench;
beforeAll(async () => {
  at = await openPatternBench();
});
afterAll(() => at.bench.close());
beforeEach(async () => {
  await at.bench.dashboard.stores.postgres.db.delete(notices);
  await at.reset();
});

async function toldTo({ personId }: Person): Promise<string[]> {
  const { db } = at.bench.dashboard.stores.postgres;
  const rows = await db
    .select()
    .from(notices)
    .where(eq(notices.personId, personId))
    .orderBy(notices.createdAt);
  return rows.map(({ kind }) => kind);
}

test("the person hears first, and the manager when it opens, once each", async () => {
  await at.tell();
  expect([await toldTo(at.ada), await toldTo(at.boss)]).toEqual([["pattern_notified"], []]);
  await at.say({ weeks: ["2026-11-16", "2026-11-23"] });
  await at.keep(OPENS);
  await at.keep(OPENS);
  expect(await toldTo(at.ada)).toEqual(["pattern_notified", "pattern_opened"]);
  expect(await toldTo(at.boss)).toEqual(["review_opened"]);
  expect(await toldTo(at.officer)).toEqual([]);
});

test("the officer hears of a contest, and the person of the answer, which says that the pattern is closed", async () => {
  const patternId = await at.tell();
  const adas = await at.bench.signIn(at.ada);
  const path = `/api/v1/people/${at.ada.personId}/patterns/${patternId}/contest`;
  await adas.post(path, { text: "It is not so." });
  expect(await toldTo(at.officer)).toEqual(["contest_waiting"]);
  const officers = await at.bench.signIn(at.officer);
  at.bench.advance(1000);
  const answer = { is_upheld: true, text: "You are right." };
  const response = await officers.post(`/api/v1/review/patterns/${patternId}/answer`, answer);
  expect(response.ok).toBe(true);
  expect(await toldTo(at.ada)).toEqual(["pattern_notified", "contest_answered"]);
});

test("a step that is taken back has told nobody", async () => {
  const patternId = await at.tell();
  const { db } = at.bench.dashboard.stores.postgres;
  const taken = db.transaction(async (transaction) => {
    const [row] = await transaction.select().from(patterns).where(eq(patterns.patternId, patternId));
    const move = { to: "dismissed", closedBy: "time", week: RUNNING_WEEK, actorId: null } as const;
    await movePattern(transaction, row!, { ...move, at: at.bench.dashboard.now() });
    throw new Error("taken back");
  });
  await expect(taken).rejects.toThrow("taken back");
  expect(await toldTo(at.ada)).toEqual(["pattern_notified"]);
});

test("an erasure takes notices and preferences with it", async () => {
  await at.tell();
  const adas = await at.bench.signIn(at.ada);
  const preference = { kind: "pattern_opened", channel: "email", is_on: false };
  await adas.put(`/api/v1/people/${at.ada.personId}/notice-preferences`, preference);
  const { stores, now } = at.bench.dashboard;
  await at.bench.addPerson({ role: "owner" });
  await erasePerson(
    { stores, deadLettersDir: "/nowhere", person: at.ada },
    { reason: undefined, now: now() },
  );
  expect(await toldTo(at.ada)).toEqual([]);
  expect(await stores.postgres.db.select().from(noticePreferences)).toEqual([]);
});

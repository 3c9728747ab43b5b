// Declared classes get from Postgres to ClickHouse: each once, whatever fails in between, and no longer than they hold.

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { createDeclaredClasses } from "../../analytics/declared-classes.ts";
import { addSchedule, endSchedule } from "../../dashboard/server/schedules/schedules.ts";
import { AppError } from "../../schemas/app-error.ts";
import { defineQuery, defineStatement, type ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import { openPostgresLater } from "../../schemas/postgres/open.ts";
import { classCorrections, schedules } from "../../schemas/postgres/tables.ts";
import { openDashboardBench, type DashboardBench, type Person } from "../services/dashboard.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const DAY_MS = 86_400_000;
const NOW = "2026-11-20T12:00:00.000Z";
const NOBODY = "00000000-0000-0000-0000-000000000000";

let bench: DashboardBench;
let person: Person;
/** Of the analytics; it goes its own way, because the engine drops what is past by the machine's clock. */
let nowMs: number;
beforeAll(async () => {
  bench = await openDashboardBench();
});
afterAll(() => bench.close());
beforeEach(async () => {
  const { clickhouse, postgres } = bench.dashboard.stores;
  await postgres.db.delete(schedules);
  await postgres.db.delete(classCorrections);
  const empty = { name: "empty", sql: "TRUNCATE TABLE declared_classes", params: z.object({}) };
  await clickhouse.execute(defineStatement(empty), {});
  person = await bench.addPerson();
  nowMs = Date.parse(NOW);
});

const clock = () => new Date(nowMs);

function declare(more: Partial<Parameters<typeof createDeclaredClasses>[0]> = {}) {
  const { clickhouse: store, postgres } = bench.dashboard.stores;
  const config = { retentionDays: { sketches: 14, events: 20_000, runs: 3, weeks: 180, dismissed: 30 } };
  const log = { error: vi.fn<(fields: object, message: string) => void>() };
  return { ...createDeclaredClasses({ store, postgres, config, clock, log, ...more }), log };
}

const readRows = defineQuery({
  name: "declared classes",
  sql: `SELECT source, person_id, key_id, event_id, from_at, to_at, workload_class
    FROM declared_classes FINAL ORDER BY source, from_at, declaration_id`,
  params: z.object({}),
  row: z.looseObject({ from_at: z.string(), to_at: z.string() }),
});
const rows = () => bench.dashboard.stores.clickhouse.query(readRows, {});
const times = async () => (await rows()).map(({ from_at }) => from_at);

const NIGHTLY = { cron: "0 3 * * *", timezone: "UTC", minutes: 15, name: "nightly", actorId: null };

async function schedule(said: { keyId?: string | null } = {}): Promise<string> {
  const added = { ...NIGHTLY, workloadClass: "scheduled", personId: person.personId, keyId: null } as const;
  const { postgres } = bench.dashboard.stores;
  return (await addSchedule(postgres, { ...added, ...said }, new Date(nowMs))).schedule_id;
}

async function correct(said: Partial<typeof classCorrections.$inferInsert> = {}): Promise<void> {
  const { postgres } = bench.dashboard.stores;
  const run = { runId: "r", eventId: EVENT, eventStartedAt: new Date(nowMs - DAY_MS) };
  const expiresAt = new Date("2090-01-01T00:00:00Z");
  await postgres.db
    .insert(classCorrections)
    .values({ personId: person.personId, workloadClass: "batch", ...run, expiresAt, ...said });
}
const EVENT = randomUUID();

const FIRST_TIMES = [18, 19, 20, 21].map((day) => `2026-11-${day}T03:00:00.000Z`);

test("a schedule's times are written as far back as runs are kept and to the end of tomorrow, once", async () => {
  await schedule();
  const declared = declare();
  expect(await declared.sync()).toBe(1);
  expect(await times()).toEqual(FIRST_TIMES);
  expect((await rows())[0]).toEqual({
    source: "schedule",
    person_id: person.personId,
    key_id: NOBODY,
    event_id: NOBODY,
    from_at: "2026-11-18T03:00:00.000Z",
    to_at: "2026-11-18T03:15:00.000Z",
    workload_class: "scheduled",
  });
  nowMs += DAY_MS / 2 - 1;
  expect(await declared.sync()).toBe(0);
  nowMs += 1;
  expect(await declared.sync()).toBe(1);
  expect(await times()).toEqual([...FIRST_TIMES, "2026-11-22T03:00:00.000Z"]);
});

test("a schedule that ends keeps the times that were, and loses those to come", async () => {
  const scheduleId = await schedule();
  const declared = declare();
  await declared.sync();
  await endSchedule(bench.dashboard.stores.postgres, { scheduleId, actorId: null }, new Date(nowMs));
  expect(await declared.sync()).toBe(1);
  expect(await times()).toEqual(FIRST_TIMES.slice(0, 3));
  nowMs += DAY_MS;
  expect(await declared.sync()).toBe(0);
  expect(await declared.sync({ full: true })).toBe(1);
  expect(await times()).not.toContain("2026-11-21T03:00:00.000Z");
});

test("a corrected class is there until it is withdrawn", async () => {
  await correct();
  const declared = declare();
  expect(await declared.sync()).toBe(1);
  expect(await rows()).toMatchObject([{ source: "run", event_id: EVENT, workload_class: "batch" }]);
  expect(await declared.sync()).toBe(0);
  const { db } = bench.dashboard.stores.postgres;
  await db.update(classCorrections).set({ withdrawnAt: new Date(nowMs), isWritten: false });
  expect(await declared.sync()).toBe(1);
  expect(await rows()).toEqual([]);
});

test("a crash between ClickHouse and Postgres writes the same again", async () => {
  await schedule();
  await correct();
  const { clickhouse } = bench.dashboard.stores;
  const crashing: ClickHouseStore = {
    ...clickhouse,
    async insert(table, given) {
      await clickhouse.insert(table, given);
      throw new AppError("unavailable", "The answer was lost.", { retry: true });
    },
  };
  const crashed = declare({ store: crashing });
  expect([await crashed.sync(), await crashed.sync()]).toEqual([0, 0]);
  expect(crashed.check()).toMatchObject({ state: "impaired" });
  const before = await rows();
  expect(before).toHaveLength(1);
  expect(await declare().sync()).toBe(2);
  expect(await rows()).toEqual([...before, ...(await rows()).slice(1)]);
  expect(await times()).toEqual(["2026-11-19T12:00:00.000Z", ...FIRST_TIMES]);
});

test("several at once share the work and write each declaration once", async () => {
  const counts = Array.from({ length: 6 }, () => correct({ eventId: randomUUID() }));
  await Promise.all([...counts, schedule(), schedule()]);
  const written = await Promise.all([declare().sync(), declare().sync(), declare().sync()]);
  const sum = written.reduce((total, count) => total + count, 0);
  expect(sum).toBe(8);
  expect(await declare().sync()).toBe(0);
  expect(await rows()).toHaveLength(6 + 2 * FIRST_TIMES.length);
});

test("without Postgres nothing fails, it is logged once and told, and made good afterwards", async () => {
  await schedule();
  const away = openPostgresLater({ url: "postgres://nobody@127.0.0.1:1/none" });
  const declared = declare({ postgres: away });
  expect([await declared.sync(), await declared.sync()]).toEqual([0, 0]);
  expect(declared.check()).toMatchObject({
    state: "impaired",
    reason: expect.stringContaining("as of before"),
  });
  expect(declared.log.error).toHaveBeenCalledOnce();
  await away.close();
  const back = declare();
  await back.sync();
  expect(back.check()).toEqual({ state: "ok" });
  expect(await times()).toEqual(FIRST_TIMES);
});

test("a server that does not answer holds no pass up, and is not asked twice at once", async () => {
  await schedule();
  const { clickhouse } = bench.dashboard.stores;
  const answer = Promise.withResolvers<void>();
  const insert = vi.fn<ClickHouseStore["insert"]>(async (table, given) => {
    await answer.promise;
    await clickhouse.insert(table, given);
  });
  const declared = declare({ store: { ...clickhouse, insert }, writeMsMax: 500 });
  // The second one is not even waited for.
  expect([await declared.sync(), await declared.sync()]).toEqual([0, 0]);
  expect(declared.check()).toMatchObject({ state: "impaired" });
  answer.resolve();
  const isWell = async () => {
    await declared.sync();
    expect(declared.check()).toEqual({ state: "ok" });
  };
  await vi.waitFor(isWell, { timeout: 30_000 });
  expect(insert).toHaveBeenCalledOnce();
  expect(await times()).toEqual(FIRST_TIMES);
});

test("a full rebuild writes again what ClickHouse has lost", async () => {
  await schedule();
  await correct();
  const declared = declare();
  await declared.sync();
  const before = await rows();
  const lost = { name: "lose", sql: "TRUNCATE TABLE declared_classes", params: z.object({}) };
  await bench.dashboard.stores.clickhouse.execute(defineStatement(lost), {});
  expect(await declared.sync()).toBe(0);
  expect(await declared.sync({ full: true })).toBe(2);
  expect(await rows()).toEqual(before);
});

test("what is past its retention leaves Postgres", async () => {
  await correct({ expiresAt: new Date(nowMs) });
  const scheduleId = await schedule();
  const { postgres } = bench.dashboard.stores;
  await endSchedule(postgres, { scheduleId, actorId: null }, new Date(nowMs - 3 * DAY_MS));
  const declared = declare();
  await declared.sync();
  expect([await postgres.db.$count(classCorrections), await postgres.db.$count(schedules)]).toEqual([0, 1]);
  nowMs += 1;
  await declared.sync();
  expect(await postgres.db.$count(schedules)).toBe(0);
});

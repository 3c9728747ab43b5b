// An erased person is gone from everywhere and stays gone, whatever comes late and wherever the erasure was cut off.

import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { eraseCommand } from "../../dashboard/commands/erase.ts";
import { erasePerson } from "../../dashboard/server/people/erase.ts";
import { importPeople } from "../../dashboard/server/people/people.ts";
import { importEventsCommand } from "../../ingest/commands/import-events.ts";
import { repriceCommand } from "../../ingest/commands/reprice.ts";
import { PERSON_TABLES, TOMBSTONE_TABLE } from "../../schemas/clickhouse/erasure.ts";
import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import type { Stores } from "../../schemas/command.ts";
import { verifyChain } from "../../schemas/postgres/audit-chain.ts";
import { readPositions, recordPositions } from "../../schemas/postgres/positions.ts";
import { audit, people } from "../../schemas/postgres/tables.ts";
import { ask } from "../services/clickhouse-openers.ts";
import type { Person } from "../services/dashboard.ts";
import { buildCall, openErasureBench, type ErasureBench } from "../services/erasure.ts";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const NONE = Object.fromEntries(PERSON_TABLES.map(({ table }) => [table, 0]));

let erasure: ErasureBench;
let stores: Stores;
let ada: Person;
/** Reports to her. */
let ben: Person;

beforeAll(async () => {
  erasure = await openErasureBench();
  stores = erasure.bench.dashboard.stores;
  await erasure.bench.addPerson({ role: "owner" });
});
afterAll(() => erasure.bench.close());
beforeEach(async () => {
  await erasure.empty();
  ada = await erasure.bench.addPerson();
  ben = await erasure.bench.addPerson({ managerId: ada.personId });
});

const read = (sql: string) => stores.clickhouse.query(ask(sql), {});
const findById = ({ personId }: Person) =>
  stores.postgres.db.select().from(people).where(eq(people.personId, personId));

test("an erased person is nowhere any more, and everybody else is as before", async () => {
  const { db } = stores.postgres;
  await erasure.leaveTraces(ada, ben);
  await db.transaction((transaction) => recordPositions(transaction, new Date()));
  await erasure.bench.signIn(ada);
  const before = await erasure.rowsOf(ben);
  const { exitCode, stdout, stderr } = await erasure.erase(ada, { reason: "asked for it" });
  expect(exitCode).toBe(0);
  const calls = { outcomes: 2, token_events: 2, call_features: 1, calls: 2 };
  const sums = { usage_days: 1, runs: 1, person_weeks: 1, declared_classes: 1 };
  const working = { analysis_windows: 1, analysis_calls: 0, analysis_links: 0 };
  const others = { sessions: 1, login_links: 1, audit_payloads: 2, people: 1, dead_letters: 1 };
  const told = { notices: 1, notice_preferences: 1 };
  const declared = { keys: 1, schedules: 1, class_corrections: 1, person_positions: 1, patterns: 1 };
  expect(JSON.parse(stdout)).toEqual({
    person_id: ada.personId,
    person_email: ada.email,
    dry_run: false,
    rows: expect.objectContaining({ ...calls, ...sums, ...working, ...others, ...declared, ...told }),
    reports_without_manager: [ben.email],
  });
  expect(stderr).toContain(ben.email);

  expect(await erasure.rowsOf(ada)).toEqual(NONE);
  expect(await erasure.rowsOf(ben)).toEqual(before);
  expect(await read("SELECT person_id, session_id FROM outcomes ORDER BY person_id")).toEqual([
    { person_id: ben.personId, session_id: null },
    { person_id: null, session_id: `session of ${ben.personId}` },
  ]);
  expect([await findById(ada), await findById(ben)]).toMatchObject([[], [{ managerId: null }]]);
  expect(await readPositions(db, ben.personId)).toMatchObject([{ managerId: null }]);
  const entries = await db
    .select()
    .from(audit)
    .where(eq(audit.subjectId, ada.personId))
    .orderBy(audit.auditId);
  expect(entries.map(({ payload }) => payload)).toEqual([null, null, null]);
  expect(entries.at(-1)).toMatchObject({ action: "person_erased", reason: "asked for it" });
  expect(await verifyChain(db)).toMatchObject({ isIntact: true });
  expect(erasure.deadLetters()).toEqual([expect.stringContaining(ben.personId)]);
});

test("every table that has a person is one that an erasure goes through", async () => {
  const tables = await read(
    "SELECT DISTINCT table FROM system.columns WHERE database = currentDatabase() AND name = 'person_id'",
  );
  const covered = [TOMBSTONE_TABLE, ...PERSON_TABLES.map(({ table }) => table)];
  expect(tables.map(({ table }) => String(table)).toSorted()).toEqual(covered.toSorted());
  const { rows } = await stores.postgres.pool.query<{ name: string }>(
    `SELECT DISTINCT table_name AS name FROM information_schema.columns
     WHERE table_schema = 'public' AND column_name IN ('person_id', 'subject_id') ORDER BY name`,
  );
  expect(rows.map(({ name }) => name)).toEqual([
    "access_tokens",
    "audit",
    "class_corrections",
    "keys",
    "login_links",
    "notice_preferences",
    "notices",
    "oidc_subjects",
    "outcome_facts",
    "patterns",
    "people",
    "person_positions",
    "schedules",
    "sessions",
  ]);
});

test("a dry run says the same and changes nothing", async () => {
  await erasure.leaveTraces(ada, ben);
  const before = await erasure.rowsOf(ada);
  const dry: unknown = JSON.parse((await erasure.erase(ada, { "dry-run": true })).stdout);
  expect([await erasure.rowsOf(ada), await erasure.isEntombed(ada)]).toEqual([before, false]);
  const done: object = JSON.parse((await erasure.erase(ada)).stdout);
  expect({ ...done, dry_run: true }).toEqual(dry);
});

describe("nothing brings an erased person back", () => {
  test("no redelivery, no import, no repricing, no rebuild; what comes along with it goes in", async () => {
    const records = await erasure.leaveTraces(ada, ben);
    await erasure.erase(ada);
    await erasure.deliver([...records, buildCall(ada), buildCall(ben)]);
    const lines = records.flatMap((item) => (item.record === "event" ? [JSON.stringify(item.event)] : []));
    const { stdout } = await erasure.bench.run(importEventsCommand, {
      positionals: ["-"],
      values: { json: true },
      stdin: lines.join("\n"),
    });
    expect(JSON.parse(stdout)).toMatchObject({ imported: 2, erased: 2 });
    await erasure.bench.run(repriceCommand, { values: { from: "2026-11-01" } });
    await erasure.analyze({ full: true });
    expect(await erasure.rowsOf(ada)).toEqual(NONE);
    expect(await read("SELECT toUInt8(count()) AS calls FROM calls FINAL")).toEqual([{ calls: 3 }]);
  });

  test("a batch that asked before the tombstone and went in after it is swept by the next pass", async () => {
    await erasure.leaveTraces(ada, ben);
    const slow: ClickHouseStore = {
      ...stores.clickhouse,
      async insert(table, rows) {
        await erasure.erase(ada);
        await stores.clickhouse.insert(table, rows);
      },
    };
    await erasure.deliver([buildCall(ada), buildCall(ben)], slow);
    expect(await erasure.rowsOf(ada)).toEqual({ ...NONE, token_events: 1 });
    await erasure.analyze();
    expect(await erasure.rowsOf(ada)).toEqual(NONE);
    expect(await read("SELECT toUInt8(count()) AS calls FROM calls FINAL")).toEqual([{ calls: 3 }]);
  });

  test("a pass that read records before they went and wrote of them afterwards sweeps by itself", async () => {
    await erasure.deliver([buildCall(ada)]);
    const late: ClickHouseStore = {
      ...stores.clickhouse,
      async execute(definition, params) {
        await stores.clickhouse.execute(definition, params);
        if (definition.name !== "analytics: retire calls") return;
        const calls = await read("SELECT * FROM calls");
        await erasure.erase(ada);
        await stores.clickhouse.insert("calls", calls);
      },
    };
    await erasure.analyze({ store: late });
    expect([await erasure.rowsOf(ada), await erasure.isEntombed(ada)]).toEqual([NONE, true]);
  });

  test("who is imported again with the same address is a new person, whose calls count", async () => {
    await erasure.leaveTraces(ada);
    await erasure.erase(ada);
    const line = {
      line: 2,
      email: ada.email,
      name: "Ada",
      team: null,
      managerEmail: null,
      role: "self",
    } as const;
    await importPeople(stores.postgres, [line], erasure.bench.dashboard.now());
    const [again] = await stores.postgres.db.select().from(people).where(eq(people.email, ada.email));
    expect(again?.personId).not.toBe(ada.personId);
    await erasure.deliver([buildCall(again!)]);
    expect(await erasure.rowsOf(again!)).toMatchObject({ token_events: 1 });
  });
});

/** The stores, of which everything that changes them fails from the given step on. */
function failFrom(failingStep: number): { stores: Stores; steps: () => number } {
  let steps = 0;
  const step = async <Result>(change: () => Promise<Result>): Promise<Result> => {
    steps += 1;
    if (steps >= failingStep) throw new Error("cut off");
    return change();
  };
  const { clickhouse, postgres } = stores;
  const db: typeof postgres.db = Object.create(postgres.db);
  db.transaction = (work, config) => step(() => postgres.db.transaction(work, config));
  const failing: ClickHouseStore = {
    ...clickhouse,
    insert: (table, rows) => step(() => clickhouse.insert(table, rows)),
    remove: (definition, params) => step(() => clickhouse.remove(definition, params)),
  };
  return { stores: { clickhouse: failing, postgres: { ...postgres, db } }, steps: () => steps };
}

test("cut off before any of its steps, an erasure has left no row without a tombstone, and goes on when run again", async () => {
  await erasure.leaveTraces(ada, ben);
  const before = await erasure.rowsOf(ada);
  const { deadLettersDir } = erasure;
  const seen: { isEntombed: boolean; isWhole: boolean }[] = [];
  for (let failingStep = 1; (await findById(ada)).length > 0; failingStep++) {
    const cutOff = failFrom(failingStep);
    const request = { reason: undefined, now: erasure.bench.dashboard.now() };
    await Promise.allSettled([erasePerson({ ...cutOff, deadLettersDir, person: ada }, request)]);
    const rows = await erasure.rowsOf(ada);
    const isWhole = Object.keys(before).every((table) => rows[table] === before[table]);
    seen.push({ isEntombed: await erasure.isEntombed(ada), isWhole });
  }
  expect(seen.filter(({ isEntombed, isWhole }) => !isEntombed && !isWhole)).toEqual([]);
  expect(seen.filter(({ isEntombed }) => !isEntombed)).toHaveLength(2);
  expect(seen.length).toBeGreaterThan(PERSON_TABLES.length + 2);
  expect(await erasure.rowsOf(ada)).toEqual(NONE);
  expect(erasure.deadLetters()).toEqual([expect.stringContaining(ben.personId)]);
});

test("a repricing stands through the erasure of somebody else and a redelivery", async () => {
  const before = { cost_usd: "9", price_version: "old" };
  const delivered = [buildCall(ada, before), buildCall(ben, before)];
  await erasure.deliver(delivered);
  await erasure.bench.run(repriceCommand, { values: { from: "2026-11-01" } });
  await erasure.erase(ada);
  await erasure.deliver(delivered);
  expect(await read("SELECT person_id, cost_usd FROM token_events FINAL")).toEqual([
    { person_id: ben.personId, cost_usd: "1.25" },
  ]);
});

test("the only owner is not erased and loses nothing, also when two owners go at once", async () => {
  const { db } = stores.postgres;
  await db.update(people).set({ role: "self" });
  for (const { personId } of [ada, ben])
    await db.update(people).set({ role: "owner" }).where(eq(people.personId, personId));
  await erasure.deliver([buildCall(ada), buildCall(ben)]);
  const results = await Promise.allSettled([erasure.erase(ada), erasure.erase(ben)]);
  expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  const last = results[0]?.status === "rejected" ? ada : ben;
  await expect(erasure.erase(last)).rejects.toMatchObject({ code: "conflict" });
  expect([await erasure.rowsOf(last), await erasure.isEntombed(last)]).toEqual([
    { ...NONE, token_events: 1 },
    false,
  ]);
});

test("called wrongly it says how, and of somebody unknown that there is nobody", async () => {
  expect(await erasure.bench.run(eraseCommand, {})).toMatchObject({ exitCode: 2, stdout: "" });
  expect(await erasure.erase(ada, { reason: "x".repeat(501) })).toMatchObject({ exitCode: 2 });
  const unknown = { ...ada, email: "nobody@example.com" };
  await expect(erasure.erase(unknown)).rejects.toMatchObject({ code: "not_found" });
});

// The audit's chain: whatever was done to it afterwards is found.

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { appendAudit, type AuditEntry } from "../../schemas/postgres/audit.ts";
import { verifyChain } from "../../schemas/postgres/audit-chain.ts";
import { audit } from "../../schemas/postgres/tables.ts";
import { openDashboardBench, type DashboardBench } from "../services/dashboard.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let bench: DashboardBench;
beforeAll(async () => {
  bench = await openDashboardBench();
});
afterAll(() => bench.close());

const ENTRIES = 5;

/** A chain of five entries; the rules that keep it from being changed are off, as for somebody who owns the database. */
beforeEach(async () => {
  await change("ALTER TABLE audit DISABLE TRIGGER USER");
  await change("DELETE FROM audit");
  for (let count = 0; count < ENTRIES; count++) await append({ payload: { z: String(count), a: null } });
});

function change(statement: string) {
  return bench.dashboard.stores.postgres.pool.query(statement);
}

async function append(said: Partial<AuditEntry> = {}): Promise<void> {
  const entry = {
    action: "key_created",
    actorId: null,
    subjectId: randomUUID(),
    reason: "why",
    ...said,
  } as const;
  const { db } = bench.dashboard.stores.postgres;
  await db.transaction((transaction) => appendAudit(transaction, bench.dashboard.now(), entry));
}

function verify() {
  return verifyChain(bench.dashboard.stores.postgres.db);
}

/** The id of the entry at a place, from 0. */
async function idAt(place: number): Promise<number> {
  const rows = await bench.dashboard.stores.postgres.db.select().from(audit).orderBy(audit.auditId);
  return rows[place]!.auditId;
}

test("a chain that nobody touched is intact, and so is an empty one", async () => {
  expect(await verify()).toMatchObject({ isIntact: true, entries: ENTRIES });
  await change("DELETE FROM audit");
  expect(await verify()).toEqual({ isIntact: true, entries: 0, head: "0".repeat(64) });
});

test.each(["actor_id", "subject_id"])("a changed %s is found at its entry", async (column) => {
  const id = await idAt(2);
  await change(`UPDATE audit SET ${column} = '${randomUUID()}' WHERE audit_id = ${id}`);
  expect(await verify()).toEqual({ isIntact: false, entries: 2, brokenAtId: id });
});

test.each([
  "action = 'key_revoked'",
  "reason = 'because'",
  "at = at + interval '1 millisecond'",
  "payload = '{}'",
  "hash = repeat('f', 64)",
])("a changed entry, %s, is found", async (assignment) => {
  const id = await idAt(2);
  await change(`UPDATE audit SET ${assignment} WHERE audit_id = ${id}`);
  expect(await verify()).toEqual({ isIntact: false, entries: 2, brokenAtId: id });
});

test("an entry that was taken out is found at the next one", async () => {
  const next = await idAt(3);
  await change(`DELETE FROM audit WHERE audit_id = ${await idAt(2)}`);
  expect(await verify()).toEqual({ isIntact: false, entries: 2, brokenAtId: next });
});

test("a payload that was erased leaves the chain intact", async () => {
  await change(`UPDATE audit SET payload = NULL WHERE audit_id = ${await idAt(2)}`);
  expect(await verify()).toMatchObject({ isIntact: true, entries: ENTRIES });
});

test("entries that many append at once stand in one chain", async () => {
  await Promise.all(Array.from({ length: 20 }, () => append()));
  expect(await verify()).toMatchObject({ isIntact: true, entries: ENTRIES + 20 });
});

test("an entry is not there when what it tells of was rolled back, and the chain goes on", async () => {
  const { db } = bench.dashboard.stores.postgres;
  const failed = db.transaction(async (transaction) => {
    await appendAudit(transaction, bench.dashboard.now(), {
      action: "key_created",
      actorId: null,
      subjectId: null,
    });
    throw new Error("the rest failed");
  });
  await expect(failed).rejects.toThrow("the rest failed");
  await append();
  expect(await verify()).toMatchObject({ isIntact: true, entries: ENTRIES + 1 });
});

test.each([2, ENTRIES])("a chain is checked to its end by pages of %i entries", async (pageRows) => {
  const { db } = bench.dashboard.stores.postgres;
  expect(await verifyChain(db, { pageRows })).toMatchObject({ isIntact: true, entries: ENTRIES });
  const id = await idAt(ENTRIES - 1);
  await change(`UPDATE audit SET reason = 'because' WHERE audit_id = ${id}`);
  expect(await verifyChain(db, { pageRows })).toMatchObject({ isIntact: false, brokenAtId: id });
});

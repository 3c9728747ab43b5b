// The identity snapshot, from a change in Postgres to what a gateway knows: nothing is missed, nothing is read in vain, and a
// gateway goes on without Postgres for as long as it may.

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createKey } from "../../dashboard/server/keys/keys.ts";
import {
  RENEW_AGE_MS,
  SNAPSHOT_LOCK,
  startIdentityPolling,
  startIdentitySnapshot,
  writeIdentitySnapshot,
  type SnapshotTarget,
} from "../../dashboard/server/people/identity-snapshot.ts";
import { openSnapshot, type SnapshotReader } from "../../ingest/gateway/identity/snapshot.ts";
import { hashAssayKey } from "../../schemas/assay-key.ts";
import { replaceFile } from "../../schemas/data-directory.ts";
import {
  hashAddress,
  readSnapshotManifest,
  readSnapshotRows,
  replaceSnapshotManifest,
  SNAPSHOT_FILE,
} from "../../schemas/identity-snapshot.ts";
import { migratePostgres } from "../../schemas/postgres/migrate.ts";
import { openPostgres, type PostgresStore } from "../../schemas/postgres/open.ts";
import { actAs } from "../../schemas/postgres/scope.ts";
import { people, teams } from "../../schemas/postgres/tables.ts";
import { startTestPostgres, type TestPostgres } from "../services/postgres.ts";

const DAY_MS = 24 * 3_600_000;
/** A loaded machine may take its time; nothing waits that long where all is well. */
const PATIENTLY = { timeout: 30_000 };
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
/** How often is looked, in tests of what is looked at. */
const AT_ONCE = { checkIntervalMs: 5 };
const START = Date.parse("2026-11-20T12:00:00.000Z");

let server: TestPostgres;
let postgres: PostgresStore;
let personId: string;
beforeAll(async () => {
  server = await startTestPostgres();
  postgres = await openPostgres({ url: server.url });
  await migratePostgres(postgres);
  const [person] = await postgres.db.insert(people).values({ email: "ada", name: "Ada" }).returning();
  personId = person!.personId;
});
afterAll(async () => {
  await postgres.close();
  await server.stop();
});

let dataDir: string;
let nowMs: number;
let logged: string[];
const now = () => new Date(nowMs);
const log = pino({}, { write: (line) => void logged.push(JSON.parse(line).msg) });
const open: { stop(): Promise<void> }[] = [];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "assay-identity-"));
  nowMs = START;
  logged = [];
});
afterEach(async () => {
  for (const part of open.splice(0)) await part.stop();
  rmSync(dataDir, { recursive: true });
});

function target(): SnapshotTarget {
  return { postgres, dataDir, now };
}

/** A gateway's view of the snapshot. */
function openReader(): SnapshotReader {
  const file = join(dataDir, SNAPSHOT_FILE);
  const reader = openSnapshot(log, { file, ageMsMax: DAY_MS, now: () => nowMs, pollIntervalMs: 5 });
  open.push({ stop: () => Promise.resolve(reader.close()) });
  return reader;
}

/** A new key of Ada's: its id, and the hash of its secret. */
async function issue(
  store: Parameters<typeof createKey>[0] = postgres,
): Promise<{ id: string; hash: string }> {
  const key = { kind: "person", name: "k", workloadClass: "ci", expiresAt: null, actorId: personId } as const;
  const { key: created, secret } = await createKey(store, { ...key, personId }, now());
  return { id: created.key_id, hash: hashAssayKey(secret) };
}

function revoke(id: string) {
  return postgres.pool.query("UPDATE keys SET revoked_at = now() WHERE key_id = $1", [id]);
}

function manifest() {
  const read = readSnapshotManifest(dataDir);
  if (!read) throw new Error("There is no snapshot.");
  return read;
}

test("a key reaches gateways with all that they know of it, and so does its end", async () => {
  const { id, hash } = await issue();
  open.push(await startIdentitySnapshot({ ...target(), log, ...AT_ONCE }));
  const reader = openReader();
  expect(reader.findKey(hash)).toEqual({
    secret_sha256: hash,
    key_id: id,
    kind: "person",
    person_id: personId,
    team_id: null,
    workload_class: "ci",
    expires_at: null,
    revoked_at: null,
  });
  await revoke(id);
  await expect.poll(() => reader.findKey(hash)?.revoked_at, PATIENTLY).toEqual(expect.any(String));
});

test("somebody reaches gateways by the hash of their address, and so do their team and their end", async () => {
  open.push(await startIdentitySnapshot({ ...target(), log, ...AT_ONCE }));
  const reader = openReader();
  const email = "grace@example.com";
  const find = () => reader.findPerson(hashAddress(email));
  expect(find()).toBeUndefined();
  const [team] = await postgres.db.insert(teams).values({ name: "Compilers" }).returning();
  const [person] = await postgres.db.insert(people).values({ email, name: "Grace" }).returning();
  await expect.poll(() => find()?.team_id, PATIENTLY).toBeNull();
  await postgres.db.update(people).set({ teamId: team!.teamId }).where(eq(people.email, email));
  const known = { person_id: person!.personId, team_id: team!.teamId };
  await expect.poll(find, PATIENTLY).toMatchObject(known);
  expect(readFileSync(join(dataDir, manifest().people_file), "utf8")).not.toContain("grace");
  await postgres.db.delete(people).where(eq(people.email, email));
  await expect.poll(find, PATIENTLY).toBeUndefined();
});

const CHANGES: Readonly<Record<string, () => Promise<unknown>>> = {
  "a person makes a key on the page": () => issue(actAs(postgres, personId)),
  "a key is revoked": async () => revoke((await issue()).id),
  "a key is deleted": () => postgres.pool.query("DELETE FROM keys WHERE name = 'old'"),
  "somebody comes": () =>
    postgres.pool.query("INSERT INTO people (email, name) VALUES (gen_random_uuid(), 'New')"),
  "somebody has another address": () =>
    postgres.pool.query("UPDATE people SET email = 'ada' WHERE email = 'ada'"),
  "somebody goes": () => postgres.pool.query("DELETE FROM people WHERE name = 'New'"),
  "somebody changes teams": () =>
    postgres.pool.query(`WITH team AS (INSERT INTO teams (name) VALUES (gen_random_uuid()) RETURNING team_id)
      UPDATE people SET team_id = team.team_id FROM team`),
};
test.each(Object.entries(CHANGES))("when %s, everything is read again", async (_change, change) => {
  await writeIdentitySnapshot(target());
  const before = manifest().keys_file;
  await change();
  await writeIdentitySnapshot(target());
  expect(manifest().keys_file).not.toBe(before);
});

test("when nothing has changed that gateways know, no key is read, and the age is renewed all the same", async () => {
  await writeIdentitySnapshot(target());
  const before = manifest();
  await postgres.pool.query("UPDATE people SET name = 'Ada L.', role = 'manager'");
  open.push(await startIdentitySnapshot({ ...target(), log, ...AT_ONCE }));
  nowMs += RENEW_AGE_MS;
  await expect.poll(() => manifest().read_at, PATIENTLY).toBe(now().toISOString());
  expect(manifest()).toEqual({ ...before, read_at: now().toISOString() });
});

test("more keys than a page are all there, each found by its secret", async () => {
  // One of them has a time that takes more digits than the snapshot has room for.
  await postgres.pool.query(`INSERT INTO keys (kind, name, secret_sha256, hint, expires_at)
    SELECT 'service', 'many', encode(sha256(n::text::bytea), 'hex'), '', CASE n WHEN 1 THEN timestamptz '20000-01-01' END
    FROM generate_series(1, 10001) AS n`);
  await writeIdentitySnapshot(target());
  const { keys } = readSnapshotRows(dataDir, manifest());
  const { rows } = await postgres.pool.query("SELECT secret_sha256, key_id FROM keys");
  expect(keys.size).toBe(rows.length);
  for (const { secret_sha256, key_id } of rows) expect(keys.find(secret_sha256)?.key_id).toBe(key_id);
  for (const unknown of ["0".repeat(64), "f".repeat(64), hashAssayKey("unknown"), ""])
    expect(keys.find(unknown)).toBeUndefined();
  await postgres.pool.query("DELETE FROM keys WHERE name = 'many'");
});

test("the snapshot is for its owner's eyes, and of old files only the last ones stay", async () => {
  for (let written = 0; written < 4; written++) {
    await issue();
    await writeIdentitySnapshot(target());
  }
  const files = readdirSync(dataDir);
  expect(files).toHaveLength(5);
  for (const file of files) expect(statSync(join(dataDir, file)).mode & 0o777).toBe(0o600);
});

test("while another writer is at the snapshot, one waits, and then reads what has changed meanwhile", async () => {
  const { id, hash } = await issue();
  const other = await postgres.pool.connect();
  await other.query("BEGIN");
  await other.query("SELECT pg_advisory_xact_lock($1, hashtext($2))", [
    SNAPSHOT_LOCK,
    `${hostname()}:${dataDir}`,
  ]);
  const writing = writeIdentitySnapshot(target());
  await expect.poll(async () => (await other.query(WAITING)).rows, PATIENTLY).toEqual([{ waiting: "1" }]);
  await other.query("UPDATE keys SET revoked_at = now() WHERE key_id = $1", [id]);
  await other.query("COMMIT");
  other.release();
  await writing;
  expect(readSnapshotRows(dataDir, manifest()).keys.find(hash)?.revoked_at).not.toBeNull();
});

const WAITING = "SELECT count(*) AS waiting FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";

test("a snapshot that was removed, damaged or made by another version is written anew", async () => {
  await writeIdentitySnapshot(target());
  for (const spoil of [
    () => rmSync(join(dataDir, manifest().keys_file)),
    () => rmSync(join(dataDir, manifest().people_file)),
    // As the version before wrote it.
    () => writeFileSync(join(dataDir, SNAPSHOT_FILE), JSON.stringify({ ...manifest(), version: 2 })),
    () => rmSync(join(dataDir, SNAPSHOT_FILE)),
  ]) {
    spoil();
    await writeIdentitySnapshot(target());
    expect(readSnapshotRows(dataDir, manifest()).keys.size).toBe(manifest().keys);
  }
});

test("a gateway that finds another version's snapshot knows nobody, until there is one of its own", async () => {
  const { hash: own } = await issue();
  await writeIdentitySnapshot(target());
  const { people_file: _file, people: _people, ...before } = manifest();
  writeFileSync(join(dataDir, SNAPSHOT_FILE), JSON.stringify({ ...before, version: 2 }));
  const reader = openReader();
  expect([reader.isCurrent(), reader.findKey(own)]).toEqual([false, undefined]);
  await writeIdentitySnapshot(target());
  await expect
    .poll(() => [reader.isCurrent(), reader.findKey(own)?.person_id], PATIENTLY)
    .toEqual([true, personId]);
});

test("a gateway that can't read the snapshot goes on with the one before, and says so once", async () => {
  const { hash } = await issue();
  await writeIdentitySnapshot(target());
  const reader = openReader();
  replaceSnapshotManifest(dataDir, { ...manifest(), keys_file: "identity-keys-0.txt" });
  await expect.poll(() => logged, PATIENTLY).toHaveLength(1);
  // At once, as manifests are always written: else the gateway might read a third one, which is empty.
  replaceFile(join(dataDir, SNAPSHOT_FILE), '{"version":3,');
  await expect.poll(() => logged, PATIENTLY).toHaveLength(2);
  expect(reader.findKey(hash)?.person_id).toBe(personId);
  const { hash: newest } = await issue();
  await writeIdentitySnapshot(target());
  await expect.poll(() => reader.findKey(newest)?.person_id, PATIENTLY).toBe(personId);
});

test("a gateway without Postgres honours keys for a day and no longer, and again when Postgres is back", async ({
  skip,
}) => {
  const { outage } = server;
  skip(!outage, "the server of DATABASE_URL is not ours to stop");
  if (!outage) return;
  const { id, hash } = await issue();
  await writeIdentitySnapshot(target());
  await outage.begin();

  open.push(await startIdentityPolling({ databaseUrl: server.url, dataDir, now, log, ...AT_ONCE }));
  const reader = openReader();
  expect([reader.isCurrent(), reader.findKey(hash)?.key_id]).toEqual([true, id]);
  const before = readFileSync(join(dataDir, SNAPSHOT_FILE), "utf8");
  nowMs += DAY_MS;
  expect(reader.isCurrent()).toBe(true);
  nowMs += 1;
  expect(reader.isCurrent()).toBe(false);
  expect(readFileSync(join(dataDir, SNAPSHOT_FILE), "utf8")).toBe(before);
  expect(logged).not.toEqual([]);

  await outage.end();
  await expect.poll(() => reader.isCurrent(), PATIENTLY).toBe(true);
  await revoke(id);
  await expect.poll(() => reader.findKey(hash)?.revoked_at, PATIENTLY).toEqual(expect.any(String));
});

test("a server that refuses us is told at the start, because waiting would not help", async () => {
  const mistaken = new URL(server.url);
  mistaken.password = "mistaken";
  const polling = startIdentityPolling({ databaseUrl: mistaken.href, dataDir, now, log });
  await expect(polling).rejects.toMatchObject({ code: "bad_configuration" });
});

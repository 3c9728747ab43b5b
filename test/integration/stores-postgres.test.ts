// What the rest of the code relies on in Postgres: the embedded one, or the one that DATABASE_URL names.

import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { migratePostgres } from "../../schemas/postgres/migrate.ts";
import { openPostgres, type PostgresStore } from "../../schemas/postgres/open.ts";
import { audit, keys, people } from "../../schemas/postgres/tables.ts";
import { startTestPostgres, type TestPostgres } from "../services/postgres.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const MIGRATIONS = join(import.meta.dirname, "../../schemas/postgres/migrations");
const NAMES: string[] = JSON.parse(readFileSync(join(MIGRATIONS, "meta/_journal.json"), "utf8")).entries.map(
  ({ tag }: { tag: string }) => tag,
);
const FIRST = `${NAMES[0]}.sql`;
/** SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const UNIQUE_VIOLATION = "23505";
const CHECK_VIOLATION = "23514";
const INSUFFICIENT_PRIVILEGE = "42501";

let server: TestPostgres;
let store: PostgresStore;
beforeAll(async () => {
  server = await startTestPostgres();
  store = await openPostgres({ url: server.url });
});
afterAll(async () => {
  await store.close();
  await server.stop();
});

/** The code of a refusal; drizzle wraps the server's own error. */
async function refusal(statement: PromiseLike<unknown>): Promise<unknown> {
  try {
    await statement;
    return "accepted";
  } catch (error) {
    const own = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return own instanceof Error && "code" in own ? own.code : own;
  }
}

/** Migrates with a copy of the folder that the test has changed. */
async function migrateChanged(change: (folder: string) => void): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "assay-test-migrations-"));
  try {
    cpSync(MIGRATIONS, folder, { recursive: true });
    change(folder);
    return await migratePostgres(store, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("migrations", () => {
  test("by two processes at once run once, and a second time change nothing", async () => {
    const other = await openPostgres({ url: server.url });
    const applied = await Promise.all([migratePostgres(store), migratePostgres(other)]);
    await other.close();
    expect(applied.toSorted((a, b) => a.length - b.length)).toEqual([[], NAMES]);
    expect(await migratePostgres(store)).toEqual([]);
  });

  const refused: Readonly<Record<string, (folder: string) => void>> = {
    "a migration that was applied and edited": (folder) => appendFileSync(join(folder, FIRST), "\nSELECT 1;"),
    "one that was applied and has another name now": (folder) =>
      renameSync(join(folder, FIRST), join(folder, "0000_other.sql")),
    "a missing file": (folder) => rmSync(join(folder, `${NAMES.at(-1)}.sql`)),
    "a file that the journal does not know": (folder) =>
      writeFileSync(join(folder, "0099_far.sql"), "SELECT 1;"),
    "a database that a newer version has migrated": (folder) => {
      const journal = join(folder, "meta/_journal.json");
      const { entries, ...rest } = JSON.parse(readFileSync(journal, "utf8"));
      writeFileSync(journal, JSON.stringify({ ...rest, entries: entries.slice(0, -1) }));
      rmSync(join(folder, `${NAMES.at(-1)}.sql`));
    },
  };
  test.each(Object.entries(refused))("%s is refused", async (_fault, change) => {
    await expect(migrateChanged(change)).rejects.toMatchObject({ code: "migration_edited" });
  });
});

describe("people and keys", () => {
  const ada = { email: "ada@example.com", name: "Ada" };

  test("an address belongs to one person, however it is typed", async () => {
    await store.db.insert(people).values(ada);
    expect(await refusal(store.db.insert(people).values(ada))).toBe(UNIQUE_VIOLATION);
    expect(await refusal(store.db.insert(people).values({ ...ada, email: "Ada@example.com" }))).toBe(
      CHECK_VIOLATION,
    );
  });

  test("nobody is their own manager", async () => {
    const [person] = await store.db.select().from(people);
    const change = store.db.update(people).set({ managerId: person?.personId });
    expect(await refusal(change)).toBe(CHECK_VIOLATION);
  });

  test("a person's key has a person, and a service's has none", async () => {
    const [person] = await store.db.select().from(people);
    const key = { name: "laptop", hint: "assay_Ab3d", secretSha256: "0".repeat(64) };
    const personId = person?.personId;
    expect(await refusal(store.db.insert(keys).values({ ...key, kind: "person" }))).toBe(CHECK_VIOLATION);
    expect(await refusal(store.db.insert(keys).values({ ...key, kind: "service", personId }))).toBe(
      CHECK_VIOLATION,
    );
    expect(await refusal(store.db.insert(keys).values({ ...key, kind: "person", personId }))).toBe(
      "accepted",
    );
  });

  test("a transaction that fails leaves nothing", async () => {
    const failing = store.db.transaction(async (transaction) => {
      await transaction.insert(people).values({ email: "bob@example.com", name: "Bob" });
      throw new RangeError("planned");
    });
    await expect(failing).rejects.toBeInstanceOf(RangeError);
    expect(await store.db.select().from(people).where(eq(people.email, "bob@example.com"))).toEqual([]);
  });
});

describe("the audit", () => {
  const at = new Date("2026-11-20T09:30:00.123Z");
  const entry = {
    at,
    action: "key_created",
    payloadSha256: "p",
    previousHash: "0",
    hash: "1",
    payload: { key: "laptop" },
  };

  test("keeps what was written: no row can be changed, taken out, or the table emptied", async () => {
    await store.db.insert(audit).values(entry);
    const before = await store.db.select().from(audit);
    expect(before).toMatchObject([entry]);
    for (const change of [
      "UPDATE audit SET action = 'nothing'",
      "UPDATE audit SET at = now(), payload = NULL",
      `UPDATE audit SET payload = '{"key": "other"}'`,
      "DELETE FROM audit",
      "TRUNCATE audit",
      "TRUNCATE audit CASCADE",
    ])
      expect([change, await refusal(store.pool.query(change))]).toEqual([change, INSUFFICIENT_PRIVILEGE]);
    expect(await store.db.select().from(audit)).toEqual(before);
  });

  test("lets a payload be taken out, and nothing else with it", async () => {
    await store.db.update(audit).set({ payload: null });
    expect(await store.db.select().from(audit)).toMatchObject([{ ...entry, payload: null }]);
  });
});

describe("the pool", () => {
  test("has a limit for every wait", async () => {
    const { rows } = await store.pool.query(`SELECT current_setting('statement_timeout') AS statement,
      current_setting('lock_timeout') AS lock, current_setting('idle_in_transaction_session_timeout') AS idle`);
    expect(rows).toEqual([{ statement: "30s", lock: "10s", idle: "1min" }]);
  });

  test("gives 64-bit integers and decimals as text, without losing a digit", async () => {
    const { rows } = await store.pool.query(
      "SELECT 9007199254740993::bigint AS n, 0.000000000001::numeric AS usd",
    );
    expect(rows).toEqual([{ n: "9007199254740993", usd: "0.000000000001" }]);
  });

  test("survives that the server ends its unused connections", async () => {
    await store.pool.query("SELECT 1");
    const other = await openPostgres({ url: server.url });
    await other.pool.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    await other.close();
    await expect.poll(() => store.pool.idleCount, { timeout: 30_000 }).toBe(0);
    expect((await store.pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
  });

  test("a server that can't be reached, and one that refuses the password, are told apart; no message has the password", async () => {
    const mistaken = new URL(server.url);
    mistaken.password = "mistaken";
    const away = new URL(server.url);
    away.port = "1";
    const refused = openPostgres({ url: mistaken.href });
    await expect(refused).rejects.toMatchObject({ code: "bad_configuration", retry: false });
    await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining("mistaken") });
    await expect(openPostgres({ url: away.href })).rejects.toMatchObject({
      code: "unavailable",
      retry: true,
    });
  });
});

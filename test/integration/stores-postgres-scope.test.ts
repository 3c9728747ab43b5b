// Row-level security: whoever forgets a condition in a statement still sees and changes nothing of anybody else.
//
// On the embedded server, because it lets us in as the product's own role. Many a test server's role is a superuser, which no
// policy binds.

import { mkdtempSync, rmSync } from "node:fs";
import { createServer, connect as connectTo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getTableName, is, sql } from "drizzle-orm";
import { PgTable } from "drizzle-orm/pg-core";
import { Client, DatabaseError } from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "../../schemas/postgres/embedded.ts";
import { migratePostgres } from "../../schemas/postgres/migrate.ts";
import { openPostgres, type PostgresStore } from "../../schemas/postgres/open.ts";
import { readRoleFacts } from "../../schemas/postgres/role.ts";
import { actAs, actAsSystem } from "../../schemas/postgres/scope.ts";
import * as accessTables from "../../schemas/postgres/access-tables.ts";
import * as noticeTables from "../../schemas/postgres/notice-tables.ts";
import * as outcomeTables from "../../schemas/postgres/outcome-tables.ts";
import * as patternTables from "../../schemas/postgres/pattern-tables.ts";
import * as releaseTables from "../../schemas/postgres/release-tables.ts";
import * as settingTables from "../../schemas/postgres/setting-tables.ts";
import * as tables from "../../schemas/postgres/tables.ts";
import { ADA, ATTEMPTS, BEN, BENS, fillTables } from "../builders/scoped-rows.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const TABLES = [
  tables,
  accessTables,
  noticeTables,
  outcomeTables,
  patternTables,
  releaseTables,
  settingTables,
]
  .flatMap((module) => Object.values(module))
  .flatMap((table) => (is(table, PgTable) ? getTableName(table) : []));
const INSUFFICIENT_PRIVILEGE = "42501";
let dataDir: string;
let server: EmbeddedPostgres;
/** Of one connection, so that whatever one transaction leaves behind on it meets the next. */
let store: PostgresStore;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "assay-test-scope-"));
  server = await startEmbeddedPostgres({ dataDir, log: pino({ level: "silent" }), fsync: false });
  store = await openPostgres({ url: server.url, connectionsMax: 1 });
  await migratePostgres(store);
  await fillTables(store);
});
afterAll(async () => {
  await store.close();
  await server.stop();
  rmSync(dataDir, { recursive: true });
});
type Query = (statement: string) => Promise<{ rows: unknown[] }>;

/** Everything of a table that a statement gives back, as text. A refusal gives back nothing. */
async function tryOut(query: Query, statement: string): Promise<string> {
  try {
    return JSON.stringify((await query(statement)).rows);
  } catch (error) {
    const own = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    if (own instanceof DatabaseError && own.code === INSUFFICIENT_PRIVILEGE) return "refused";
    throw error;
  }
}

const asSystem: Query = (statement) => store.pool.query(statement);
const asAda: Query = (statement) =>
  actAs(store, ADA).db.transaction((transaction) => transaction.execute(sql.raw(statement)));

/** A connection that says nothing of itself. */
async function asNobody(statement: string): Promise<{ rows: unknown[] }> {
  const client = new Client({ connectionString: server.url });
  await client.connect();
  try {
    return await client.query(statement);
  } finally {
    await client.end();
  }
}

async function bensRows(): Promise<string[]> {
  const rows = await Promise.all(
    TABLES.map(async (table) => (await asSystem(`SELECT * FROM ${table}`)).rows),
  );
  return rows.flat().flatMap((row) => (BENS.test(JSON.stringify(row)) ? JSON.stringify(row) : []));
}

/** Tables of the database that the policies do not hold, for everybody or for their owner. */
async function unboundTables(): Promise<unknown[]> {
  const { rows } = await asSystem(`SELECT relname AS name FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
    AND NOT (relrowsecurity AND relforcerowsecurity AND EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid))`);
  return rows;
}

test("every table says whose its rows are, and says it also to its owner", async () => {
  expect(await unboundTables()).toEqual([]);
  expect(Object.keys(ATTEMPTS).toSorted()).toEqual(TABLES.toSorted());
  await store.pool.query("CREATE TABLE forgotten (person_id uuid)");
  expect(await unboundTables()).toEqual([{ name: "forgotten" }]);
  await store.pool.query("DROP TABLE forgotten");
});

test("the product's role is one that policies bind", async () => {
  expect(await readRoleFacts(store)).toEqual({ role: "assay", isSuperuser: false, bypassesRls: false });
});

describe.each(TABLES)("%s", (table) => {
  const { set, row } = ATTEMPTS[table] ?? { set: "", row: "" };

  test("shows and gives nothing to a connection that has not said as whom it acts", async () => {
    const before = await bensRows();
    expect((await asNobody(`SELECT * FROM ${table}`)).rows).toEqual([]);
    for (const statement of [`UPDATE ${table} SET ${set} RETURNING *`, `DELETE FROM ${table} RETURNING *`])
      // A change of keys can't be marked, and so is an error even where it concerns no row.
      expect(await tryOut(asNobody, statement).catch(() => "[]")).toBe("[]");
    expect(await tryOut(asNobody, `INSERT INTO ${table} ${row}`)).toBe("refused");
    expect(await bensRows()).toEqual(before);
  });

  test("shows and gives a person nothing of anybody else", async () => {
    const before = await bensRows();
    for (const statement of [
      `SELECT * FROM ${table}`,
      `SELECT * FROM ${table} FOR UPDATE`,
      `UPDATE ${table} SET ${set} RETURNING *`,
      `DELETE FROM ${table} RETURNING *`,
    ])
      expect(await tryOut(asAda, statement)).not.toMatch(BENS);
    expect(await tryOut(asAda, `INSERT INTO ${table} ${row}`)).toBe("refused");
    expect(await bensRows()).toEqual(before);
  });
});

const OF_ALL = ["identity_version", "organisation_targets", "policies"];
const OF_PEOPLE = TABLES.filter((table) => !OF_ALL.includes(table));
test.each(OF_PEOPLE)(
  "%s is all there for the product, so the tries above would have found something",
  async (table) => {
    expect(await tryOut(asSystem, `SELECT * FROM ${table}`)).toMatch(BENS);
    const changed = await asSystem(`BEGIN; UPDATE ${table} SET ${ATTEMPTS[table]?.set}; ROLLBACK`);
    expect(changed).toMatchObject([{}, { rowCount: 2 }, {}]);
  },
);

test("a person sees what is theirs, and can't hand it to somebody else", async () => {
  for (const table of ["people", "keys", "audit"])
    expect(await tryOut(asAda, `SELECT * FROM ${table}`)).toMatch(/of ada/);
  expect((await asAda("UPDATE keys SET revoked_at = now() RETURNING person_id")).rows).toEqual([
    { person_id: ADA },
  ]);
  expect(await tryOut(asAda, `UPDATE keys SET person_id = '${BEN}'`)).toBe("refused");
  expect(await tryOut(asAda, "UPDATE people SET role = 'owner' RETURNING *")).toBe("[]");
});

test("the narrowing ends with its transaction, also with one that failed", async () => {
  await asAda("SELECT 1");
  expect((await asSystem("SELECT * FROM people")).rows).toHaveLength(2);
  await expect(asAda("SELECT 1 / 0")).rejects.toMatchObject({ cause: { code: "22012" } });
  expect((await asSystem("SELECT * FROM people")).rows).toHaveLength(2);
});

test("what a person's transaction does as the product ends with that part, also with one that failed", async () => {
  const seen = await actAs(store, ADA).db.transaction(async (transaction) => {
    const count = () => transaction.$count(tables.people);
    const counts = [await count(), await actAsSystem(transaction, count), await count()];
    const failing = transaction.transaction((inner) =>
      actAsSystem(inner, () => Promise.reject(new RangeError())),
    );
    await expect(failing).rejects.toBeInstanceOf(RangeError);
    return [...counts, await count()];
  });
  expect(seen).toEqual([1, 2, 1, 1]);
});

test("an id that is no id can't end the statement that it stands in", async () => {
  const mallory = actAs(store, "', true); SELECT set_config('assay.acting_as', 'system', true); --");
  expect(await mallory.db.transaction((transaction) => transaction.$count(tables.people))).toBe(0);
});

test("options of DATABASE_URL stay, and a proxy that drops ours is found at once", async () => {
  const own = new URL(server.url);
  own.searchParams.set("options", "-c geqo=off");
  const opened = await openPostgres({ url: own.href });
  expect((await opened.pool.query("SHOW geqo")).rows).toEqual([{ geqo: "off" }]);
  await opened.close();

  const port = Number(own.port);
  const proxy = createServer((incoming) => {
    const outgoing = connectTo(port, own.hostname);
    outgoing.pipe(incoming);
    incoming.on("data", (data) =>
      outgoing.write(data.toString("latin1").replace("=system", "=nobody"), "latin1"),
    );
    incoming.on("close", () => outgoing.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const address = proxy.address();
  own.port = String(typeof address === "object" ? address?.port : 0);
  await expect(openPostgres({ url: own.href })).rejects.toMatchObject({ code: "bad_configuration" });
  await new Promise((resolve) => proxy.close(resolve));
});

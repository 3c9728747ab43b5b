// Who sees a pattern follows from its state, beneath whatever a statement asks for. On the embedded server, whose role policies bind.

import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "../../schemas/postgres/embedded.ts";
import { migratePostgres } from "../../schemas/postgres/migrate.ts";
import { openPostgres, type PostgresStore } from "../../schemas/postgres/open.ts";
import { actAs } from "../../schemas/postgres/scope.ts";
import { addPattern, addStatement } from "../builders/scoped-rows.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const MANAGER = randomUUID();
const OFFICER = randomUUID();
const PEER = randomUUID();

let dataDir: string;
let server: EmbeddedPostgres;
let store: PostgresStore;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "assay-test-pattern-scope-"));
  server = await startEmbeddedPostgres({ dataDir, log: pino({ level: "silent" }), fsync: false });
  store = await openPostgres({ url: server.url, connectionsMax: 1 });
  await migratePostgres(store);
  await addPerson(MANAGER, "manager");
  await addPerson(OFFICER, "officer");
});
afterAll(async () => {
  await store.close();
  await server.stop();
  rmSync(dataDir, { recursive: true });
});

function addPerson(id: string, role: string): Promise<unknown> {
  return store.pool.query(
    `INSERT INTO people (person_id, email, name, role) VALUES ('${id}', '${id}', '', '${role}')`,
  );
}

/** Who sees a pattern of Cai's that is as it is said here, of those who might. */
async function readersOf(said: Readonly<Record<string, string>>): Promise<string[]> {
  const cai = randomUUID();
  await addPerson(cai, "self");
  const patternId = await addPattern(store, cai, said);
  await addStatement(store, patternId, "a word");
  const readers: string[] = [];
  for (const [name, id] of [
    ["person", cai],
    ["manager", MANAGER],
    ["officer", OFFICER],
    ["peer", PEER],
  ] as const) {
    const counts = ["patterns", "pattern_evidence", "pattern_statements"].map((table) =>
      actAs(store, id).db.transaction((transaction) =>
        transaction.execute(sql.raw(`SELECT FROM ${table} WHERE pattern_id = '${patternId}'`)),
      ),
    );
    const seen = (await Promise.all(counts)).map(({ rows }) => rows.length);
    // What belongs to it is seen with it.
    expect(new Set(seen).size).toBe(1);
    if (seen[0] === 1) readers.push(name);
  }
  return readers;
}

const told = { notified_at: "now()", manager_id: `'${MANAGER}'` };
const closed = { ...told, closed_at: "now()", closed_by: "'manager'" };
test.each([
  ["observed, by nobody", { state: "observed" }, []],
  ["notified, by its person alone", { ...told, state: "notified" }, ["person"]],
  ["open, by the manager, too", { ...told, state: "open" }, ["person", "manager"]],
  ["open to nobody, by its person alone", { notified_at: "now()", state: "open" }, ["person"]],
  [
    "contested, by the officer, too",
    { ...told, state: "notified", contested_at: "now()" },
    ["person", "officer"],
  ],
  [
    "contested and answered, not by the officer any longer",
    { ...told, state: "open", contested_at: "now()", answered_at: "now()" },
    ["person", "manager"],
  ],
  ["decided, by its person alone", { ...closed, state: "explained" }, ["person"]],
  [
    "dismissed after a contest, by its person alone",
    { ...closed, state: "dismissed", contested_at: "now()" },
    ["person"],
  ],
])("a pattern is seen while it is %s", async (_name, said, readers) => {
  expect(await readersOf(said)).toEqual(readers);
});

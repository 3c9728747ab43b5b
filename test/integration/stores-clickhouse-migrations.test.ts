// Bringing ClickHouse's tables up to date, the same whether it is chDB in this process or a server.

import { cpSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrateClickHouse } from "../../schemas/clickhouse/migrate.ts";
import { CLICKHOUSE_OPENERS, type TestStore } from "../services/clickhouse-openers.ts";

const MIGRATIONS = join(import.meta.dirname, "../../schemas/clickhouse/migrations");
const FILES = readdirSync(MIGRATIONS).toSorted();
const FIRST = "0001_token_events.sql";
const NEW = `${String(FILES.length + 1).padStart(4, "0")}_new.sql`;
const NEW_CONTENT = `-- Two statements.
CREATE TABLE IF NOT EXISTS new_one (a UInt8) ENGINE = MergeTree ORDER BY a;
-- The second.
CREATE TABLE IF NOT EXISTS new_two (text String DEFAULT ';') -- with a ; inside
ENGINE = MergeTree ORDER BY text;
`;

let opened: TestStore;

/** Migrates with a copy of the folder that the test has changed. */
async function migrateChanged(change: (folder: string) => void): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "assay-test-migrations-"));
  try {
    cpSync(MIGRATIONS, folder, { recursive: true });
    change(folder);
    return await migrateClickHouse(opened.store, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const REFUSED: Readonly<Record<string, (folder: string) => void>> = {
  "a migration that was applied and edited": (folder) => writeFileSync(join(folder, FIRST), "SELECT 1;"),
  "one that was applied and has another name now": (folder) =>
    renameSync(join(folder, FIRST), join(folder, "0001_other.sql")),
  "a missing one at the end, as in an older version": (folder) => rmSync(join(folder, FILES.at(-1) ?? "")),
  "a missing one before the end": (folder) => rmSync(join(folder, FIRST)),
  "a new one after a gap": (folder) => writeFileSync(join(folder, "0099_far.sql"), "SELECT 1;"),
  "a number that is there twice": (folder) => writeFileSync(join(folder, "0001_twice.sql"), "SELECT 1;"),
  "a file that is no migration": (folder) => writeFileSync(join(folder, "notes.txt"), ""),
};

describe.each(CLICKHOUSE_OPENERS)("%s", (_name, open) => {
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.close());

  test("migrations run in order, and a second time change nothing", async () => {
    expect(await migrateClickHouse(opened.store)).toEqual(FILES);
    expect(await migrateClickHouse(opened.store)).toEqual([]);
  });

  test("they may all run again, as after a crash or beside another process, and every row stays", async () => {
    await opened.store.insert("analysis_state", [{ name: "kept", value: "yes", version: 1 }]);
    await opened.run("TRUNCATE TABLE migrations");
    await Promise.all([migrateClickHouse(opened.store), migrateClickHouse(opened.store)]);
    expect(await opened.read("SELECT name, value FROM analysis_state")).toEqual([
      { name: "kept", value: "yes" },
    ]);
    expect(await migrateClickHouse(opened.store)).toEqual([]);
  });

  test.each(Object.entries(REFUSED))("%s is refused", async (_fault, change) => {
    await expect(migrateChanged(change)).rejects.toMatchObject({ code: "migration_edited" });
  });

  test("a new one is applied alone, with each of its statements", async () => {
    expect(await migrateChanged((folder) => writeFileSync(join(folder, NEW), NEW_CONTENT))).toEqual([NEW]);
    expect(await opened.read("SELECT count() AS n FROM new_one, new_two")).toEqual([{ n: "0" }]);
  });
});

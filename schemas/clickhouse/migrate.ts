// Brings ClickHouse's tables up to date: `migrations/NNNN_name.sql`, from 0001 without a gap, forward only. What was applied
// is remembered with the SHA-256 of its file, and a file that has changed since is refused.
//
// ClickHouse has neither transactions over DDL nor locks. Every statement is therefore written so that running it again
// changes nothing (IF NOT EXISTS): a crash between two of them, or two processes that start at once, do no harm.

import { hash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { AppError } from "../app-error.ts";
import { defineQuery, type ClickHouseStore } from "./store.ts";

export const MIGRATIONS_FOLDER = fileURLToPath(new URL("migrations", import.meta.url));
const FILE_NAME = /^\d{4}_[a-z0-9_]+\.sql$/;

const MIGRATIONS_TABLE = `CREATE TABLE IF NOT EXISTS migrations
    (name String, sha256 String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3))
    ENGINE = ReplacingMergeTree ORDER BY name`;

const appliedMigrations = defineQuery({
  name: "applied migrations",
  sql: "SELECT name, sha256 FROM migrations FINAL ORDER BY name",
  params: z.object({}),
  row: z.object({ name: z.string(), sha256: z.string() }),
});

const migrationsTable = defineQuery({
  name: "migrations table",
  sql: "SELECT name FROM system.tables WHERE database = currentDatabase() AND name = 'migrations'",
  params: z.object({}),
  row: z.object({ name: z.string() }),
});

interface Migration {
  name: string;
  sha256: string;
  statements: string[];
}

/**
 * Applies what is missing; does nothing when nothing is.
 * @returns the names of the files that were applied now
 * @throws AppError `migration_edited` when a file is missing, out of line, or not what was applied
 */
export async function migrateClickHouse(
  store: ClickHouseStore,
  folder: string = MIGRATIONS_FOLDER,
): Promise<string[]> {
  const migrations = readMigrations(folder);
  await store.define("create migrations", MIGRATIONS_TABLE);
  const applied = await store.query(appliedMigrations, {});
  for (const [index, { name, sha256 }] of applied.entries()) checkUnchanged(migrations[index], name, sha256);
  const missing = migrations.slice(applied.length);
  for (const { name, sha256, statements } of missing) {
    for (const sql of statements) await store.define(`migrate ${name}`, sql);
    await store.insert("migrations", [{ name, sha256 }]);
  }
  return missing.map(({ name }) => name);
}

/** @returns the files that were applied by now, none of them where nobody has migrated yet */
export async function readAppliedMigrations(store: ClickHouseStore): Promise<string[]> {
  const tables = await store.query(migrationsTable, {});
  if (tables.length === 0) return [];
  return (await store.query(appliedMigrations, {})).map(({ name }) => name);
}

function readMigrations(folder: string): Migration[] {
  return readdirSync(folder)
    .toSorted()
    .map((file, index) => {
      const number = String(index + 1).padStart(4, "0");
      if (!FILE_NAME.test(file) || !file.startsWith(number)) {
        const message = `${join(folder, file)} is out of line: the next migration is ${number}_name.sql.`;
        throw new AppError("migration_edited", message);
      }
      const content = readFileSync(join(folder, file), "utf8");
      return { name: file, sha256: hash("sha256", content, "hex"), statements: toStatements(content) };
    });
}

/** A statement ends with a `;` at the end of a line, or before the comment that ends it. No comment may. */
export function toStatements(content: string): string[] {
  const withoutComments = content.replaceAll(/^\s*--.*$/gm, "");
  return withoutComments
    .split(/;[ \t]*(?:--.*)?$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
}

function checkUnchanged(migration: Migration | undefined, appliedName: string, appliedSha256: string): void {
  if (migration?.name === appliedName && migration.sha256 === appliedSha256) return;
  const message =
    migration === undefined
      ? `ClickHouse has migration ${appliedName}, which this version of Assay does not know. Use the newer version.`
      : `Migration ${migration.name} is not the ${appliedName} that was applied to ClickHouse. Restore the file, and put the change into a new one.`;
  throw new AppError("migration_edited", message);
}

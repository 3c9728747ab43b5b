// Brings Postgres up to date: the migrations that drizzle-kit generates from tables.ts, in order, forward only, each in the
// same transaction as the note that it was applied. Drizzle compares nothing but times, so what it would overlook is checked
// here first: a migration that was changed, left out or put in between.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/node-postgres";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import type { PoolClient } from "pg";
import { z } from "zod";
import { AppError } from "../app-error.ts";
import type { PostgresStore } from "./open.ts";

const MIGRATIONS_FOLDER = fileURLToPath(new URL("migrations", import.meta.url));
/** Two processes that start at once: the second waits, and then finds nothing to do. Any number that nobody else uses. */
const LOCK_KEY = 4_157_341_159;
const journalSchema = z.object({ entries: z.array(z.object({ tag: z.string() })) });
const appliedSchema = z.array(z.object({ hash: z.string() }));

/**
 * Applies what is missing; does nothing when nothing is.
 * @returns the names of the migrations that were applied now
 * @throws AppError `migration_edited` when a file is missing, out of line, or not what was applied
 */
export async function migratePostgres(
  { pool }: PostgresStore,
  folder: string = MIGRATIONS_FOLDER,
): Promise<string[]> {
  const names = readNames(folder);
  const files = readMigrationFiles({ migrationsFolder: folder });
  const client = await pool.connect();
  try {
    // A migration may take its time, and so may the wait for another process's.
    await client.query("SET statement_timeout = 0; SET lock_timeout = 0");
    await client.query("SELECT pg_advisory_lock($1)", [LOCK_KEY]);
    const applied = await readApplied(client);
    for (const [index, { hash }] of applied.entries()) {
      if (files[index]?.hash !== hash) throw edited(names[index]);
    }
    await migrate(drizzle(client), { migrationsFolder: folder });
    return names.slice(applied.length);
  } finally {
    // Closes the connection, and with it ends its settings and the lock.
    client.release(true);
  }
}

/** The names in the journal, which must be those of the files, numbered from 0000 without a gap. */
function readNames(folder: string): string[] {
  const journal: unknown = JSON.parse(readFileSync(join(folder, "meta/_journal.json"), "utf8"));
  const names = journalSchema.parse(journal).entries.map(({ tag }) => tag);
  const files = readdirSync(folder).filter((file) => file.endsWith(".sql"));
  for (const [index, file] of files.toSorted().entries()) {
    const number = String(index).padStart(4, "0");
    if (file !== `${names[index]}.sql` || !file.startsWith(`${number}_`)) {
      const message = `${join(folder, file)} is out of line: migration ${number} of the journal is ${names[index] ?? "missing"}.`;
      throw new AppError("migration_edited", message);
    }
  }
  if (files.length < names.length) throw edited(names[files.length]);
  return names;
}

async function readApplied(client: PoolClient): Promise<{ hash: string }[]> {
  const found = await client.query("SELECT to_regclass('drizzle.__drizzle_migrations') AS name");
  if (z.array(z.object({ name: z.null() })).safeParse(found.rows).success) return [];
  const { rows } = await client.query("SELECT hash FROM drizzle.__drizzle_migrations ORDER BY id");
  return appliedSchema.parse(rows);
}

function edited(name: string | undefined): AppError {
  const message =
    name === undefined
      ? "Postgres has a migration that this version of Assay does not know. Use the newer version."
      : `Migration ${name} is not what was applied to Postgres. Restore its file, and put the change into a new one.`;
  return new AppError("migration_edited", message);
}

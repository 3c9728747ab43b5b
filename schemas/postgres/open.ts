// The one opener of Postgres: the embedded server and any other are reached by the same driver at a URL.
//
// Always holds: the pool is bounded, and so is every wait in it: for a connection, a lock and an answer. Where types could
// lose digits the driver gives text: int8 and numeric arrive as strings, and drizzle makes numbers only of the columns that
// are declared so.

import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import { Pool } from "pg";
import { AppError } from "../app-error.ts";
import * as tables from "./tables.ts";

const CONNECTIONS_MAX = 10;
const CONNECT_MS_MAX = 5000;
const IDLE_MS_MAX = 30_000;
const STATEMENT_MS_MAX = 30_000;
const LOCK_MS_MAX = 10_000;
/** A transaction that its code forgot holds its locks no longer than this. */
const IDLE_IN_TRANSACTION_MS_MAX = 60_000;

export interface PostgresStore {
  db: NodePgDatabase<typeof tables>;
  pool: Pool;
  close(): Promise<void>;
}

/**
 * Opens the store; `migratePostgres` then brings its tables up to date.
 * @throws AppError `unavailable` (retry) when the server can't be reached, `bad_configuration` when it refuses the user
 */
export async function openPostgres({ url }: { url: string }): Promise<PostgresStore> {
  const pool = new Pool({
    connectionString: url,
    application_name: "assay",
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    idleTimeoutMillis: IDLE_MS_MAX,
    statement_timeout: STATEMENT_MS_MAX,
    lock_timeout: LOCK_MS_MAX,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS_MAX,
  });
  // An unused connection broke, most likely because the server went away. The pool has dropped it already, and whoever needs
  // the next one learns whether the server is back. Without a listener the process would end.
  pool.on("error", () => {});
  try {
    await pool.query("SELECT 1");
  } catch (error) {
    await pool.end();
    throw toAppError(error, url);
  }
  return { db: drizzle(pool, { schema: tables }), pool, close: () => pool.end() };
}

/** The server's own errors have a five-character code; class 28 is about who may log in, 3D about a missing database. */
function toAppError(error: unknown, url: string): AppError {
  const { host, pathname } = new URL(url);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (/^(28|3D)...$/.test(code)) {
    const message = `Postgres at ${host} refuses the user, password or database (${pathname.slice(1)}) of DATABASE_URL.`;
    return new AppError("bad_configuration", message, { cause: error });
  }
  const message = `No Postgres answers at ${host}. Start it, or correct DATABASE_URL.`;
  return new AppError("unavailable", message, { retry: true, cause: error });
}

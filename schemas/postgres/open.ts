// The one opener of Postgres: the embedded server and any other are reached by the same driver at a URL.
//
// Always holds: the pool is bounded, and so is every wait in it: for a connection, a lock and an answer. Its connections act
// as the product itself, and see every row; scope.ts narrows a transaction to one person. Where types could lose digits the
// driver gives text: int8 and numeric arrive as strings, and drizzle makes numbers only of the columns that are declared so.

import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import type { Pool } from "pg";
import { z } from "zod";
import { AppError } from "../app-error.ts";
import { createPool } from "./pool.ts";
import * as tables from "./tables.ts";

export const CONNECTIONS_MAX = 10;

export interface PostgresStore {
  db: NodePgDatabase<typeof tables>;
  pool: Pool;
  close(): Promise<void>;
}

/** A connection or a transaction on it: what reads and single statements need. */
export type Database = Pick<PostgresStore["db"], "select" | "insert" | "update" | "delete" | "execute">;
export type Transaction = Parameters<Parameters<PostgresStore["db"]["transaction"]>[0]>[0];

/** What opens transactions: the store as the product itself, or a person's view of it. */
export interface Transactions {
  db: { transaction<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> };
}

export interface PostgresOptions {
  url: string;
  /** Connections at the same time. Who needs one more waits. */
  connectionsMax?: number;
}

/**
 * Opens the store; `migratePostgres` then brings its tables up to date.
 * @throws AppError `unavailable` (retry) when the server can't be reached, `bad_configuration` when it refuses the user
 */
export async function openPostgres(options: PostgresOptions): Promise<PostgresStore> {
  const store = openPostgresLater(options);
  try {
    await requireActor(store);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** The store of a server that may be away at the moment: each use connects where there is no connection. */
export function openPostgresLater({ url, connectionsMax = CONNECTIONS_MAX }: PostgresOptions): PostgresStore {
  const pool = createPool({ url, connectionsMax });
  return { db: drizzle(pool, { schema: tables }), pool, close: () => pool.end() };
}

/** A proxy between us and the server may drop what a connection says of itself; every table would then look empty. */
async function requireActor({ pool }: PostgresStore): Promise<void> {
  const { rows } = await pool.query(`SELECT current_setting('${tables.ACTING_AS}', true) AS actor`);
  const [{ actor }] = z.tuple([z.object({ actor: z.string().nullable() })]).parse(rows);
  if (actor === tables.SYSTEM) return;
  const message =
    "The proxy before Postgres drops the start-up parameter `options`, without which every table looks empty. Let DATABASE_URL name the server itself.";
  throw new AppError("bad_configuration", message);
}

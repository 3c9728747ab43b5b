// Writes the identity snapshot, the files from which gateways know every key and person: after a change that was made here, and after one
// that was made elsewhere as soon as the database's identity version is another one, which is asked every other second. When
// nothing has changed the snapshot is only said to be as of now, so that its age tells how long ago Postgres was last heard.
//
// Always holds: what is written was read after whatever it replaces. Reading and replacing happen under one lock for each data
// directory; without it, a writer that had read just before a key was revoked could put the key back. The version is read
// before the keys, so that a change between the two is seen next time. When Postgres can't be read, the snapshot stays as it
// is and grows old.

import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { sql, type SQL } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import type { Logger } from "pino";
import { z } from "zod";
import { AppError } from "../../../schemas/app-error.ts";
import {
  readSnapshotManifest,
  replaceSnapshotManifest,
  replaceSnapshotRows,
  snapshotFiles,
  snapshotKeySchema,
  snapshotPersonSchema,
  type SnapshotManifest,
} from "../../../schemas/identity-snapshot.ts";
import {
  openPostgresLater,
  type Database,
  type PostgresStore,
  type Transaction,
} from "../../../schemas/postgres/open.ts";
import { identityVersion, keys } from "../../../schemas/postgres/tables.ts";

/** A revoked key is refused within 5 s: this, the time that it takes to read all keys, and the gateway's own second. */
const CHECK_INTERVAL_MS = 2000;
/** The pause doubles with each failure up to this: what was revoked meanwhile counts soon after Postgres is back. */
const RETRY_INTERVAL_MS_MAX = 10_000;
/** How old the snapshot says it is, at the most, while Postgres answers. */
export const RENEW_AGE_MS = 30_000;
/** Few enough that formatting a page holds nothing else up. */
const PAGE_ROWS = 1000;
/** Beside it in the lock stands the data directory. Used for nothing else by any process of this product. */
export const SNAPSHOT_LOCK = 4_101_002;

export interface SnapshotTarget {
  postgres: PostgresStore;
  dataDir: string;
  now: () => Date;
}

/** Brings the snapshot to what Postgres has now. */
export async function writeIdentitySnapshot({ postgres, dataDir, now }: SnapshotTarget): Promise<void> {
  await postgres.db.transaction(async (transaction) => {
    const place = `${hostname()}:${dataDir}`;
    await transaction.execute(sql`SELECT pg_advisory_xact_lock(${SNAPSHOT_LOCK}, hashtext(${place}))`);
    const readAt = now();
    const version = await readVersion(transaction);
    const inForce = findManifest(dataDir, version);
    if (inForce) replaceSnapshotManifest(dataDir, { ...inForce, read_at: readAt.toISOString() });
    else {
      await replaceSnapshotRows(dataDir, {
        readAt,
        identityVersion: version,
        keys: readRows(transaction, "snapshot_keys", SELECT_KEYS, snapshotKeySchema),
        people: readRows(transaction, "snapshot_people", SELECT_PEOPLE, snapshotPersonSchema),
      });
    }
  });
}

/** The same, where it is due: nothing is locked or written while the snapshot is right and young. */
async function checkIdentitySnapshot(target: SnapshotTarget): Promise<void> {
  const readAt = target.now().getTime();
  const inForce = findManifest(target.dataDir, await readVersion(target.postgres.db));
  const isYoung = inForce && readAt - Date.parse(inForce.read_at) < RENEW_AGE_MS;
  if (!isYoung) await writeIdentitySnapshot(target);
}

export interface SnapshotWriter {
  /** Resolves when a check that was under way has ended. */
  stop(): Promise<void>;
}

export interface SnapshotWriterOptions extends SnapshotTarget {
  log: Logger;
  checkIntervalMs?: number;
}

/**
 * Writes the snapshot now, and then keeps it up to date until stopped.
 * @throws AppError when the first one can't be written; a later failure is logged, and the next turn tries again
 */
export async function startIdentitySnapshot(options: SnapshotWriterOptions): Promise<SnapshotWriter> {
  await writeIdentitySnapshot(options);
  return keepChecking(options);
}

export interface IdentityPollingOptions extends Omit<SnapshotWriterOptions, "postgres"> {
  databaseUrl: string;
}

/**
 * The same for a process that has to go on without Postgres: what there is on the disk stays in force until Postgres answers.
 * @throws AppError `bad_configuration` when the server refuses us at the start
 */
export async function startIdentityPolling({
  databaseUrl,
  ...options
}: IdentityPollingOptions): Promise<SnapshotWriter> {
  const postgres = openPostgresLater({ url: databaseUrl, connectionsMax: 1 });
  try {
    await writeIdentitySnapshot({ postgres, ...options });
  } catch (error) {
    if (error instanceof AppError && error.code === "bad_configuration") {
      await postgres.close();
      throw error;
    }
    options.log.warn(
      { err: error },
      "Postgres can't be read yet; gateways go on with the snapshot on the disk",
    );
  }
  const writer = keepChecking({ postgres, ...options });
  return {
    async stop() {
      await writer.stop();
      await postgres.close();
    },
  };
}

function keepChecking({
  log,
  checkIntervalMs = CHECK_INTERVAL_MS,
  ...target
}: SnapshotWriterOptions): SnapshotWriter {
  let isStopping = false;
  let pauseMs = checkIntervalMs;
  let checking = Promise.resolve();
  const check = async (): Promise<void> => {
    try {
      await checkIdentitySnapshot(target);
      pauseMs = checkIntervalMs;
    } catch (error) {
      log.warn({ err: error }, "the identity snapshot was not written; gateways go on with the one before");
      pauseMs = Math.min(pauseMs * 2, RETRY_INTERVAL_MS_MAX);
    }
    schedule();
  };
  let timer: NodeJS.Timeout | undefined;
  const schedule = (): void => {
    if (!isStopping) timer = setTimeout(() => void (checking = check()), pauseMs);
  };
  schedule();
  return {
    async stop() {
      isStopping = true;
      clearTimeout(timer);
      await checking;
    },
  };
}

async function readVersion(database: Database): Promise<string> {
  const [row] = await database.select({ version: identityVersion.version }).from(identityVersion);
  if (row) return row.version;
  throw new AppError("internal", "The row of identity_version is missing. Restore it from a backup.");
}

/** What is in force, if it is of that version and its files are there. */
function findManifest(dataDir: string, version: string): SnapshotManifest | undefined {
  const manifest = readSnapshotManifest(dataDir);
  if (manifest?.identity_version !== version) return undefined;
  return Object.values(snapshotFiles(dataDir, manifest)).every((file) => existsSync(file))
    ? manifest
    : undefined;
}

/**
 * Every key, also revoked and expired ones, so that a gateway can say why it refuses one. By code point, as the snapshot is
 * searched, whatever the database's locale.
 */
const SELECT_KEYS = sql`
  SELECT secret_sha256, key_id, kind, keys.person_id, coalesce(keys.team_id, people.team_id) AS team_id, workload_class,
    ${toInstant(keys.expiresAt)} AS expires_at, ${toInstant(keys.revokedAt)} AS revoked_at
  FROM keys LEFT JOIN people ON people.person_id = keys.person_id
  WHERE kind <> 'none'
  ORDER BY secret_sha256 COLLATE "C"`;

/** Addresses are in lower case already. */
const SELECT_PEOPLE = sql`
  SELECT encode(sha256(convert_to(email, 'UTF8')), 'hex') AS email_sha256, person_id, team_id
  FROM people
  ORDER BY sha256(convert_to(email, 'UTF8'))`;

/** By a cursor, which sorts once, where pages would each sort all that is left. */
async function* readRows<Row>(
  transaction: Transaction,
  cursor: "snapshot_keys" | "snapshot_people",
  select: SQL,
  row: z.ZodType<Row>,
): AsyncGenerator<Row[]> {
  const pageSchema = z.array(row);
  const name = sql.raw(cursor);
  await transaction.execute(sql`DECLARE ${name} NO SCROLL CURSOR FOR ${select}`);
  for (;;) {
    const { rows } = await transaction.execute(sql`FETCH ${sql.raw(String(PAGE_ROWS))} FROM ${name}`);
    const page = pageSchema.parse(rows);
    yield page;
    if (page.length < PAGE_ROWS) return;
  }
}

/** As JSON has it, or null. The years after 9999 have more digits than a snapshot has room for. */
function toInstant(column: AnyPgColumn): SQL {
  const utc = sql`least(${column}, '9999-12-31T23:59:59.999Z') AT TIME ZONE 'UTC'`;
  return sql`CASE WHEN ${column} IS NOT NULL THEN to_char(${utc}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') END`;
}

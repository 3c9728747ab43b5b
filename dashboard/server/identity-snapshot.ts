// Writes the identity snapshot, the file from which gateways know every key: at start, after every change of a key or a
// person, and every half minute all the same, so that its age says how long ago Postgres was last heard.
//
// Always holds: the file is replaced as a whole, and only by what was read after whatever it held before. Reading and
// replacing happen under one lock in Postgres; without it, a writer that had read just before a key was revoked could put
// the key back. When Postgres can't be read the file stays as it is, and grows old.

import { join } from "node:path";
import { asc, eq, ne, sql } from "drizzle-orm";
import type { Logger } from "pino";
import { replaceFile } from "../../schemas/data-directory.ts";
import {
  identitySnapshotSchema,
  SNAPSHOT_FILE,
  type IdentitySnapshot,
} from "../../schemas/identity-snapshot.ts";
import type { PostgresStore } from "../../schemas/postgres/open.ts";
import { keys, people } from "../../schemas/postgres/tables.ts";
import type { Transaction } from "./audit.ts";

export const SNAPSHOT_INTERVAL_MS = 30_000;
/** Any number, the same in every process of this product and used for nothing else. */
export const SNAPSHOT_LOCK = 4_101_002;

export interface SnapshotTarget {
  postgres: PostgresStore;
  dataDir: string;
  now: () => Date;
}

export async function writeIdentitySnapshot({ postgres, dataDir, now }: SnapshotTarget): Promise<void> {
  await postgres.db.transaction(async (transaction) => {
    await transaction.execute(sql`SELECT pg_advisory_xact_lock(${SNAPSHOT_LOCK})`);
    const readAt = now();
    const snapshot = { version: 1, read_at: readAt.toISOString(), keys: await readKeys(transaction) };
    replaceFile(join(dataDir, SNAPSHOT_FILE), JSON.stringify(identitySnapshotSchema.parse(snapshot)));
  });
}

export interface SnapshotWriter {
  /** Resolves when a write that was under way has ended. */
  stop(): Promise<void>;
}

/**
 * Writes the snapshot now, and then again and again until stopped.
 * @throws AppError when the first one can't be written; a later failure is logged, and the next turn tries again
 */
export async function startIdentitySnapshot({
  log,
  ...target
}: SnapshotTarget & { log: Logger }): Promise<SnapshotWriter> {
  await writeIdentitySnapshot(target);
  const write = async (): Promise<void> => {
    try {
      await writeIdentitySnapshot(target);
    } catch (error) {
      log.warn({ err: error }, "the identity snapshot was not written; gateways go on with the one before");
    }
    writing = undefined;
  };
  let writing: Promise<void> | undefined;
  const timer = setInterval(() => void (writing ??= write()), SNAPSHOT_INTERVAL_MS);
  return {
    async stop() {
      clearInterval(timer);
      await writing;
    },
  };
}

/** Every key, also revoked and expired ones, so that a gateway can say why it refuses one. */
async function readKeys(transaction: Transaction): Promise<IdentitySnapshot["keys"]> {
  const rows = await transaction
    .select({ key: keys, teamId: people.teamId })
    .from(keys)
    .leftJoin(people, eq(people.personId, keys.personId))
    .where(ne(keys.kind, "none"))
    .orderBy(asc(keys.createdAt), asc(keys.keyId));
  return rows.map(({ key, teamId }) => ({
    key_id: key.keyId,
    secret_sha256: key.secretSha256,
    kind: key.kind === "service" ? "service" : "person",
    person_id: key.personId,
    team_id: teamId,
    workload_class: key.workloadClass,
    expires_at: key.expiresAt?.toISOString() ?? null,
    revoked_at: key.revokedAt?.toISOString() ?? null,
  }));
}

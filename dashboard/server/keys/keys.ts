// Assay keys: made, listed, revoked (and rotated: key-rotation.ts). A key's secret is returned once, by the call that makes it, and is nowhere after that.
//
// Always holds: making and revoking a key stand in the audit of its person, in the same transaction. Whoever calls these
// writes the identity snapshot afterwards, so that gateways learn of the change at once.

import { and, asc, count, desc, eq, gt, isNull, ne, or, sql } from "drizzle-orm";
import type { z } from "zod";
import { AppError } from "../../../schemas/app-error.ts";
import { createAssayKey, hashAssayKey } from "../../../schemas/assay-key.ts";
import type { WorkloadClass } from "../../../schemas/closed-lists.ts";
import type { createdKeySchema, Key } from "../../../schemas/dashboard-api.ts";
import type { Database, Transaction, Transactions } from "../../../schemas/postgres/open.ts";
import { keys, people, teams } from "../../../schemas/postgres/tables.ts";
import { appendAudit } from "../../../schemas/postgres/audit.ts";
import type { SubjectId } from "../access/scope.ts";

/** Keys of one person that can be used at the same time. */
export const USABLE_KEYS_MAX = 50;
/** Keys of one person, or of services, that a page lists: all usable ones, and as many of the newest revoked ones as fit. */
const LISTED_KEYS_MAX = 200;
/** Any number, the same in every process of this product and used for nothing else. */
const KEYS_LOCK = 4_101_003;
/** `assay_` and four characters: enough to recognise a key, and no help in guessing the other 39. */
const HINT_CHARS = 10;

export type CreatedKey = z.infer<typeof createdKeySchema>;

export interface NewKey {
  name: string;
  workloadClass: WorkloadClass | null;
  expiresAt: Date | null;
  kind: "person" | "service";
  /** Whose it is. A service key is nobody's; who asked for it may stand here, and then in their audit alone. */
  personId: string | null;
  /** Of a service: the team that its calls count for. */
  teamId?: string;
  /** Who made it: the person, or null for an operator. */
  actorId: string | null;
}

export async function createKey(store: Transactions, key: NewKey, now: Date): Promise<CreatedKey> {
  const { kind, name, workloadClass, expiresAt, teamId = null } = key;
  return store.db.transaction(async (transaction) => {
    const personId = kind === "person" ? key.personId : null;
    if (personId !== null) await requireRoom(transaction, { personId }, now);
    const said = { kind, personId, teamId, name, workloadClass, expiresAt };
    const created = await insertKey(transaction, said, now);
    await appendAudit(transaction, now, {
      action: "key_created",
      actorId: key.actorId,
      subjectId: key.personId,
      payload: { key_id: created.key.key_id },
    });
    return created;
  });
}

type KeyRow = typeof keys.$inferSelect;

/** As part of a transaction that tells the audit of it. */
export async function insertKey(
  transaction: Transaction,
  said: Pick<KeyRow, "kind" | "personId" | "teamId" | "name" | "workloadClass" | "expiresAt">,
  now: Date,
): Promise<CreatedKey> {
  const secret = createAssayKey();
  const own = { secretSha256: hashAssayKey(secret), hint: secret.slice(0, HINT_CHARS), createdAt: now };
  const [row] = await transaction
    .insert(keys)
    .values({ ...said, ...own })
    .returning();
  if (row === undefined) throw new AppError("internal", "A key was inserted and did not come back.");
  return { key: toKey(row), secret };
}

/** A person's own keys, usable ones first, newest first. */
export async function listKeys(database: Database, subjectId: SubjectId): Promise<Key[]> {
  const rows = await database
    .select()
    .from(keys)
    .where(eq(keys.personId, subjectId))
    .orderBy(sql`${keys.revokedAt} IS NOT NULL`, desc(keys.createdAt), asc(keys.keyId))
    .limit(LISTED_KEYS_MAX);
  return rows.map(toKey);
}

export type ServiceKey = Key & { team: string | null };

/** The services' keys, usable ones first, newest first. Row-level security shows them to the product alone. */
export async function listServiceKeys(database: Database): Promise<ServiceKey[]> {
  const rows = await database
    .select({ key: keys, team: teams.name })
    .from(keys)
    .leftJoin(teams, eq(teams.teamId, keys.teamId))
    .where(eq(keys.kind, "service"))
    .orderBy(sql`${keys.revokedAt} IS NOT NULL`, desc(keys.createdAt), asc(keys.keyId))
    .limit(LISTED_KEYS_MAX);
  return rows.map(({ key, team }) => ({ ...toKey(key), team }));
}

export type OwnedKey = Key & { person_email: string | null; team: string | null };

/** Everybody's keys and the services', newest first, for an operator. */
export async function listAllKeys(database: Database): Promise<OwnedKey[]> {
  const rows = await database
    .select({ key: keys, email: people.email, team: teams.name })
    .from(keys)
    .leftJoin(people, eq(people.personId, keys.personId))
    .leftJoin(teams, eq(teams.teamId, keys.teamId))
    .orderBy(desc(keys.createdAt), asc(keys.keyId));
  return rows.map(({ key, email, team }) => ({ ...toKey(key), person_email: email, team }));
}

/** Of whose keys one must be: a person's, or a service's. An operator at the command line says neither, and means any. */
export interface KeyOwner {
  personId?: string;
  kind?: "service";
}

export interface Revocation extends KeyOwner {
  keyId: string;
  actorId: string | null;
}

/**
 * Revokes a key for good. A key that was revoked before stays revoked as of then.
 * @throws AppError `not_found` when there is no such key, or it is not that owner's
 */
export async function revokeKey(
  store: Transactions,
  { keyId, actorId, ...owner }: Revocation,
  now: Date,
): Promise<void> {
  await store.db.transaction(async (transaction) => {
    const key = await lockKey(transaction, keyId, owner);
    if (key.revokedAt !== null) return;
    await transaction.update(keys).set({ revokedAt: now }).where(eq(keys.keyId, keyId));
    const payload = { key_id: keyId };
    await appendAudit(transaction, now, { action: "key_revoked", actorId, subjectId: key.personId, payload });
  });
}

/** @throws AppError `not_found` */
export async function lockKey(
  transaction: Transaction,
  keyId: string,
  { personId, kind }: KeyOwner,
): Promise<KeyRow> {
  const isOwned = and(
    personId === undefined ? undefined : eq(keys.personId, personId),
    kind === undefined ? undefined : eq(keys.kind, kind),
  );
  const [key] = await transaction
    .select()
    .from(keys)
    .where(and(eq(keys.keyId, keyId), isOwned))
    .for("update");
  if (key === undefined) throw noSuchKey();
  return key;
}

/**
 * Two that make the last key of a person at the same moment come one after the other.
 * @param owner.exceptKeyId a key that is to be replaced, and does not count
 */
export async function requireRoom(
  transaction: Transaction,
  { personId, exceptKeyId }: { personId: string; exceptKeyId?: string },
  now: Date,
): Promise<void> {
  await transaction.execute(sql`SELECT pg_advisory_xact_lock(${KEYS_LOCK}, hashtext(${personId}))`);
  const isUsable = and(isNull(keys.revokedAt), or(isNull(keys.expiresAt), gt(keys.expiresAt, now)));
  const isOther = exceptKeyId === undefined ? undefined : ne(keys.keyId, exceptKeyId);
  const [usable] = await transaction
    .select({ keys: count() })
    .from(keys)
    .where(and(eq(keys.personId, personId), isUsable, isOther));
  if (usable !== undefined && usable.keys < USABLE_KEYS_MAX) return;
  throw new AppError(
    "conflict",
    `There are ${USABLE_KEYS_MAX} keys that can be used, the most for one person. Revoke one first.`,
  );
}

export function noSuchKey(): AppError {
  return new AppError("not_found", "There is no such key. List the keys to see their ids.");
}

export function toKey(row: KeyRow): Key {
  return {
    key_id: row.keyId,
    kind: row.kind,
    name: row.name,
    hint: row.hint,
    workload_class: row.workloadClass,
    created_at: row.createdAt.toISOString(),
    expires_at: row.expiresAt?.toISOString() ?? null,
    revoked_at: row.revokedAt?.toISOString() ?? null,
  };
}

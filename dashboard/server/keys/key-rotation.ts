// Changes the secret of a key without a gap: a new key like the old one, which goes on for a while, so that clients can be
// changed one after the other.
//
// Always holds: the old key never lives longer than it would have, and the new one no longer than the old one was to live,
// unless an operator says so: a rotation changes a secret and prolongs no access. Both, and the entry in the audit, come about
// together or not at all.

import { eq } from "drizzle-orm";
import type { z } from "zod";
import { AppError } from "../../../schemas/app-error.ts";
import type { rotatedKeySchema } from "../../../schemas/dashboard-api.ts";
import type { Transactions } from "../../../schemas/postgres/open.ts";
import { keys } from "../../../schemas/postgres/tables.ts";
import { appendAudit } from "../../../schemas/postgres/audit.ts";
import { insertKey, lockKey, requireRoom, toKey, type KeyOwner } from "./keys.ts";

export type RotatedKey = z.infer<typeof rotatedKeySchema>;

export interface Rotation extends KeyOwner {
  keyId: string;
  actorId: string | null;
  /** How long the old key goes on. */
  overlapMs: number;
  /** Of the new key, where it is not to be the old one's. */
  expiresAt?: Date;
}

/**
 * @throws AppError `not_found` when there is no such key, or it is not that owner's; `conflict` when it can't be used any more,
 * or there would be too many
 */
export async function rotateKey(store: Transactions, rotation: Rotation, now: Date): Promise<RotatedKey> {
  const { keyId, actorId, overlapMs } = rotation;
  return store.db.transaction(async (transaction) => {
    const old = await lockKey(transaction, keyId, rotation);
    if (old.revokedAt !== null || (old.expiresAt !== null && old.expiresAt <= now)) {
      throw new AppError("conflict", "This key is revoked or expired. Make a new one in its place.");
    }
    const endsAt = new Date(
      Math.min(now.getTime() + overlapMs, old.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY),
    );
    if (old.personId !== null)
      await requireRoom(transaction, { personId: old.personId, exceptKeyId: keyId }, now);
    const { kind, personId: ownerId, teamId, name, workloadClass } = old;
    const expiresAt = rotation.expiresAt ?? old.expiresAt;
    const created = await insertKey(
      transaction,
      { kind, personId: ownerId, teamId, name, workloadClass, expiresAt },
      now,
    );
    await transaction.update(keys).set({ expiresAt: endsAt }).where(eq(keys.keyId, keyId));
    await appendAudit(transaction, now, {
      action: "key_rotated",
      actorId,
      subjectId: ownerId,
      payload: { key_id: keyId, new_key_id: created.key.key_id },
    });
    return { ...created, replaced: toKey({ ...old, expiresAt: endsAt }) };
  });
}

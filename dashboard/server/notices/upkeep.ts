// What time alone does to notices: people are told of keys that are about to expire, and old notices go.

import { and, eq, exists, gt, isNotNull, isNull, lt, lte, not, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { addNotice } from "../../../schemas/postgres/notices.ts";
import { notices } from "../../../schemas/postgres/notice-tables.ts";
import type { PostgresStore } from "../../../schemas/postgres/open.ts";
import { keys } from "../../../schemas/postgres/tables.ts";

const DAY_MS = 86_400_000;
export const KEY_NOTICE_DAYS = 7;
/** Keys of which people are told at once; the rest is told an hour later. */
const KEYS_MAX = 500;

/**
 * Tells people of keys that end within a week. Not of those that were made for less, and not of those in whose place there is another
 * one of the same name already: whoever rotated a key knows.
 */
export async function tellOfExpiringKeys({ db }: Pick<PostgresStore, "db">, now: Date): Promise<void> {
  const successors = alias(keys, "successors");
  const until = new Date(now.getTime() + KEY_NOTICE_DAYS * DAY_MS);
  await db.transaction(async (transaction) => {
    const hasSuccessor = exists(
      transaction
        .select({ one: sql`1` })
        .from(successors)
        .where(
          and(
            eq(successors.personId, keys.personId),
            eq(successors.name, keys.name),
            gt(successors.createdAt, keys.createdAt),
            isNull(successors.revokedAt),
          ),
        ),
    );
    const isTold = exists(
      transaction
        .select({ one: sql`1` })
        .from(notices)
        .where(and(eq(notices.about, keys.keyId), eq(notices.kind, "key_expires"))),
    );
    const rows = await transaction
      .select({ keyId: keys.keyId, personId: keys.personId })
      .from(keys)
      .where(
        and(
          isNotNull(keys.personId),
          isNull(keys.revokedAt),
          gt(keys.expiresAt, now),
          lte(keys.expiresAt, until),
          sql`${keys.createdAt} < ${keys.expiresAt} - make_interval(days => ${KEY_NOTICE_DAYS})`,
          not(hasSuccessor),
          not(isTold),
        ),
      )
      .limit(KEYS_MAX);
    for (const { keyId: about, personId } of rows)
      if (personId !== null) await addNotice(transaction, { personId, kind: "key_expires", about, at: now });
  });
}

/**
 * A notice goes when a pattern that was closed on its day goes, so that none outlives what it is about; but none of a key before the
 * key has expired, because it would be told again.
 */
export async function removeOldNotices(
  { db }: Pick<PostgresStore, "db">,
  { dismissedDays, now }: { dismissedDays: number; now: Date },
): Promise<void> {
  const keptDays = Math.max(dismissedDays, KEY_NOTICE_DAYS + 1);
  await db.delete(notices).where(lt(notices.createdAt, new Date(now.getTime() - keptDays * DAY_MS)));
}

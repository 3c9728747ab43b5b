// The newest call of a person, with the name of the key that it came with.

import { and, eq } from "drizzle-orm";
import type { ClickHouseStore } from "../../../schemas/clickhouse/store.ts";
import { NEWEST_CALL_HOURS, type NewestCall } from "../../../schemas/key-api.ts";
import type { Transactions } from "../../../schemas/postgres/open.ts";
import { keys } from "../../../schemas/postgres/tables.ts";
import type { SubjectId } from "../access/scope.ts";
import { newestCall } from "../queries/newest-call.ts";

const HOUR_MS = 3_600_000;

export async function readNewestCall(
  { store, clickhouse }: { store: Transactions; clickhouse: ClickHouseStore },
  subjectId: SubjectId,
  now: Date,
): Promise<NewestCall> {
  const from = new Date(now.getTime() - NEWEST_CALL_HOURS * HOUR_MS);
  const [found] = await clickhouse.query(newestCall, { person_id: subjectId, from, now });
  if (found === undefined) return { call: null };
  const { key_id: keyId, ...call } = found;
  return { call: { ...call, key: keyId === null ? null : await nameKey(store, { subjectId, keyId }) } };
}

/** Null where it is none of the person's: it was a service's, or is gone. */
async function nameKey(
  store: Transactions,
  { subjectId, keyId }: { subjectId: SubjectId; keyId: string },
): Promise<string | null> {
  const [key] = await store.db.transaction((transaction) =>
    transaction
      .select({ name: keys.name })
      .from(keys)
      .where(and(eq(keys.keyId, keyId), eq(keys.personId, subjectId))),
  );
  return key?.name ?? null;
}

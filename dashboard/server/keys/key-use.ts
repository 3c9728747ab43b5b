// When keys were last used. A gateway writes nothing to Postgres, so this is asked of the calls that ClickHouse keeps, and tells
// no more than they do: a key that is in none of them was not used since the first of them.

import type { Logger } from "pino";
import { AppError } from "../../../schemas/app-error.ts";
import type { ClickHouseStore } from "../../../schemas/clickhouse/store.ts";
import type { Key, KeyUse } from "../../../schemas/dashboard-api.ts";
import { lastUses } from "../queries/last-uses.ts";

const DAY_MS = 24 * 3_600_000;

export interface KeyUseOptions {
  clickhouse: ClickHouseStore;
  log: Pick<Logger, "warn">;
  /** How long calls are kept. */
  eventsDays: number;
  now: Date;
}

export interface KeyUses<Listed extends Key> {
  keys: (Listed & KeyUse)[];
  /** Null while ClickHouse is away: keys are listed all the same, because one of them may have to be revoked. */
  calls_known_since: string | null;
}

export async function addLastUse<Listed extends Key>(
  { clickhouse, log, eventsDays, now }: KeyUseOptions,
  keys: readonly Listed[],
  { isEveryKey = false }: { isEveryKey?: boolean } = {},
): Promise<KeyUses<Listed>> {
  const from = new Date(now.getTime() - eventsDays * DAY_MS);
  const none = keys.map((key) => ({ ...key, last_used_at: null }));
  if (keys.length === 0) return { keys: [], calls_known_since: from.toISOString() };
  const keyIds = isEveryKey ? [] : keys.map(({ key_id }) => key_id);
  try {
    const rows = await clickhouse.query(lastUses, { key_ids: keyIds, from, now });
    const lastUsedAt = new Map(rows.map(({ key_id, last_used_at }) => [key_id, last_used_at]));
    return {
      keys: none.map((key) => ({ ...key, last_used_at: lastUsedAt.get(key.key_id) ?? null })),
      calls_known_since: from.toISOString(),
    };
  } catch (error) {
    if (!(error instanceof AppError && error.retry)) throw error;
    log.warn({ err: error }, "when keys were last used can't be told while ClickHouse is away");
    return { keys: none, calls_known_since: null };
  }
}

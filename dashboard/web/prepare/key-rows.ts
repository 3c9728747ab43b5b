// The rows of the list of keys.

import type { Key, KeyUse } from "../../../schemas/dashboard-api.ts";
import { dayOf } from "./calendar.ts";
import { formatDay } from "./format.ts";
import { nameClass } from "./slices.ts";

export interface KeyRow {
  keyId: string;
  name: string;
  hint: string;
  className: string;
  /** Of a service; undefined for a person's own key. */
  team: string | undefined;
  created: string;
  /** The day; `Not since 22 Oct`; a dash where it can't be told at the moment. */
  lastUsed: string;
  expires: string;
  /** `Revoked 3 Nov`, `Expired 3 Nov`; null while the key works. */
  ended: string | null;
}

/** `timezone` is the viewer's own, and given only where the viewer's browser is not asked. */
export function toKeyRows(
  {
    keys,
    callsKnownSince,
  }: { keys: readonly (Key & KeyUse & { team?: string | null })[]; callsKnownSince: string | null },
  now: Date,
  timezone?: string,
): KeyRow[] {
  const viewerZone = timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const today = dayOf(now, viewerZone);
  const writeDay = (instant: string) => formatDay(dayOf(new Date(instant), viewerZone), today);
  return keys.map((key) => ({
    keyId: key.key_id,
    name: key.name,
    hint: key.hint,
    className: nameClass(key.workload_class),
    team: key.team === undefined ? undefined : (key.team ?? "None"),
    created: writeDay(key.created_at),
    lastUsed: explainUse(key.last_used_at, callsKnownSince, writeDay),
    expires: key.expires_at === null ? "Never" : writeDay(key.expires_at),
    ended: explainEnd(key, now, writeDay),
  }));
}

/** Calls are kept for a time only, so that no key was ever "never used". */
function explainUse(
  lastUsedAt: string | null,
  callsKnownSince: string | null,
  writeDay: (instant: string) => string,
): string {
  if (lastUsedAt !== null) return writeDay(lastUsedAt);
  return callsKnownSince === null ? "–" : `Not since ${writeDay(callsKnownSince)}`;
}

function explainEnd(key: Key, now: Date, writeDay: (instant: string) => string): string | null {
  if (key.revoked_at !== null) return `Revoked ${writeDay(key.revoked_at)}`;
  const hasExpired = key.expires_at !== null && Date.parse(key.expires_at) <= now.getTime();
  return hasExpired && key.expires_at !== null ? `Expired ${writeDay(key.expires_at)}` : null;
}

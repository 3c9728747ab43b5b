// The rows of the list of keys.

import type { Key } from "../../../schemas/dashboard-api.ts";
import { dayOf } from "./calendar.ts";
import { formatDay } from "./format.ts";
import { nameClass } from "./slices.ts";

export interface KeyRow {
  keyId: string;
  name: string;
  hint: string;
  className: string;
  created: string;
  expires: string;
  /** `Revoked 3 Nov`, `Expired 3 Nov`; null while the key works. */
  ended: string | null;
}

/** `timezone` is the viewer's own, and given only where the viewer's browser is not asked. */
export function toKeyRows(keys: readonly Key[], now: Date, timezone?: string): KeyRow[] {
  const viewerZone = timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const today = dayOf(now, viewerZone);
  const writeDay = (instant: string) => formatDay(dayOf(new Date(instant), viewerZone), today);
  return keys.map((key) => ({
    keyId: key.key_id,
    name: key.name,
    hint: key.hint,
    className: nameClass(key.workload_class),
    created: writeDay(key.created_at),
    expires: key.expires_at === null ? "Never" : writeDay(key.expires_at),
    ended: explainEnd(key, now, writeDay),
  }));
}

function explainEnd(key: Key, now: Date, writeDay: (instant: string) => string): string | null {
  if (key.revoked_at !== null) return `Revoked ${writeDay(key.revoked_at)}`;
  const hasExpired = key.expires_at !== null && Date.parse(key.expires_at) <= now.getTime();
  return hasExpired && key.expires_at !== null ? `Expired ${writeDay(key.expires_at)}` : null;
}

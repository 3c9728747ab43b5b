// The chain of the audit: what the hash of an entry covers, and whether every entry follows from the ones before.
//
// Always holds: the chain has the hash of a payload and not the payload, so that one can be erased.
// Not found by the chain alone: newest entries that were cut off. Whoever wants that too keeps `head` somewhere else.

import { hash } from "node:crypto";
import { asc, gt } from "drizzle-orm";
import type { Database } from "./open.ts";
import { audit } from "./tables.ts";

/** Stands for the hash before the first entry. */
export const GENESIS_HASH = "0".repeat(64);
const VERIFY_PAGE_ROWS = 1000;

export type ChainVerdict =
  | { isIntact: true; entries: number; head: string }
  | { isIntact: false; entries: number; brokenAtId: number };

/** Goes through the whole chain, a page at a time, and stops at the first entry that does not follow from the ones before. */
export async function verifyChain(
  database: Database,
  { pageRows = VERIFY_PAGE_ROWS }: { pageRows?: number } = {},
): Promise<ChainVerdict> {
  let head = GENESIS_HASH;
  let entries = 0;
  let lastId = 0;
  for (;;) {
    const page = await database
      .select()
      .from(audit)
      .where(gt(audit.auditId, lastId))
      .orderBy(asc(audit.auditId))
      .limit(pageRows);
    for (const row of page) {
      const followsOn = row.previousHash === head && row.hash === hashLink(row);
      const isPayloadTrue = row.payload === null || row.payloadSha256 === hashPayload(row.payload);
      if (!followsOn || !isPayloadTrue) return { isIntact: false, entries, brokenAtId: row.auditId };
      head = row.hash;
      lastId = row.auditId;
      entries++;
    }
    if (page.length < pageRows) return { isIntact: true, entries, head };
  }
}

/** What the hash of an entry covers. The id is not in it: a rolled back transaction uses one up. */
export interface AuditLink {
  at: Date;
  actorId: string | null;
  action: string;
  subjectId: string | null;
  reason: string | null;
  payloadSha256: string;
  previousHash: string;
}

export function hashLink({
  at,
  actorId,
  action,
  subjectId,
  reason,
  payloadSha256,
  previousHash,
}: AuditLink): string {
  const fields = [at.toISOString(), actorId, action, subjectId, reason, payloadSha256, previousHash];
  return hash("sha256", JSON.stringify(fields), "hex");
}

/** Over sorted names, because Postgres keeps the fields of a `jsonb` in an order of its own. */
export function hashPayload(payload: unknown): string {
  const fields = Object.entries(payload ?? {}).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return hash("sha256", JSON.stringify(payload === null ? null : fields), "hex");
}

// The audit: who looked at whose data, or acted on it, and why. Each entry carries the hash of the one before, so that an
// entry that was changed, put in or taken out is found by going through the chain.
//
// Always holds: entries are appended inside the transaction of what they tell of, so that neither is there without the
// other. Appending is one at a time across all processes (an advisory lock until the commit), so that ids, which only grow,
// are in the order of the chain. The chain holds the hash of a payload and not the payload, so that one can be erased.
// Not found by the chain alone: newest entries that were cut off. Whoever wants that too keeps `head` somewhere else.

import { hash } from "node:crypto";
import { asc, desc, gt, sql } from "drizzle-orm";
import type { PostgresStore } from "../../schemas/postgres/open.ts";
import { audit } from "../../schemas/postgres/tables.ts";

/** A connection or a transaction on it: what reads and single statements need. */
export type Database = Pick<PostgresStore["db"], "select" | "insert" | "update" | "delete" | "execute">;
export type Transaction = Parameters<Parameters<PostgresStore["db"]["transaction"]>[0]>[0];

export type AuditAction = "login_link_created" | "key_created" | "key_revoked" | "events_exported";

export interface AuditEntry {
  action: AuditAction;
  /** The person who acted; null for an operator at the command line. */
  actorId: string | null;
  /** The person whom it concerns; null where it is nobody's. */
  subjectId: string | null;
  reason?: string;
  payload?: Readonly<Record<string, string | null>>;
}

/** Stands for the hash before the first entry. */
const GENESIS_HASH = "0".repeat(64);
/** Any number, the same in every process of this product and used for nothing else. */
const AUDIT_LOCK = 4_101_001;
const VERIFY_PAGE_ROWS = 1000;

/** Appends one entry, as part of the caller's transaction. Others that append wait until it ends, so it should be short. */
export async function appendAudit(transaction: Transaction, at: Date, entry: AuditEntry): Promise<void> {
  await transaction.execute(sql`SELECT pg_advisory_xact_lock(${AUDIT_LOCK})`);
  const [last] = await transaction
    .select({ hash: audit.hash })
    .from(audit)
    .orderBy(desc(audit.auditId))
    .limit(1);
  const link: AuditLink = {
    at,
    actorId: entry.actorId,
    action: entry.action,
    subjectId: entry.subjectId,
    reason: entry.reason ?? null,
    payloadSha256: hashPayload(entry.payload ?? null),
    previousHash: last?.hash ?? GENESIS_HASH,
  };
  await transaction.insert(audit).values({ ...link, payload: entry.payload ?? null, hash: hashLink(link) });
}

export type ChainVerdict =
  | { isIntact: true; entries: number; head: string }
  | { isIntact: false; entries: number; brokenAtId: number };

/** Goes through the whole chain, a page at a time, and stops at the first entry that does not follow from the ones before. */
export async function verifyChain(database: Database): Promise<ChainVerdict> {
  let head = GENESIS_HASH;
  let entries = 0;
  let lastId = 0;
  for (;;) {
    const page = await database
      .select()
      .from(audit)
      .where(gt(audit.auditId, lastId))
      .orderBy(asc(audit.auditId))
      .limit(VERIFY_PAGE_ROWS);
    for (const row of page) {
      const followsOn = row.previousHash === head && row.hash === hashLink(row);
      const isPayloadTrue = row.payload === null || row.payloadSha256 === hashPayload(row.payload);
      if (!followsOn || !isPayloadTrue) return { isIntact: false, entries, brokenAtId: row.auditId };
      head = row.hash;
      lastId = row.auditId;
      entries++;
    }
    if (page.length < VERIFY_PAGE_ROWS) return { isIntact: true, entries, head };
  }
}

/** What the hash of an entry covers. The id is not in it: a rolled back transaction uses one up. */
interface AuditLink {
  at: Date;
  actorId: string | null;
  action: string;
  subjectId: string | null;
  reason: string | null;
  payloadSha256: string;
  previousHash: string;
}

function hashLink({
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
function hashPayload(payload: unknown): string {
  const fields = Object.entries(payload ?? {}).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return hash("sha256", JSON.stringify(payload === null ? null : fields), "hex");
}

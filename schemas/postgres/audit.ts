// The audit: who looked at whose data, or acted on it, and why. Each entry carries the hash of the one before, so that an
// entry that was changed, put in or taken out is found by going through the chain.
//
// Always holds: entries are appended inside the transaction of what they tell of, so that neither is there without the
// other. Appending is one at a time across all processes (an advisory lock until the commit), so that ids, which only grow,
// are in the order of the chain. It is the product that appends, whoever the transaction acts as: nobody may see the entry
// before, which is most likely somebody else's.

import { desc, sql } from "drizzle-orm";
import { GENESIS_HASH, hashLink, hashPayload, type AuditLink } from "./audit-chain.ts";
import type { Transaction } from "./open.ts";
import { actAsSystem } from "./scope.ts";
import { audit } from "./tables.ts";

export type AuditAction =
  | "login_link_created"
  | "access_token_created"
  | "access_token_revoked"
  | "role_given"
  | "key_created"
  | "key_rotated"
  | "key_revoked"
  | "schedule_added"
  | "schedule_ended"
  | "class_corrected"
  | "class_correction_withdrawn"
  | "outcome_disputed"
  | "outcome_dispute_withdrawn"
  | "events_exported"
  | "runs_exported"
  | "outcomes_exported"
  | "weeks_exported"
  | "patterns_exported"
  | "run_explained"
  | "pattern_explained"
  | "policy_published"
  | "template_added"
  | "template_removed"
  | "pattern_notified"
  | "pattern_opened"
  | "pattern_closed"
  | "pattern_view_ended"
  | "pattern_listed"
  | "pattern_viewed"
  | "explanation_given"
  | "pattern_contested"
  | "contest_answered"
  | "person_erased"
  | "person_added"
  | "person_changed"
  | "setting_changed"
  | "setting_undone"
  | "scoring_switched_off"
  | "scoring_switched_on";

export interface AuditEntry {
  action: AuditAction;
  /** The person who acted; null for an operator at the command line. */
  actorId: string | null;
  /** The person whom it concerns; null where it is nobody's. */
  subjectId: string | null;
  reason?: string;
  payload?: Readonly<Record<string, string | null>>;
}

/** Any number, the same in every process of this product and used for nothing else. */
const AUDIT_LOCK = 4_101_001;

/** Appends one entry, as part of the caller's transaction. Others that append wait until it ends, so it should be short. */
export async function appendAudit(transaction: Transaction, at: Date, entry: AuditEntry): Promise<void> {
  await actAsSystem(transaction, async () => {
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
  });
}

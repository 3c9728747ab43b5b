// Says whether the audit's chain is whole. It goes through every entry, at most once a minute however many ask, and everybody who asks
// meanwhile gets the same verdict: a check of the newest entries alone would never see that an old one was changed.

import { eq } from "drizzle-orm";
import type { AuditVerification } from "../../../schemas/audit-api.ts";
import { verifyChain } from "../../../schemas/postgres/audit-chain.ts";
import type { PostgresStore } from "../../../schemas/postgres/open.ts";
import { audit } from "../../../schemas/postgres/tables.ts";

/** How old a verdict may be. */
export const VERDICT_AGE_MS_MAX = 60_000;

export interface AuditVerifier {
  /** @throws AppError of the store; then the next one who asks starts anew */
  verify(now: Date): Promise<AuditVerification>;
}

export function createAuditVerifier(postgres: PostgresStore): AuditVerifier {
  let last: { begunAt: Date; verdict: Promise<AuditVerification> } | undefined;
  return {
    async verify(now) {
      const isYoung = last !== undefined && now.getTime() - last.begunAt.getTime() < VERDICT_AGE_MS_MAX;
      if (last === undefined || !isYoung) last = { begunAt: now, verdict: goThrough(postgres, now) };
      const current = last;
      try {
        return await current.verdict;
      } catch (error) {
        if (last === current) last = undefined;
        throw error;
      }
    },
  };
}

async function goThrough({ db }: PostgresStore, now: Date): Promise<AuditVerification> {
  const verdict = await verifyChain(db);
  const { entries } = verdict;
  const verified_at = now.toISOString();
  if (verdict.isIntact) return { state: "verified", verified_at, entries, head: verdict.head };
  const [broken] = await db.select({ at: audit.at }).from(audit).where(eq(audit.auditId, verdict.brokenAtId));
  return { state: "broken", verified_at, entries, broken_at: (broken?.at ?? now).toISOString() };
}

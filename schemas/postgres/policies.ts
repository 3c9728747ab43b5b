// The policy that tells people of individual scoring: published by the owner, version by version. From the week that begins after the
// first publication on, people are scored; later ones say what has changed, and start nothing anew.
//
// Always holds: what was published never changes, and each publication stands in the audit.

import { asc, desc } from "drizzle-orm";
import type { Config } from "../config.ts";
import { AppError } from "../app-error.ts";
import { findDue } from "../schedule-times.ts";
import { appendAudit } from "./audit.ts";
import type { Database, PostgresStore, Transactions } from "./open.ts";
import { policies } from "./pattern-tables.ts";

/** Midnight at the beginning of Monday. */
const WEEK_BEGINS = "0 0 * * 1";
/** Before the first call that there can be. */
const BEGINNING = new Date(0);
/** That are read; an organisation has a few. */
const LISTED_MAX = 100;

export type Policy = typeof policies.$inferSelect;

/** Newest first. */
export async function readPolicies(database: Database): Promise<Policy[]> {
  return database.select().from(policies).orderBy(desc(policies.version)).limit(LISTED_MAX);
}

export interface NewPolicy {
  body: string;
  methodVersion: string;
  /** Null: an operator at the command line. */
  actorId: string | null;
}

/**
 * Publishes another version. Two at a time: one of them fails, and may try again.
 * @throws AppError `conflict` when it says what the newest says already
 */
export async function publishPolicy(
  { db }: Transactions,
  { body, methodVersion, actorId }: NewPolicy,
  now: Date,
): Promise<Policy> {
  return db.transaction(async (transaction) => {
    const [newest] = await readPolicies(transaction);
    if (newest?.body === body && newest.methodVersion === methodVersion)
      throw new AppError("conflict", `This is what version ${newest.version} of the policy says already.`);
    const version = (newest?.version ?? 0) + 1;
    const policy = { version, body, methodVersion, publishedAt: now, publishedBy: actorId };
    await transaction.insert(policies).values(policy);
    const payload = { version: String(version), method_version: methodVersion };
    await appendAudit(transaction, now, { action: "policy_published", actorId, subjectId: null, payload });
    return policy;
  });
}

/**
 * When individual scoring begins or began; undefined: nobody is scored.
 * @param rules in force (`readRules` of setting-versions.ts)
 */
export async function readScoredFrom(
  { db }: Pick<PostgresStore, "db">,
  { individualScoring, timezone }: Pick<Config, "individualScoring" | "timezone">,
): Promise<Date | undefined> {
  if (individualScoring === "off") return undefined;
  if (individualScoring === "on") return BEGINNING;
  const [first] = await db.select().from(policies).orderBy(asc(policies.version)).limit(1);
  return first && (findDue({ cron: WEEK_BEGINS, timezone }, first.publishedAt) ?? undefined);
}

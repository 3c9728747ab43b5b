// One-time links into the dashboard: `<dashboard>/sign-in#<token>`. The token stands in the fragment, which no browser
// sends to a server, so it is in no access log and no Referer.
//
// Always holds: a link opens once, within 15 minutes. One UPDATE both checks and uses it up, so that of two who come at the
// same moment only one gets in. Each link is an entry in the audit of the person whom it signs in.

import { and, eq, gt, isNull, lte } from "drizzle-orm";
import type { Database, PostgresStore } from "../../../schemas/postgres/open.ts";
import { loginLinks } from "../../../schemas/postgres/access-tables.ts";
import { appendAudit } from "../../../schemas/postgres/audit.ts";
import { createToken, hashToken } from "./sessions.ts";

export const LOGIN_LINK_AGE_MS_MAX = 15 * 60_000;

/** Makes a link for a person and returns it. Links of theirs that have expired are cleared away on the way. */
export async function createLoginLink(
  postgres: PostgresStore,
  { personId, dashboardUrl, now }: { personId: string; dashboardUrl: string; now: Date },
): Promise<string> {
  const token = createToken();
  const expiresAt = new Date(now.getTime() + LOGIN_LINK_AGE_MS_MAX);
  await postgres.db.transaction(async (transaction) => {
    const hasExpired = and(eq(loginLinks.personId, personId), lte(loginLinks.expiresAt, now));
    await transaction.delete(loginLinks).where(hasExpired);
    await transaction
      .insert(loginLinks)
      .values({ tokenSha256: hashToken(token), personId, createdAt: now, expiresAt });
    await appendAudit(transaction, now, {
      action: "login_link_created",
      actorId: null,
      subjectId: personId,
      payload: { expires_at: expiresAt.toISOString() },
    });
  });
  return `${dashboardUrl}/sign-in#${token}`;
}

/** Uses a link up. Returns whom it signs in; undefined when it is unknown, used already, or too old. */
export async function redeemLoginLink(
  database: Database,
  { token, now }: { token: string; now: Date },
): Promise<string | undefined> {
  const isGood = and(
    eq(loginLinks.tokenSha256, hashToken(token)),
    isNull(loginLinks.usedAt),
    gt(loginLinks.expiresAt, now),
  );
  const [link] = await database
    .update(loginLinks)
    .set({ usedAt: now })
    .where(isGood)
    .returning({ personId: loginLinks.personId });
  return link?.personId;
}

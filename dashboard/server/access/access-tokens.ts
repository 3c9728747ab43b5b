// Personal access tokens: `assay_pat_` and 256 random bits, with which a person's own programs ask the API as that person, within
// scopes. Made, listed, revoked, and found again when a program asks.
//
// Always holds: of a token there is only its SHA-256; its secret is returned once. It ends after a year at the latest. Making and
// revoking one stand in the audit of its person, in the same transaction.

import { and, asc, count, desc, eq, gt, isNull, lte, or, sql } from "drizzle-orm";
import type { z } from "zod";
import type { AccessToken, createdAccessTokenSchema } from "../../../schemas/access-api.ts";
import { AppError } from "../../../schemas/app-error.ts";
import type { TokenScope } from "../../../schemas/closed-lists.ts";
import type { Database, Transactions } from "../../../schemas/postgres/open.ts";
import { accessTokens } from "../../../schemas/postgres/access-tables.ts";
import { appendAudit } from "../../../schemas/postgres/audit.ts";
import { people, teams } from "../../../schemas/postgres/tables.ts";
import type { SubjectId } from "./scope.ts";
import { createToken, hashToken, personColumns, type Session } from "./sessions.ts";

export const ACCESS_TOKEN_PREFIX = "assay_pat_";
/** Of one person, that can be used at the same time. */
export const USABLE_TOKENS_MAX = 20;
/** All usable ones, and as many of the newest others as fit. */
const LISTED_MAX = 100;
/** The prefix and four characters: enough to recognise one, and no help in guessing the other 39. */
const HINT_CHARS = ACCESS_TOKEN_PREFIX.length + 4;
const DAY_MS = 24 * 3_600_000;
/** The last use is written no oftener. */
const USE_WRITTEN_MS = 3_600_000;
/** Any number, the same in every process of this product and used for nothing else. */
const ACCESS_TOKENS_LOCK = 4_101_036;

export interface NewAccessToken {
  personId: SubjectId;
  name: string;
  scopes: readonly TokenScope[];
  days: number;
}

/** @throws AppError `conflict` when there would be too many */
export async function createAccessToken(
  store: Transactions,
  { personId, name, scopes, days }: NewAccessToken,
  now: Date,
): Promise<z.infer<typeof createdAccessTokenSchema>> {
  const secret = ACCESS_TOKEN_PREFIX + createToken();
  return store.db.transaction(async (transaction) => {
    await transaction.execute(
      sql`SELECT pg_advisory_xact_lock(${ACCESS_TOKENS_LOCK}, hashtext(${personId}))`,
    );
    const [usable] = await transaction
      .select({ tokens: count() })
      .from(accessTokens)
      .where(and(eq(accessTokens.personId, personId), isUsable(now)));
    if (usable === undefined || usable.tokens >= USABLE_TOKENS_MAX) throw tooManyTokens();
    const [row] = await transaction
      .insert(accessTokens)
      .values({
        personId,
        name,
        tokenSha256: hashToken(secret),
        hint: secret.slice(0, HINT_CHARS),
        scopes: [...scopes],
        createdAt: now,
        expiresAt: new Date(now.getTime() + days * DAY_MS),
      })
      .returning();
    if (row === undefined) throw new AppError("internal", "A token was inserted and did not come back.");
    await appendAudit(transaction, now, {
      action: "access_token_created",
      actorId: personId,
      subjectId: personId,
      payload: { token_id: row.tokenId, scopes: scopes.join(" "), expires_at: row.expiresAt.toISOString() },
    });
    return { token: toAccessToken(row), secret };
  });
}

/** Those that can be used first, then the newest. */
export async function listAccessTokens(
  database: Database,
  { personId, now }: { personId: SubjectId; now: Date },
): Promise<AccessToken[]> {
  const rows = await database
    .select()
    .from(accessTokens)
    .where(eq(accessTokens.personId, personId))
    .orderBy(desc(sql`${isUsable(now)}`), desc(accessTokens.createdAt), asc(accessTokens.tokenId))
    .limit(LISTED_MAX);
  return rows.map(toAccessToken);
}

/** @throws AppError `not_found` when it is none of that person's */
export async function revokeAccessToken(
  store: Transactions,
  { personId, tokenId }: { personId: SubjectId; tokenId: string },
  now: Date,
): Promise<void> {
  await store.db.transaction(async (transaction) => {
    const isMeant = and(eq(accessTokens.tokenId, tokenId), eq(accessTokens.personId, personId));
    const [token] = await transaction.select().from(accessTokens).where(isMeant).for("update");
    if (token === undefined) throw noSuchToken();
    if (token.revokedAt !== null) return;
    await transaction.update(accessTokens).set({ revokedAt: now }).where(isMeant);
    const entry = { actorId: personId, subjectId: personId, payload: { token_id: tokenId } };
    await appendAudit(transaction, now, { action: "access_token_revoked", ...entry });
  });
}

/** Who asks with a token; undefined where it is unknown, revoked or too old. */
export async function findAccessToken(
  database: Database,
  { token, now }: { token: string; now: Date },
): Promise<Session | undefined> {
  const { tokenId, scopes, lastUsedAt } = accessTokens;
  const [found] = await database
    .select({ token: { tokenId, scopes, lastUsedAt }, person: personColumns })
    .from(accessTokens)
    .innerJoin(people, eq(people.personId, accessTokens.personId))
    .leftJoin(teams, eq(teams.teamId, people.teamId))
    .where(and(eq(accessTokens.tokenSha256, hashToken(token)), isUsable(now)));
  if (found === undefined) return undefined;
  const writtenBefore = new Date(now.getTime() - USE_WRITTEN_MS);
  if (found.token.lastUsedAt === null || found.token.lastUsedAt <= writtenBefore) {
    const isOld = or(isNull(accessTokens.lastUsedAt), lte(accessTokens.lastUsedAt, writtenBefore));
    await database
      .update(accessTokens)
      .set({ lastUsedAt: now })
      .where(and(eq(accessTokens.tokenId, found.token.tokenId), isOld));
  }
  return { ...found.person, sessionId: found.token.tokenId, scopes: found.token.scopes };
}

function isUsable(now: Date) {
  return and(isNull(accessTokens.revokedAt), gt(accessTokens.expiresAt, now));
}

function tooManyTokens(): AppError {
  const message = `There are ${USABLE_TOKENS_MAX} tokens that can be used, the most for one person. Revoke one first.`;
  return new AppError("conflict", message);
}

export function noSuchToken(): AppError {
  return new AppError("not_found", "There is no such token. List the tokens to see their ids.");
}

function toAccessToken(row: typeof accessTokens.$inferSelect): AccessToken {
  return {
    token_id: row.tokenId,
    name: row.name,
    hint: row.hint,
    scopes: row.scopes,
    created_at: row.createdAt.toISOString(),
    expires_at: row.expiresAt.toISOString(),
    last_used_at: row.lastUsedAt?.toISOString() ?? null,
    revoked_at: row.revokedAt?.toISOString() ?? null,
  };
}

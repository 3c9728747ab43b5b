// Sessions of browsers: a random token in a cookie, its SHA-256 in Postgres. A session ends 12 hours after it began, whatever was done
// in it, and at once when its person signs out, here or from another place.
//
//   token of a session ──used after 30 minutes──▶ replaced by another one, and good for 30 s more ──used after that──▶ the session ends
//
// The 30 s are for requests that are under way. Who comes with a replaced token later than that holds a copy, or somebody else does
// who was there first; which of the two it is can't be told, so neither goes on.
//
// Always holds: the token is 256 random bits, so a plain SHA-256 of it is enough; who reads the table can't sign in. Of two
// requests that come at the same moment one replaces the token.

import { hash, randomBytes } from "node:crypto";
import { and, desc, eq, gt, isNull, lte, ne, or, sql, type SQL } from "drizzle-orm";
import type { SignInMethod, TokenScope } from "../../../schemas/closed-lists.ts";
import type { Database, PostgresStore } from "../../../schemas/postgres/open.ts";
import { sessions } from "../../../schemas/postgres/access-tables.ts";
import { people, teams } from "../../../schemas/postgres/tables.ts";
import type { Role } from "../../../schemas/closed-lists.ts";

const TOKEN_BYTES = 32;
export const SESSION_AGE_MS_MAX = 12 * 3_600_000;
/** Of one token of a session. */
export const TOKEN_AGE_MS_MAX = 30 * 60_000;
export const REPLACED_TOKEN_MS_MAX = 30_000;
/** Sessions of one person that a page lists. */
const LISTED_MAX = 100;

/** Who asks. */
export interface Session {
  /** Of the session of a browser, or of the personal access token. */
  sessionId: string;
  /** What the personal access token is for. Undefined: a browser, which may do whatever its person may. */
  scopes: readonly TokenScope[] | undefined;
  personId: string;
  email: string;
  name: string;
  team: string | null;
  role: Role;
  /** Whether anybody reports to this person. */
  isManager: boolean;
}

/** Of a person as they are now; for a question that joins people, and teams to the left. */
export const personColumns = {
  personId: people.personId,
  email: people.email,
  name: people.name,
  team: teams.name,
  role: people.role,
  isManager: sql<boolean>`EXISTS (SELECT FROM people AS report WHERE report.manager_id = ${people.personId})`,
};

/** Begins a session and returns its token. Tokens of the person that are too old for anything are cleared away on the way. */
export async function createSession(
  database: Database,
  { personId, method, now }: { personId: string; method: SignInMethod; now: Date },
): Promise<string> {
  await database.delete(sessions).where(and(eq(sessions.personId, personId), lte(sessions.expiresAt, now)));
  const token = createToken();
  await database.insert(sessions).values({
    tokenSha256: hashToken(token),
    personId,
    method,
    signedInAt: now,
    createdAt: now,
    expiresAt: new Date(now.getTime() + SESSION_AGE_MS_MAX),
  });
  return token;
}

export interface FoundSession {
  session: Session;
  /** What takes the place of the token; undefined while it is to stay. */
  nextToken: string | undefined;
}

/** The session of a token, with the person as they are now; undefined where there is none, or it is over. */
export async function findSession(
  { db }: PostgresStore,
  { token, now }: { token: string; now: Date },
): Promise<FoundSession | undefined> {
  const tokenSha256 = hashToken(token);
  const { sessionId, createdAt, endedAt } = sessions;
  const [found] = await db
    .select({ token: { sessionId, createdAt, endedAt }, person: personColumns })
    .from(sessions)
    .innerJoin(people, eq(people.personId, sessions.personId))
    .leftJoin(teams, eq(teams.teamId, people.teamId))
    .where(and(eq(sessions.tokenSha256, tokenSha256), gt(sessions.expiresAt, now)));
  if (found === undefined) return undefined;
  if (found.token.endedAt !== null && found.token.endedAt <= now) {
    await endSession(db, { sessionId: found.token.sessionId, now });
    return undefined;
  }
  const session = { ...found.person, sessionId: found.token.sessionId, scopes: undefined };
  const isDue =
    found.token.endedAt === null && now.getTime() - found.token.createdAt.getTime() >= TOKEN_AGE_MS_MAX;
  return { session, nextToken: isDue ? await replaceToken(db, { tokenSha256, now }) : undefined };
}

/** Undefined where another request was faster. */
async function replaceToken(
  database: PostgresStore["db"],
  { tokenSha256, now }: { tokenSha256: string; now: Date },
): Promise<string | undefined> {
  const token = createToken();
  return database.transaction(async (transaction) => {
    const [replaced] = await transaction
      .update(sessions)
      .set({ endedAt: new Date(now.getTime() + REPLACED_TOKEN_MS_MAX) })
      .where(and(eq(sessions.tokenSha256, tokenSha256), isNull(sessions.endedAt)))
      .returning();
    if (replaced === undefined) return undefined;
    const next = { ...replaced, tokenSha256: hashToken(token), createdAt: now, endedAt: null };
    await transaction.insert(sessions).values(next);
    return token;
  });
}

/** The sessions of a person that are not over, the newest first. */
export async function listSessions(
  database: Database,
  { personId, now }: { personId: string; now: Date },
): Promise<{ sessionId: string; method: SignInMethod; signedInAt: Date; expiresAt: Date }[]> {
  const { sessionId, method, signedInAt, expiresAt } = sessions;
  return database
    .select({ sessionId, method, signedInAt, expiresAt })
    .from(sessions)
    .where(and(eq(sessions.personId, personId), isNull(sessions.endedAt), gt(sessions.expiresAt, now)))
    .orderBy(desc(sessions.signedInAt), sessionId)
    .limit(LISTED_MAX);
}

export async function endSession(
  database: Database,
  { sessionId, now }: { sessionId: string; now: Date },
): Promise<void> {
  await endTokens(database, eq(sessions.sessionId, sessionId), now);
}

/** The session that a token is of, also where the token has been replaced. */
export async function endSessionOfToken(
  database: Database,
  { token, now }: { token: string; now: Date },
): Promise<void> {
  const ofToken = sql`(SELECT session_id FROM sessions WHERE token_sha256 = ${hashToken(token)})`;
  await endTokens(database, eq(sessions.sessionId, ofToken), now);
}

/** Ends one session of a person, or all but one. Returns how many tokens ended, 0 where there was no such session. */
export async function endSessionsOfPerson(
  database: Database,
  which: { personId: string; now: Date } & ({ sessionId: string } | { exceptSessionId: string }),
): Promise<number> {
  const isMeant =
    "sessionId" in which
      ? eq(sessions.sessionId, which.sessionId)
      : ne(sessions.sessionId, which.exceptSessionId);
  return endTokens(database, and(eq(sessions.personId, which.personId), isMeant), which.now);
}

async function endTokens(database: Database, which: SQL | undefined, now: Date): Promise<number> {
  const isOpen = and(gt(sessions.expiresAt, now), or(isNull(sessions.endedAt), gt(sessions.endedAt, now)));
  const ended = await database
    .update(sessions)
    .set({ endedAt: now })
    .where(and(which, isOpen))
    .returning({ sessionId: sessions.sessionId });
  return ended.length;
}

/** 256 random bits, in characters that an address and a cookie take as they are. */
export function createToken(): string {
  return randomBytes(TOKEN_BYTES).toString("base64url");
}

export function hashToken(token: string): string {
  return hash("sha256", token, "hex");
}

// Sessions: a random token in a cookie, its SHA-256 in Postgres. A session ends 12 hours after it began, whatever was done
// in it, and at once when its person signs out.
//
// Always holds: the token is 256 random bits, so a plain SHA-256 of it is enough; who reads the table can't sign in.

import { hash, randomBytes } from "node:crypto";
import { and, eq, gt, isNull, lte, or, sql } from "drizzle-orm";
import type { Database } from "../../../schemas/postgres/open.ts";
import { sessions } from "../../../schemas/postgres/access-tables.ts";
import { people, teams } from "../../../schemas/postgres/tables.ts";
import type { Role } from "../../../schemas/closed-lists.ts";

const TOKEN_BYTES = 32;
export const SESSION_AGE_MS_MAX = 12 * 3_600_000;

export interface Session {
  tokenSha256: string;
  personId: string;
  email: string;
  name: string;
  team: string | null;
  role: Role;
  /** Whether anybody reports to this person. */
  isManager: boolean;
}

/** Begins a session and returns its token. Sessions of the person that are over are cleared away on the way. */
export async function createSession(
  database: Database,
  { personId, now }: { personId: string; now: Date },
): Promise<string> {
  const isOver = or(lte(sessions.expiresAt, now), lte(sessions.endedAt, now));
  await database.delete(sessions).where(and(eq(sessions.personId, personId), isOver));
  const token = createToken();
  await database.insert(sessions).values({
    tokenSha256: hashToken(token),
    personId,
    createdAt: now,
    expiresAt: new Date(now.getTime() + SESSION_AGE_MS_MAX),
  });
  return token;
}

/** The session of a token, with the person as they are now; undefined where there is none, or it is over. */
export async function findSession(
  database: Database,
  { token, now }: { token: string; now: Date },
): Promise<Session | undefined> {
  const isOpen = and(isNull(sessions.endedAt), gt(sessions.expiresAt, now));
  const [session] = await database
    .select({
      tokenSha256: sessions.tokenSha256,
      personId: people.personId,
      email: people.email,
      name: people.name,
      team: teams.name,
      role: people.role,
      isManager: sql<boolean>`EXISTS (SELECT FROM people AS report WHERE report.manager_id = ${people.personId})`,
    })
    .from(sessions)
    .innerJoin(people, eq(people.personId, sessions.personId))
    .leftJoin(teams, eq(teams.teamId, people.teamId))
    .where(and(eq(sessions.tokenSha256, hashToken(token)), isOpen));
  return session;
}

export async function endSession(
  database: Database,
  { tokenSha256, now }: { tokenSha256: string; now: Date },
): Promise<void> {
  await database
    .update(sessions)
    .set({ endedAt: now })
    .where(and(eq(sessions.tokenSha256, tokenSha256), isNull(sessions.endedAt)));
}

/** 256 random bits, in characters that an address and a cookie take as they are. */
export function createToken(): string {
  return randomBytes(TOKEN_BYTES).toString("base64url");
}

export function hashToken(token: string): string {
  return hash("sha256", token, "hex");
}

// Ways to the sign-in service that somebody is on: what has to be the same when they come back.
//
// Always holds: each ends when it is come back from, whether that goes well or not, and after 10 minutes. The state that names it is
// kept as its SHA-256, and in a cookie of the browser that began it: an address at which a way of somebody else's ends leads nowhere.

import { eq, lte } from "drizzle-orm";
import type { Database } from "../../../schemas/postgres/open.ts";
import { oidcAttempts } from "../../../schemas/postgres/access-tables.ts";
import type { OidcSecrets } from "./oidc-client.ts";
import { OIDC_ATTEMPT_MS_MAX } from "./session-cookie.ts";
import { hashToken } from "./sessions.ts";

/** Those that are too old are cleared away on the way. */
export async function beginAttempt(
  database: Database,
  { secrets, returnPath, now }: { secrets: OidcSecrets; returnPath: string; now: Date },
): Promise<void> {
  await database.delete(oidcAttempts).where(lte(oidcAttempts.expiresAt, now));
  await database.insert(oidcAttempts).values({
    stateSha256: hashToken(secrets.state),
    codeVerifier: secrets.codeVerifier,
    nonce: secrets.nonce,
    returnPath,
    expiresAt: new Date(now.getTime() + OIDC_ATTEMPT_MS_MAX),
  });
}

/** Ends an attempt; undefined where there is none, or it is too old. */
export async function endAttempt(
  database: Database,
  { state, now }: { state: string; now: Date },
): Promise<{ secrets: OidcSecrets; returnPath: string } | undefined> {
  const [ended] = await database
    .delete(oidcAttempts)
    .where(eq(oidcAttempts.stateSha256, hashToken(state)))
    .returning();
  if (ended === undefined || ended.expiresAt <= now) return undefined;
  const { codeVerifier, nonce, returnPath } = ended;
  return { secrets: { state, nonce, codeVerifier }, returnPath };
}

/** Somewhere to measure a path from; nothing is asked of it. */
const ANY_ORIGIN = "http://assay.invalid";
export const RETURN_CHARS_MAX = 1000;

/** The page to go to afterwards: one of Assay's own, whatever was asked for, and none of its API. */
export function toReturnPath(asked: string | undefined): string {
  if (asked === undefined || !asked.startsWith("/") || asked.length > RETURN_CHARS_MAX) return "/";
  // As browsers read it: they take \ for /, drop tabs and line ends, and //host for another host.
  const url = URL.parse(asked, ANY_ORIGIN);
  if (url === null || url.origin !== ANY_ORIGIN) return "/";
  const path = url.pathname + url.search + url.hash;
  return path.startsWith("//") || url.pathname.startsWith("/api/") ? "/" : path;
}

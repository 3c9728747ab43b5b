// Signing in. A one-time link's token is exchanged for a session; the session of before, if there was one in the browser, ends
// with it, so that no token lives on that somebody may have planted.
//
// Always holds: where the organisation has a sign-in service, links sign in the first owner alone, also those that were made before;
// who was locked out there can't come in here.

import { AppError } from "../../../schemas/app-error.ts";
import type { Asked } from "../http/route.ts";
import { requireLinkAllowed } from "./first-owner.ts";
import { redeemLoginLink } from "./login-links.ts";
import { createSessionCookie } from "./session-cookie.ts";
import { createSession, endSessionOfToken } from "./sessions.ts";

/** @throws AppError `unauthenticated` for a link that is not good, `forbidden` for one that may not be used any more */
export async function signIn({
  body: { token: linkToken },
  dashboard,
  now,
  context,
}: Asked<"anyone", unknown, { token: string }>): Promise<void> {
  const cookie = createSessionCookie(dashboard.config);
  const sessionBefore = cookie.read(context);
  const token = await dashboard.stores.postgres.db.transaction(async (transaction) => {
    const personId = await redeemLoginLink(transaction, { token: linkToken, now });
    if (personId === undefined) throw noSuchLink();
    await requireLinkAllowed(transaction, { personId, oidc: dashboard.config.oidc });
    if (sessionBefore !== undefined) await endSessionOfToken(transaction, { token: sessionBefore, now });
    return createSession(transaction, { personId, method: "link", now });
  });
  cookie.write(context, token);
}

function noSuchLink(): AppError {
  const message =
    "This link has been used, or is more than 15 minutes old. Ask for a new one: npx assay login-link you@example.com";
  return new AppError("unauthenticated", message);
}

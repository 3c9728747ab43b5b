// Who asks: a browser by the cookie of its session, or a program by a personal access token in `Authorization`.
//
// Always holds: a request with a token is the token's alone: its cookies are not looked at, and it gets none. An `Authorization` that
// is none of ours, as a proxy in front may put in, changes nothing.

import type { Context, MiddlewareHandler } from "hono";
import type { Dashboard, DashboardEnv } from "../dashboard.ts";
import { ACCESS_TOKEN_PREFIX, findAccessToken } from "./access-tokens.ts";
import { createSessionCookie } from "./session-cookie.ts";
import { findSession } from "./sessions.ts";

const BEARER = new RegExp(`^Bearer +(${ACCESS_TOKEN_PREFIX}\\S+)$`, "i");

/** The personal access token of a request, good or not; undefined: it comes from a browser. */
export function readAccessToken(context: Context): string | undefined {
  return BEARER.exec(context.req.header("authorization") ?? "")?.[1];
}

/** Finds the session, and gives a browser the next token where its own is to be replaced. */
export function createAuthentication({
  stores: { postgres },
  config,
  now,
}: Dashboard): MiddlewareHandler<DashboardEnv> {
  const cookie = createSessionCookie(config);
  return async function authenticate(context, next) {
    const accessToken = readAccessToken(context);
    if (accessToken !== undefined) {
      context.set("session", await findAccessToken(postgres.db, { token: accessToken, now: now() }));
      return next();
    }
    const token = cookie.read(context);
    const found = token === undefined ? undefined : await findSession(postgres, { token, now: now() });
    context.set("session", found?.session);
    await next();
    // A handler that signs in or out has the last word on the cookie.
    if (found?.nextToken !== undefined && context.res.headers.getSetCookie().length === 0)
      cookie.write(context, found.nextToken);
  };
}

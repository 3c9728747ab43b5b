// Signing in and out. A one-time link's token is exchanged for a session; the session of before, if there was one in the
// browser, ends with it, so that no token lives on that somebody may have planted.

import { Hono, type MiddlewareHandler } from "hono";
import { AppError } from "../../../schemas/app-error.ts";
import { signInSchema } from "../../../schemas/dashboard-api.ts";
import { createAttemptLimit } from "./attempt-limit.ts";
import type { Dashboard, DashboardEnv } from "../dashboard.ts";
import { redeemLoginLink } from "./login-links.ts";
import { parseBody } from "../http/request-parts.ts";
import type { SessionCookie } from "./session-cookie.ts";
import { createSession, endSession, findSession, hashToken } from "./sessions.ts";

/** What can be asked without a session: POST /sign-in. */
export function createSignInRoutes(dashboard: Dashboard, cookie: SessionCookie): Hono<DashboardEnv> {
  const { stores, now } = dashboard;
  const limit = createAttemptLimit();
  const routes = new Hono<DashboardEnv>();
  routes.post("/sign-in", async function signIn(context) {
    const waitSeconds = limit.attempt(context.env?.incoming?.socket.remoteAddress ?? "", now());
    if (waitSeconds > 0) {
      context.header("retry-after", String(waitSeconds));
      throw new AppError("too_many_requests", `Too many attempts. Try again in ${waitSeconds} seconds.`);
    }
    const { token: linkToken } = await parseBody(context, signInSchema);
    const sessionBefore = cookie.read(context);
    const at = now();
    const token = await stores.postgres.db.transaction(async (transaction) => {
      const personId = await redeemLoginLink(transaction, { token: linkToken, now: at });
      if (personId === undefined) throw noSuchLink();
      if (sessionBefore !== undefined)
        await endSession(transaction, { tokenSha256: hashToken(sessionBefore), now: at });
      return createSession(transaction, { personId, now: at });
    });
    cookie.write(context, token);
    return context.body(null, 204);
  });
  return routes;
}

/** Lets through who is signed in, and puts their session into the context. */
export function requireSession(dashboard: Dashboard, cookie: SessionCookie): MiddlewareHandler<DashboardEnv> {
  return async function guardSession(context, next) {
    const token = cookie.read(context);
    const session =
      token === undefined
        ? undefined
        : await findSession(dashboard.stores.postgres.db, { token, now: dashboard.now() });
    if (session === undefined) {
      const message =
        "You are not signed in, or your session is over. Sign in with a link: npx assay login-link you@example.com";
      throw new AppError("unauthenticated", message);
    }
    context.set("session", session);
    await next();
  };
}

/** DELETE /sessions/current. */
export function createSignOutRoute(dashboard: Dashboard, cookie: SessionCookie): Hono<DashboardEnv> {
  const routes = new Hono<DashboardEnv>();
  routes.delete("/sessions/current", async function signOut(context) {
    const { tokenSha256 } = context.var.session;
    await endSession(dashboard.stores.postgres.db, { tokenSha256, now: dashboard.now() });
    cookie.clear(context);
    return context.body(null, 204);
  });
  return routes;
}

function noSuchLink(): AppError {
  const message =
    "This link has been used, or is more than 15 minutes old. Ask for a new one: npx assay login-link you@example.com";
  return new AppError("unauthenticated", message);
}

// The API under /api/v1: every route of the list, each behind the access that it names.
//
//   not kept by any cache → body limit → origin guard → session → access → what goes in is checked → handler → answer
//
// Always holds: no handler runs before its route's access was granted; no answer leaves but in the shape that the route declares.

import { Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { AppError } from "../../schemas/app-error.ts";
import { createAttemptLimit, type AttemptLimit } from "./access/attempt-limit.ts";
import { findSession } from "./access/sessions.ts";
import { grant } from "./access/scope.ts";
import { createSessionCookie } from "./access/session-cookie.ts";
import type { Dashboard, DashboardEnv } from "./dashboard.ts";
import { createOriginGuard } from "./http/request-guard.ts";
import { parseBody, parseQuery } from "./http/request-parts.ts";
import type { Route } from "./http/route.ts";

const BODY_BYTES_MAX = 64 * 1024;

export function createApi(dashboard: Dashboard, routes: readonly Route[]): Hono<DashboardEnv> {
  const cookie = createSessionCookie(dashboard.config);
  const api = new Hono<DashboardEnv>();
  api.use(async function forbidCaching(context, next) {
    context.header("cache-control", "no-store");
    await next();
  });
  api.use(bodyLimit({ maxSize: BODY_BYTES_MAX, onError: refuseBody }));
  api.use(createOriginGuard(dashboard.config));
  api.use(async function readSession(context, next) {
    const token = cookie.read(context);
    const { db } = dashboard.stores.postgres;
    const session = token === undefined ? undefined : await findSession(db, { token, now: dashboard.now() });
    context.set("session", session);
    await next();
  });
  const attempts = createAttemptLimit();
  for (const route of routes) {
    if (route.isAttempt) api.on(route.method, route.path, limitAttempts(attempts, dashboard));
    addRoute(api, dashboard, route);
  }
  // Whoever has not signed in learns of no address whether there is one.
  api.all("*", (context) => {
    if (context.var.session === undefined) grant("signed_in", toAsker(dashboard, undefined, undefined));
    throw new AppError("not_found", "There is nothing at this address.");
  });
  return api;
}

function addRoute(api: Hono<DashboardEnv>, dashboard: Dashboard, route: Route): void {
  api.on(route.method, route.path, async (context) => {
    const params: Readonly<Record<string, string>> = context.req.param();
    const who = grant(route.access, toAsker(dashboard, context.var.session, params["personId"]));
    const query = route.query && parseQuery(context, route.query);
    const body = route.body && (await parseBody(context, route.body));
    const now = dashboard.now();
    const said = await route.handle({ who, query, body, params, dashboard, now, context });
    if (said instanceof Response) return said;
    if (route.answer === undefined) return context.body(null, 204);
    return context.json(route.answer.parse(said), route.status ?? 200);
  });
}

function limitAttempts(limit: AttemptLimit, { now }: Dashboard): MiddlewareHandler<DashboardEnv> {
  return async function countAttempt(context, next) {
    const waitSeconds = limit.attempt(context.env?.incoming?.socket.remoteAddress ?? "", now());
    if (waitSeconds > 0) {
      context.header("retry-after", String(waitSeconds));
      throw new AppError("too_many_requests", `Too many attempts. Try again in ${waitSeconds} seconds.`);
    }
    await next();
  };
}

function toAsker(
  dashboard: Dashboard,
  session: DashboardEnv["Variables"]["session"],
  personId: string | undefined,
) {
  const { stores, config } = dashboard;
  return { session, personId, postgres: stores.postgres, minGroup: config.minGroup };
}

function refuseBody(): never {
  throw new AppError("too_large", `The request's body is larger than ${BODY_BYTES_MAX} bytes.`);
}

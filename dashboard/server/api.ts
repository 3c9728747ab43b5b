// The API under /api/v1: every route of the list, each behind the access that it names.
//
//   not kept by any cache → body limit → origin guard → who asks → how often → access → what goes in is checked → handler → answer
//
// Always holds: no handler runs before its route's access was granted; no answer leaves but in the shape that the route declares.

import { Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { AppError } from "../../schemas/app-error.ts";
import { createAuthentication } from "./access/authenticate.ts";
import { createUseLimit, limitAttempts } from "./access/limits.ts";
import { grant } from "./access/scope.ts";
import { requireTokenScope } from "./access/token-scope.ts";
import type { Dashboard, DashboardEnv } from "./dashboard.ts";
import { createOriginGuard } from "./http/request-guard.ts";
import { parseBody, parseQuery } from "./http/request-parts.ts";
import type { Route } from "./http/route.ts";

const BODY_BYTES_MAX = 64 * 1024;

export function createApi(dashboard: Dashboard, routes: readonly Route[]): Hono<DashboardEnv> {
  const api = new Hono<DashboardEnv>();
  api.use(forbidCaching);
  api.use(bodyLimit({ maxSize: BODY_BYTES_MAX, onError: refuseBody }));
  api.use(createOriginGuard(dashboard.config));
  api.use(createAuthentication(dashboard));
  api.use(createUseLimit(dashboard));
  const limit = limitAttempts(dashboard);
  for (const route of routes) {
    if (route.isAttempt) api.on(route.method, route.path, limit);
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
    const { session } = context.var;
    requireTokenScope(session, route);
    const who = grant(route.access, toAsker(dashboard, session, params["personId"]));
    const query = parseQuery(context, route.query);
    const body = route.body && (await parseBody(context, route.body));
    const now = dashboard.now();
    const said = await route.handle({ who, query, body, params, dashboard, now, context });
    if (said instanceof Response) return said;
    if (route.answer === undefined) return context.body(null, 204);
    return context.json(route.answer.parse(said), route.status ?? 200);
  });
}

function toAsker(
  dashboard: Dashboard,
  session: DashboardEnv["Variables"]["session"],
  personId: string | undefined,
) {
  const { stores, config } = dashboard;
  return { session, personId, postgres: stores.postgres, minGroup: config.minGroup };
}

/** On the way out, so that it stands on what a handler makes itself, too. */
const forbidCaching: MiddlewareHandler<DashboardEnv> = async function forbidCaching(context, next) {
  await next();
  context.header("cache-control", "no-store");
};

function refuseBody(): never {
  throw new AppError("too_large", `The request's body is larger than ${BODY_BYTES_MAX} bytes.`);
}

// The dashboard's server: what every request goes through, in order, and where it ends.
//
//   security headers → /healthz | outcome intake → host guard → /api/v1 | the web application
//   /api/v1: not kept by any cache → body limit → origin guard → sign-in | session guard → me, sign-out, people
//
// Always holds: everything thrown ends in one error boundary; everything below /people/:personId comes after the scope.

import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { AppError } from "../../schemas/app-error.ts";
import type { Me } from "../../schemas/dashboard-api.ts";
import { toGatewayUrl } from "./http/addresses.ts";
import type { Dashboard, DashboardEnv } from "./dashboard.ts";
import { createPersonRoutes } from "./person-routes.ts";
import { createPolicyRoutes } from "./policy/policy-routes.ts";
import { createErrorBoundary } from "./http/problem.ts";
import { createReviewRoutes } from "./patterns/review-routes.ts";
import { createHostGuard, createOriginGuard } from "./http/request-guard.ts";
import { createSecurityHeaders } from "./http/security-headers.ts";
import { createSessionCookie } from "./access/session-cookie.ts";
import { createSignInRoutes, createSignOutRoute, requireSession } from "./access/sign-in.ts";
import { createWebFiles, WEB_DIRECTORY } from "./http/web-files.ts";

const BODY_BYTES_MAX = 64 * 1024;

export function createDashboard(dashboard: Dashboard, webDirectory = WEB_DIRECTORY): Hono<DashboardEnv> {
  const isHttps = dashboard.config.publicUrl?.startsWith("https:") ?? false;
  const app = new Hono<DashboardEnv>();
  app.onError(createErrorBoundary(dashboard.log));
  app.notFound(() => {
    throw new AppError("not_found", "There is nothing at this address.");
  });
  app.use(createSecurityHeaders({ isHttps }));
  app.get("/healthz", (context) => context.json({ status: "alive" }));
  if (dashboard.intake) app.route("/", dashboard.intake);
  app.use(createHostGuard(dashboard.config));
  app.route("/api/v1", createApi(dashboard, { isHttps }));
  app.route("/", createWebFiles(webDirectory));
  return app;
}

function createApi(dashboard: Dashboard, { isHttps }: { isHttps: boolean }): Hono<DashboardEnv> {
  const cookie = createSessionCookie({ isHttps });
  const api = new Hono<DashboardEnv>();
  api.use(async function forbidCaching(context, next) {
    context.header("cache-control", "no-store");
    await next();
  });
  api.use(bodyLimit({ maxSize: BODY_BYTES_MAX, onError: refuseBody }));
  api.use(createOriginGuard(dashboard.config));
  api.route("/", createSignInRoutes(dashboard, cookie));
  api.use(requireSession(dashboard, cookie));
  api.route("/", createSignOutRoute(dashboard, cookie));
  api.get("/me", (context) => {
    const { personId, email, name, team, role } = context.var.session;
    const { hostname } = new URL(context.req.url);
    return context.json<Me>({
      person_id: personId,
      email,
      name,
      team,
      role,
      gateway_url: toGatewayUrl(dashboard.config, hostname),
      timezone: dashboard.config.timezone,
    });
  });
  api.route("/policy", createPolicyRoutes(dashboard));
  api.route("/review/patterns", createReviewRoutes(dashboard));
  api.route("/people/:personId", createPersonRoutes(dashboard));
  api.all("*", () => {
    throw new AppError("not_found", "There is nothing at this address.");
  });
  return api;
}

function refuseBody(): never {
  throw new AppError("too_large", `The request's body is larger than ${BODY_BYTES_MAX} bytes.`);
}

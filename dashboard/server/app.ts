// The dashboard's server: what every request goes through, in order, and where it ends.
//
//   security headers → /healthz | outcome intake → host guard → /api/v1 (api.ts) | the web application
//
// Always holds: everything thrown ends in one error boundary.

import { Hono } from "hono";
import { AppError } from "../../schemas/app-error.ts";
import { createOidcClient } from "./access/oidc-client.ts";
import { createApi } from "./api.ts";
import { createAuditVerifier } from "./audit/audit-verifier.ts";
import type { Dashboard, DashboardEnv } from "./dashboard.ts";
import { createErrorBoundary } from "./http/problem.ts";
import { createHostGuard } from "./http/request-guard.ts";
import { createSecurityHeaders } from "./http/security-headers.ts";
import { createWebFiles, WEB_DIRECTORY } from "./http/web-files.ts";
import { ROUTES } from "./routes.ts";

export function createDashboard(dashboard: Dashboard, webDirectory = WEB_DIRECTORY): Hono<DashboardEnv> {
  const { oidc } = dashboard.config;
  const oidcClient = oidc && createOidcClient(oidc);
  const isHttps = dashboard.config.publicUrl?.startsWith("https:") ?? false;
  const auditVerifier = createAuditVerifier(dashboard.stores.postgres);
  const app = new Hono<DashboardEnv>();
  app.onError(createErrorBoundary(dashboard.log));
  app.notFound(() => {
    throw new AppError("not_found", "There is nothing at this address.");
  });
  app.use(createSecurityHeaders({ isHttps }));
  app.get("/healthz", (context) => context.json({ status: "alive" }));
  if (dashboard.intake) app.route("/", dashboard.intake);
  app.use(createHostGuard(dashboard.config));
  app.route("/api/v1", createApi({ ...dashboard, auditVerifier, ...(oidcClient && { oidcClient }) }, ROUTES));
  app.route("/", createWebFiles(webDirectory));
  return app;
}

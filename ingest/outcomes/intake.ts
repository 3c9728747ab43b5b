// The HTTP side of outcomes, served on the dashboard's port beside the pages, and handed to it as a whole:
//
//   POST /webhooks/github | /webhooks/gitlab | /webhooks/generic   signed by the sender
//   POST /api/v1/outcomes                                          with an Assay key
//   POST /otlp/v1/logs | /otlp/v1/metrics | /otlp/v1/traces        with an Assay key, from exporters of OpenTelemetry
//
// Nothing here goes by a cookie or by the name that the server is called by, so the guards of the pages are of no use to it.
//
// Always holds: what is answered with 2xx is durable; what is sent again is counted once; a secret that is not set is an address
// that does not exist.

import { Hono, type MiddlewareHandler } from "hono";
import { createGenericRoutes } from "./generic.ts";
import { createGithubRoutes } from "./github.ts";
import { createGitlabRoutes } from "./gitlab.ts";
import type { IntakeEnv, IntakeParts } from "./intake-parts.ts";
import { createOtlpRoutes } from "./otlp/otlp.ts";
import { createReportRoutes } from "./reports.ts";

const INTAKES = {
  github: { path: "/webhooks/github", create: createGithubRoutes },
  gitlab: { path: "/webhooks/gitlab", create: createGitlabRoutes },
  generic: { path: "/webhooks/generic", create: createGenericRoutes },
  reports: { path: "/api/v1/outcomes", create: createReportRoutes },
} as const;

/** What is thrown in it is for the server that it is mounted in to answer. */
export function createIntake(parts: IntakeParts): Hono {
  const intake = new Hono<IntakeEnv>();
  for (const [name, { path, create }] of Object.entries(INTAKES)) {
    intake.post(path, countDeliveries(parts, name));
    intake.route(path, create(parts));
  }
  intake.post("/otlp/v1/*", countDeliveries(parts, "otlp"));
  intake.route("/otlp/v1", createOtlpRoutes(parts));
  return new Hono().route("/", intake);
}

function countDeliveries({ metrics }: IntakeParts, intake: string): MiddlewareHandler<IntakeEnv> {
  return async function countDelivery(context, next) {
    await next();
    const result = context.var.result ?? (context.error === undefined ? "accepted" : "failed");
    metrics.outcomeDeliveries.inc({ intake, result });
  };
}

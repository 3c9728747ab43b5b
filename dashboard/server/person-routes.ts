// What can be asked about a person, below /people/:personId: usage, runs, keys, schedules, patterns. Every route comes after the scope, and
// reads for the `subjectId` that the scope let through. What it asks of Postgres it asks of `store`, which shows it no more than
// the person who asks may see; the product's own store only publishes the keys that have changed.

import type { Hono } from "hono";
import type { Dashboard } from "./dashboard.ts";
import { daySpanSchema } from "./usage/day-span.ts";
import { createKeyRoutes } from "./keys/key-routes.ts";
import { parseQuery } from "./http/request-parts.ts";
import { createPatternRoutes } from "./patterns/pattern-routes.ts";
import { createRunRoutes } from "./runs/run-routes.ts";
import { readRuns, runsQuerySchema } from "./runs/runs.ts";
import { createScheduleRoutes } from "./schedules/schedule-routes.ts";
import { createScopedRoutes, type PersonEnv } from "./access/scope.ts";
import { readUsage } from "./usage/usage.ts";

export function createPersonRoutes(dashboard: Dashboard): Hono<PersonEnv> {
  const { stores, now } = dashboard;
  const { clickhouse, postgres } = stores;
  const routes = createScopedRoutes(postgres);
  routes.route("/keys", createKeyRoutes(dashboard));
  routes.route("/runs/:runId", createRunRoutes(dashboard));
  routes.route("/schedules", createScheduleRoutes(dashboard));
  routes.route("/patterns", createPatternRoutes(dashboard));

  routes.get("/usage", async (context) => {
    const span = parseQuery(context, daySpanSchema);
    const { subjectId } = context.var;
    return context.json(await readUsage(clickhouse, { subjectId, span, now: now() }));
  });

  routes.get("/runs", async (context) => {
    const { cursor } = parseQuery(context, runsQuerySchema);
    const { subjectId } = context.var;
    return context.json(await readRuns(clickhouse, { subjectId, cursor, now: now() }));
  });

  return routes;
}

// What can be asked about a person, below /people/:personId: usage, runs, keys, schedules. Every route comes after the scope, and
// reads for the `subjectId` that the scope let through. What it asks of Postgres it asks of `store`, which shows it no more than
// the person who asks may see; the product's own store only publishes the keys that have changed.

import type { Hono } from "hono";
import { z } from "zod";
import { newKeySchema } from "../../schemas/dashboard-api.ts";
import type { Dashboard } from "./dashboard.ts";
import { daySpanSchema } from "./day-span.ts";
import { writeIdentitySnapshot } from "./identity-snapshot.ts";
import { createKey, listKeys, noSuchKey, revokeKey } from "./keys.ts";
import { parseBody, parseQuery } from "./request-parts.ts";
import { readRuns, runsQuerySchema } from "./runs.ts";
import { createScheduleRoutes } from "./schedule-routes.ts";
import { createScopedRoutes, type PersonEnv } from "./scope.ts";
import { readUsage } from "./usage.ts";

const keyIdSchema = z.uuid();

export function createPersonRoutes(dashboard: Dashboard): Hono<PersonEnv> {
  const { stores, config, now } = dashboard;
  const { clickhouse, postgres } = stores;
  const publishKeys = () => writeIdentitySnapshot({ postgres, dataDir: config.dataDir, now });
  const routes = createScopedRoutes(postgres);
  routes.route("/schedules", createScheduleRoutes(dashboard));

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

  routes.get("/keys", async (context) => {
    const { store, subjectId } = context.var;
    const keys = await store.db.transaction((transaction) => listKeys(transaction, subjectId));
    return context.json({ keys });
  });

  routes.post("/keys", async (context) => {
    const { name, workload_class: workloadClass } = await parseBody(context, newKeySchema);
    const { subjectId: personId, session, store } = context.var;
    const created = await createKey(
      store,
      { kind: "person", personId, actorId: session.personId, name, workloadClass, expiresAt: null },
      now(),
    );
    await publishKeys();
    return context.json(created, 201);
  });

  routes.delete("/keys/:keyId", async (context) => {
    const keyId = keyIdSchema.safeParse(context.req.param("keyId"));
    if (!keyId.success) throw noSuchKey();
    const { subjectId: personId, session, store } = context.var;
    await revokeKey(store, { keyId: keyId.data, personId, actorId: session.personId }, now());
    await publishKeys();
    return context.body(null, 204);
  });

  return routes;
}

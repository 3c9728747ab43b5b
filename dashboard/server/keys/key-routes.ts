// A person's keys, below /people/:personId/keys: listed with their last use, made, rotated, revoked. Each change reaches the
// gateways at once, by the identity snapshot.

import { Hono } from "hono";
import { z } from "zod";
import { newKeySchema, rotateKeySchema } from "../../../schemas/dashboard-api.ts";
import type { Dashboard } from "../dashboard.ts";
import { writeIdentitySnapshot } from "../people/identity-snapshot.ts";
import { rotateKey } from "./key-rotation.ts";
import { addLastUse } from "./key-use.ts";
import { createKey, listKeys, noSuchKey, revokeKey } from "./keys.ts";
import { parseBody } from "../http/request-parts.ts";
import type { PersonEnv } from "../access/scope.ts";

const HOUR_MS = 3_600_000;

export function createKeyRoutes({ stores, config, now, log }: Dashboard): Hono<PersonEnv> {
  const { clickhouse, postgres } = stores;
  const publishKeys = () => writeIdentitySnapshot({ postgres, dataDir: config.dataDir, now });
  const routes = new Hono<PersonEnv>();

  routes.get("/", async (context) => {
    const { store, subjectId } = context.var;
    const keys = await store.db.transaction((transaction) => listKeys(transaction, subjectId));
    const eventsDays = config.retentionDays.events;
    return context.json(await addLastUse({ clickhouse, log, eventsDays, now: now() }, keys));
  });

  routes.post("/", async (context) => {
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

  routes.post("/:keyId/rotate", async (context) => {
    const keyId = parseKeyId(context.req.param("keyId"));
    const { overlap_hours: hours } = await parseBody(context, rotateKeySchema);
    const { subjectId: personId, session, store } = context.var;
    const rotation = { keyId, personId, actorId: session.personId, overlapMs: hours * HOUR_MS };
    const rotated = await rotateKey(store, rotation, now());
    await publishKeys();
    return context.json(rotated, 201);
  });

  routes.delete("/:keyId", async (context) => {
    const keyId = parseKeyId(context.req.param("keyId"));
    const { subjectId: personId, session, store } = context.var;
    await revokeKey(store, { keyId, personId, actorId: session.personId }, now());
    await publishKeys();
    return context.body(null, 204);
  });

  return routes;
}

/** What is no id is no key of anybody's either. */
function parseKeyId(text: string): string {
  const keyId = z.uuid().safeParse(text);
  if (!keyId.success) throw noSuchKey();
  return keyId.data;
}

// The keys of services, for operators: listed with their last use, made, rotated, revoked. They are nobody's, so that row-level
// security shows them to no person, and the product itself reads and changes them here.
//
// Always holds: a key of a person is none of a service, whoever asks and whatever id they name.

import { asc } from "drizzle-orm";
import { createdKeySchema, rotatedKeySchema, rotateKeySchema } from "../../../schemas/dashboard-api.ts";
import { newServiceKeySchema, serviceKeysSchema } from "../../../schemas/key-api.ts";
import { teams } from "../../../schemas/postgres/tables.ts";
import { defineRoute } from "../http/route.ts";
import { findTeam } from "../people/teams.ts";
import { rotateKey } from "./key-rotation.ts";
import { parseExpiry, parseKeyId, publishKeys } from "./key-routes.ts";
import { addLastUse } from "./key-use.ts";
import { createKey, listServiceKeys, revokeKey } from "./keys.ts";

const HOUR_MS = 3_600_000;
/** Of an organisation. */
const TEAMS_MAX = 1000;

export const serviceKeyRoutes = [
  defineRoute({
    method: "GET",
    path: "/services/keys",
    summary: "The keys of services, with the day of their last use",
    access: "operator",
    answer: serviceKeysSchema,
    async handle({ dashboard: { stores, config, log }, now }) {
      const { clickhouse, postgres } = stores;
      const keys = await listServiceKeys(postgres.db);
      const known = await addLastUse({ clickhouse, log, eventsDays: config.retentionDays.events, now }, keys);
      const { name } = teams;
      const named = await postgres.db.select({ name }).from(teams).orderBy(asc(name)).limit(TEAMS_MAX);
      return { ...known, teams: named.map((team) => team.name) };
    },
  }),
  defineRoute({
    method: "POST",
    path: "/services/keys",
    summary: "Makes a key for a service; its secret is in this answer alone",
    access: "operator",
    body: newServiceKeySchema,
    answer: createdKeySchema,
    status: 201,
    async handle({ who: { session }, body, dashboard, now }) {
      const { postgres } = dashboard.stores;
      const { name, workload_class: workloadClass } = body;
      const team = body.team === null ? {} : { teamId: (await findTeam(postgres.db, body.team)).teamId };
      const said = {
        kind: "service",
        personId: null,
        actorId: session.personId,
        name,
        workloadClass,
      } as const;
      const created = await createKey(postgres, { ...said, ...team, expiresAt: parseExpiry(body, now) }, now);
      await publishKeys(dashboard);
      return created;
    },
  }),
  defineRoute({
    method: "POST",
    path: "/services/keys/:keyId/rotate",
    summary: "Makes a key that takes the place of a service's",
    access: "operator",
    body: rotateKeySchema,
    answer: rotatedKeySchema,
    status: 201,
    async handle({ who: { session }, params, body, dashboard, now }) {
      const overlapMs = body.overlap_hours * HOUR_MS;
      const rotation = {
        keyId: parseKeyId(params),
        kind: "service",
        actorId: session.personId,
        overlapMs,
      } as const;
      const rotated = await rotateKey(dashboard.stores.postgres, rotation, now);
      await publishKeys(dashboard);
      return rotated;
    },
  }),
  defineRoute({
    method: "DELETE",
    path: "/services/keys/:keyId",
    summary: "Revokes a service's key for good",
    access: "operator",
    async handle({ who: { session }, params, dashboard, now }) {
      const revocation = { keyId: parseKeyId(params), kind: "service", actorId: session.personId } as const;
      await revokeKey(dashboard.stores.postgres, revocation, now);
      await publishKeys(dashboard);
    },
  }),
];

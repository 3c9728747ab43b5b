// A person's keys: listed with their last use, made, rotated, revoked; and the newest call, which says whether a client is set up. Each change reaches the gateways at once, by the identity
// snapshot. No token may do any of it: who holds one would make themselves a key.

import { z } from "zod";
import { AppError } from "../../../schemas/app-error.ts";
import {
  createdKeySchema,
  keysSchema,
  newKeySchema,
  rotatedKeySchema,
  rotateKeySchema,
} from "../../../schemas/dashboard-api.ts";
import { newestCallSchema } from "../../../schemas/key-api.ts";
import type { Dashboard } from "../dashboard.ts";
import { defineRoute } from "../http/route.ts";
import { writeIdentitySnapshot } from "../people/identity-snapshot.ts";
import { rotateKey } from "./key-rotation.ts";
import { addLastUse } from "./key-use.ts";
import { createKey, listKeys, noSuchKey, revokeKey } from "./keys.ts";
import { readNewestCall } from "./newest-call.ts";

const HOUR_MS = 3_600_000;

export const keyRoutes = [
  defineRoute({
    method: "GET",
    path: "/people/:personId/keys",
    summary: "A person's keys, with the day of their last use",
    access: "subject",
    token: "read",
    answer: keysSchema,
    async handle({ who: { store, subjectId }, dashboard: { stores, config, log }, now }) {
      const keys = await store.db.transaction((transaction) => listKeys(transaction, subjectId));
      const { clickhouse } = stores;
      return addLastUse({ clickhouse, log, eventsDays: config.retentionDays.events, now }, keys);
    },
  }),
  defineRoute({
    method: "POST",
    path: "/people/:personId/keys",
    summary: "Makes a key; its secret is in this answer alone",
    access: "subject",
    body: newKeySchema,
    answer: createdKeySchema,
    status: 201,
    async handle({ who: { store, subjectId: personId, session }, body, dashboard, now }) {
      const { name, workload_class: workloadClass } = body;
      const key = { kind: "person", personId, actorId: session.personId, name, workloadClass } as const;
      const created = await createKey(store, { ...key, expiresAt: parseExpiry(body, now) }, now);
      await publishKeys(dashboard);
      return created;
    },
  }),
  defineRoute({
    method: "POST",
    path: "/people/:personId/keys/:keyId/rotate",
    summary: "Makes a key that takes the place of another one",
    access: "subject",
    body: rotateKeySchema,
    answer: rotatedKeySchema,
    status: 201,
    async handle({ who: { store, subjectId: personId, session }, params, body, dashboard, now }) {
      const overlapMs = body.overlap_hours * HOUR_MS;
      const rotation = { keyId: parseKeyId(params), personId, actorId: session.personId, overlapMs };
      const rotated = await rotateKey(store, rotation, now);
      await publishKeys(dashboard);
      return rotated;
    },
  }),
  defineRoute({
    method: "DELETE",
    path: "/people/:personId/keys/:keyId",
    summary: "Revokes a key for good",
    access: "subject",
    async handle({ who: { store, subjectId: personId, session }, params, dashboard, now }) {
      await revokeKey(store, { keyId: parseKeyId(params), personId, actorId: session.personId }, now);
      await publishKeys(dashboard);
    },
  }),
  defineRoute({
    method: "GET",
    path: "/people/:personId/newest-call",
    summary: "The newest call of a person: whether a client that was just set up reaches Assay",
    access: "subject",
    token: "read",
    answer: newestCallSchema,
    handle: ({ who: { store, subjectId }, dashboard: { stores }, now }) =>
      readNewestCall({ store, clickhouse: stores.clickhouse }, subjectId, now),
  }),
];

export function publishKeys({ stores: { postgres }, config: { dataDir }, now }: Dashboard): Promise<unknown> {
  return writeIdentitySnapshot({ postgres, dataDir, now });
}

/** What is no id is no key of anybody's either. */
export function parseKeyId(params: Readonly<Record<string, string>>): string {
  const keyId = z.uuid().safeParse(params["keyId"]);
  if (!keyId.success) throw noSuchKey();
  return keyId.data;
}

/** @throws AppError `bad_request` */
export function parseExpiry({ expires_at }: { expires_at: string | null }, now: Date): Date | null {
  if (expires_at === null) return null;
  const expiresAt = new Date(expires_at);
  if (expiresAt <= now)
    throw new AppError("bad_request", "The key would end before it begins. Choose a later day.");
  return expiresAt;
}

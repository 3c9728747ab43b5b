// A person's keys.

import type { z } from "zod";
import {
  createdKeySchema,
  keysSchema,
  type newKeySchema,
  rotatedKeySchema,
  type rotateKeySchema,
} from "../../../schemas/dashboard-api.ts";
import { type Api, path } from "./client.ts";

export type NewKey = z.infer<typeof newKeySchema>;
export type KeyRotation = z.input<typeof rotateKeySchema>;
export type CreatedKey = z.infer<typeof createdKeySchema>;

export const readKeys = (api: Api, personId: string) => api.get(path`/people/${personId}/keys`, keysSchema);

export const createKey = (api: Api, personId: string, key: NewKey) =>
  api.send("POST", path`/people/${personId}/keys`, key, createdKeySchema);

export const rotateKey = (api: Api, personId: string, keyId: string, rotation: KeyRotation) =>
  api.send("POST", path`/people/${personId}/keys/${keyId}/rotate`, rotation, rotatedKeySchema);

export const revokeKey = (api: Api, personId: string, keyId: string) =>
  api.tell("DELETE", path`/people/${personId}/keys/${keyId}`);

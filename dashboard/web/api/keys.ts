// Keys: a person's own, and for operators those of services; and the newest call of a person.

import type { z } from "zod";
import {
  createdKeySchema,
  keysSchema,
  type newKeySchema,
  rotatedKeySchema,
  type rotateKeySchema,
} from "../../../schemas/dashboard-api.ts";
import { newestCallSchema, type newServiceKeySchema, serviceKeysSchema } from "../../../schemas/key-api.ts";
import { type Api, path } from "./client.ts";

export type NewKey = z.input<typeof newKeySchema>;
export type NewServiceKey = z.input<typeof newServiceKeySchema>;
export type KeyRotation = z.input<typeof rotateKeySchema>;
export type CreatedKey = z.infer<typeof createdKeySchema>;
export type RotatedKey = z.infer<typeof rotatedKeySchema>;

/** Whose keys a table and its dialogs are about. */
export interface KeyOwner {
  queryKey: readonly string[];
  rotate(api: Api, keyId: string, rotation: KeyRotation): Promise<RotatedKey>;
  revoke(api: Api, keyId: string): Promise<void>;
}

export function ownerOfPerson(personId: string): KeyOwner {
  return {
    queryKey: ["keys", personId],
    rotate: (api, keyId, rotation) =>
      api.send("POST", path`/people/${personId}/keys/${keyId}/rotate`, rotation, rotatedKeySchema),
    revoke: (api, keyId) => api.tell("DELETE", path`/people/${personId}/keys/${keyId}`),
  };
}

export const ownerOfServices: KeyOwner = {
  queryKey: ["service-keys"],
  rotate: (api, keyId, rotation) =>
    api.send("POST", path`/services/keys/${keyId}/rotate`, rotation, rotatedKeySchema),
  revoke: (api, keyId) => api.tell("DELETE", path`/services/keys/${keyId}`),
};

export const readKeys = (api: Api, personId: string) => api.get(path`/people/${personId}/keys`, keysSchema);

export const createKey = (api: Api, personId: string, key: NewKey) =>
  api.send("POST", path`/people/${personId}/keys`, key, createdKeySchema);

export const readServiceKeys = (api: Api) => api.get(path`/services/keys`, serviceKeysSchema);

export const createServiceKey = (api: Api, key: NewServiceKey) =>
  api.send("POST", path`/services/keys`, key, createdKeySchema);

export const readNewestCall = (api: Api, personId: string) =>
  api.get(path`/people/${personId}/newest-call`, newestCallSchema);

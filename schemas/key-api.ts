// The keys of services, and the newest call of a person, as the dashboard's server answers and its pages read. A person's own keys
// stand in dashboard-api.ts.

import { z } from "zod";
import { keySchema, keyUseSchema, newKeySchema } from "./dashboard-api.ts";

const instant = z.iso.datetime();

/** GET /services/keys: usable ones first, newest first. */
export const serviceKeysSchema = z.object({
  keys: z.array(keySchema.extend({ ...keyUseSchema.shape, team: z.string().nullable() })),
  /** Where `last_used_at` is null, the key was not used since then; null itself: that can't be told at the moment. */
  calls_known_since: instant.nullable(),
  /** Whose cost a service's calls can be. */
  teams: z.array(z.string()),
});
export type ServiceKeys = z.infer<typeof serviceKeysSchema>;

/** POST /services/keys. */
export const newServiceKeySchema = newKeySchema.extend({
  /** By its name; null: its calls are no team's. */
  team: z.string().trim().min(1).max(200).nullable(),
});

/** Calls that are looked through for the newest one. */
export const NEWEST_CALL_HOURS = 24;

/** GET /people/{person_id}/newest-call. */
export const newestCallSchema = z.object({
  /** Null: none came in the last NEWEST_CALL_HOURS. */
  call: z
    .object({
      started_at: instant,
      client: z.string(),
      model: z.string().nullable(),
      /** HTTP status that the client got; 0: none. */
      status: z.int(),
      /** The name of the person's key that it came with; null: it came with none of theirs. */
      key: z.string().nullable(),
    })
    .nullable(),
});
export type NewestCall = z.infer<typeof newestCallSchema>;

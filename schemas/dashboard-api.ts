// What the dashboard's server answers and its pages read, under /api/v1. One schema for both sides.
//
// Always holds: money is a decimal string of US dollars, so that no digit is lost on the way; null is unknown; a list of
// days has an entry for each day asked for, also for those without a call.

import { z } from "zod";
import { KEY_KINDS, ROLES, UNCREDITED_REASONS, WORKLOAD_CLASSES } from "./closed-lists.ts";
import { TOKEN_FIELDS } from "./token-event.ts";

const usd = z.string().regex(/^\d+(\.\d+)?$/);
const count = z.int().min(0);
const day = z.iso.date();
const instant = z.iso.datetime();

/** Sums over the calls whose usage is known; `unknown_usage_calls` says over how many it is not. */
export const tokenSumsSchema = z.record(z.enum(TOKEN_FIELDS), count);

export const measuresSchema = z.object({
  calls: count,
  unknown_usage_calls: count,
  /** Calls of a model without a known price; their cost is in no sum. */
  unpriced_calls: count,
  tokens: tokenSumsSchema,
  cost_usd: usd,
  credited_cost_usd: usd,
});
export type Measures = z.infer<typeof measuresSchema>;

export const meSchema = z.object({
  person_id: z.uuid(),
  email: z.string(),
  name: z.string(),
  team: z.string().nullable(),
  role: z.enum(ROLES),
  /** Whether anybody reports to this person. */
  is_manager: z.boolean(),
  /** Where clients are pointed, and the organisation's zone, in which days begin. */
  gateway_url: z.url(),
  timezone: z.string(),
});
export type Me = z.infer<typeof meSchema>;

const slice = measuresSchema.extend({ name: z.string() });

/** GET /people/{person_id}/usage?from=DAY&to=DAY, both included, at most 366 days. */
export const usageSchema = z.object({
  from: day,
  to: day,
  /** When analytics last ran; null before it ever did. Newer calls are recorded and will appear. */
  computed_at: instant.nullable(),
  totals: measuresSchema,
  /** The same number of days just before. */
  previous: measuresSchema,
  days: z.array(measuresSchema.extend({ day })),
  /** Each list by falling cost; `name` is empty where the client declared nothing. */
  by_model: z.array(slice),
  by_client: z.array(slice),
  by_class: z.array(slice),
  by_kind: z.array(slice),
  uncredited: z.array(z.object({ reason: z.enum(UNCREDITED_REASONS), calls: count, cost_usd: usd })),
});
export type Usage = z.infer<typeof usageSchema>;

export const keySchema = z.object({
  key_id: z.uuid(),
  kind: z.enum(KEY_KINDS),
  name: z.string(),
  /** The key's first characters: `assay_Ab3d`. */
  hint: z.string(),
  workload_class: z.enum(WORKLOAD_CLASSES).nullable(),
  created_at: instant,
  expires_at: instant.nullable(),
  revoked_at: instant.nullable(),
});
export type Key = z.infer<typeof keySchema>;

export const keyUseSchema = z.object({ last_used_at: instant.nullable() });
export type KeyUse = z.infer<typeof keyUseSchema>;

/** GET /people/{person_id}/keys. */
export const keysSchema = z.object({
  keys: z.array(keySchema.extend(keyUseSchema.shape)),
  /** Where `last_used_at` is null, the key was not used since then; null itself: that can't be told at the moment. */
  calls_known_since: instant.nullable(),
});

/** POST /people/{person_id}/keys. */
export const newKeySchema = z.strictObject({
  name: z.string().trim().min(1).max(80),
  workload_class: z.enum(WORKLOAD_CLASSES).nullable(),
  /** When it stops working; null: never. */
  expires_at: instant.nullable().default(null),
});
/** Its answer: the only time that the secret is shown. */
export const createdKeySchema = z.object({ key: keySchema, secret: z.string() });

/** The longest that an old key goes on beside the one that takes its place. */
export const OVERLAP_HOURS_MAX = 30 * 24;
/** POST /people/{person_id}/keys/{key_id}/rotate. */
export const rotateKeySchema = z.strictObject({
  overlap_hours: z.int().min(0).max(OVERLAP_HOURS_MAX).default(24),
});
/** Its answer; `replaced` is the old key, with its end. */
export const rotatedKeySchema = createdKeySchema.extend({ replaced: keySchema });

/** POST /sign-in, with the token out of a one-time link's fragment. DELETE /sessions/current signs out. */
export const signInSchema = z.strictObject({ token: z.string().max(200) });

/** Every failure: RFC 9457 problem details. `detail` is a sentence for the reader. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  /** Stands in the server's log beside the cause. */
  reference: z.string(),
});

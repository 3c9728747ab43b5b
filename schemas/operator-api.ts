// How records flow, as the dashboard's server answers and its page reads: of nobody, and without a figure of any person.
//
// Always holds: null is unknown, and never "none" or "well". What a process of another machine knows is unknown here.

import { z } from "zod";

const count = z.int().min(0);
const instant = z.iso.datetime();
const seconds = z.number().min(0);

export const FLOW_STATES = ["ok", "impaired", "failed", "unknown"] as const;
export type FlowState = (typeof FLOW_STATES)[number];

/** The way of a record, in its order. */
export const FLOW_STAGES = ["gateways", "spool", "bus", "sink", "store"] as const;

/** Why records or parts of them are missing, and how they were noticed. */
export const DROP_REASONS = [
  "unrecorded",
  "missing_from_spool",
  "dead_letter",
  "features",
  "websocket_unread",
  "refused_call",
] as const;

export const HOURS_LOOKED_AT = 24;

const modelCalls = z.array(z.object({ provider: z.string(), model: z.string().nullable(), calls: count }));

/** GET /operator/flow. */
export const flowSchema = z.object({
  as_of: instant,
  /** Of the last HOURS_LOOKED_AT; null while ClickHouse does not answer. */
  recorded: z
    .object({
      calls: count,
      /** Numbers that gateways gave to calls and that no record has, but of calls of the last hour, which may still be under way. */
      missing: count.nullable(),
      newest_at: instant.nullable(),
      /** From the end of a call to its row in the store, of half of the calls of the last quarter of an hour. */
      delay_seconds: seconds.nullable(),
    })
    .nullable(),
  /** Age of the oldest record that waits; null: not known in this process. */
  behind_seconds: seconds.nullable(),
  stages: z.array(
    z.object({
      stage: z.enum(FLOW_STAGES),
      state: z.enum(FLOW_STATES),
      /** A sentence, where there is something to say. */
      reason: z.string().nullable(),
      /** Bytes in the spool, messages on the bus. */
      waiting: count.nullable(),
      oldest_seconds: seconds.nullable(),
    }),
  ),
  /** Since the processes of this machine began; null: nobody answers for them here. */
  drops: z.array(z.object({ reason: z.enum(DROP_REASONS), detail: z.string(), count })).nullable(),
  /** That can be tried again (`assay dead-letters`). */
  dead_letters: count.nullable(),
  /** Calls whose usage nobody reported, and calls without a known price; by falling count. Null as `recorded`. */
  unmetered: modelCalls.nullable(),
  unpriced: modelCalls.nullable(),
  /** People whose erasure has begun and not ended. */
  erasures_under_way: count.nullable(),
  stores: z.array(
    z.object({
      store: z.enum(["ClickHouse", "Postgres"]),
      is_reachable: z.boolean(),
      version: z.string().nullable(),
    }),
  ),
  versions: z.object({ assay: z.string(), node: z.string() }),
  gateways: z
    .array(z.object({ name: z.string(), state: z.enum(FLOW_STATES), reason: z.string().nullable() }))
    .nullable(),
  /** Since when the keys and people that gateways know are as they are; null: it lies on another machine. */
  snapshot_age_seconds: seconds.nullable(),
  analytics: z.object({ computed_at: instant.nullable(), waiting_calls: count }).nullable(),
});
export type Flow = z.infer<typeof flowSchema>;

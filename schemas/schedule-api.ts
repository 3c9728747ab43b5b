// Schedules as the dashboard's server answers them and its pages send them, under /api/v1/people/{person_id}/schedules.
//
// A schedule says when a person's runs start without them. A run that starts within `minutes` after one of its times has the
// schedule's class, unless a person began it in an interactive client; so do runs of the past, as long as their calls are kept.

import { z } from "zod";
import { WORKLOAD_CLASSES } from "./closed-lists.ts";

/** Longer after its time a run is not what the schedule started. */
const MINUTES_MAX = 60;
const MINUTES = 15;
const CRON_CHARS_MAX = 100;
const ZONE_CHARS_MAX = 64;

const instant = z.iso.datetime();

/** POST: registers one. What is wrong with `cron` or `timezone` is told in a sentence. */
export const newScheduleSchema = z.strictObject({
  name: z.string().trim().min(1).max(80).default("Schedule"),
  /** Five fields: minute, hour, day of month, month, day of week. */
  cron: z.string().max(CRON_CHARS_MAX),
  /** IANA; without it the organisation's. */
  timezone: z.string().max(ZONE_CHARS_MAX).optional(),
  minutes: z.int().min(1).max(MINUTES_MAX).default(MINUTES),
  workload_class: z.enum(WORKLOAD_CLASSES).default("scheduled"),
  /** Only runs that start with this key. */
  key_id: z.uuid().nullable().default(null),
});
/** As it is sent: what has a default may be left out. */
export type NewSchedule = z.input<typeof newScheduleSchema>;

export const scheduleSchema = z.object({
  schedule_id: z.uuid(),
  name: z.string(),
  cron: z.string(),
  timezone: z.string(),
  minutes: z.int(),
  workload_class: z.enum(WORKLOAD_CLASSES),
  key_id: z.uuid().nullable(),
  created_at: instant,
  /** Whether an operator registered it for the person. */
  is_by_operator: z.boolean(),
  /** When somebody approved of it as an explanation; null: nobody has. */
  accepted_at: instant.nullable(),
  /** Its times from then on cover nothing; null: it holds. */
  ended_at: instant.nullable(),
  /** Its next time; null when it has ended, or has none within the next years. */
  next_at: instant.nullable(),
});
export type Schedule = z.infer<typeof scheduleSchema>;

/** GET: those that hold first, newest first. DELETE …/{schedule_id} ends one. */
export const schedulesSchema = z.object({ schedules: z.array(scheduleSchema) });

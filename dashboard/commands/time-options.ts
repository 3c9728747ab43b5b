// Options of commands that are a time or a length of time.

import { durationSchema, toMilliseconds } from "../../schemas/duration.ts";

/** Undefined where the option was not given, and null where it is no time. A day means its first moment in UTC. */
export function parseTime(option: string | boolean | undefined): Date | null | undefined {
  if (typeof option !== "string") return undefined;
  const time = new Date(option);
  return Number.isNaN(time.getTime()) ? null : time;
}

/** In milliseconds. Undefined where the option was not given, and null where it is no length of time. */
export function parseDuration(option: string | boolean | undefined): number | null | undefined {
  if (option === undefined) return undefined;
  const duration = durationSchema.safeParse(option);
  return duration.success ? toMilliseconds(duration.data) : null;
}

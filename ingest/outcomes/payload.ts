// What the payloads of forges have in common: bounded names, times in their several forms, and readers that take out of a payload what
// is needed and leave the rest.

import { z } from "zod";
import type { ForgeDelivery, Reading } from "./forge-event.ts";

/** Git takes paths of any length; file systems take 4096 bytes. */
const NAME_CHARS_MAX = 4096;
/** GitHub sends 2048 commits of a push at the most. */
const COMMITS_MAX = 2048;

export const name = z.string().min(1).max(NAME_CHARS_MAX);
export const number = z.int().nonnegative();

/** RFC 3339, or GitLab's `2026-11-20 09:30:00 UTC` and `… +0200`. */
export const time = z
  .string()
  .transform((text) => new Date(text))
  .refine((date) => !Number.isNaN(date.getTime()));

const paths = z.array(name).nullish();

const commitSchema = z.object({
  id: name,
  message: z.string(),
  author: z.object({ email: z.string().nullish() }),
  added: paths,
  modified: paths,
  removed: paths,
});

export const commit = commitSchema.transform(({ id, message, author, added, modified, removed }) => ({
  id,
  message,
  authorEmail: author.email ?? null,
  files: [...(added ?? []), ...(modified ?? []), ...(removed ?? [])],
}));

/** The newest of them, where there are too many. */
export const commits = z
  .array(z.unknown())
  .nullish()
  .transform((each) => (each ?? []).slice(-COMMITS_MAX))
  .pipe(z.array(commit));

export type Reader = (payload: unknown) => Reading;

/** @param toDelivery what the payload tells, or that this case of the event tells nothing */
export function defineReader<Schema extends z.ZodType>(
  schema: Schema,
  toDelivery: (said: z.output<Schema>) => ForgeDelivery | "no_outcome",
): Reader {
  return (payload) => {
    const parsed = schema.safeParse(payload);
    return parsed.success ? toDelivery(parsed.data) : "malformed";
  };
}

const BRANCH = /^refs\/heads\/(.+)$/s;

/** Undefined: a tag. */
export function toBranch(ref: string): string | undefined {
  return BRANCH.exec(ref)?.[1];
}

// Which source people defaults may be looked at on, and on which they are judged. People are split, never sessions, and they are
// split before anything is resampled: no virtual person has work of both sides.
//
// A person who is not on the list, such as those of another folder of data, belongs to the test side.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { SourceSession } from "./source.ts";

export const SPLITS = ["dev", "test"] as const;
export type Split = (typeof SPLITS)[number];

const listSchema = z.object({ dev: z.array(z.string()), test: z.array(z.string()) });
const LIST = join(import.meta.dirname, "split.json");

/** The sessions of one side, by source person. @throws where nobody is on it */
export function sessionsOf(
  split: Split,
  sessions: readonly SourceSession[],
): ReadonlyMap<string, SourceSession[]> {
  const { dev } = listSchema.parse(JSON.parse(readFileSync(LIST, "utf8")));
  const isDev = new Set(dev);
  const chosen = sessions.filter(({ person }) => isDev.has(person) === (split === "dev"));
  if (chosen.length === 0) throw new Error(`the data have no person of the ${split} split`);
  return Map.groupBy(chosen, ({ person }) => person);
}

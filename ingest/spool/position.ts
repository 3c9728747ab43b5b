// How far the reader has got in a writer's folder: `position.json`, replaced at once. It says where the next record begins, and how
// much of the journal of open intents counts (`open-intents.ts`).

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readIfPresent, replaceFile } from "../../schemas/data-directory.ts";
import { segmentNumber } from "./format.ts";

const POSITION_FILE = "position.json";

const positionSchema = z.object({
  segment: z.int().positive(),
  offset: z.int().min(0),
  /** The highest of the writer's gapless numbers that was read; null where it is not known. */
  sequence: z.int().min(0).nullable(),
  /** Which journal holds the open intents, and how many of its bytes count. */
  journal: z.object({ number: z.int().positive(), bytes: z.int().min(0) }),
});
export type Position = z.infer<typeof positionSchema>;

/** Before anything was committed. */
export const START: Position = { segment: 1, offset: 0, sequence: 0, journal: { number: 1, bytes: 0 } };

/** Undefined where the file is damaged: what was committed before is then delivered again, as far as it is there. */
export function readPosition(folder: string): Position | undefined {
  const content = readIfPresent(join(folder, POSITION_FILE));
  if (content === undefined) return START;
  try {
    return positionSchema.safeParse(JSON.parse(content)).data;
  } catch {
    return undefined;
  }
}

export function writePosition(folder: string, position: Position): void {
  replaceFile(join(folder, POSITION_FILE), JSON.stringify(position));
}

/** The numbers of a writer's segments, in no order. */
export function listSegments(folder: string): number[] {
  return readdirSync(folder)
    .map(segmentNumber)
    .filter((segment) => segment !== undefined);
}

// Lengths of time as people write them: a whole number and its unit.

import { z } from "zod";

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export const durationSchema = z.string().regex(/^\d+[smhd]$/, "a time such as 30m, 24h or 2d");

/** @param duration as `durationSchema` has it */
export function toMilliseconds(duration: string): number {
  return Number(duration.slice(0, -1)) * (UNIT_MS[duration.slice(-1)] ?? Number.NaN);
}

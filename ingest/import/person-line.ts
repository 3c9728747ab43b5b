// What the lines of every import have in common: JSON about somebody who may be known by address only.

import { z } from "zod";
import { errorMessage } from "../../schemas/app-error.ts";

const lineSchema = z.looseObject({ person_email: z.email().toLowerCase().optional() });

export interface PersonLine {
  /** Takes the place of `person_id`. */
  personEmail: string | undefined;
  /** Everything else that the line says. */
  given: Readonly<Record<string, unknown>>;
}

/** @returns the reason in one sentence where the text is none */
export function parsePersonLine(text: string): PersonLine | { reason: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { reason: `not JSON: ${errorMessage(error)}` };
  }
  const line = lineSchema.safeParse(json);
  if (!line.success) return { reason: z.prettifyError(line.error) };
  const { person_email: personEmail, ...given } = line.data;
  return { personEmail, given };
}

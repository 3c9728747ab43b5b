// One line of `assay import outcomes`: an Outcome with as many fields as its source knows. What is absent is unknown, or what an import
// always is. Fields that this version does not know are counted, not refused.

import { z } from "zod";
import { toCreditedAt } from "../../schemas/credited-at.ts";
import { toTrust } from "../../schemas/outcome-trust.ts";
import { outcomeSchema, UNKNOWN_OUTCOME, type Outcome } from "../../schemas/outcome.ts";
import { parsePersonLine } from "./person-line.ts";

export interface OutcomeLine {
  outcome: Outcome;
  /** A person known by address only; takes the place of `person_id`. */
  personEmail: string | undefined;
  unknownFields: readonly string[];
}

const FIELDS = outcomeSchema.shape;
const beginningSchema = z.object({
  kind: FIELDS.kind,
  occurred_at: FIELDS.occurred_at,
  source: FIELDS.source.default("import"),
});

/** @returns what reads a line: its outcome, or the reason in one sentence why it is none */
export function createOutcomeParser(
  survivalDays: number,
): (text: string) => OutcomeLine | { reason: string } {
  return (text) => {
    const line = parsePersonLine(text);
    if ("reason" in line) return line;
    const { personEmail, given } = line;
    const known = Object.fromEntries(Object.entries(given).filter(([name]) => Object.hasOwn(FIELDS, name)));
    const beginning = beginningSchema.safeParse(known);
    if (!beginning.success) return { reason: z.prettifyError(beginning.error) };
    const outcome = outcomeSchema.safeParse({ ...defaultsOf(beginning.data, survivalDays), ...known });
    if (!outcome.success) return { reason: z.prettifyError(outcome.error) };
    const unknownFields = Object.keys(given).filter((name) => !Object.hasOwn(FIELDS, name));
    return { outcome: outcome.data, personEmail, unknownFields };
  };
}

function defaultsOf(
  { kind, occurred_at, source }: Pick<Outcome, "kind" | "occurred_at" | "source">,
  survivalDays: number,
): Omit<Outcome, "outcome_id"> {
  return {
    schema_version: 1,
    kind,
    occurred_at,
    credited_at: toCreditedAt(kind, occurred_at, survivalDays),
    ...UNKNOWN_OUTCOME,
    file_hashes: [],
    source,
    trust: toTrust({ kind, source, person_id: null }),
  };
}

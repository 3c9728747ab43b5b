// An outcome as intake makes it: what is told of it, with the rest unknown; from when on it counts and how far it is believed follow
// from its kind and source.

import { toCreditedAt } from "../../schemas/credited-at.ts";
import { UNKNOWN_OUTCOME, type Outcome } from "../../schemas/outcome.ts";
import { toTrust } from "../../schemas/outcome-trust.ts";

type Told = Omit<Outcome, "schema_version" | "occurred_at" | "credited_at" | "trust">;
type Required = "outcome_id" | "kind" | "source";

/** What is not told of is unknown. */
export type ToldOutcome = Pick<Told, Required> & Partial<Omit<Told, Required>> & { occurredAt: Date };

/** @param survivalDays the number of the method (`outcomes.survivalDays`) */
export function createOutcome({ occurredAt, ...told }: ToldOutcome, survivalDays: number): Outcome {
  const occurred_at = occurredAt.toISOString();
  return {
    ...UNKNOWN_OUTCOME,
    file_hashes: [],
    ...told,
    schema_version: 1,
    occurred_at,
    credited_at: toCreditedAt(told.kind, occurred_at, survivalDays),
    trust: toTrust({ person_id: null, ...told }),
  };
}

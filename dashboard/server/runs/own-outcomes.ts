// What a person says came of a run: an outcome, or whether it was useful. Recorded as every outcome is, by outcome intake, with the
// person as its source; so it is of low trust and earns nothing.
//
// Always holds: there is one of each kind and run, and one rating, because their ids say what they are of; saying it again replaces
// what was said.

import { createHash } from "node:crypto";
import { AppError } from "../../../schemas/app-error.ts";
import { toCreditedAt } from "../../../schemas/credited-at.ts";
import type { RunRating } from "../../../schemas/closed-lists.ts";
import { UNKNOWN_OUTCOME, type Outcome } from "../../../schemas/outcome.ts";
import { toTrust } from "../../../schemas/outcome-trust.ts";
import { OWN_OUTCOME_KINDS, type OwnOutcomeKind } from "../../../schemas/run-value-api.ts";
import type { SubjectId } from "../access/scope.ts";
import type { Dashboard } from "../dashboard.ts";

const ID_CHARS = 32;

interface OwnRun {
  subjectId: SubjectId;
  runId: string;
}

/** @throws AppError `unavailable` where nobody takes outcomes, or their spool can't be written */
export async function recordOwnOutcome(
  { recordOutcome, config }: Pick<Dashboard, "recordOutcome" | "config">,
  { subjectId, runId, kind, now }: OwnRun & { kind: OwnOutcomeKind | RatingKind; now: Date },
): Promise<void> {
  if (recordOutcome === undefined)
    throw new AppError("unavailable", "This server takes no outcomes. Ask the operator.");
  const occurred_at = now.toISOString();
  const source = "self";
  await recordOutcome({
    ...UNKNOWN_OUTCOME,
    schema_version: 1,
    outcome_id: toOwnId({ subjectId, runId }, kind),
    kind,
    occurred_at,
    credited_at: toCreditedAt(kind, occurred_at, config.method.outcomes.survivalDays),
    person_id: subjectId,
    run_id: runId,
    file_hashes: [],
    source,
    trust: toTrust({ kind, source, person_id: subjectId }),
  });
}

const RATING_KINDS = { useful: "rating_useful", not_useful: "rating_not_useful" } as const;
type RatingKind = (typeof RATING_KINDS)[RunRating];

export function toRatingKind(rating: RunRating): RatingKind {
  return RATING_KINDS[rating];
}

/** Null: it is no rating. */
export function toRating(kind: Outcome["kind"]): RunRating | null {
  if (kind === RATING_KINDS.useful) return "useful";
  return kind === RATING_KINDS.not_useful ? "not_useful" : null;
}

/** Of all that the person can have said of the run; the rating's is the first. */
export function toOwnIds(run: OwnRun): string[] {
  return [toOwnId(run, RATING_KINDS.useful), ...OWN_OUTCOME_KINDS.map((kind) => toOwnId(run, kind))];
}

function toOwnId({ subjectId, runId }: OwnRun, kind: OwnOutcomeKind | RatingKind): string {
  const thing = JSON.stringify([subjectId, runId, toRating(kind) === null ? kind : "rating"]);
  return `own:${createHash("sha256").update(thing).digest("hex").slice(0, ID_CHARS)}`;
}

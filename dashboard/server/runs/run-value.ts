// What came of a run, what was expected of it, and which signals were measured in its weeks.
//
// Always holds: what a person said of it is shown as soon as it is recorded, and marked as not linked until analytics has done so;
// while individuals are not scored nothing is said of expectations and signals.

import type { z } from "zod";
import type { Config } from "../../../schemas/config.ts";
import { VALUE_KINDS } from "../../../schemas/method/outcome-weights.ts";
import type { Outcome } from "../../../schemas/outcome.ts";
import { runValueSchema, type RunOutcome, type RunValue } from "../../../schemas/run-value-api.ts";
import { keptOutcomes, runDisputes, runOutcomes } from "../queries/run-outcomes.ts";
import { runScore } from "../queries/run-score.ts";
import { runSignals } from "../queries/run-signals.ts";
import { toOwnIds, toRating } from "./own-outcomes.ts";
import type { RunOfPerson } from "./run-class.ts";

const OUTCOMES_MAX = 200;
/** A run has seldom more than two weeks, and a week not more than a few signals. */
const SIGNALS_MAX = 200;
const DAY_MS = 86_400_000;

/** Rules in force: what is set on the page goes before the configuration. */
export type Rules = Pick<Config, "individualScoring" | "method" | "timezone">;

type LinkRow = z.infer<(typeof runOutcomes)["row"]>;
type DisputeRow = z.infer<(typeof runDisputes)["row"]>;
type KeptRow = z.infer<(typeof keptOutcomes)["row"]>;

export async function readRunValue(
  { clickhouse, subjectId, run, now }: Omit<RunOfPerson, "store">,
  { individualScoring, method, timezone }: Rules,
): Promise<RunValue> {
  const about = { person_id: subjectId, run_id: run.run_id, now };
  const isOn = individualScoring !== "off";
  const [links, disputes, said, scores, signals] = await Promise.all([
    clickhouse.query(runOutcomes, { ...about, rows_max: OUTCOMES_MAX }),
    clickhouse.query(runDisputes, { ...about, rows_max: OUTCOMES_MAX }),
    clickhouse.query(keptOutcomes, { outcome_ids: toOwnIds({ subjectId, runId: run.run_id }), now }),
    isOn ? clickhouse.query(runScore, about) : [],
    isOn
      ? clickhouse.query(runSignals, {
          ...about,
          from: new Date(run.started_at),
          to: new Date(run.ended_at),
          timezone,
          p_value_max: method.signals.pValueMax,
          rows_max: SIGNALS_MAX,
        })
      : [],
  ]);
  const [score] = scores;
  const rating = said.map(({ kind }) => toRating(kind)).find((found) => found !== null);
  return runValueSchema.parse({
    outcomes: toOutcomes(links, disputes, said),
    rating: rating ?? null,
    settles_at: new Date(Date.parse(run.ended_at) + method.outcomes.survivalDays * DAY_MS).toISOString(),
    expectation: score ?? null,
    is_scoring_on: isOn && score !== undefined,
    signals: score === undefined ? [] : signals,
  });
}

/** A dispute that analytics does not know of yet stands on the link; later on it is all that there is. */
function toOutcomes(
  links: readonly LinkRow[],
  disputes: readonly DisputeRow[],
  said: readonly KeptRow[],
): RunOutcome[] {
  const disputeOf = new Map(disputes.map((dispute) => [dispute.outcome_id, dispute]));
  const linked = links
    .filter(({ kind }) => toRating(kind) === null)
    .map((link): RunOutcome => ({ ...link, dispute: toDispute(disputeOf.get(link.outcome_id)) }));
  const known = new Set(linked.map(({ outcome_id }) => outcome_id));
  const gone = disputes
    .filter(({ outcome_id }) => !known.has(outcome_id))
    .map((dispute): RunOutcome => ({ ...dispute, reversed_at: null, dispute: toDispute(dispute) }));
  for (const { outcome_id } of gone) known.add(outcome_id);
  const waiting = said
    .filter(({ outcome_id, kind }) => isOfValue(kind) && toRating(kind) === null && !known.has(outcome_id))
    .map((outcome): RunOutcome => {
      const unknown = { linked_by: null, share: 1, reversed_at: null, repo_hash: null, dispute: null };
      return { ...outcome, source: "self", trust: "low", ...unknown };
    });
  return [...linked, ...gone, ...waiting].toSorted((left, right) =>
    left.occurred_at.localeCompare(right.occurred_at),
  );
}

function toDispute(row: DisputeRow | undefined): RunOutcome["dispute"] {
  return row === undefined ? null : { reason: row.reason, disputed_at: row.disputed_at };
}

function isOfValue(kind: Outcome["kind"]): boolean {
  return VALUE_KINDS.includes(kind);
}

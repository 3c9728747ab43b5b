// Takes the accepted edits of one batch: leaves what the session's other signal tells already, makes outcomes of the rest, and has
// them written.
//
// What this process has written is not written again, so that a batch sent twice costs nothing, and an edit of a cumulative
// counter keeps the time at which it was first told of. It is a saving and no guarantee: ids are what counts an edit once.

import type { Caller, IntakeParts } from "../intake-parts.ts";
import { toOutcome, toSessionHash, type AcceptedEdit, type ToldSession } from "./accepted-edits.ts";
import { createSessionSignals, type Signal } from "./session-signals.ts";

const IDS_KEPT_MAX = 50_000;

/** How many outcomes a batch gave that this process had not written before. */
export type TakeEdits = (signal: Signal, caller: Caller, told: ToldEdits) => Promise<number>;

export interface ToldEdits {
  edits: readonly AcceptedEdit[];
  /** Sessions that the signal carries from now on, if the other one does not, though no edit of theirs may be told yet. */
  begun: readonly ToldSession[];
}

/** @throws AppError `unavailable`, `timeout` (retry) when Postgres is away or the outcomes can't be written */
export function createTakeEdits({ writer, hashes, postgres, config, now }: IntakeParts): TakeEdits {
  const signals = createSessionSignals(postgres, { now, retentionDays: config.retentionDays.events });
  const { survivalDays } = config.method.outcomes;
  const written = new Set<string>();

  return async function takeEdits(signal, caller, { edits, begun }) {
    if (edits.length + begun.length === 0) return 0;
    const sessions = [...edits, ...begun].map((session) => toSessionHash(hashes, caller, session));
    const carried = await signals.carriedBy(signal, sessions, caller.personId);
    const outcomes = edits
      .filter((_, index) => carried.has(sessions[index] ?? ""))
      .map((edit) => toOutcome(edit, { hashes, caller, now: now(), survivalDays }))
      .filter(({ outcome_id }) => !written.has(outcome_id));
    await writer.write(outcomes);
    if (written.size + outcomes.length > IDS_KEPT_MAX) written.clear();
    for (const { outcome_id } of outcomes) written.add(outcome_id);
    return outcomes.length;
  };
}

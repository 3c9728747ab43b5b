// Outcomes that a person says did not come of their runs.
//
// A dispute is a row beside the links (schemas/clickhouse/migrations/0011_found_runs.sql): from the next pass of analytics on the
// outcome is linked to none of the person's runs, and taking the dispute back links it again. It asks nobody's leave, for it can
// only take something away from oneself; it gives nobody else more.
//
// Always holds: only what analytics can link anew can be disputed, so that saying it always has its effect. Disputing and taking back
// stand in the person's audit; their words go with the run.

import { AppError } from "../../../schemas/app-error.ts";
import { appendAudit, type AuditAction } from "../../../schemas/postgres/audit.ts";
import { keptOutcomes, runDisputes, runOutcomes } from "../queries/run-outcomes.ts";
import type { RunOfPerson } from "./run-class.ts";

const OUTCOMES_MAX = 10_000;
const TABLE = "outcome_disputes";

export interface NewDispute {
  outcomeId: string;
  reason: string;
}

/** @throws AppError `not_found` for what is not linked to the run, `conflict` where the outcome's record is gone */
export async function disputeOutcome(of: RunOfPerson, { outcomeId, reason }: NewDispute): Promise<void> {
  const { clickhouse, now } = of;
  const links = await clickhouse.query(runOutcomes, toParams(of));
  const link = links.find(({ outcome_id }) => outcome_id === outcomeId);
  if (link === undefined)
    throw new AppError("not_found", "No such outcome is linked to this run. Load the page again.");
  const kept = await clickhouse.query(keptOutcomes, { outcome_ids: [outcomeId], now });
  if (kept.length === 0) {
    const message = "The record of this outcome is not kept any longer, so its link stays as it is.";
    throw new AppError("conflict", message);
  }
  const { quantity: _quantity, reversed_at: _reversed, ...said } = link;
  await write(of, { ...said, reason, disputed_at: now.toISOString(), is_deleted: 0 });
  await audit(of, "outcome_disputed", outcomeId);
}

/** @throws AppError `not_found` where nothing is disputed */
export async function withdrawDispute(of: RunOfPerson, outcomeId: string): Promise<void> {
  const disputes = await of.clickhouse.query(runDisputes, toParams(of));
  const dispute = disputes.find(({ outcome_id }) => outcome_id === outcomeId);
  if (dispute === undefined)
    throw new AppError("not_found", "This outcome is not disputed: there is nothing to take back.");
  await write(of, { ...dispute, reason: "", is_deleted: 1 });
  await audit(of, "outcome_dispute_withdrawn", outcomeId);
}

function toParams({ subjectId, run, now }: RunOfPerson) {
  return { person_id: subjectId, run_id: run.run_id, now, rows_max: OUTCOMES_MAX };
}

async function write(
  { clickhouse, subjectId, run, now }: RunOfPerson,
  { repo_hash, ...said }: { repo_hash: string | null; is_deleted: 0 | 1 } & Record<string, unknown>,
): Promise<void> {
  const version = now.getTime() * 1000;
  const row = { person_id: subjectId, run_id: run.run_id, repo_hash: repo_hash ?? "", version, ...said };
  await clickhouse.insert(TABLE, [row]);
}

async function audit({ store, subjectId, run, now }: RunOfPerson, action: AuditAction, outcomeId: string) {
  const payload = { run_id: run.run_id, outcome_id: outcomeId };
  await store.db.transaction((transaction) =>
    appendAudit(transaction, now, { action, actorId: subjectId, subjectId, payload }),
  );
}

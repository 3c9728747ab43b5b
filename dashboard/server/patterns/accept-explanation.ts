// What follows from an explanation that a manager accepted: the runs of the pattern get the class that it names, and where timers are
// part of the pattern, the person's schedules are approved of.
//
// Always holds: only runs whose records are all there get another class, as when their person corrects it (run-class.ts).

import { and, desc, eq, isNull } from "drizzle-orm";
import type { ClickHouseStore } from "../../../schemas/clickhouse/store.ts";
import type { Transaction } from "../../../schemas/postgres/open.ts";
import { patternEvidence, patternStatements } from "../../../schemas/postgres/pattern-tables.ts";
import type { PatternRow } from "../../../schemas/postgres/patterns.ts";
import { classCorrections, schedules } from "../../../schemas/postgres/tables.ts";
import { firstCalls } from "../queries/first-calls.ts";

/** Runs of one pattern that get a class. */
const RUNS_MAX = 500;

/** As part of the transaction that decides, as the product. */
export async function acceptExplanation(
  transaction: Transaction,
  { clickhouse, now }: { clickhouse: ClickHouseStore; now: Date },
  { patternId, personId, families, managerId }: PatternRow,
): Promise<void> {
  if (families.includes("schedule") || families.includes("no_op")) {
    const isWaiting = and(isNull(schedules.acceptedAt), isNull(schedules.endedAt));
    await transaction
      .update(schedules)
      .set({ acceptedAt: now, acceptedBy: managerId })
      .where(and(eq(schedules.personId, personId), isWaiting));
  }
  const [explanation] = await transaction
    .select()
    .from(patternStatements)
    .where(and(eq(patternStatements.patternId, patternId), eq(patternStatements.kind, "explanation")))
    .orderBy(desc(patternStatements.saidAt))
    .limit(1);
  const workloadClass = explanation?.workloadClass ?? null;
  if (workloadClass === null) return;
  const run_ids = await listRuns(transaction, patternId);
  const calls = await clickhouse.query(firstCalls, { person_id: personId, run_ids, now });
  if (calls.length === 0) return;
  await transaction.insert(classCorrections).values(
    calls.map((call) => ({
      personId,
      runId: call.run_id,
      eventId: call.event_id,
      eventStartedAt: call.started_at,
      workloadClass,
      previousClass: call.workload_class,
      createdAt: now,
      expiresAt: call.expires_at,
    })),
  );
}

async function listRuns(transaction: Transaction, patternId: string): Promise<string[]> {
  const found = await transaction
    .select({ runIds: patternEvidence.runIds })
    .from(patternEvidence)
    .where(eq(patternEvidence.patternId, patternId))
    .orderBy(desc(patternEvidence.week));
  return [...new Set(found.flatMap(({ runIds }) => runIds))].slice(0, RUNS_MAX);
}

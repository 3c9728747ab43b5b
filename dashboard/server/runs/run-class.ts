// The class of a run, corrected afterwards by the person whose run it is. At most one correction holds: a new one takes the place
// of the one before, and withdrawing it gives the run the class that it would have without any.
//
// Always holds: only what analytics can still compute again can be corrected, so that figures and class never part. Who looks at
// the run sees every correction, what the class was before, and when. Correcting and withdrawing stand in the person's audit.

import { and, count, desc, eq, gte, inArray, isNull, lte, sql } from "drizzle-orm";
import { AppError } from "../../../schemas/app-error.ts";
import type { ClickHouseStore } from "../../../schemas/clickhouse/store.ts";
import type { WorkloadClass } from "../../../schemas/closed-lists.ts";
import type { Transaction, Transactions } from "../../../schemas/postgres/open.ts";
import { classCorrections } from "../../../schemas/postgres/tables.ts";
import type { RunClass } from "../../../schemas/run-api.ts";
import { appendAudit } from "../../../schemas/postgres/audit.ts";
import { toRunParams } from "../queries/calls-of-run.ts";
import { firstCallOfRun, runsOfCalls } from "../queries/run-anchors.ts";
import type { RunRow } from "../queries/run.ts";
import type { SubjectId } from "../access/scope.ts";

/** Corrections of one person that are kept at the same time, also withdrawn ones. They go with their runs. */
const CORRECTIONS_MAX = 1000;
/** Of one run, the newest ones. */
const SHOWN_CORRECTIONS_MAX = 50;
/** Any number, the same in every process of this product and used for nothing else. */
const CORRECTIONS_LOCK = 4_101_011;

export interface RunOfPerson {
  clickhouse: ClickHouseStore;
  store: Transactions;
  subjectId: SubjectId;
  run: RunRow;
  now: Date;
}

type Correction = typeof classCorrections.$inferSelect;

export async function readRunClass(of: RunOfPerson): Promise<RunClass> {
  return toRunClass(of, await of.store.db.transaction((transaction) => readCorrections(transaction, of)));
}

export interface NewClass {
  workloadClass: WorkloadClass;
  reason: string | undefined;
}

/** @throws AppError `conflict` when records of the run are gone, or the person has too many corrections */
export async function correctClass(of: RunOfPerson, { workloadClass, reason }: NewClass): Promise<RunClass> {
  const { clickhouse, store, subjectId, run, now } = of;
  const [first] = await clickhouse.query(firstCallOfRun, toRunParams(subjectId, run, now));
  if (!canCorrect(of) || first === undefined) throw tooLate();
  await store.db.transaction(async (transaction) => {
    await requireRoom(transaction, subjectId);
    const before = await readCorrections(transaction, of);
    await withdraw(transaction, before, now);
    await transaction.insert(classCorrections).values({
      personId: subjectId,
      runId: run.run_id,
      eventId: first.event_id,
      eventStartedAt: first.started_at,
      workloadClass,
      previousClass: toPreviousClass(run, before),
      reason: reason ?? null,
      createdAt: now,
      expiresAt: run.expires_at,
    });
    // Their words go with the run; the audit stays.
    const payload = { run_id: run.run_id, workload_class: workloadClass };
    const entry = { action: "class_corrected", actorId: subjectId, subjectId, payload } as const;
    await appendAudit(transaction, now, entry);
  });
  return readRunClass(of);
}

/** @throws AppError `not_found` when no correction holds, `conflict` when records of the run are gone */
export async function withdrawClass(of: RunOfPerson): Promise<RunClass> {
  const { store, subjectId, run, now } = of;
  if (!canCorrect(of)) throw tooLate();
  await store.db.transaction(async (transaction) => {
    await lockCorrections(transaction, subjectId);
    const withdrawn = await withdraw(transaction, await readCorrections(transaction, of), now);
    if (withdrawn === 0)
      throw new AppError(
        "not_found",
        "The class of this run is not corrected: there is nothing to withdraw.",
      );
    const payload = { run_id: run.run_id };
    const entry = { action: "class_correction_withdrawn", actorId: subjectId, subjectId, payload } as const;
    await appendAudit(transaction, now, entry);
  });
  return readRunClass(of);
}

/** Those of a person in the time of the run may be of runs beside it; the calls say which. Where they are gone, the run's id of then does. */
async function readCorrections(
  transaction: Transaction,
  { clickhouse, subjectId, run, now }: RunOfPerson,
): Promise<Correction[]> {
  const [from, to] = [new Date(run.started_at), new Date(run.ended_at)];
  const startedAt = classCorrections.eventStartedAt;
  const nearby = await transaction
    .select()
    .from(classCorrections)
    .where(and(eq(classCorrections.personId, subjectId), gte(startedAt, from), lte(startedAt, to)))
    .orderBy(desc(classCorrections.createdAt), desc(classCorrections.correctionId))
    .limit(CORRECTIONS_MAX);
  if (nearby.length === 0) return [];
  const event_ids = [...new Set(nearby.map(({ eventId }) => eventId))];
  const known = await clickhouse.query(runsOfCalls, { person_id: subjectId, event_ids, from, to, now });
  const runOf = new Map(known.map(({ event_id, run_id }) => [event_id, run_id]));
  return nearby.filter(({ eventId, runId }) => (runOf.get(eventId) ?? runId) === run.run_id);
}

/** How many held. */
async function withdraw(
  transaction: Transaction,
  corrections: readonly Correction[],
  now: Date,
): Promise<number> {
  const holding = corrections.filter(({ withdrawnAt }) => withdrawnAt === null);
  const ids = holding.map(({ correctionId }) => correctionId);
  await transaction
    .update(classCorrections)
    .set({ withdrawnAt: now, isWritten: false })
    .where(and(inArray(classCorrections.correctionId, ids), isNull(classCorrections.withdrawnAt)));
  return holding.length;
}

/** The figures may not know of a correction yet, or still know of one that was withdrawn. */
function toPreviousClass(run: RunRow, corrections: readonly Correction[]): WorkloadClass | null {
  const holding = corrections.find(({ withdrawnAt }) => withdrawnAt === null);
  if (holding) return holding.workloadClass;
  return run.class_source === "run" ? (corrections.at(-1)?.previousClass ?? null) : run.workload_class;
}

function toRunClass(of: RunOfPerson, corrections: readonly Correction[]): RunClass {
  const { workload_class, class_source } = of.run;
  const holding = corrections.find(({ withdrawnAt }) => withdrawnAt === null);
  const isCounted = holding
    ? class_source === "run" && workload_class === holding.workloadClass
    : class_source !== "run";
  return {
    workload_class,
    class_source,
    is_pending: !isCounted && canCorrect(of),
    can_correct: canCorrect(of),
    corrections: corrections.slice(0, SHOWN_CORRECTIONS_MAX).map((correction) => ({
      correction_id: correction.correctionId,
      workload_class: correction.workloadClass,
      previous_class: correction.previousClass,
      reason: correction.reason,
      created_at: correction.createdAt.toISOString(),
      withdrawn_at: correction.withdrawnAt?.toISOString() ?? null,
    })),
  };
}

function canCorrect({ run, now }: Pick<RunOfPerson, "run" | "now">): boolean {
  return run.inputs_expire_at > now;
}

function tooLate(): AppError {
  const message =
    "Records of this run's calls are not kept any longer, so its figures can't be computed with another class.";
  return new AppError("conflict", message);
}

/** Two changes of one person come one after the other, so that one correction holds at the most. */
async function lockCorrections(transaction: Transaction, personId: string): Promise<void> {
  await transaction.execute(sql`SELECT pg_advisory_xact_lock(${CORRECTIONS_LOCK}, hashtext(${personId}))`);
}

async function requireRoom(transaction: Transaction, personId: string): Promise<void> {
  await lockCorrections(transaction, personId);
  const [kept] = await transaction
    .select({ corrections: count() })
    .from(classCorrections)
    .where(eq(classCorrections.personId, personId));
  if (kept !== undefined && kept.corrections < CORRECTIONS_MAX) return;
  const message = `There are ${CORRECTIONS_MAX} corrections, the most that are kept. Declare the class of a key, or register a schedule.`;
  throw new AppError("conflict", message);
}

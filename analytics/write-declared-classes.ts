// Writes to ClickHouse what Postgres has of declared classes and ClickHouse lacks.
//
// Postgres says of each declaration whether it was written (`is_written`, and for schedules `written_until`), and is told in the
// transaction that holds the declaration locked while ClickHouse takes its rows. So nothing is forgotten; a crash in between
// writes the same rows again, and a row is replaced by its like. What a declaration says never changes, so there are two
// versions of a row at the most: it holds, and it does not.

import { and, eq, inArray, isNotNull, isNull, lt, lte, not, or } from "drizzle-orm";
import type { ClickHouseStore } from "../schemas/clickhouse/store.ts";
import type { Config } from "../schemas/config.ts";
import type { PostgresStore, Transaction } from "../schemas/postgres/open.ts";
import { classCorrections, schedules } from "../schemas/postgres/tables.ts";
import { listDue } from "../schemas/schedule-times.ts";
import { NOBODY } from "./queries/call-facts.ts";

const TABLE = "declared_classes";
const VERSION = { holds: 1, over: 2 } as const;
/** Declarations that are locked and written at a time. */
const CORRECTIONS_MAX = 1000;
const SCHEDULES_MAX = 20;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Times are written to the end of tomorrow in UTC, so that once a day there is something to write, and not every minute. */
const DAYS_AHEAD = 2;

export interface DeclaredClassesStores {
  store: ClickHouseStore;
  postgres: PostgresStore;
  config: Pick<Config, "retentionDays">;
}

export interface Moment {
  /** What is past and to come is seen from here. */
  now: Date;
  /** Stamps the rows. */
  clockTime: Date;
}

/** @throws AppError of a store; then nothing is lost, and the next call does the rest */
export async function writeDeclaredClasses(
  source: DeclaredClassesStores,
  { full, ...moment }: Moment & { full: boolean },
): Promise<number> {
  const { postgres, config } = source;
  await postgres.db.transaction(async (transaction) => {
    await removeExpired(transaction, config, moment.clockTime);
    if (full) await forgetWritten(transaction);
  });
  const writeCorrections = () =>
    postgres.db.transaction((transaction) => writeSomeCorrections(transaction, source, moment));
  const writeSchedules = () =>
    postgres.db.transaction((transaction) => writeSomeSchedules(transaction, source, moment));
  return (await untilNone(writeCorrections)) + (await untilNone(writeSchedules));
}

async function untilNone(write: () => Promise<number>): Promise<number> {
  let sum = 0;
  for (let written = await write(); written > 0; written = await write()) sum += written;
  return sum;
}

async function removeExpired(
  transaction: Transaction,
  { retentionDays }: DeclaredClassesStores["config"],
  now: Date,
): Promise<void> {
  await transaction.delete(classCorrections).where(lte(classCorrections.expiresAt, now));
  const endedBefore = addDays(now, -retentionDays.runs);
  await transaction
    .delete(schedules)
    .where(and(isNotNull(schedules.endedAt), lt(schedules.endedAt, endedBefore)));
}

async function forgetWritten(transaction: Transaction): Promise<void> {
  await transaction.update(classCorrections).set({ isWritten: false });
  await transaction.update(schedules).set({ isWritten: false, writtenUntil: null });
}

async function writeSomeCorrections(
  transaction: Transaction,
  { store }: DeclaredClassesStores,
  { clockTime }: Moment,
): Promise<number> {
  const corrections = await transaction
    .select()
    .from(classCorrections)
    .where(not(classCorrections.isWritten))
    .limit(CORRECTIONS_MAX)
    .for("update", { skipLocked: true });
  if (corrections.length === 0) return 0;
  const rows = corrections.map((correction) => ({
    person_id: correction.personId,
    source: "run",
    declaration_id: correction.correctionId,
    from_at: correction.eventStartedAt,
    to_at: correction.eventStartedAt,
    event_id: correction.eventId,
    key_id: NOBODY,
    workload_class: correction.workloadClass,
    declared_at: correction.createdAt,
    ...toState(correction.withdrawnAt === null),
    ingested_at: clockTime,
    expires_at: correction.expiresAt,
  }));
  await store.insert(TABLE, rows);
  const written = corrections.map(({ correctionId }) => correctionId);
  await transaction
    .update(classCorrections)
    .set({ isWritten: true })
    .where(inArray(classCorrections.correctionId, written));
  return corrections.length;
}

type Schedule = typeof schedules.$inferSelect;

async function writeSomeSchedules(
  transaction: Transaction,
  { store, config: { retentionDays } }: DeclaredClassesStores,
  { now, clockTime }: Moment,
): Promise<number> {
  const horizon = toHorizon(now);
  const hasNewTimes = and(isNull(schedules.endedAt), lt(schedules.writtenUntil, horizon));
  const due = await transaction
    .select()
    .from(schedules)
    .where(or(not(schedules.isWritten), hasNewTimes))
    .limit(SCHEDULES_MAX)
    .for("update", { skipLocked: true });
  for (const schedule of due) {
    const until = schedule.endedAt ?? horizon;
    // Imported calls are kept from their import on, so they may be older than the retention of events.
    const rows = toRows(schedule, { since: addDays(now, -retentionDays.runs), until }).map((row) => ({
      ...row,
      ingested_at: clockTime,
      expires_at: addDays(row.to_at > clockTime ? row.to_at : clockTime, retentionDays.events),
    }));
    await store.insert(TABLE, rows);
    await transaction
      .update(schedules)
      .set({ isWritten: true, writtenUntil: until })
      .where(eq(schedules.scheduleId, schedule.scheduleId));
  }
  return due.length;
}

/**
 * What ClickHouse lacks: the schedule's times that were not written yet, and of one that has ended those that were written ahead.
 * @param since where nothing was written yet
 */
function toRows(schedule: Schedule, { since, until }: { since: Date; until: Date }) {
  const { endedAt, writtenUntil } = schedule;
  const holding = listTimes(schedule, writtenUntil ?? since, until).map((time) =>
    toRow(schedule, time, { holds: true }),
  );
  if (endedAt === null) return holding;
  const ahead = toHorizon(endedAt);
  const writtenAhead = writtenUntil !== null && writtenUntil > ahead ? writtenUntil : ahead;
  const over = listTimes(schedule, endedAt, writtenAhead);
  return [...holding, ...over.map((time) => toRow(schedule, time, { holds: false }))];
}

function listTimes(schedule: Schedule, from: Date, to: Date): Date[] {
  return from < to ? listDue(schedule, from, to) : [];
}

function toRow(schedule: Schedule, time: Date, { holds }: { holds: boolean }) {
  return {
    person_id: schedule.personId ?? NOBODY,
    source: "schedule",
    declaration_id: schedule.scheduleId,
    from_at: time,
    to_at: new Date(time.getTime() + schedule.minutes * MINUTE_MS),
    event_id: NOBODY,
    key_id: schedule.keyId ?? NOBODY,
    workload_class: schedule.workloadClass,
    declared_at: schedule.createdAt,
    ...toState(holds),
  };
}

/** To where times are written ahead. */
function toHorizon(now: Date): Date {
  return new Date((Math.floor(now.getTime() / DAY_MS) + DAYS_AHEAD) * DAY_MS);
}

function toState(holds: boolean): { version: number; is_deleted: 0 | 1 } {
  return holds ? { version: VERSION.holds, is_deleted: 0 } : { version: VERSION.over, is_deleted: 1 };
}

function addDays(time: Date, days: number): Date {
  return new Date(time.getTime() + days * DAY_MS);
}

// Registered schedules: added, listed, ended. A schedule covers runs that started after one of its times, also those of the past
// whose calls are kept; ending it leaves covered what it covered until then.
//
// Always holds: what a schedule says can't be changed, so that what it explained stays what was explained. Adding and ending one
// stand in the audit of its person, in the same transaction. A schedule of one key names a key of the same person.

import { and, asc, count, desc, eq, isNull, sql } from "drizzle-orm";
import { AppError } from "../../../schemas/app-error.ts";
import type { WorkloadClass } from "../../../schemas/closed-lists.ts";
import type { Database, Transaction, Transactions } from "../../../schemas/postgres/open.ts";
import { keys, people, schedules } from "../../../schemas/postgres/tables.ts";
import type { Schedule } from "../../../schemas/schedule-api.ts";
import { findDue, requireCronLine, type CronLine } from "../../../schemas/schedule-times.ts";
import { appendAudit } from "../../../schemas/postgres/audit.ts";
import type { SubjectId } from "../access/scope.ts";

/** Schedules of one person, or of one service's key, that hold at the same time. */
export const HOLDING_SCHEDULES_MAX = 10;
/** Schedules of one person that a page lists: all that hold, and as many of the newest ended ones as fit. */
const LISTED_SCHEDULES_MAX = 200;
/** Any number, the same in every process of this product and used for nothing else. */
const SCHEDULES_LOCK = 4_101_010;

export interface AddedSchedule extends CronLine {
  /** Whose it is; null: the service's that the key is of. */
  personId: string | null;
  /** Covers runs of this key alone. */
  keyId: string | null;
  /** Who registers it: the person, or null for an operator. */
  actorId: string | null;
  name: string;
  minutes: number;
  workloadClass: WorkloadClass;
}

/** @throws AppError `bad_request` when it can't be read, `not_found` for a key of somebody else, `conflict` when there are too many */
export async function addSchedule(
  store: Transactions,
  { actorId, ...schedule }: AddedSchedule,
  now: Date,
): Promise<Schedule> {
  requireCronLine(schedule, now);
  const { personId, keyId } = schedule;
  const row = await store.db.transaction(async (transaction) => {
    if (keyId !== null) await requireKey(transaction, keyId, personId);
    await requireRoom(transaction, schedule);
    const [added] = await transaction
      .insert(schedules)
      .values({ ...schedule, createdAt: now, createdBy: actorId })
      .returning();
    if (added === undefined) throw new AppError("internal", "A schedule was inserted and did not come back.");
    const payload = { schedule_id: added.scheduleId };
    await appendAudit(transaction, now, { action: "schedule_added", actorId, subjectId: personId, payload });
    return added;
  });
  return toSchedule(row, now);
}

/** A person's own schedules, those that hold first, newest first. */
export async function listSchedules(
  database: Database,
  subjectId: SubjectId,
  now: Date,
): Promise<Schedule[]> {
  const rows = await database
    .select()
    .from(schedules)
    .where(eq(schedules.personId, subjectId))
    .orderBy(sql`${schedules.endedAt} IS NOT NULL`, desc(schedules.createdAt), asc(schedules.scheduleId))
    .limit(LISTED_SCHEDULES_MAX);
  return rows.map((row) => toSchedule(row, now));
}

export type OwnedSchedule = Schedule & { person_email: string | null };

/** Everybody's schedules and the services', newest first, for an operator. */
export async function listAllSchedules(database: Database, now: Date): Promise<OwnedSchedule[]> {
  const rows = await database
    .select({ schedule: schedules, email: people.email })
    .from(schedules)
    .leftJoin(people, eq(people.personId, schedules.personId))
    .orderBy(desc(schedules.createdAt), asc(schedules.scheduleId));
  return rows.map(({ schedule, email }) => ({ ...toSchedule(schedule, now), person_email: email }));
}

export interface ScheduleEnd {
  scheduleId: string;
  /** Whose schedule it must be; undefined for an operator, who may end any. */
  personId?: string;
  actorId: string | null;
}

/**
 * Ends a schedule for good, as of now. One that has ended before stays ended as of then.
 * @throws AppError `not_found` when there is no such schedule, or it is not that person's
 */
export async function endSchedule(
  store: Transactions,
  { scheduleId, personId, actorId }: ScheduleEnd,
  now: Date,
): Promise<void> {
  await store.db.transaction(async (transaction) => {
    const isIt = eq(schedules.scheduleId, scheduleId);
    const [schedule] = await transaction.select().from(schedules).where(isIt).for("update");
    if (schedule === undefined || (personId !== undefined && schedule.personId !== personId))
      throw noSuchSchedule();
    if (schedule.endedAt !== null) return;
    await transaction.update(schedules).set({ endedAt: now, isWritten: false }).where(isIt);
    const payload = { schedule_id: scheduleId };
    const entry = { action: "schedule_ended", actorId, subjectId: schedule.personId, payload } as const;
    await appendAudit(transaction, now, entry);
  });
}

export function noSuchSchedule(): AppError {
  return new AppError("not_found", "There is no such schedule. List the schedules to see their ids.");
}

async function requireKey(transaction: Transaction, keyId: string, personId: string | null): Promise<void> {
  const isOwners = personId === null ? eq(keys.kind, "service") : eq(keys.personId, personId);
  const [key] = await transaction
    .select({ keyId: keys.keyId })
    .from(keys)
    .where(and(eq(keys.keyId, keyId), isOwners));
  if (key !== undefined) return;
  const whose = personId === null ? "a service" : "the same person";
  throw new AppError("not_found", `There is no such key of ${whose}. List the keys to see their ids.`);
}

/** Two that register the last schedule at the same moment come one after the other. */
async function requireRoom(
  transaction: Transaction,
  { personId, keyId }: Pick<AddedSchedule, "personId" | "keyId">,
): Promise<void> {
  await transaction.execute(
    sql`SELECT pg_advisory_xact_lock(${SCHEDULES_LOCK}, hashtext(${personId ?? keyId}))`,
  );
  const isOwners =
    personId === null
      ? and(isNull(schedules.personId), eq(schedules.keyId, keyId ?? ""))
      : eq(schedules.personId, personId);
  const [holding] = await transaction
    .select({ schedules: count() })
    .from(schedules)
    .where(and(isOwners, isNull(schedules.endedAt)));
  if (holding !== undefined && holding.schedules < HOLDING_SCHEDULES_MAX) return;
  throw new AppError("conflict", `There are ${HOLDING_SCHEDULES_MAX} schedules, the most. End one first.`);
}

function toSchedule(row: typeof schedules.$inferSelect, now: Date): Schedule {
  return {
    schedule_id: row.scheduleId,
    name: row.name,
    cron: row.cron,
    timezone: row.timezone,
    minutes: row.minutes,
    workload_class: row.workloadClass,
    key_id: row.keyId,
    created_at: row.createdAt.toISOString(),
    is_by_operator: row.createdBy === null,
    accepted_at: row.acceptedAt?.toISOString() ?? null,
    ended_at: row.endedAt?.toISOString() ?? null,
    next_at: row.endedAt === null ? (findDue(row, now)?.toISOString() ?? null) : null,
  };
}

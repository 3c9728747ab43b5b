// Schedules of services: registered and ended. They are nobody's, so that their times are the organisation's to say.
//
// Always holds: what a schedule says never changes, and one that has ended stays ended (schedules.ts); it covers what it covered.

import { and, asc, eq, isNotNull, isNull } from "drizzle-orm";
import { AppError } from "../../../schemas/app-error.ts";
import type { PostgresStore, Transaction } from "../../../schemas/postgres/open.ts";
import { keys, schedules } from "../../../schemas/postgres/tables.ts";
import type { Change, ServiceScheduleState } from "../../../schemas/settings-api.ts";
import { addSchedule, endSchedule } from "../schedules/schedules.ts";
import { NEXT_PASS, type ChangeContext, type PlannedChange } from "./planned-change.ts";

/** A run that starts so long after one of its times is the schedule's, as it is for people. */
const MINUTES = 15;
const LISTED_MAX = 200;

export function planServiceSchedule(
  { config: { timezone }, now }: ChangeContext,
  { service_schedule_id: scheduleId, state }: Extract<Change, { subject: "service_schedule" }>,
): PlannedChange {
  if (scheduleId === null && !state.holds)
    throw new AppError("bad_request", "A schedule that is new holds. End it afterwards.");
  if (scheduleId !== null && state.holds)
    throw new AppError(
      "conflict",
      "What a schedule says can’t be changed. End it, and register another one.",
    );
  return {
    name: scheduleId === null ? null : `service_schedule:${scheduleId}`,
    isPublic: true,
    takesEffect: NEXT_PASS,
    listEffects: async () =>
      state.holds
        ? [
            `Runs of this key that start within ${MINUTES} minutes of its times count as ${state.workload_class}, also past ones whose calls are kept.`,
            `Its times are those of ${timezone}.`,
          ]
        : ["Its times from now on cover nothing. What it covered until now stays covered."],
    async apply(transaction) {
      const store = {
        db: { transaction: <Result>(work: (inner: Transaction) => Promise<Result>) => work(transaction) },
      };
      if (scheduleId !== null) {
        await endSchedule(store, { scheduleId, actorId: null }, now);
        const value = { before: { ...state, holds: true }, after: state };
        return { name: `service_schedule:${scheduleId}`, value, action: "setting_changed", subjectId: null };
      }
      const { key_id: keyId, name, cron, workload_class: workloadClass } = state;
      const row = {
        personId: null,
        actorId: null,
        keyId,
        name,
        cron,
        timezone,
        minutes: MINUTES,
        workloadClass,
      };
      const added = await addSchedule(store, row, now);
      return {
        name: `service_schedule:${added.schedule_id}`,
        value: { before: null, after: state },
        action: "setting_changed",
        subjectId: null,
      };
    },
  };
}

interface ServiceSchedule {
  schedule_id: string;
  state: ServiceScheduleState;
  key: string;
  timezone: string;
}

/** Those that hold, by name. */
export async function listServiceSchedules({ db }: PostgresStore): Promise<ServiceSchedule[]> {
  const rows = await db
    .select({ schedule: schedules, key: keys })
    .from(schedules)
    .innerJoin(keys, eq(keys.keyId, schedules.keyId))
    .where(and(isNull(schedules.personId), isNotNull(schedules.keyId), isNull(schedules.endedAt)))
    .orderBy(asc(schedules.name), asc(schedules.scheduleId))
    .limit(LISTED_MAX);
  return rows.map(({ schedule: { scheduleId, name, cron, workloadClass, timezone }, key }) => ({
    schedule_id: scheduleId,
    state: { key_id: key.keyId, name, cron, workload_class: workloadClass, holds: true },
    key: key.name,
    timezone,
  }));
}

/** Of services whose keys can be used. */
export async function listServiceKeyNames({
  db,
}: PostgresStore): Promise<{ key_id: string; name: string }[]> {
  return db
    .select({ key_id: keys.keyId, name: keys.name })
    .from(keys)
    .where(and(eq(keys.kind, "service"), isNull(keys.revokedAt)))
    .orderBy(asc(keys.name), asc(keys.keyId))
    .limit(LISTED_MAX);
}

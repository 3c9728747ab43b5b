// Deliveries of notices as they stand in Postgres: taken on one at a time, and settled.
//
// Always holds: of several processes one takes on a delivery. It is marked before it is tried, so that a crash in between is seen: one
// that its receiver would know again is due again after a while, and any other is left as it is, because it may have gone out.

import { and, asc, eq, lte } from "drizzle-orm";
import type { PostgresStore } from "../../../schemas/postgres/open.ts";
import { noticeDeliveries, noticePreferences, notices } from "../../../schemas/postgres/notice-tables.ts";
import { people } from "../../../schemas/postgres/tables.ts";
import type { NoticeSender } from "./message.ts";

export const ATTEMPTS_MAX = 5;
/** After the first attempt that failed, the second, and so on. */
export const RETRY_MS = [60_000, 5 * 60_000, 30 * 60_000, 2 * 3_600_000] as const;
/** More than an attempt may take: whoever took a delivery on and has not settled it by then has crashed. */
export const LEASE_MS = 120_000;
/** What is older is on the page alone: a mail server that was named today sends nothing of last month. */
export const DELIVERY_AGE_MS_MAX = 3 * 86_400_000;

export interface Delivery {
  noticeId: string;
  channel: NoticeSender["channel"];
  /** With this one. */
  attempts: number;
  email: string;
  name: string;
  createdAt: Date;
}

/** Ends a delivery that is not to be made; undefined where it is. */
type Obstacle = "switched off" | "late" | "tried too often" | undefined;

/** The longest due delivery of a channel, marked as tried; undefined where none is due. */
export async function takeDelivery(
  { db }: Pick<PostgresStore, "db">,
  { channel, isRepeatable }: Pick<NoticeSender, "channel" | "isRepeatable">,
  now: Date,
): Promise<(Delivery & { obstacle: Obstacle }) | undefined> {
  return db.transaction(async (transaction) => {
    const isPreference = and(
      eq(noticePreferences.personId, notices.personId),
      eq(noticePreferences.kind, notices.kind),
      eq(noticePreferences.channel, noticeDeliveries.channel),
    );
    const [due] = await transaction
      .select({ delivery: noticeDeliveries, notice: notices, person: people, isOn: noticePreferences.isOn })
      .from(noticeDeliveries)
      .innerJoin(notices, eq(notices.noticeId, noticeDeliveries.noticeId))
      .innerJoin(people, eq(people.personId, notices.personId))
      .leftJoin(noticePreferences, isPreference)
      .where(and(eq(noticeDeliveries.channel, channel), lte(noticeDeliveries.nextAttemptAt, now)))
      .orderBy(asc(noticeDeliveries.nextAttemptAt))
      .limit(1)
      .for("update", { of: noticeDeliveries, skipLocked: true });
    if (due === undefined) return undefined;
    const { delivery, notice, person, isOn } = due;
    const { noticeId } = notice;
    const isLate = now.getTime() - notice.createdAt.getTime() > DELIVERY_AGE_MS_MAX;
    const obstacle = findObstacle({ isOn, isLate, attempts: delivery.attempts });
    const attempts = delivery.attempts + (obstacle === undefined ? 1 : 0);
    const nextAttemptAt = isRepeatable && obstacle === undefined ? new Date(now.getTime() + LEASE_MS) : null;
    const failure = obstacle ?? delivery.failure;
    await transaction
      .update(noticeDeliveries)
      .set({ attempts, nextAttemptAt, failure })
      .where(isDelivery({ noticeId, channel }));
    const { email, name } = person;
    return { noticeId, channel, attempts, email, name, createdAt: notice.createdAt, obstacle };
  });
}

function findObstacle(said: { isOn: boolean | null; isLate: boolean; attempts: number }): Obstacle {
  if (said.isOn === false) return "switched off";
  if (said.isLate) return "late";
  return said.attempts >= ATTEMPTS_MAX ? "tried too often" : undefined;
}

export async function settleDelivered(
  { db }: Pick<PostgresStore, "db">,
  delivery: Delivery,
  now: Date,
): Promise<void> {
  await db
    .update(noticeDeliveries)
    .set({ deliveredAt: now, nextAttemptAt: null, failure: null })
    .where(isDelivery(delivery));
}

/** @param failed.retry whether another attempt can't tell the person twice */
export async function settleFailed(
  { db }: Pick<PostgresStore, "db">,
  delivery: Delivery,
  { failure, retry, now }: { failure: string; retry: boolean; now: Date },
): Promise<void> {
  const pauseMs = retry ? RETRY_MS[delivery.attempts - 1] : undefined;
  const nextAttemptAt = pauseMs === undefined ? null : new Date(now.getTime() + pauseMs);
  await db.update(noticeDeliveries).set({ nextAttemptAt, failure }).where(isDelivery(delivery));
}

function isDelivery({ noticeId, channel }: Pick<Delivery, "noticeId" | "channel">) {
  return and(eq(noticeDeliveries.noticeId, noticeId), eq(noticeDeliveries.channel, channel));
}

// What people are told: a notice is written in the transaction of the step that it tells of, together with a delivery for each way out
// of the house. A job takes deliveries on from there (dashboard/server/notices/deliver.ts).
//
// Always holds: a step that was taken back has told nobody; nobody is told the same twice.

import { and, eq, ne } from "drizzle-orm";
import { NOTICE_CHANNELS, type NoticeChannel, type NoticeKind } from "../closed-lists.ts";
import { noticeDeliveries, notices } from "./notice-tables.ts";
import type { Transaction } from "./open.ts";
import { actAsSystem } from "./scope.ts";
import { people } from "./tables.ts";

/** The page needs no delivery: the notice itself is what it shows. */
export type OutsideChannel = Exclude<NoticeChannel, "page">;
export const OUTSIDE_CHANNELS = NOTICE_CHANNELS.filter((channel) => channel !== "page");

export interface NewNotice {
  personId: string;
  kind: NoticeKind;
  /** Id of the pattern, or of the key. */
  about: string;
  at: Date;
}

/** Tells a person, as part of the transaction of what they are told; nothing where they were told already. */
export async function addNotice(
  transaction: Transaction,
  { personId, kind, about, at }: NewNotice,
): Promise<void> {
  await actAsSystem(transaction, async () => {
    const [added] = await transaction
      .insert(notices)
      .values({ personId, kind, about, createdAt: at })
      .onConflictDoNothing()
      .returning({ noticeId: notices.noticeId });
    if (added === undefined) return;
    const deliveries = OUTSIDE_CHANNELS.map((channel) => ({ ...added, channel, nextAttemptAt: at }));
    await transaction.insert(noticeDeliveries).values(deliveries);
  });
}

/** Tells every officer but the person whom it is about: nobody answers their own contest. */
export async function tellOfficers(
  transaction: Transaction,
  { personId: subjectId, ...said }: NewNotice,
): Promise<void> {
  await actAsSystem(transaction, async () => {
    const officers = await transaction
      .select({ personId: people.personId })
      .from(people)
      .where(and(eq(people.role, "officer"), ne(people.personId, subjectId)));
    for (const { personId } of officers) await addNotice(transaction, { ...said, personId });
  });
}

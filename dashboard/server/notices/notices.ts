// A person's notices: listed, read, and switched off by kind and channel.
//
// Always holds: the entry on the page can't be switched off; what a person was not told outside of it, they find there.

import { and, desc, eq, inArray, isNull } from "drizzle-orm";
import { NOTICE_KINDS, type NoticeKind, type Role } from "../../../schemas/closed-lists.ts";
import type { Config } from "../../../schemas/config.ts";
import {
  NOTICES_LISTED_MAX,
  type NoticePreference,
  type NoticePreferences,
  type Notices,
} from "../../../schemas/notice-api.ts";
import { noticePreferences, notices } from "../../../schemas/postgres/notice-tables.ts";
import { OUTSIDE_CHANNELS } from "../../../schemas/postgres/notices.ts";
import type { Transactions } from "../../../schemas/postgres/open.ts";
import type { SubjectId } from "../access/scope.ts";

export async function listNotices(store: Transactions, subjectId: SubjectId): Promise<Notices> {
  return store.db.transaction(async (transaction) => {
    const rows = await transaction
      .select()
      .from(notices)
      .where(eq(notices.personId, subjectId))
      .orderBy(desc(notices.createdAt), desc(notices.noticeId))
      .limit(NOTICES_LISTED_MAX);
    const isUnread = and(eq(notices.personId, subjectId), isNull(notices.readAt));
    return {
      unread: await transaction.$count(notices, isUnread),
      notices: rows.map(({ noticeId, kind, about, createdAt, readAt }) => ({
        notice_id: noticeId,
        kind,
        about,
        created_at: createdAt.toISOString(),
        read_at: readAt?.toISOString() ?? null,
      })),
    };
  });
}

/** @param noticeIds undefined: all of them. Other people's are passed over. */
export async function markRead(
  store: Transactions,
  { subjectId, noticeIds }: { subjectId: SubjectId; noticeIds: readonly string[] | undefined },
  now: Date,
): Promise<void> {
  await store.db.transaction(async (transaction) => {
    const isMeant = noticeIds === undefined ? undefined : inArray(notices.noticeId, [...noticeIds]);
    await transaction
      .update(notices)
      .set({ readAt: now })
      .where(and(eq(notices.personId, subjectId), isNull(notices.readAt), isMeant));
  });
}

/** Whose preferences, and on which channels there can be any. */
export interface Told {
  subjectId: SubjectId;
  role: Role;
  isManager: boolean;
  config: Pick<Config, "mail" | "noticeWebhook">;
}

export async function readPreferences(store: Transactions, told: Told): Promise<NoticePreferences> {
  const said = await store.db.transaction((transaction) =>
    transaction.select().from(noticePreferences).where(eq(noticePreferences.personId, told.subjectId)),
  );
  const channels = OUTSIDE_CHANNELS.filter((channel) => isSetUp(channel, told.config));
  const kinds = NOTICE_KINDS.filter((kind) => canBeTold(kind, told));
  return {
    channels,
    preferences: kinds.flatMap((kind) =>
      channels.map((channel) => {
        const own = said.find((each) => each.kind === kind && each.channel === channel);
        return { kind, channel, is_on: own?.isOn ?? true };
      }),
    ),
  };
}

export async function setPreference(
  store: Transactions,
  { subjectId: personId }: Pick<Told, "subjectId">,
  { kind, channel, is_on: isOn }: NoticePreference,
): Promise<void> {
  const { personId: person, kind: ofKind, channel: onChannel } = noticePreferences;
  await store.db.transaction(async (transaction) => {
    await transaction
      .insert(noticePreferences)
      .values({ personId, kind, channel, isOn })
      .onConflictDoUpdate({ target: [person, ofKind, onChannel], set: { isOn } });
  });
}

function isSetUp(channel: NoticePreference["channel"], { mail, noticeWebhook }: Told["config"]): boolean {
  return channel === "email" ? mail !== undefined : noticeWebhook !== undefined;
}

/** Nobody is asked about what can't happen to them. */
function canBeTold(kind: NoticeKind, { role, isManager }: Told): boolean {
  if (kind === "review_opened") return isManager;
  return kind !== "contest_waiting" || role === "officer";
}

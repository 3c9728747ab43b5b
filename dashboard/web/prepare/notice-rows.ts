// What each notice says on the page, where it leads, and which pages of the rail have something new.

import type { NoticeKind } from "../../../schemas/closed-lists.ts";
import type { Notices } from "../../../schemas/notice-api.ts";
import { dayOf } from "./calendar.ts";
import { formatDay, formatTime, formatUtc } from "./format.ts";

export interface NoticeRow {
  noticeId: string;
  text: string;
  href: string;
  isUnread: boolean;
  /** `14:05` today, `19 Nov` before. */
  when: string;
  /** In full, for hovering. */
  exact: string;
}

interface NoticeWords {
  text: string;
  /** In the dialog of what one is told. */
  label: string;
  /** The page that it leads to; the pattern's own below it, where the page has such. */
  page: "/patterns" | "/review" | "/keys";
}

const WORDS: Readonly<Record<NoticeKind, NoticeWords>> = {
  pattern_notified: {
    text: "There is a pattern to explain before anyone else sees it.",
    label: "There is a pattern of mine to explain",
    page: "/patterns",
  },
  pattern_opened: {
    text: "A pattern of yours is open. Your manager can see it now.",
    label: "A pattern of mine opens",
    page: "/patterns",
  },
  pattern_closed: {
    text: "A pattern of yours is closed.",
    label: "A pattern of mine is closed",
    page: "/patterns",
  },
  contest_answered: {
    text: "The privacy officer has answered what you contested.",
    label: "What I contested is answered",
    page: "/patterns",
  },
  review_opened: {
    text: "There is a pattern for you to discuss.",
    label: "There is a pattern for me to discuss",
    page: "/review",
  },
  contest_waiting: {
    text: "A contested pattern waits for your answer.",
    label: "A contested pattern waits for my answer",
    page: "/review",
  },
  key_expires: {
    text: "A key of yours ends within a week.",
    label: "A key of mine ends within a week",
    page: "/keys",
  },
};

export const nameNoticeKind = (kind: NoticeKind): string => WORDS[kind].label;

/** `timezone` is the viewer's own, and given only where the viewer's browser is not asked. */
export function toNoticeRows(
  { notices }: Pick<Notices, "notices">,
  now: Date,
  timezone?: string,
): NoticeRow[] {
  const viewerZone = timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const today = dayOf(now, viewerZone);
  return notices.map(({ notice_id: noticeId, kind, about, created_at, read_at }) => {
    const { text, page } = WORDS[kind];
    const day = dayOf(new Date(created_at), viewerZone);
    return {
      noticeId,
      text,
      href: page === "/keys" ? page : `${page}/${about}`,
      isUnread: read_at === null,
      when: day === today ? formatTime(created_at, viewerZone) : formatDay(day, today),
      exact: formatUtc(created_at),
    };
  });
}

/** Ids of the unread notices that lead to a page or below it, by page. */
export function groupUnread({ notices }: Pick<Notices, "notices">): ReadonlyMap<string, readonly string[]> {
  const unread = notices.filter(({ read_at }) => read_at === null);
  return new Map(
    Object.entries(Object.groupBy(unread, ({ kind }) => WORDS[kind].page)).map(([page, of]) => [
      page,
      of.map(({ notice_id }) => notice_id),
    ]),
  );
}

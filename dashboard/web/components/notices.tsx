// What the person was told: an entry in the frame with the number of what is unread, the list behind it, and marks in the rail.
//
// Always holds: the list is open where the address says `notices=open`, so that what was sent by e-mail can lead to it. Going to the page
// that a notice leads to reads it.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Notices } from "../../../schemas/notice-api.ts";
import { markNoticesRead, readNotices } from "../api/notices.ts";
import { Link, navigate, useAddress } from "../location.tsx";
import { groupUnread, type NoticeRow, toNoticeRows } from "../prepare/notice-rows.ts";
import { useSession } from "../session.ts";
import { Dialog } from "./dialog.tsx";
import { Icon } from "./icon.tsx";
import { NoticePreferences } from "./notice-preferences.tsx";
import { Failed, Loading, Skeleton } from "./states.tsx";
import "../styles/notices.css";

const REFRESH_MS = 60_000;
const PARAMETER = "notices";

function useNotices() {
  const { api, me } = useSession();
  return useQuery({
    queryKey: ["notices", me.person_id],
    queryFn: () => readNotices(api, me.person_id),
    refetchInterval: REFRESH_MS,
  });
}

function useMarkRead() {
  const { api, me } = useSession();
  const queryClient = useQueryClient();
  const queryKey = ["notices", me.person_id];
  const { mutate } = useMutation({
    mutationFn: (noticeIds?: readonly string[]) => markNoticesRead(api, me.person_id, noticeIds),
    onSuccess: () => queryClient.invalidateQueries({ queryKey }),
  });
  return mutate;
}

/** Which pages of the rail have something new. @param path of the page that is drawn, whose notices are read by that */
export function useNoticeMarks(path: string): (page: string) => boolean {
  const { data } = useNotices();
  const markRead = useMarkRead();
  const unread = groupUnread(data ?? { notices: [] });
  const here = [...unread].find(([page]) => path === page || path.startsWith(`${page}/`));
  const idsHere = here?.[1].join() ?? "";
  useEffect(() => {
    if (idsHere !== "") markRead(idsHere.split(","));
  }, [idsHere, markRead]);
  return (page) => page !== here?.[0] && unread.has(page);
}

/** The entry: a line of the rail, or a sign in the bar of narrow screens. */
export function NoticesEntry({ kind }: { kind: "line" | "sign" }) {
  const { data } = useNotices();
  const unread = data?.unread ?? 0;
  return (
    <button
      type="button"
      className="notices-entry"
      data-kind={kind}
      aria-label={unread === 0 ? "Notices" : `Notices, ${unread} unread`}
      onClick={() => show("open")}
    >
      <Icon name="bell" />
      {kind === "line" && <span>Notices</span>}
      {unread > 0 && <span className="unread-count">{unread}</span>}
    </button>
  );
}

/** Once in the frame. */
export function NoticesDialog() {
  const shown = useAddress().searchParams.get(PARAMETER);
  const isPreferences = shown === "preferences";
  return (
    <Dialog
      title={isPreferences ? "What you are told" : "Notices"}
      isOpen={shown === "open" || isPreferences}
      onOpenChange={(isOpen) => show(isOpen ? "open" : null)}
    >
      {isPreferences ? <NoticePreferences onDone={() => show("open")} /> : <NoticeList />}
    </Dialog>
  );
}

function NoticeList() {
  const { now } = useSession();
  const notices = useNotices();
  const markRead = useMarkRead();
  if (notices.data === undefined)
    return notices.error === null ? (
      <Loading shape={<Skeleton height={120} />} />
    ) : (
      <Failed error={notices.error} retry={() => void notices.refetch()} />
    );
  return (
    <>
      <NoticeLines notices={notices.data} now={now()} onFollow={(noticeId) => markRead([noticeId])} />
      <div className="dialog-actions">
        {notices.data.unread > 0 && (
          <button type="button" className="button" onClick={() => markRead(undefined)}>
            Mark all as read
          </button>
        )}
        <button type="button" className="button" onClick={() => show("preferences")}>
          What you are told
        </button>
        <button type="button" className="button" data-kind="action" onClick={() => show(null)}>
          Close
        </button>
      </div>
    </>
  );
}

interface NoticeLinesProps {
  notices: Notices;
  now: Date;
  onFollow: (noticeId: string) => void;
}

function NoticeLines({ notices, now, onFollow }: NoticeLinesProps) {
  const rows = toNoticeRows(notices, now);
  if (rows.length === 0)
    return <p className="notes">Nothing yet. What there is for you to look at appears here.</p>;
  return (
    <ul className="notice-list">
      {rows.map((row) => (
        <NoticeLine key={row.noticeId} row={row} onFollow={onFollow} />
      ))}
    </ul>
  );
}

function NoticeLine({ row, onFollow }: { row: NoticeRow; onFollow: (noticeId: string) => void }) {
  return (
    <li data-unread={row.isUnread || undefined}>
      <span onClick={() => onFollow(row.noticeId)}>
        <Link href={row.href}>{row.text}</Link>
        {row.isUnread && <span className="visually-hidden"> Unread.</span>}
      </span>
      <time className="quiet number" title={row.exact}>
        {row.when}
      </time>
    </li>
  );
}

/** Over the page that is there. */
function show(what: "open" | "preferences" | null): void {
  const address = new URL(window.location.href);
  if (what === null) address.searchParams.delete(PARAMETER);
  else address.searchParams.set(PARAMETER, what);
  navigate(`${address.pathname}${address.search}${address.hash}`, { replace: true });
}

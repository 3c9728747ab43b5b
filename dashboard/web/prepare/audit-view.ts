// What the audit shows, as its address says it: `?action=pattern_viewed&from=2026-11-01&to=2026-11-30&whose=all`; and its rows.
//
// Always holds: a word of the address that is not known means no filter, so that every address shows something.

import type { AuditEntryView, AuditFilter, AuditVerification } from "../../../schemas/audit-api.ts";
import { addDays, dayOf } from "./calendar.ts";
import { formatCount, formatDay, formatTime, formatUtc } from "./format.ts";

export interface AuditView {
  /** Empty: every one. */
  action: string;
  /** Days, both included; empty: no bound. */
  from: string;
  to: string;
  /** The officer may read everybody's. */
  whose: "own" | "all";
}

const DAY = /^\d{4}-\d\d-\d\d$/;

export function parseAuditView(search: string, isOfficer: boolean): AuditView {
  const query = new URLSearchParams(search);
  const dayIn = (name: string): string => {
    const day = query.get(name) ?? "";
    return DAY.test(day) && !Number.isNaN(Date.parse(day)) ? day : "";
  };
  return {
    action: query.get("action") ?? "",
    from: dayIn("from"),
    to: dayIn("to"),
    whose: isOfficer && query.get("whose") !== "own" ? "all" : "own",
  };
}

export function toAuditSearch({ action, from, to, whose }: AuditView, isOfficer: boolean): string {
  const query = new URLSearchParams(
    Object.entries({ action, from, to, whose: isOfficer && whose === "own" ? "own" : "" }).filter(
      ([, value]) => value !== "",
    ),
  );
  return query.size === 0 ? "" : `?${query.toString()}`;
}

/** Days are the organisation's, as everywhere; the first moment of the day after the last one ends the span. */
export function toAuditFilter({ action, from, to }: AuditView, timezone: string): AuditFilter {
  return {
    ...(action !== "" && { action }),
    ...(from !== "" && { from: startOfDay(from, timezone) }),
    ...(to !== "" && { to: startOfDay(addDays(to, 1), timezone) }),
  };
}

/** Tried at the hours around midnight in UTC: a zone is at most 14 hours away. */
function startOfDay(day: string, timezone: string): string {
  const midnightMs = Date.parse(day);
  const quarterMs = 15 * 60_000;
  for (let at = midnightMs - 14 * 3_600_000; at <= midnightMs + 14 * 3_600_000; at += quarterMs)
    if (dayOf(new Date(at), timezone) === day) return new Date(at).toISOString();
  return new Date(midnightMs).toISOString();
}

export interface AuditRow {
  id: number;
  /** `19 Nov, 14:05`, in the viewer's zone. */
  when: string;
  utc: string;
  who: string;
  what: string;
  why: string;
}

/** `timezone` is the viewer's own, and given only where the viewer's browser is not asked. */
export function toAuditRows(entries: readonly AuditEntryView[], now: Date, timezone?: string): AuditRow[] {
  const zone = timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const today = dayOf(now, zone);
  return entries.map(({ entry_id: id, at, who, what, why }) => ({
    id,
    when: `${formatDay(dayOf(new Date(at), zone), today)}, ${formatTime(at, zone)}`,
    utc: formatUtc(at),
    who,
    what,
    why: why ?? "–",
  }));
}

/** `Chain verified, 14:05.` */
export function tellVerification(verification: AuditVerification, timezone?: string): string {
  const at = formatTime(verification.verified_at, timezone);
  const entries = formatCount(verification.entries);
  return verification.state === "verified"
    ? `Chain verified, ${at}. ${entries} entries, each of which follows from the one before.`
    : `The chain is broken, ${at}. The entry of ${formatUtc(verification.broken_at)} does not follow from the ones before it; ${entries} do. Tell the privacy officer.`;
}

/** For keeping elsewhere: whoever has it can tell later whether newest entries were cut off. */
export function toVerdictLines(verification: AuditVerification): string {
  const { state, verified_at: at, entries } = verification;
  const rest = state === "verified" ? `head ${verification.head}` : `first fault ${verification.broken_at}`;
  return [`audit ${state}`, `at ${at}`, `entries ${entries}`, rest].join("\n");
}

// Holds what ClickHouse keeps against what happened: every call answered is there once and complete, every call that reached the
// provider is on record, nothing else is there, and tokens are those that the provider reported.
//
// It is pure, and test/fault/verify.test.ts plants each kind of mistake.

import { TOKEN_FIELDS, type TokenEvent, type TokenField } from "../../schemas/token-event.ts";
import type { LedgerCall } from "./call-ledger.ts";
import { numberOf, usageOf } from "./numbered-calls.ts";

export type StoredCall = Pick<
  TokenEvent,
  "event_id" | "session_id" | "usage_source" | "terminated_by" | TokenField
>;

/** A time in which a gateway could not answer all of its clients, because of what was done to it. */
export interface Disturbance {
  gateway: number;
  fromMs: number;
  toMs: number;
}

export interface Evidence {
  calls: readonly LedgerCall[];
  /** With FINAL. */
  stored: readonly StoredCall[];
  /** Rows without FINAL after OPTIMIZE: as many as `stored`, if the engine agrees with itself. */
  rowsAfterOptimize: number;
  disturbances: readonly Disturbance[];
  /** What the gateways counted as not written while their disks were full. */
  unrecorded: { intents: number; events: number };
  deadLetters: number;
}

export interface Violation {
  rule: string;
  /** How many times, and the first of them. */
  count: number;
  examples: string[];
}

export interface Verdict {
  violations: Violation[];
  /** Calls that were answered, or reached the provider, and are not in ClickHouse. */
  lost: number;
  /** Events beyond the first of a call. */
  doubled: number;
  /** Calls on record whose end nobody could write down any more. */
  interrupted: number;
}

const EXAMPLES_MAX = 5;

export function verify(evidence: Evidence): Verdict {
  const { calls, stored, unrecorded } = evidence;
  const byNumber = Map.groupBy(stored, ({ session_id: session }) => numberOf(session));
  const rowsOf = (call: LedgerCall): readonly StoredCall[] => byNumber.get(call.number) ?? [];
  const answered = calls.filter(({ end }) => end === "answered");
  const expected = calls.filter(({ end, hasReachedProvider }) => end === "answered" || hasReachedProvider);
  const missing = expected.filter((call) => rowsOf(call).length === 0);
  const unfinished = answered.filter((call) => !rowsOf(call).every(isComplete));
  const withoutEvent = answered.filter((call) => !rowsOf(call).some(isComplete));
  const repeated = calls.filter((call) => rowsOf(call).length > 1);
  const invented = stored.filter((row) => !isOf(row, calls));
  const wrong = stored.filter((row) => row.usage_source === "reported" && hasWrongTokens(row));
  const unexplained = calls.filter((call) => !isExplained(call, evidence.disturbances));
  const isLossCounted = withoutEvent.length === unrecorded.events && missing.length <= unrecorded.intents;
  const violations = [
    violationOf(
      "lost: answered or sent to the provider, and not in ClickHouse",
      isLossCounted ? [] : missing,
      describe,
    ),
    violationOf("answered in full, and on record as unfinished", isLossCounted ? [] : unfinished, describe),
    violationOf("more than one event", repeated, describe),
    violationOf("in ClickHouse, and never made", invented, ({ event_id: id }) => `event ${id}`),
    violationOf("tokens unlike the provider's", wrong, ({ session_id: session }) => String(session)),
    violationOf("failed without a fault of its own gateway", unexplained, describe),
    mismatch("rows after OPTIMIZE", evidence.rowsAfterOptimize, stored.length),
    mismatch("dead letters", evidence.deadLetters, 0),
  ];
  return {
    violations: violations.filter(({ count }) => count > 0),
    lost: missing.length,
    doubled: repeated.reduce((sum, call) => sum + rowsOf(call).length - 1, 0),
    interrupted: stored.filter((row) => !isComplete(row)).length,
  };
}

function isComplete({ usage_source: source, terminated_by: ended }: StoredCall): boolean {
  return source === "reported" && ended === "complete";
}

/** Under the id that the client was told, where it was told one. */
function isOf({ session_id: session, event_id: id }: StoredCall, calls: readonly LedgerCall[]): boolean {
  const number = numberOf(session);
  const call = number === undefined ? undefined : calls[number];
  return call !== undefined && (call.eventId === undefined || call.eventId === id);
}

function hasWrongTokens(row: StoredCall): boolean {
  const number = numberOf(row.session_id);
  if (number === undefined) return false;
  const usage: Partial<Record<TokenField, number>> = usageOf(number);
  return TOKEN_FIELDS.some((field) => (row[field] ?? 0) !== (usage[field] ?? 0));
}

function isExplained(call: LedgerCall, disturbances: readonly Disturbance[]): boolean {
  if (call.end === "answered") return true;
  return disturbances.some(
    ({ gateway, fromMs, toMs }) =>
      gateway === call.gateway &&
      call.startedAtMs <= toMs &&
      (call.endedAtMs ?? Number.POSITIVE_INFINITY) >= fromMs,
  );
}

function describe({
  number,
  gateway,
  end,
  status,
  eventId,
  hasReachedProvider,
  startedAtMs,
}: LedgerCall): string {
  const reached = hasReachedProvider ? "reached the provider" : "did not reach the provider";
  const at = new Date(startedAtMs).toISOString();
  return `call ${number} of ${at}: gateway ${gateway}, ${end} (${status}), ${reached}, event ${eventId ?? "unknown"}`;
}

function violationOf<Item>(rule: string, items: readonly Item[], toText: (item: Item) => string): Violation {
  return { rule, count: items.length, examples: items.slice(0, EXAMPLES_MAX).map(toText) };
}

function mismatch(what: string, found: number, expected: number): Violation {
  return violationOf(`${what}: ${found} instead of ${expected}`, found === expected ? [] : [found], () => "");
}

// From telemetry to outcomes: each edit that a human accepted is one outcome, of quantity 1.
//
// An event is one edit, known by the id of its tool call; where the client tells none, by everything that it says. A counter of
// value n is n edits, known by their numbers from 1 to n: a cumulative counter tells all of them each time, a later report has
// the earlier ones in it, and one that began again has another start. So a batch that is sent twice, or late, or after another,
// changes nothing, whichever way a counter counts, and no state has to survive for it.
//
// Always holds: an id is bound to whoever's key it came with, so that nobody can overwrite what is another's.

import type { Outcome } from "../../../schemas/outcome.ts";
import type { Caller } from "../intake-parts.ts";
import type { LinkHashes } from "../link-hashes.ts";
import { createOutcome } from "../new-outcome.ts";
import { EDIT_COUNTERS, EDIT_EVENTS, PROMPT_EVENTS, type EditTelemetry } from "./edit-telemetry.ts";
import type { Attributes, CounterPoint, LogEvent } from "./telemetry.ts";

/** Outcomes of one request. An honest counter is sent once a minute; what is beyond is counted as rejected. */
export const EDITS_MAX = 5000;

const NANOSECONDS_IN_MS = 1_000_000n;

export interface ToldSession {
  client: string;
  sessionId: string;
}

export interface AcceptedEdit extends ToldSession {
  requestId: string | null;
  /** Unix time in milliseconds; 0: not told. */
  atMs: number;
  /** What tells it from the other edits of its session. */
  mark: string;
}

/** Sessions of one request that are claimed for logs before they tell of an edit. */
const SESSIONS_MAX = 1000;

/** Sessions whose logs have begun to tell of prompts. */
export function findPromptedSessions(events: readonly LogEvent[]): ToldSession[] {
  const found = new Map<string, ToldSession>();
  for (const { name, attributes } of events) {
    const client = PROMPT_EVENTS.get(name);
    const sessionId = client === undefined ? null : textOf(attributes, client.session);
    if (client === undefined || sessionId === null || found.size >= SESSIONS_MAX) continue;
    found.set(`${client.client} ${sessionId}`, { client: client.client, sessionId });
  }
  return [...found.values()];
}

/** Why a record that tells of an accepted edit is not taken. */
export type RejectionReason = "no_session" | "too_many";

export interface FoundEdits {
  edits: AcceptedEdit[];
  /** One of each record that was not taken. */
  rejected: RejectionReason[];
}

export function findEditsOfEvents(events: readonly LogEvent[]): FoundEdits {
  const found: FoundEdits = { edits: [], rejected: [] };
  for (const { name, at, attributes } of events) {
    const client = EDIT_EVENTS.get(name);
    if (client === undefined || !isAcceptedEdit(client, attributes)) continue;
    const callId = client.callId === undefined ? undefined : attributes.get(client.callId);
    const mark = callId === undefined ? [at.toString(), ...sorted(attributes)] : [callId];
    addEdits(found, { client, attributes, at }, [JSON.stringify(["event", ...mark])]);
  }
  return found;
}

export function findEditsOfCounters(points: readonly CounterPoint[]): FoundEdits {
  const found: FoundEdits = { edits: [], rejected: [] };
  for (const { metric, isCumulative, start, at, value, attributes } of points) {
    const client = EDIT_COUNTERS.get(metric);
    if (client === undefined || !isAcceptedEdit(client, attributes) || !(value >= 1)) continue;
    const since = isCumulative ? [start] : [start, at];
    const series = JSON.stringify(["counter", ...since.map(String), ...sorted(attributes)]);
    // A value above the limit is above it by one as well: no need to make a billion marks to see that.
    const count = Math.min(Math.floor(value), EDITS_MAX + 1);
    const marks = Array.from({ length: count }, (_, before) => `${series} ${before + 1}`);
    addEdits(found, { client, attributes, at }, marks);
  }
  return found;
}

/** All of a record's edits, or none. */
function addEdits(
  found: FoundEdits,
  { client, attributes, at }: { client: EditTelemetry; attributes: Attributes; at: bigint },
  marks: readonly string[],
): void {
  const sessionId = textOf(attributes, client.session);
  if (sessionId === null) found.rejected.push("no_session");
  else if (found.edits.length + marks.length > EDITS_MAX) found.rejected.push("too_many");
  else {
    const requestId = client.requestId === undefined ? null : textOf(attributes, client.requestId);
    const atMs = Number(at / NANOSECONDS_IN_MS);
    found.edits.push(...marks.map((mark) => ({ client: client.client, sessionId, requestId, atMs, mark })));
  }
}

function isAcceptedEdit(client: EditTelemetry, attributes: Attributes): boolean {
  return client.editTools.has(textOf(attributes, client.tool) ?? "") && client.isAcceptedByHuman(attributes);
}

function textOf(attributes: Attributes, name: string): string | null {
  const value = attributes.get(name);
  return typeof value === "string" && value !== "" ? value : null;
}

/** In whatever order an exporter lists its attributes, a series is the same. */
function sorted(attributes: Attributes): string[] {
  return [...attributes].map((attribute) => JSON.stringify(attribute)).toSorted();
}

/** A session, of whoever's key it came with. */
export function toSessionHash(
  hashes: LinkHashes,
  caller: Caller,
  { client, sessionId }: ToldSession,
): string {
  return hashes.other("otlp session", [caller.personId ?? caller.keyId, client, sessionId].join("\n"));
}

export function toOutcome(
  edit: AcceptedEdit,
  {
    hashes,
    caller,
    now,
    survivalDays,
  }: { hashes: LinkHashes; caller: Caller; now: Date; survivalDays: number },
): Outcome {
  const sessionHash = toSessionHash(hashes, caller, edit);
  const editHash = hashes.other("otlp edit", [sessionHash, edit.mark].join("\n"));
  // A clock that is ahead would put off what it tells of; a time that is not told is that of the report.
  const isPast = edit.atMs > 0 && edit.atMs < now.getTime();
  const told = {
    outcome_id: `otlp:${edit.client}:${editHash}`,
    kind: "edit_accepted" as const,
    source: "otlp" as const,
    occurredAt: isPast ? new Date(edit.atMs) : now,
    person_id: caller.personId,
    session_id: edit.sessionId,
    request_id: edit.requestId,
  };
  return createOutcome(told, survivalDays);
}

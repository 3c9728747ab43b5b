// Logs and metrics of a session tell of the same edits, and a client may be set to send both. The first of the two that comes
// carries the session from then on, and what the other tells is left: either has all of them, so nothing is counted
// twice and nothing is missing, in whatever order they come and through however many processes. Logs come with the first
// prompt, before there is an edit to count, so they carry wherever they are sent; that is better, because they name the call.
//
// What was decided stands in Postgres, where the first insert wins; what this process has seen of it is kept, up to a limit.

import { and, eq, inArray } from "drizzle-orm";
import type { PostgresStore } from "../../../schemas/postgres/open.ts";
import { outcomeFacts } from "../../../schemas/postgres/outcome-tables.ts";

export type Signal = "logs" | "metrics";

const FACT = "telemetry" as const;
const SESSIONS_KEPT_MAX = 10_000;
const DAY_MS = 86_400_000;

export interface SessionSignals {
  /** Those of the sessions, by their hashes, that this signal carries. */
  carriedBy(
    signal: Signal,
    sessions: readonly string[],
    personId: string | null,
  ): Promise<ReadonlySet<string>>;
}

/** @param retentionDays how long a session can go on: afterwards the next signal that tells of it carries it */
export function createSessionSignals(
  { db }: Pick<PostgresStore, "db">,
  { now, retentionDays }: { now: () => Date; retentionDays: number },
): SessionSignals {
  const known = new Map<string, Signal>();

  /** In one order everywhere, so that two inserts never wait for each other. */
  async function decide(
    signal: Signal,
    sessions: readonly string[],
    personId: string | null,
  ): Promise<ReadonlyMap<string, Signal>> {
    const subjects = sessions.toSorted();
    const at = now();
    const expiresAt = new Date(at.getTime() + retentionDays * DAY_MS);
    const fact = { fact: FACT, personId, value: signal, at, expiresAt };
    await db
      .insert(outcomeFacts)
      .values(subjects.map((subject) => ({ subject, ...fact })))
      .onConflictDoNothing();
    const rows = await db
      .select({ subject: outcomeFacts.subject, signal: outcomeFacts.value })
      .from(outcomeFacts)
      .where(and(eq(outcomeFacts.fact, FACT), inArray(outcomeFacts.subject, subjects)));
    return new Map(
      rows.map(({ subject, signal: first }) => [subject, first === "logs" ? "logs" : "metrics"]),
    );
  }

  return {
    async carriedBy(signal, sessions, personId) {
      const decided = new Map([...new Set(sessions)].map((session) => [session, known.get(session)]));
      const undecided = [...decided.keys()].filter((session) => decided.get(session) === undefined);
      if (undecided.length > 0) {
        const before = await decide(signal, undecided, personId);
        if (known.size + before.size > SESSIONS_KEPT_MAX) known.clear();
        for (const [session, first] of before) {
          known.set(session, first);
          decided.set(session, first);
        }
      }
      return new Set(sessions.filter((session) => decided.get(session) === signal));
    },
  };
}

// Calls as JSON lines, for an operator. Whoever is in them finds the export in their audit, with its reason: the entry is
// made before the first of their lines is handed out.

import type { Stores } from "../../../schemas/command.ts";
import { appendAudit } from "../../../schemas/postgres/audit.ts";
import { exportedEvents } from "../queries/exported-events.ts";

/** Lines are handed out in pieces of about this size, because a stream's step costs more than a line. */
const PIECE_CHARS = 64 * 1024;

export interface EventExport {
  /** Of the calls' start; `to` is not included. */
  from: Date;
  to: Date;
  reason: string;
  now: Date;
  /** Counts what was handed out so far. */
  summary: { events: number; people: number };
}

export async function* exportEvents(
  { clickhouse, postgres }: Stores,
  { from, to, reason, now, summary }: EventExport,
): AsyncGenerator<string> {
  const audited = new Set<string>();
  let piece = "";
  for await (const event of clickhouse.stream(exportedEvents, { from, to, now })) {
    const subjectId = event.person_id;
    if (subjectId !== null && !audited.has(subjectId)) {
      const payload = { from: from.toISOString(), to: to.toISOString() };
      const entry = { action: "events_exported", actorId: null, subjectId, reason, payload } as const;
      await postgres.db.transaction((transaction) => appendAudit(transaction, now, entry));
      audited.add(subjectId);
      summary.people++;
    }
    piece += `${JSON.stringify(event)}\n`;
    summary.events++;
    if (piece.length >= PIECE_CHARS) {
      yield piece;
      piece = "";
    }
  }
  if (piece !== "") yield piece;
}

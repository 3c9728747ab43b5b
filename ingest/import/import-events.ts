// Takes token events from JSONL into ClickHouse. Idempotent: an event id goes in once, however often it is imported, and a
// call that the gateway recorded itself (the same response id) is left to the gateway's record.

import { z } from "zod";
import { defineQuery } from "../../schemas/clickhouse/store.ts";
import type { Stores } from "../../schemas/command.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { toEventRow, type RowOptions } from "../sink/rows.ts";
import { parseEventLine, type EventLine } from "./event-line.ts";
import { createPeopleByEmail } from "./people-by-email.ts";

export const BATCH_LINES_MAX = 2000;
/** Refused lines beyond this are counted, no longer told one by one. */
export const REFUSALS_TOLD_MAX = 100;

export interface ImportSummary {
  imported: number;
  /** Recorded by the gateway already. */
  known: number;
  refused: number;
  refusals: { file: string; line: number; reason: string }[];
  unknown_fields: Record<string, number>;
}

export interface ImportOptions extends RowOptions {
  now: () => Date;
  /** Told after each batch. */
  onProgress: (summary: ImportSummary) => void;
}

export interface ImportLine {
  file: string;
  number: number;
  text: string;
}

export async function importEvents(
  { clickhouse, postgres }: Stores,
  lines: AsyncIterable<ImportLine>,
  options: ImportOptions,
): Promise<ImportSummary> {
  const summary: ImportSummary = { imported: 0, known: 0, refused: 0, refusals: [], unknown_fields: {} };
  const unknownFields = new Map<string, number>();
  const personOf = createPeopleByEmail(postgres);
  let batch: EventLine[] = [];

  async function store(): Promise<void> {
    const seen = await findRecorded(
      clickhouse,
      batch.map(({ event }) => event),
    );
    const rows: Record<string, unknown>[] = [];
    for (const { event, personEmail } of batch) {
      if (event.response_id !== null && seen.has(event.response_id)) {
        summary.known++;
        continue;
      }
      const person = personEmail === undefined ? {} : await personOf(personEmail);
      rows.push(toEventRow({ ...event, ...person }, options, options.now()));
    }
    await clickhouse.insert("token_events", rows);
    summary.imported += rows.length;
    batch = [];
    options.onProgress(summary);
  }

  for await (const { file, number, text } of lines) {
    const line = parseEventLine(text);
    if ("reason" in line) {
      summary.refused++;
      if (summary.refusals.length < REFUSALS_TOLD_MAX)
        summary.refusals.push({ file, line: number, reason: line.reason });
      continue;
    }
    for (const name of line.unknownFields) unknownFields.set(name, (unknownFields.get(name) ?? 0) + 1);
    if (batch.push(line) === BATCH_LINES_MAX) await store();
  }
  if (batch.length > 0) await store();
  return { ...summary, unknown_fields: Object.fromEntries(unknownFields) };
}

const recordedResponses = defineQuery({
  name: "recorded_responses",
  sql: `
    SELECT DISTINCT response_id
    FROM token_events
    WHERE started_at BETWEEN {from:DateTime64(3)} - INTERVAL 1 DAY AND {to:DateTime64(3)} + INTERVAL 1 DAY
      AND gateway_id != ''
      AND response_id IN {response_ids:Array(String)}`,
  params: z.object({ from: z.date(), to: z.date(), response_ids: z.array(z.string()) }),
  row: z.object({ response_id: z.string() }),
});

async function findRecorded(
  clickhouse: Stores["clickhouse"],
  events: readonly TokenEvent[],
): Promise<ReadonlySet<string>> {
  const ids = events.map(({ response_id }) => response_id).filter((id) => id !== null);
  if (ids.length === 0) return new Set();
  const times = events.map(({ started_at }) => Date.parse(started_at));
  const rows = await clickhouse.query(recordedResponses, {
    from: new Date(times.reduce((a, b) => Math.min(a, b))),
    to: new Date(times.reduce((a, b) => Math.max(a, b))),
    response_ids: ids,
  });
  return new Set(rows.map(({ response_id }) => response_id));
}

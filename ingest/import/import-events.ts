// Takes token events from JSONL into ClickHouse. Idempotent: an event id goes in once, however often it is imported, and a
// call that the gateway recorded itself (the same response id) is left to the gateway's record. Calls of people who were erased
// stay out.
//
// One batch is stored while the next one is read, because the engine works beside this process's own thread: two batches are
// held at the most.

import { z } from "zod";
import { defineQuery } from "../../schemas/clickhouse/store.ts";
import type { Stores } from "../../schemas/command.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { createErasedPeople } from "../sink/erased-people.ts";
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
  /** Of people who were erased. */
  erased: number;
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

/** @throws AppError of a store, or what reading the lines throws; what was imported before stays */
export async function importEvents(
  stores: Stores,
  lines: AsyncIterable<ImportLine>,
  options: ImportOptions,
): Promise<ImportSummary> {
  const summary: ImportSummary = {
    imported: 0,
    known: 0,
    erased: 0,
    refused: 0,
    refusals: [],
    unknown_fields: {},
  };
  const unknownFields = new Map<string, number>();
  const store = createBatchStore(stores, summary, options);
  let storing = Promise.resolve();
  try {
    for await (const batch of readBatches(lines, summary, unknownFields)) {
      await storing;
      storing = store(batch);
      // Whether it failed is asked before the next batch; until then that is nothing that the process has to know.
      storing.catch(() => undefined);
    }
  } finally {
    await storing;
  }
  return { ...summary, unknown_fields: Object.fromEntries(unknownFields) };
}

/** Lines that are no event are noted in the summary. */
async function* readBatches(
  lines: AsyncIterable<ImportLine>,
  summary: ImportSummary,
  unknownFields: Map<string, number>,
): AsyncGenerator<EventLine[]> {
  let batch: EventLine[] = [];
  for await (const { file, number, text } of lines) {
    const line = parseEventLine(text);
    if ("reason" in line) {
      summary.refused++;
      if (summary.refusals.length < REFUSALS_TOLD_MAX)
        summary.refusals.push({ file, line: number, reason: line.reason });
      continue;
    }
    for (const name of line.unknownFields) unknownFields.set(name, (unknownFields.get(name) ?? 0) + 1);
    if (batch.push(line) < BATCH_LINES_MAX) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function createBatchStore(
  { clickhouse, postgres }: Stores,
  summary: ImportSummary,
  options: ImportOptions,
): (batch: readonly EventLine[]) => Promise<void> {
  const personOf = createPeopleByEmail(postgres);
  const erasedPeople = createErasedPeople(clickhouse);
  return async (batch) => {
    await erasedPeople.refresh();
    const recorded = await findRecorded(
      clickhouse,
      batch.map(({ event }) => event),
    );
    const rows: Record<string, unknown>[] = [];
    for (const { event, personEmail } of batch) {
      const person = personEmail === undefined ? {} : await personOf(personEmail);
      const known = { ...event, ...person };
      if (event.response_id !== null && recorded.has(event.response_id)) summary.known++;
      else if (erasedPeople.isErased(known.person_id)) summary.erased++;
      else rows.push(toEventRow(known, options, options.now()));
    }
    await clickhouse.insert("token_events", rows);
    summary.imported += rows.length;
    options.onProgress(summary);
  };
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

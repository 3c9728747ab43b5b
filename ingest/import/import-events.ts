// Takes token events from JSONL into ClickHouse. Idempotent: an event id goes in once, however often it is imported, and a
// call that the gateway recorded itself (the same response id) is left to the gateway's record. Calls of people who were erased
// stay out.
//
// One batch is stored while the next one is read, because the engine works beside this process's own thread: two batches are
// held at the most.

import type { Stores } from "../../schemas/command.ts";
import { createErasedPeople } from "../sink/erased-people.ts";
import { parseEventLine, type EventLine } from "./event-line.ts";
import { TOO_LONG, type Line } from "./lines.ts";
import { createPeopleByEmail } from "./people-by-email.ts";
import { findRecordedResponses } from "./recorded-calls.ts";
import { storeCalls, type ImportedCall, type StoreOptions } from "./store-calls.ts";

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

export interface ImportOptions extends StoreOptions {
  /** Told after each batch. */
  onProgress: (summary: ImportSummary) => void;
}

export interface ImportLine extends Line {
  file: string;
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
    const line = text === undefined ? { reason: TOO_LONG } : parseEventLine(text);
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
    const recorded = await findRecordedResponses(
      clickhouse,
      batch.map(({ event }) => event),
    );
    const calls: ImportedCall[] = [];
    for (const { event, features, personEmail } of batch) {
      const person = personEmail === undefined ? undefined : await personOf(personEmail);
      const known = { ...event, ...person?.fieldsAt(event.started_at) };
      if (event.response_id !== null && recorded.has(event.response_id)) summary.known++;
      else if (erasedPeople.isErased(known.person_id)) summary.erased++;
      else calls.push({ event: known, features: features && { ...features, person_id: known.person_id } });
    }
    await storeCalls(clickhouse, calls, options);
    summary.imported += calls.length;
    options.onProgress(summary);
  };
}

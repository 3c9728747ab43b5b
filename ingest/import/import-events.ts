// Takes token events from JSONL into ClickHouse. Idempotent: an event id goes in once, however often it is imported, and a
// call that the gateway recorded itself (the same response id) is left to the gateway's record. Calls of people who were erased
// stay out.

import type { Stores } from "../../schemas/command.ts";
import { createErasedPeople } from "../sink/erased-people.ts";
import { parseEventLine, type EventLine } from "./event-line.ts";
import { importLines, type LinesSummary } from "./line-batches.ts";
import type { FileLine } from "./lines.ts";
import { createPeopleByEmail } from "./people-by-email.ts";
import { findRecordedResponses } from "./recorded-calls.ts";
import { storeCalls, type ImportedCall, type StoreOptions } from "./store-calls.ts";

export interface ImportSummary extends LinesSummary {
  imported: number;
  /** Recorded by the gateway already. */
  known: number;
  /** Of people who were erased. */
  erased: number;
}

export interface ImportOptions extends StoreOptions {
  /** Told after each batch. */
  onProgress: (summary: ImportSummary) => void;
}

/** @throws AppError of a store, or what reading the lines throws; what was imported before stays */
export async function importEvents(
  stores: Stores,
  lines: AsyncIterable<FileLine>,
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
  const store = createBatchStore(stores, summary, options);
  await importLines(lines, { parse: parseEventLine, store, summary });
  return summary;
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

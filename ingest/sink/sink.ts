// The last stage: prices records and stores them in ClickHouse.
//
// Always holds: `deliver` resolves when every record of the batch is either stored, or among the dead letters with its reason, or
// of a person who was erased. A batch may come any number of times: rows with the same event id collapse into one.

import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import type { Metrics } from "../../schemas/metrics.ts";
import { errorMessage } from "../../schemas/app-error.ts";
import type { Deliver, RecordBatch } from "../bus/delivery.ts";
import type { DeadLetter, DeliveredRecord } from "../spool/writer-cursor.ts";
import type { DeadLetters } from "./dead-letters.ts";
import { createErasedPeople } from "./erased-people.ts";
import { insertApart } from "./insert-apart.ts";
import { toEventRow, toFeaturesRow, toOutcomeRow, type RowOptions } from "./rows.ts";

/** Rows of one insert. Between 1,000 and 5,000 chDB is at its fastest. */
export const SINK_BATCH_RECORDS_MAX = 4000;

export interface SinkOptions extends RowOptions {
  store: ClickHouseStore;
  deadLetters: DeadLetters;
  metrics: Metrics;
}

export function createSink(options: SinkOptions): { deliver: Deliver } {
  const { store, deadLetters, metrics } = options;
  const erasedPeople = createErasedPeople(store);

  async function insert(kind: RecordKind, records: readonly DeliveredRecord[]): Promise<void> {
    const rows = records.map((record) => toRow(record, options));
    const endTimer = metrics.insertSeconds.startTimer({ table: TABLES[kind] });
    await store.insert(TABLES[kind], rows);
    endTimer();
    countUnpriced(rows, metrics);
  }

  /** Returns the dead letters of those that can't be stored. */
  async function storeKind(kind: RecordKind, { records }: RecordBatch): Promise<DeadLetter[]> {
    const ofKind = records.filter(({ record }) => record === kind);
    const kept = ofKind.filter((item) => !erasedPeople.isErased(toPersonId(item)));
    const refusals = await insertApart(kept, (part) => insert(kind, part));
    metrics.sinkRecords.inc({ record: kind, state: "erased" }, ofKind.length - kept.length);
    metrics.sinkRecords.inc({ record: kind, state: "stored" }, kept.length - refusals.length);
    metrics.sinkRecords.inc({ record: kind, state: "dead_letter" }, refusals.length);
    return refusals.map(({ item, error }) => ({
      payload: JSON.stringify(item),
      reason: errorMessage(error),
    }));
  }

  return {
    async deliver(batch) {
      try {
        await erasedPeople.refresh();
        const refused: DeadLetter[] = [];
        for (const kind of RECORD_KINDS) refused.push(...(await storeKind(kind, batch)));
        await deadLetters.keep([...batch.deadLetters, ...refused]);
        metrics.sinkRecords.inc({ record: "unknown", state: "dead_letter" }, batch.deadLetters.length);
      } catch (error) {
        metrics.insertRetries.inc();
        throw error;
      }
    },
  };
}

const RECORD_KINDS = ["event", "features", "outcome"] as const;
type RecordKind = (typeof RECORD_KINDS)[number];
const TABLES: Readonly<Record<RecordKind, string>> = {
  event: "token_events",
  features: "call_features",
  outcome: "outcomes",
};

/** A call with tokens was looked up in a price list, and the version of that list stands in its row. */
function countUnpriced(rows: readonly Record<string, unknown>[], { unpricedCalls }: Metrics): void {
  for (const { provider, cost_usd, price_version } of rows) {
    if (cost_usd === null && price_version !== null) unpricedCalls.inc({ provider: String(provider) });
  }
}

function toPersonId(item: DeliveredRecord): string | null {
  switch (item.record) {
    case "event":
      return item.event.person_id;
    case "features":
      return item.features.person_id;
    case "outcome":
      return item.outcome.person_id;
    default:
      return item satisfies never;
  }
}

function toRow(item: DeliveredRecord, options: RowOptions): Record<string, unknown> {
  switch (item.record) {
    case "event":
      return toEventRow(item.event, options, new Date(item.event.started_at));
    case "features":
      return toFeaturesRow(item.features, options, new Date(item.features.started_at));
    case "outcome":
      return toOutcomeRow(item.outcome, options, new Date(item.outcome.occurred_at));
    default:
      return item satisfies never;
  }
}

// The last stage: prices records and stores them in ClickHouse.
//
// Always holds: `deliver` resolves when every record of the batch is either stored or among the dead letters with its reason.
// A batch may come any number of times: rows with the same event id collapse into one.

import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import type { Metrics } from "../../schemas/metrics.ts";
import type { Deliver } from "../bus/delivery.ts";
import type { DeliveredRecord } from "../spool/writer-cursor.ts";
import type { DeadLetters } from "./dead-letters.ts";
import { toEventRow, toOutcomeRow, type RowOptions } from "./rows.ts";

/** Rows of one insert. Between 1,000 and 5,000 chDB is at its fastest. */
export const SINK_BATCH_RECORDS_MAX = 4000;

export interface SinkOptions extends RowOptions {
  store: ClickHouseStore;
  deadLetters: DeadLetters;
  metrics: Metrics;
}

export function createSink(options: SinkOptions): { deliver: Deliver } {
  const { store, deadLetters, metrics } = options;

  async function insert(record: DeliveredRecord["record"], rows: Record<string, unknown>[]): Promise<void> {
    if (rows.length === 0) return;
    const table = TABLES[record];
    const endTimer = metrics.insertSeconds.startTimer({ table });
    await store.insert(table, rows);
    endTimer();
    metrics.sinkRecords.inc({ record, state: "stored" }, rows.length);
  }

  return {
    async deliver(batch) {
      const rowsOf = (kind: DeliveredRecord["record"]) =>
        batch.records.filter(({ record }) => record === kind).map((record) => toRow(record, options));
      try {
        await insert("event", rowsOf("event"));
        await insert("outcome", rowsOf("outcome"));
      } catch (error) {
        metrics.insertRetries.inc();
        throw error;
      }
      await deadLetters.keep(batch.deadLetters);
    },
  };
}

const TABLES = { event: "token_events", outcome: "outcomes" } as const;

function toRow(item: DeliveredRecord, options: RowOptions): Record<string, unknown> {
  return item.record === "event"
    ? toEventRow(item.event, options, new Date(item.event.started_at))
    : toOutcomeRow(item.outcome, options.retentionDays, new Date(item.outcome.occurred_at));
}

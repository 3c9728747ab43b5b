// Moves records from the spool into ClickHouse.
//
// Delivery: at least once, counted once. A batch is inserted, then committed; a crash in between delivers it again, and rows
// with the same event id collapse. While ClickHouse is away the sink waits and the spool grows; nothing is dropped, and no
// call notices.

import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "pino";
import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import { openDeadLetters } from "./dead-letters.ts";
import type { SpoolBatch, SpoolReader } from "../spool/reader.ts";
import { toEventRow, toOutcomeRow, type RowOptions } from "./rows.ts";

const BATCH_RECORDS_MAX = 4000;
/** How long a record may lie in the spool before it is looked for, while nothing is coming in. */
const POLL_MS = 100;
const RETRY_MS_MIN = 100;
const RETRY_MS_MAX = 10_000;

export interface SinkOptions extends RowOptions {
  deadLettersDir: string;
  now: () => Date;
}

export interface RunningSink {
  /** Rejects when the sink can't go on, because its spool or its dead letters can't be read or written. */
  failed: Promise<never>;
  /** Stops after the batch under way. What is left stays in the spool. */
  close(): Promise<void>;
}

export function startSink(
  log: Logger,
  store: ClickHouseStore,
  spool: SpoolReader,
  options: SinkOptions,
): RunningSink {
  const stop = new AbortController();
  const deadLetters = openDeadLetters({ folder: options.deadLettersDir, now: options.now });

  async function run(): Promise<void> {
    while (!stop.signal.aborted) {
      const batch = spool.readBatch(BATCH_RECORDS_MAX);
      deadLetters.keep(batch.deadLetters);
      await deliver(batch);
      if (batch.records.length === 0) await pause(POLL_MS);
    }
  }

  /** Until it succeeds, or the sink is told to stop; then the next one finds the batch uncommitted. */
  async function deliver(batch: SpoolBatch): Promise<void> {
    for (let delayMs = RETRY_MS_MIN; !stop.signal.aborted; delayMs = Math.min(delayMs * 2, RETRY_MS_MAX)) {
      try {
        await insertRecords(store, batch.records, options);
        batch.commit();
        return;
      } catch (error) {
        log.error(
          { err: error, records: batch.records.length, delayMs },
          "a batch could not be stored; trying again",
        );
        await pause(delayMs);
      }
    }
  }

  function pause(milliseconds: number): Promise<void> {
    return wait(milliseconds, undefined, { signal: stop.signal }).catch(() => undefined);
  }

  const { promise: failed, reject } = Promise.withResolvers<never>();
  const finished = run().catch(reject);
  return {
    failed,
    async close() {
      stop.abort();
      await finished;
    },
  };
}

async function insertRecords(
  store: ClickHouseStore,
  records: SpoolBatch["records"],
  options: SinkOptions,
): Promise<void> {
  const events: Record<string, unknown>[] = [];
  const outcomes: Record<string, unknown>[] = [];
  for (const item of records) {
    if (item.record === "event")
      events.push(toEventRow(item.event, options, new Date(item.event.started_at)));
    else outcomes.push(toOutcomeRow(item.outcome, options.retentionDays, new Date(item.outcome.occurred_at)));
  }
  await store.insert("token_events", events);
  await store.insert("outcomes", outcomes);
}

// Carries what is in the spool to the next stage: into ClickHouse, or to Kafka.
//
// Delivery: at least once. A batch is delivered, then committed; a crash in between delivers it again. While the next stage is
// away the batch is tried again for ever and the spool grows: nothing is dropped or overtaken, and no call notices. While a batch
// is under way the next one is read, and no more than that, and a little at a time, so that neither it nor anything else that this
// process does is held up.

import { setImmediate as nextTurn } from "node:timers/promises";
import type { Logger } from "pino";
import type { SpoolBatch, SpoolReader } from "../spool/reader.ts";
import type { Delivery } from "../spool/writer-cursor.ts";
import type { Carrier, Deliver } from "./delivery.ts";
import { createDeliveryRetries, pause } from "./retry-delivery.ts";

/** Some 15 ms of work. */
const READ_RECORDS_MAX = 400;
/** How long records are collected for the next batch once the spool has been read to its end. */
const POLL_MS = 100;

export interface CarrySpoolOptions {
  deliver: Deliver;
  batchRecordsMax: number;
  /** Called for each delivery that failed and will be tried again. */
  onRetry?: () => void;
}

/** What is returned fails when the spool can't be read, and closes the reader when it is closed. */
export function carrySpool(
  log: Logger,
  spool: SpoolReader,
  { deliver, batchRecordsMax, onRetry }: CarrySpoolOptions,
): Carrier {
  const stop = new AbortController();
  const retries = createDeliveryRetries(log, onRetry);

  /** The delivery of the last batch that was read: whether it succeeded before it was told to stop. */
  let underWay = Promise.resolve(true);

  async function run(): Promise<void> {
    while (!stop.signal.aborted) {
      const batch = await readBatch();
      if (!(await underWay)) return;
      underWay = carry(batch);
      if (batch.records.length < batchRecordsMax) {
        await underWay;
        await pause(POLL_MS, stop.signal);
      }
    }
  }

  async function readBatch(): Promise<SpoolBatch> {
    const batch: Delivery = { records: [], deadLetters: [] };
    let itemsMax = Math.min(READ_RECORDS_MAX, batchRecordsMax);
    while (spool.read(itemsMax, batch) && itemsMax < batchRecordsMax) {
      await nextTurn();
      itemsMax = Math.min(itemsMax + READ_RECORDS_MAX, batchRecordsMax);
    }
    return { ...batch, commit: spool.checkpoint() };
  }

  /** When it is told to stop before it succeeds, the next carrier finds the batch uncommitted. */
  async function carry(batch: SpoolBatch): Promise<boolean> {
    const isNothing = batch.records.length === 0 && batch.deadLetters.length === 0;
    const attempt = async () => {
      // Intents alone are nothing to deliver, and yet move the position.
      if (!isNothing) await deliver(batch);
      batch.commit();
    };
    return retries.untilDone(attempt, { signal: stop.signal, about: { records: batch.records.length } });
  }

  const { promise: failed, reject } = Promise.withResolvers<never>();
  const finished = run().catch(reject);
  return {
    failed,
    health: () => retries.health(),
    async close() {
      stop.abort();
      await finished;
      await underWay;
      spool.close();
    },
  };
}

// Carries what is in the spool to the next stage: into ClickHouse, or to Kafka.
//
// Delivery: at least once. A batch is delivered, then committed; a crash in between delivers it again. While the next stage is
// away the batch is tried again for ever and the spool grows: nothing is dropped or overtaken, and no call notices.

import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "pino";
import type { SpoolBatch, SpoolReader } from "../spool/reader.ts";
import type { Deliver } from "./delivery.ts";

/** How long a record may lie in the spool before it is looked for, while nothing is coming in. */
const POLL_MS = 100;
const RETRY_MS_MIN = 100;
const RETRY_MS_MAX = 10_000;

export interface CarrySpoolOptions {
  deliver: Deliver;
  batchRecordsMax: number;
  /** Called for each delivery that failed and will be tried again. */
  onRetry?: () => void;
}

export interface SpoolCarrier {
  /** Rejects when it can't go on, because the spool can't be read. */
  failed: Promise<never>;
  /** Stops after the delivery under way. What is left stays in the spool. */
  close(): Promise<void>;
}

export function carrySpool(
  log: Logger,
  spool: SpoolReader,
  { deliver, batchRecordsMax, onRetry }: CarrySpoolOptions,
): SpoolCarrier {
  const stop = new AbortController();

  async function run(): Promise<void> {
    while (!stop.signal.aborted) {
      const batch = spool.readBatch(batchRecordsMax);
      // Intents alone are nothing to deliver, and yet move the position.
      const isEmpty = batch.records.length === 0 && batch.deadLetters.length === 0;
      await carry(batch, isEmpty);
      if (isEmpty) await pause(POLL_MS);
    }
  }

  /** Until it succeeds, or the carrier is told to stop; then the next one finds the batch uncommitted. */
  async function carry(batch: SpoolBatch, isEmpty: boolean): Promise<void> {
    for (let delayMs = RETRY_MS_MIN; !stop.signal.aborted; delayMs = Math.min(delayMs * 2, RETRY_MS_MAX)) {
      try {
        if (!isEmpty) await deliver(batch);
        batch.commit();
        return;
      } catch (error) {
        const records = batch.records.length;
        log.error({ err: error, records, delayMs }, "a batch could not be delivered; trying again");
        onRetry?.();
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

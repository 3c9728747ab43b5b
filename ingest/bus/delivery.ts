// What travels from one stage to the next: from the spool to ClickHouse, or from the spool to Kafka and from Kafka to ClickHouse.

import type { DeadLetter, DeliveredRecord } from "../spool/writer-cursor.ts";

export interface RecordBatch {
  records: readonly DeliveredRecord[];
  /** What came in and is no record, with its reason. */
  deadLetters: readonly DeadLetter[];
}

/**
 * Takes a batch to the next stage, and resolves when all of it is safe there. When it rejects, any part of the batch may be there
 * already, and the same batch is delivered again: stages are at least once, and ClickHouse counts an event id once.
 */
export type Deliver = (batch: RecordBatch) => Promise<void>;

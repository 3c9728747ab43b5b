// What travels from one stage to the next: from the spool to ClickHouse, or from the spool to Kafka and from Kafka to ClickHouse.

import type { PartHealth } from "../../schemas/vitals.ts";
import type { DeadLetter, DeliveredRecord } from "../spool/writer-cursor.ts";

export interface RecordBatch {
  records: readonly DeliveredRecord[];
  /** What came in and is no record, with its reason. */
  deadLetters: readonly UndeliveredLetter[];
}

export interface UndeliveredLetter extends DeadLetter {
  /** Where it was read; undefined for what comes from a spool. */
  origin?: MessagePlace;
}

/** A message of Kafka. */
export interface MessagePlace {
  topic: string;
  partition: number;
  offset: string;
}

/**
 * Takes a batch to the next stage, and resolves when all of it is safe there. When it rejects, any part of the batch may be there
 * already, and the same batch is delivered again: stages are at least once, and ClickHouse counts an event id once.
 */
export type Deliver = (batch: RecordBatch) => Promise<void>;

/** Takes what comes in from one stage to the next, batch after batch, until it is closed. */
export interface Carrier {
  /** Rejects when it can't go on. */
  failed: Promise<never>;
  /** Whether batches are taken on, and if not, why. */
  health(): PartHealth;
  /** Stops after the delivery under way. What is not committed comes again. */
  close(): Promise<void>;
}

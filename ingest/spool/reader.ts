// Reads what all writers left in the spool, and resolves intents: an intent is held until its event comes, and becomes the
// event itself when its writer is dead and has nothing more to say.
//
// Delivery: at least once. `commit` comes after the records are safe elsewhere, so a crash before it delivers the batch
// again under the same event ids. A commit keeps the position and the open intents of a writer in one file, replaced at
// once. Segments are removed when everything in them is committed, a dead writer's folder when it is empty.

import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "pino";
import { WriterCursor, type DeadLetter, type DeliveredRecord } from "./writer-cursor.ts";

export interface SpoolBatch {
  records: readonly DeliveredRecord[];
  deadLetters: readonly DeadLetter[];
  /** Says that everything in the batch is safe. */
  commit(): void;
}

export interface SpoolReader {
  /** Up to about `recordsMax` records that were not committed yet. Each batch must be committed before the next is read. */
  readBatch(recordsMax: number): SpoolBatch;
}

export function createSpoolReader(log: Logger, { spoolDir }: { spoolDir: string }): SpoolReader {
  mkdirSync(spoolDir, { recursive: true, mode: 0o700 });
  const cursors = new Map<string, WriterCursor>();

  function findWriters(): void {
    for (const name of readdirSync(spoolDir)) {
      if (!name.startsWith(".") && !cursors.has(name)) {
        cursors.set(name, new WriterCursor(log.child({ writer: name }), join(spoolDir, name)));
      }
    }
  }

  return {
    readBatch(recordsMax) {
      findWriters();
      const records: DeliveredRecord[] = [];
      const deadLetters: DeadLetter[] = [];
      const read: [string, WriterCursor][] = [];
      for (const [name, cursor] of cursors) {
        if (records.length >= recordsMax) break;
        if (cursor.read(recordsMax - records.length, records, deadLetters)) read.push([name, cursor]);
      }
      return {
        records,
        deadLetters,
        commit() {
          for (const [name, cursor] of read) {
            cursor.commit();
            if (!existsSync(join(spoolDir, name))) cursors.delete(name);
          }
        },
      };
    },
  };
}

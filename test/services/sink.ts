// A sink of this process for tests: the real one, between a spool and a store of the test's own.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { createPricer } from "../../ingest/sink/price.ts";
import { startSink } from "../../ingest/sink/sink.ts";
import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import type { TestSpool } from "./spool.ts";

export interface TestSink {
  /** The dead letters, in their order. */
  deadLetters(): DeadLetterLine[];
  close(): Promise<void>;
}

interface DeadLetterLine {
  at: string;
  reason: string;
  payload: string;
}

export function startTestSink(store: ClickHouseStore, spool: TestSpool): TestSink {
  const deadLettersDir = mkdtempSync(join(tmpdir(), "assay-dead-letters-"));
  const log = pino({}, { write: (line) => spool.logged.push(JSON.parse(line)) });
  const sink = startSink(log, store, spool.openReader(), {
    price: createPricer(),
    retentionDays: 30,
    deadLettersDir,
    now: () => new Date(),
  });
  // A sink that can't go on must end the test, and not just stop.
  sink.failed.catch((error: unknown) => {
    throw error;
  });
  return {
    deadLetters: () =>
      readdirSync(deadLettersDir).flatMap((name) =>
        readFileSync(join(deadLettersDir, name), "utf8")
          .trimEnd()
          .split("\n")
          .map((line): DeadLetterLine => JSON.parse(line)),
      ),
    async close() {
      await sink.close();
      rmSync(deadLettersDir, { recursive: true });
    },
  };
}

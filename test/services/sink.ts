// Sinks of this process for tests: the real one, between a spool or a bus and a store of the test's own.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { carrySpool } from "../../ingest/bus/carry-spool.ts";
import { openDeadLetters } from "../../ingest/sink/dead-letters.ts";
import { createPricer } from "../../ingest/sink/price.ts";
import { startSink } from "../../ingest/sink/start-sink.ts";
import { createSink, SINK_BATCH_RECORDS_MAX } from "../../ingest/sink/sink.ts";
import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import { readConfig } from "../../schemas/config.ts";
import { createMetrics } from "../../schemas/metrics.ts";
import { createVitals, type Vitals } from "../../schemas/vitals.ts";
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
  const { deliver } = createSink({
    store,
    deadLetters: openDeadLetters({ folder: deadLettersDir, now: () => new Date() }),
    metrics: createMetrics("sink"),
    price: createPricer(),
    retentionDays: { events: 30, sketches: 14, runs: 90 },
  });
  const sink = carrySpool(log, spool.openReader(), { deliver, batchRecordsMax: SINK_BATCH_RECORDS_MAX });
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

export interface BusSink {
  logged: Record<string, unknown>[];
  vitals: Vitals;
  close(): Promise<void>;
}

/** A sink as a process has it, from the spool or Kafka as the settings say. */
export function startBusSink(store: ClickHouseStore, settings: Readonly<Record<string, string>>): BusSink {
  const logged: Record<string, unknown>[] = [];
  const log = pino({}, { write: (line) => void logged.push(JSON.parse(line)) });
  const vitals = createVitals("sink");
  const sink = startSink(log, { config: readConfig(settings), store, vitals, now: () => new Date() });
  return { logged, vitals, close: () => sink.close() };
}

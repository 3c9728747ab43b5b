// A spool for tests: writers of this process, and what became of them on disk.

import { cpSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { WRITER_LOCK_FILE } from "../../ingest/spool/format.ts";
import {
  openSpoolReader,
  listWriters,
  type SpoolBatch,
  type SpoolReader,
  type SpoolReaderOptions,
} from "../../ingest/spool/reader.ts";
import { SpoolWriter, type SpoolWriterOptions } from "../../ingest/spool/writer.ts";
import type { AppError } from "../../schemas/app-error.ts";
import { createMetrics, type Metrics } from "../../schemas/metrics.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { buildTokenEvent } from "../builders/token-event.ts";

const RECORDS_MAX = 10_000;
const SPOOL_BYTES_MAX = 1024 ** 3;

export interface LogEntry {
  level: number;
  [field: string]: unknown;
}

export interface TestSpool {
  spoolDir: string;
  /** Everything that was logged. */
  logged: LogEntry[];
  metrics: Metrics;
  openWriter(writerId?: string, more?: Partial<SpoolWriterOptions>): SpoolWriter;
  /** The one that was opened before is closed: a spool has one reader. */
  openReader(more?: Partial<SpoolReaderOptions>): SpoolReader;
  /** Lets a writer of this process look dead: nobody holds its folder's lock, and what it writes from here on is lost. */
  bury(writerId?: string): void;
  /** The writers that still have a folder. */
  writers(): string[];
  /** What is in a writer's folder; undefined when the folder is gone. */
  filesOf(writerId?: string): string[] | undefined;
  remove(): void;
}

const isNoLock = (file: string): boolean => !file.endsWith(WRITER_LOCK_FILE);

export function makeTestSpool(spoolDir = mkdtempSync(join(tmpdir(), "assay-spool-"))): TestSpool {
  const logged: LogEntry[] = [];
  const log = pino({}, { write: (line) => logged.push(JSON.parse(line)) });
  const metrics = createMetrics("test");
  const writerOptions = { spoolDir, bytesMax: SPOOL_BYTES_MAX, metrics };
  let reader: SpoolReader | undefined;
  return {
    spoolDir,
    logged,
    metrics,
    openWriter: (writerId = "gateway-1", more = {}) =>
      new SpoolWriter(log, { ...writerOptions, writerId, ...more }),
    openReader(more = {}) {
      reader?.close();
      reader = openSpoolReader(log, { spoolDir, metrics, ...more });
      return reader;
    },
    bury(writerId = "gateway-1") {
      const grave = join(spoolDir, `.buried-${writerId}`);
      renameSync(join(spoolDir, writerId), grave);
      cpSync(grave, join(spoolDir, writerId), { recursive: true, filter: isNoLock });
    },
    writers: () => listWriters(spoolDir),
    filesOf(writerId = "gateway-1") {
      const folders = readdirSync(spoolDir);
      return folders.includes(writerId) ? readdirSync(join(spoolDir, writerId)) : undefined;
    },
    remove() {
      reader?.close();
      rmSync(spoolDir, { recursive: true });
    },
  };
}

/** An event with the writer's next number, whose id ends in that number. */
export function nextEvent(writer: SpoolWriter, said: Partial<TokenEvent> = {}): TokenEvent {
  const sequence = writer.nextSequence();
  return buildTokenEvent({
    event_id: `01936a00-0000-7000-8000-${String(sequence).padStart(12, "0")}`,
    gateway_id: writer.writerId,
    sequence,
    ...said,
  });
}

/** Resolves when the writer has said what became of the record. */
export function append(
  writer: SpoolWriter,
  record: "intent" | "event",
  event: TokenEvent,
): Promise<AppError | undefined> {
  return new Promise((resolve) => writer.append({ record, event }, resolve));
}

/** The numbers of the events in a batch, in their order. */
export function sequencesOf(batch: SpoolBatch): number[] {
  return batch.records.flatMap((record) => (record.record === "event" ? [record.event.sequence] : []));
}

/** Reads everything, commits it, and says which numbers it had. */
export function drain(reader: SpoolReader): number[] {
  const batch = reader.readBatch(RECORDS_MAX);
  batch.commit();
  return sequencesOf(batch);
}

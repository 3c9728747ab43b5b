// A shipper of this process for tests: the real one, between a spool of its own and a Kafka.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { expect, vi } from "vitest";
import { startShipper, type RunningShipper } from "../../ingest/commands/shipper.ts";
import type { SpoolWriter } from "../../ingest/spool/writer.ts";
import type { AppError } from "../../schemas/app-error.ts";
import { readConfig, type Config, type KafkaConfig } from "../../schemas/config.ts";
import { createMetrics, type Metrics } from "../../schemas/metrics.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { makeTestSpool, nextEvent, type LogEntry, type TestSpool } from "./spool.ts";

const WAIT_MS_MAX = 60_000;
const POLL_MS = 20;

/** Also one of no known kind. */
type SomeRecord = { record: string } & Record<string, unknown>;

export interface TestShipping {
  config: Config;
  kafka: KafkaConfig;
  spool: TestSpool;
  metrics: Metrics;
  /** What shippers logged. */
  logged: LogEntry[];
  /** What shippers put aside on this machine, in its order. */
  deadLetters(): { payload: string; reason: string }[];
  /** Another one may be started when the last one is closed. */
  start(): RunningShipper;
  /** What a gateway leaves that took these calls and has ended. */
  spoolCalls(said: readonly Partial<TokenEvent>[]): Promise<TokenEvent[]>;
  /** The same with any records. */
  spoolRecords(records: readonly SomeRecord[]): Promise<void>;
  /** Resolves when Kafka has everything of the gateways that have ended. */
  untilShipped(): Promise<void>;
  remove(): void;
}

/** With topics of its own. */
export function makeTestShipping(
  brokers: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): TestShipping {
  const dataDir = mkdtempSync(join(tmpdir(), "assay-shipping-"));
  const spoolDir = join(dataDir, "spool");
  mkdirSync(spoolDir);
  const id = randomUUID();
  const config = readConfig({
    ASSAY_DATA: dataDir,
    KAFKA_BROKERS: brokers.join(","),
    KAFKA_TOPIC: `events-${id}`,
    KAFKA_OUTCOMES_TOPIC: `outcomes-${id}`,
    KAFKA_FEATURES_TOPIC: `features-${id}`,
    KAFKA_DEAD_LETTERS_TOPIC: `dead-letters-${id}`,
    KAFKA_PARTITIONS: "3",
    ...settings,
  });
  assert(config.kafka !== undefined);
  const spool = makeTestSpool(spoolDir);
  const metrics = createMetrics("shipper");
  const logged: LogEntry[] = [];
  const log = pino({}, { write: (line) => logged.push(JSON.parse(line)) });
  let gateways = 0;
  async function spoolAsGateway(recordsOf: (writer: SpoolWriter) => readonly SomeRecord[]): Promise<void> {
    gateways++;
    const writer = spool.openWriter(`gateway-${gateways}`);
    const written = recordsOf(writer).map((record) => append(writer, record));
    await Promise.all(written);
    await writer.close();
    spool.bury(writer.writerId);
  }
  return {
    config,
    kafka: config.kafka,
    spool,
    metrics,
    logged,
    deadLetters: () => readLines(join(dataDir, "dead-letters")),
    start() {
      const shipper = startShipper({ log, config, metrics });
      // One that can't go on must end the test, and not just stop.
      shipper.failed.catch((error: unknown) => {
        throw error;
      });
      return shipper;
    },
    async spoolCalls(said) {
      let events: TokenEvent[] = [];
      await spoolAsGateway((writer) => {
        events = said.map((fields) => nextEvent(writer, fields));
        return events.map((event) => ({ record: "event", event }));
      });
      return events;
    },
    spoolRecords: (records) => spoolAsGateway(() => records),
    untilShipped: () =>
      vi.waitFor(() => expect(spool.writers()).toEqual([]), { timeout: WAIT_MS_MAX, interval: POLL_MS }),
    remove: () => rmSync(dataDir, { recursive: true }),
  };
}

async function append(writer: SpoolWriter, record: SomeRecord): Promise<void> {
  const failure = await new Promise<AppError | undefined>((resolve) => writer.append(record, resolve));
  if (failure) throw failure;
}

function readLines(folder: string): { payload: string; reason: string }[] {
  return readdirSync(folder).flatMap((name) =>
    readFileSync(join(folder, name), "utf8")
      .trimEnd()
      .split("\n")
      .map((line): { payload: string; reason: string } => JSON.parse(line)),
  );
}

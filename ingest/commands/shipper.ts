// `assay shipper`: takes what the gateways of this machine spooled to Kafka. It opens no store, and no call waits for it.
//
// Delivery: at least once. The position in the spool is committed when all replicas in sync have the batch; a crash in between
// sends it again. While Kafka is away the spool grows, and nothing is lost.

import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { AppError } from "../../schemas/app-error.ts";
import { defineCommand, EXIT, type ProcessCommand } from "../../schemas/command.ts";
import type { Config } from "../../schemas/config.ts";
import { makeDataDirectory } from "../../schemas/data-directory.ts";
import { createLog } from "../../schemas/log.ts";
import type { Metrics } from "../../schemas/metrics.ts";
import { answerParent, tellParent } from "../../schemas/process-messages.ts";
import { createVitals } from "../../schemas/vitals.ts";
import type { Carrier } from "../bus/delivery.ts";
import { carrySpool } from "../bus/carry-spool.ts";
import { createKafkaPublisher } from "../bus/kafka-publisher.ts";
import { openDeadLetters } from "../sink/dead-letters.ts";
import { watchSpool } from "../spool/health.ts";
import { openSpoolReader } from "../spool/reader.ts";

const BATCH_RECORDS_MAX = 4000;
/** What a batch under way is given when the shipper is told to stop. What is not acknowledged by then is sent again later. */
const CLOSE_MS_MAX = 5000;

export const shipperCommand = defineCommand<ProcessCommand>({
  kind: "process",
  name: "shipper",
  summary: "Take the spool of this machine to Kafka; a part of start",
  usage: "",
  options: {},
  async run(_args, io, config) {
    const log = createLog("shipper", io.stderr);
    const vitals = createVitals("shipper");
    answerParent(vitals);
    const shipper = startShipper({ log, config, metrics: vitals.metrics });
    vitals.watch("Kafka", () => shipper.health());
    watchSpool(vitals, { spoolDir: join(config.dataDir, "spool"), now: Date.now });
    tellParent({ type: "ready" });
    try {
      await Promise.race([io.signal.aborted || once(io.signal, "abort"), shipper.failed]);
    } finally {
      await shipper.close();
    }
    return EXIT.done;
  },
});

export interface ShipperOptions {
  log: Logger;
  config: Config;
  metrics: Metrics;
  /** Default: the one that gateways write. */
  spoolDir?: string;
}

/** `close` gives a batch under way CLOSE_MS_MAX. */
export type RunningShipper = Carrier;

/**
 * @throws AppError `bad_configuration` without KAFKA_BROKERS, `data_directory_locked` when another process reads this spool
 */
export function startShipper({ log, config, metrics, ...options }: ShipperOptions): RunningShipper {
  const { kafka, dataDir } = config;
  const { spoolDir = join(dataDir, "spool") } = options;
  if (kafka === undefined)
    throw new AppError("bad_configuration", "KAFKA_BROKERS is not set: there is nowhere to ship to.");
  makeDataDirectory(dataDir);
  const spool = openSpoolReader(log, { spoolDir, metrics });
  const deadLetters = openDeadLetters({ folder: join(dataDir, "dead-letters"), now: () => new Date() });
  const publisher = createKafkaPublisher(log, {
    kafka,
    clientId: "assay-shipper",
    metrics,
    keepDeadLetters: (letters) => deadLetters.keep(letters),
  });
  const carrier = carrySpool(log, spool, {
    deliver: publisher.deliver,
    batchRecordsMax: BATCH_RECORDS_MAX,
    onRetry: () => metrics.shipRetries.inc(),
  });
  return {
    failed: carrier.failed,
    health: () => carrier.health(),
    async close() {
      const carried = carrier.close();
      await Promise.race([carried, sleep(CLOSE_MS_MAX, undefined, { ref: false })]);
      await publisher.close();
      await carried;
    },
  };
}

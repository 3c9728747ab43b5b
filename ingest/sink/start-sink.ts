// A running sink: takes what gateways recorded into ClickHouse, from Kafka where there is one, else from the spool of this
// machine. The same in a process of its own and in the service of `assay start`.

import { join } from "node:path";
import type { Logger } from "pino";
import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import type { Config, KafkaConfig } from "../../schemas/config.ts";
import type { Vitals } from "../../schemas/vitals.ts";
import { carrySpool } from "../bus/carry-spool.ts";
import type { Carrier, Deliver } from "../bus/delivery.ts";
import { createKafkaClient } from "../bus/kafka-connection.ts";
import { consumeKafka } from "../bus/kafka-consumer.ts";
import { createKafkaPublisher, type KafkaPublisher } from "../bus/kafka-publisher.ts";
import { watchSpool } from "../spool/health.ts";
import { openSpoolReader } from "../spool/reader.ts";
import { openDeadLetters, type DeadLetters } from "./dead-letters.ts";
import { createPricer } from "./price.ts";
import { createSink, SINK_BATCH_RECORDS_MAX } from "./sink.ts";

const CLIENT_ID = "assay-sink";

export interface StartSinkOptions {
  config: Config;
  store: ClickHouseStore;
  vitals: Vitals;
  now: () => Date;
}

/** @throws AppError `data_directory_locked` when another process reads the spool of this data directory */
export function startSink(log: Logger, options: StartSinkOptions): Carrier {
  const { config, vitals } = options;
  const sink =
    config.kafka === undefined ? sinkFromSpool(log, options) : sinkFromKafka(log, config.kafka, options);
  vitals.watch("sink", () => sink.health());
  return sink;
}

function sinkFromSpool(log: Logger, options: StartSinkOptions): Carrier {
  const { config, vitals, now } = options;
  const spoolDir = join(config.dataDir, "spool");
  watchSpool(vitals, { spoolDir, now: () => now().getTime() });
  return carrySpool(log, openSpoolReader(log, { spoolDir, metrics: vitals.metrics }), {
    deliver: createDelivery(options, openLocalDeadLetters(options)),
    batchRecordsMax: SINK_BATCH_RECORDS_MAX,
  });
}

function sinkFromKafka(log: Logger, kafka: KafkaConfig, options: StartSinkOptions): Carrier {
  const { metrics } = options.vitals;
  const local = openLocalDeadLetters(options);
  const publisher = createKafkaPublisher(log, {
    kafka,
    clientId: CLIENT_ID,
    metrics,
    keepDeadLetters: (letters) => local.keep(letters),
  });
  const carrier = consumeKafka(log, {
    client: createKafkaClient(log, kafka, CLIENT_ID),
    config: kafka,
    deliver: createDelivery(options, toDeadLetters(publisher)),
    metrics,
    batchRecordsMax: SINK_BATCH_RECORDS_MAX,
  });
  return {
    ...carrier,
    async close() {
      await carrier.close();
      await publisher.close();
    },
  };
}

function createDelivery({ config, store, vitals }: StartSinkOptions, deadLetters: DeadLetters): Deliver {
  return createSink({
    store,
    deadLetters,
    metrics: vitals.metrics,
    price: createPricer(config.prices),
    retentionDays: config.retentionDays,
  }).deliver;
}

function openLocalDeadLetters({ config, now }: StartSinkOptions): DeadLetters {
  return openDeadLetters({ folder: join(config.dataDir, "dead-letters"), now });
}

/** In the topic, one list after the other: a publisher sends one at a time. */
function toDeadLetters({ deliver }: KafkaPublisher): DeadLetters {
  let last: Promise<void> = Promise.resolve();
  return {
    keep(letters) {
      if (letters.length === 0) return Promise.resolve();
      const kept = last.then(() => deliver({ records: [], deadLetters: letters }));
      last = kept.catch(() => undefined);
      return kept;
    },
  };
}

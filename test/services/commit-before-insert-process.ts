// A sink with the defect that a fault campaign is there to find: it says of each batch that it is stored, and stores it afterwards, if
// it still can. What kills it in between, or takes ClickHouse away, loses what Kafka was told to forget. Started as `assay sink` is,
// with the same settings.

import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { pino } from "pino";
import { createKafkaClient } from "../../ingest/bus/kafka-connection.ts";
import { consumeKafka } from "../../ingest/bus/kafka-consumer.ts";
import { createPricer } from "../../ingest/sink/price.ts";
import { createSink, SINK_BATCH_RECORDS_MAX } from "../../ingest/sink/sink.ts";
import { openClickHouse } from "../../schemas/clickhouse/open.ts";
import { readConfig } from "../../schemas/config.ts";
import { createMetrics } from "../../schemas/metrics.ts";
import { tellParent } from "../../schemas/process-messages.ts";

/** Long enough that a kill nearly always finds something that is not stored yet. */
const LATE_MS = 1500;

const { kafka, clickhouseUrl, dataDir } = readConfig();
if (!kafka) throw new Error("KAFKA_BROKERS is not set.");
const log = pino({ name: "sink" }, process.stderr);
const metrics = createMetrics("sink");
const { deliver } = createSink({
  store: await openClickHouse({ url: clickhouseUrl, dataDir }),
  deadLetters: { keep: async () => undefined },
  metrics,
  price: createPricer(),
  retentionDays: { events: 30, sketches: 14, runs: 90 },
});
const sink = consumeKafka(log, {
  client: createKafkaClient(log, kafka, "assay-sink"),
  config: kafka,
  metrics,
  batchRecordsMax: SINK_BATCH_RECORDS_MAX,
  async deliver(batch) {
    void wait(LATE_MS)
      .then(() => deliver(batch))
      .catch((error: unknown) => log.error({ err: error }, "a batch was forgotten"));
  },
});
tellParent({ type: "ready" });
await Promise.race([once(process, "SIGTERM"), once(process, "disconnect")]);
await sink.close();
process.exit();

// A sink in a process of its own that is killed between the insert and the commit of its first batch that is not empty:
// `sink-process.ts DATA-DIRECTORY SPOOL`. Without a batch to commit it runs until it is killed.

import { join } from "node:path";
import { pino } from "pino";
import { carrySpool } from "../../ingest/bus/carry-spool.ts";
import { openDeadLetters } from "../../ingest/sink/dead-letters.ts";
import { createPricer } from "../../ingest/sink/price.ts";
import { createSink, SINK_BATCH_RECORDS_MAX } from "../../ingest/sink/sink.ts";
import { createSpoolReader, type SpoolReader } from "../../ingest/spool/reader.ts";
import { openClickHouse } from "../../schemas/clickhouse/open.ts";
import { createMetrics } from "../../schemas/metrics.ts";

const [dataDir = "", spoolDir = ""] = process.argv.slice(2);
const log = pino({ level: "silent" });

const reader = createSpoolReader(log, { spoolDir });
const doomed: SpoolReader = {
  readBatch(recordsMax) {
    const batch = reader.readBatch(recordsMax);
    if (batch.records.length === 0) return batch;
    return { ...batch, commit: () => process.kill(process.pid, "SIGKILL") };
  },
};

const { deliver } = createSink({
  store: await openClickHouse({ dataDir }),
  deadLetters: openDeadLetters({ folder: join(dataDir, "dead-letters"), now: () => new Date() }),
  metrics: createMetrics("sink"),
  price: createPricer(),
  retentionDays: 30,
});
carrySpool(log, doomed, { deliver, batchRecordsMax: SINK_BATCH_RECORDS_MAX });

// A sink in a process of its own that is killed between the insert and the commit of its first batch that is not empty:
// `sink-process.ts DATA-DIRECTORY SPOOL`. Without a batch to commit it runs until it is killed.

import { join } from "node:path";
import { pino } from "pino";
import { createPricer } from "../../ingest/sink/price.ts";
import { startSink } from "../../ingest/sink/sink.ts";
import { createSpoolReader, type SpoolReader } from "../../ingest/spool/reader.ts";
import { openClickHouse } from "../../schemas/clickhouse/open.ts";

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

startSink(log, await openClickHouse({ dataDir }), doomed, {
  price: createPricer(),
  retentionDays: 30,
  deadLettersDir: join(dataDir, "dead-letters"),
  now: () => new Date(),
});

// A shipper in a process of its own that is killed between Kafka's acknowledgement and the commit of its first batch that is not
// empty: `shipper-process.ts DATA-DIRECTORY BROKERS TOPIC`.

import { join } from "node:path";
import { pino } from "pino";
import { carrySpool } from "../../ingest/bus/carry-spool.ts";
import { createKafkaPublisher } from "../../ingest/bus/kafka-publisher.ts";
import { openSpoolReader, type SpoolReader } from "../../ingest/spool/reader.ts";
import { readConfig } from "../../schemas/config.ts";
import { createMetrics } from "../../schemas/metrics.ts";

const [dataDir = "", brokers = "", topic = ""] = process.argv.slice(2);
const log = pino({ level: "silent" });
const { kafka } = readConfig({ ASSAY_DATA: dataDir, KAFKA_BROKERS: brokers, KAFKA_TOPIC: topic });
if (kafka === undefined) throw new Error("BROKERS is empty");

const metrics = createMetrics("shipper");
const reader = openSpoolReader(log, { spoolDir: join(dataDir, "spool"), metrics });
let hasRecords = false;
const doomed: SpoolReader = {
  ...reader,
  read(itemsMax, into) {
    const isEnough = reader.read(itemsMax, into);
    hasRecords ||= into.records.length > 0;
    return isEnough;
  },
  checkpoint() {
    const commit = reader.checkpoint();
    return hasRecords ? () => process.kill(process.pid, "SIGKILL") : commit;
  },
};
const publisher = createKafkaPublisher(log, {
  kafka,
  clientId: "assay-shipper",
  metrics,
  keepDeadLetters: () => Promise.reject(new Error("nothing is to be put aside")),
});
carrySpool(log, doomed, { deliver: publisher.deliver, batchRecordsMax: 1000 });

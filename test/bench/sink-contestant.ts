// One of those that the sink's benchmark compares, in a process of its own: `sink-contestant.ts KIND ROWS PROFILE`.
//
// - `product`: the sink as it is deployed, from Kafka or from the spool, as the settings in its environment say.
// - `bare`: what is left when a sink does nothing of its own: messages of Kafka are parsed as JSON and inserted, as many at a time and
//   fetched with the same limits, then committed. Nothing is validated, priced or put aside.
//
// It tells its parent what ROWS rows took, from the end of the first insert to the end of the last, and ends. With 0 rows it goes on.

import { createClient } from "@clickhouse/client";
import { pino } from "pino";
import { createKafkaClient } from "../../ingest/bus/kafka-connection.ts";
import { startSink } from "../../ingest/sink/start-sink.ts";
import { SINK_BATCH_RECORDS_MAX } from "../../ingest/sink/sink.ts";
import { migrateClickHouse } from "../../schemas/clickhouse/migrate.ts";
import { openClickHouse } from "../../schemas/clickhouse/open.ts";
import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import { readConfig, type Config } from "../../schemas/config.ts";
import { createVitals } from "../../schemas/vitals.ts";
import { startProfile } from "./sink-profile.ts";

const [kind = "", rows = "0", profile = ""] = process.argv.slice(2);
const DAY_MS = 86_400_000;

export interface ContestantResult {
  /** Without those of the first insert. */
  rows: number;
  seconds: number;
  /** Of this process. */
  cpuSeconds: number;
  /** Seconds in which an insert was under way. */
  insertingSeconds: number;
  /** Processor time by what it went to; absent unless asked for. */
  shares?: Readonly<Record<string, number>>;
}

process.once("disconnect", () => process.exit());
const log = pino({ level: "warn" }, process.stderr);
const config = readConfig();
const store = await openClickHouse({ url: config.clickhouseUrl, dataDir: config.dataDir });
await migrateClickHouse(store);
const meter = createMeter(Number(rows));
if (kind === "bare") await startBare(config, meter.around);
else startSink(log, { config, store: metered(store), vitals: createVitals("bench"), now: () => new Date() });

function metered(inner: ClickHouseStore): ClickHouseStore {
  return { ...inner, insert: (table, batch) => meter.around(batch.length, () => inner.insert(table, batch)) };
}

async function startBare({ kafka, clickhouseUrl }: Config, around: Meter["around"]): Promise<void> {
  if (!kafka || clickhouseUrl === undefined) throw new Error("KAFKA_BROKERS and CLICKHOUSE_URL must be set.");
  const url = new URL(clickhouseUrl);
  const database = url.pathname.slice(1);
  url.pathname = "/";
  const client = createClient({ url, database, compression: { request: true, response: true } });
  const consumer = createKafkaClient(log, kafka, "bare").consumer({
    groupId: "bare",
    maxBytes: 4 * 1024 * 1024,
    maxBytesPerPartition: 1024 * 1024,
    minBytes: 64 * 1024,
    maxWaitTimeInMs: 250,
  });
  const added = { expires_at: new Date(Date.now() + 30 * DAY_MS).toISOString(), row_version: 1 };
  const clickhouse_settings = { date_time_input_format: "best_effort", async_insert: 0 } as const;
  await consumer.connect();
  await consumer.subscribe({ topics: [kafka.topics.events], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: 2,
    async eachBatch(payload) {
      const { messages } = payload.batch;
      for (let start = 0; start < messages.length; start += SINK_BATCH_RECORDS_MAX) {
        const part = messages.slice(start, start + SINK_BATCH_RECORDS_MAX);
        const values = part.map(({ value }) => Object.assign(JSON.parse(String(value)), added));
        await around(values.length, () =>
          client.insert({ table: "token_events", values, format: "JSONEachRow", clickhouse_settings }),
        );
        payload.resolveOffset(part.at(-1)?.offset ?? "");
        await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets());
      }
    },
  });
}

interface Meter {
  /** Notes an insert of so many rows. */
  around: (rowCount: number, insert: () => Promise<unknown>) => Promise<void>;
}

function createMeter(rowsWanted: number): Meter {
  let [first, seen, underWay, insertingMs, busyFrom] = [0, 0, 0, 0, 0];
  let began: { at: number; cpu: NodeJS.CpuUsage; profiling: ReturnType<typeof startProfile> | undefined };

  async function finish(endedAt: number): Promise<void> {
    const { user, system } = process.cpuUsage(began.cpu);
    const shares = await (await began.profiling)?.stop();
    const result: ContestantResult = {
      rows: seen - first,
      seconds: (endedAt - began.at) / 1000,
      cpuSeconds: (user + system) / 1e6,
      insertingSeconds: insertingMs / 1000,
      ...(shares && { shares }),
    };
    process.send?.(result, undefined, {}, () => process.exit());
  }

  return {
    around: async (rowCount, insert) => {
      if (underWay++ === 0) busyFrom = performance.now();
      await insert();
      const endedAt = performance.now();
      if (--underWay === 0 && first > 0) insertingMs += endedAt - Math.max(busyFrom, began.at);
      seen += rowCount;
      if (first === 0) {
        first = rowCount;
        began = {
          at: endedAt,
          cpu: process.cpuUsage(),
          profiling: profile === "" ? undefined : startProfile(),
        };
      } else if (seen === rowsWanted) await finish(endedAt);
    },
  };
}

// A sink in a process of its own that is killed between its first insert and the commit of it. Its settings are in the
// environment.

import { pino } from "pino";
import { startSink } from "../../ingest/sink/start-sink.ts";
import { openClickHouse } from "../../schemas/clickhouse/open.ts";
import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import { readConfig } from "../../schemas/config.ts";
import { createVitals } from "../../schemas/vitals.ts";

const config = readConfig();
const store = await openClickHouse({ url: config.clickhouseUrl, dataDir: config.dataDir });
const doomed: ClickHouseStore = {
  ...store,
  async insert(table, rows) {
    await store.insert(table, rows);
    process.kill(process.pid, "SIGKILL");
  },
};
startSink(pino({ level: "silent" }), {
  config,
  store: doomed,
  vitals: createVitals("sink"),
  now: () => new Date(),
});

// `assay sink`: a sink alone. With KAFKA_BROKERS any number of them share the work; without, one takes the spool of its data
// directory.

import { once } from "node:events";
import type { Logger } from "pino";
import { AppError } from "../../schemas/app-error.ts";
import { migrateClickHouse } from "../../schemas/clickhouse/migrate.ts";
import { openClickHouse } from "../../schemas/clickhouse/open.ts";
import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import { defineCommand, EXIT, type CommandIo, type ProcessCommand } from "../../schemas/command.ts";
import type { Config } from "../../schemas/config.ts";
import { keepTrying } from "../../schemas/keep-trying.ts";
import { createLog } from "../../schemas/log.ts";
import { tellParent } from "../../schemas/process-messages.ts";
import { openSingleProcess } from "../../schemas/single-process.ts";
import { checkReachable } from "../../schemas/vitals.ts";
import { startSink } from "../sink/start-sink.ts";

export const sinkCommand = defineCommand<ProcessCommand>({
  kind: "process",
  name: "sink",
  summary: "Run a sink alone: it takes what gateways recorded into ClickHouse",
  usage: "",
  options: {},
  async run(_args, io, config) {
    if (config.clickhouseUrl === undefined) {
      const message =
        "assay sink needs a ClickHouse server: set CLICKHOUSE_URL, or run `assay start`, which brings its own and lets one process alone use it.";
      throw new AppError("bad_configuration", message);
    }
    await runSink(createLog("sink", io.stderr), config, io);
    return EXIT.done;
  },
});

async function runSink(log: Logger, config: Config, { now, signal }: CommandIo): Promise<void> {
  await using open = new AsyncDisposableStack();
  const single = await openSingleProcess("sink", config, signal);
  open.defer(() => single.close());
  const { vitals, port } = single;
  vitals.watch("ClickHouse", () => ({ state: "failed", reason: "It is not open yet; the log says why." }));
  const store = await keepTrying(log, signal, () => openMigrated(config));
  if (!store) return;
  open.defer(() => store.close());
  vitals.watch(
    "ClickHouse",
    checkReachable(() => store.ping()),
  );
  const sink = startSink(log, { config, store, vitals, now });
  open.defer(() => sink.close());
  tellParent({ type: "ready", ports: { metrics: port } });
  log.info({ metricsPort: port }, "records are stored");
  await Promise.race([signal.aborted || once(signal, "abort"), sink.failed]);
}

async function openMigrated({
  clickhouseUrl: url,
  clickhouseCluster: cluster,
  dataDir,
}: Config): Promise<ClickHouseStore> {
  const store = await openClickHouse({ url, cluster, dataDir });
  try {
    await migrateClickHouse(store);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

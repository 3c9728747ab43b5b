// `assay gateway`: the gateway of one machine, alone. Any number of machines may run one.
//
//     gateway ─┬─ assay gateway-worker   one or more; own the hot path and their spool
//              └─ assay shipper          takes what they record to Kafka, where KAFKA_BROKERS is set
//
// It opens no store but to read keys: where DATABASE_URL is set it keeps the identity snapshot fresh from Postgres. Gateways start and
// serve from the file on the disk while Postgres is away. Without KAFKA_BROKERS the records stay in the spool until an
// `assay sink` on the same data directory takes them.

import { join } from "node:path";
import type { Logger } from "pino";
import { startIdentityPolling, type SnapshotWriter } from "./dashboard/server/people/identity-snapshot.ts";
import { defineCommand, EXIT, type CommandIo, type ProcessCommand } from "./schemas/command.ts";
import type { Config } from "./schemas/config.ts";
import { makeDataDirectory } from "./schemas/data-directory.ts";
import { createLog } from "./schemas/log.ts";
import { writePorts } from "./schemas/ports.ts";
import { tellParent } from "./schemas/process-messages.ts";
import { watchSpool } from "./ingest/spool/health.ts";
import { openProcessTree } from "./process-tree.ts";
import { startGateways } from "./supervise-gateways.ts";

export const gatewayCommand = defineCommand<ProcessCommand>({
  kind: "process",
  name: "gateway",
  summary: "Run a gateway alone",
  usage: "",
  options: {},
  async run(_args, io, config) {
    await runGateway(createLog("gateway", io.stderr), config, io);
    return EXIT.done;
  },
});

async function runGateway(log: Logger, config: Config, { now, signal }: CommandIo): Promise<void> {
  makeDataDirectory(config.dataDir);
  await using open = new AsyncDisposableStack();
  const tree = await openProcessTree(log, config, "gateway");
  open.defer(() => tree.close());
  // Where there is no shipper to tell of it.
  if (!config.kafka) watchSpool(tree.vitals, { spoolDir: join(config.dataDir, "spool"), now: Date.now });
  const [port] = await Promise.all([
    startGateways(tree, config, signal),
    followIdentities(log, config, now).then((writer) => open.defer(() => writer?.stop())),
  ]);
  if (port !== undefined) {
    try {
      writePorts(config.dataDir, { gateway: port });
    } catch (error) {
      // On a full disk calls go on all the same; the log says where.
      log.warn({ err: error }, "ports.json could not be written");
    }
    tellParent({ type: "ready", ports: { gateway: port, metrics: tree.port } });
    log.info({ port, metricsPort: tree.port }, "calls are taken");
  }
  await tree.untilStopped(signal);
}

/** Gateways serve from the file on the disk until Postgres answers. */
async function followIdentities(
  log: Logger,
  { databaseUrl, dataDir }: Config,
  now: () => Date,
): Promise<SnapshotWriter | undefined> {
  if (databaseUrl === undefined) return undefined;
  return startIdentityPolling({ databaseUrl, dataDir, now, log });
}

// `assay dashboard`: the dashboard's server alone, on servers that others write to. It waits for those that are away.
//
// Where there is nobody yet, it makes the first owner. Their way in is no line of a log, which many can read: an operator makes it,
// with `assay login-link`.

import { once } from "node:events";
import type { Logger } from "pino";
import { defineCommand, EXIT, type CommandIo, type ProcessCommand } from "../../schemas/command.ts";
import type { Config } from "../../schemas/config.ts";
import { createLog } from "../../schemas/log.ts";
import { writePorts } from "../../schemas/ports.ts";
import { tellParent } from "../../schemas/process-messages.ts";
import { openSingleProcess } from "../../schemas/single-process.ts";
import { awaitStores, requireServers } from "../../schemas/stores.ts";
import { startDashboard } from "../server/listen.ts";
import { createOwner } from "../server/people.ts";

export const dashboardCommand = defineCommand<ProcessCommand>({
  kind: "process",
  name: "dashboard",
  summary: "Run the dashboard alone",
  usage: "",
  options: {},
  async run(_args, io, config) {
    requireServers("dashboard", config);
    await runDashboard(createLog("dashboard", io.stderr), config, io);
    return EXIT.done;
  },
});

async function runDashboard(log: Logger, config: Config, { now, signal }: CommandIo): Promise<void> {
  await using open = new AsyncDisposableStack();
  const single = await openSingleProcess("dashboard", config, signal);
  open.defer(() => single.close());
  const { vitals, port } = single;
  const opened = await awaitStores(log, { config, vitals, signal });
  if (!opened) return;
  open.defer(() => opened.close());
  const { stores } = opened;
  const owner = await createOwner(stores.postgres, now());
  if (owner) log.info(`The first owner is ${owner.email}. Sign in: npx assay login-link ${owner.email}`);
  const dashboard = await startDashboard({ stores, config, now, log });
  open.defer(() => dashboard.close());
  writePorts(config.dataDir, { dashboard: dashboard.port });
  tellParent({ type: "ready", ports: { dashboard: dashboard.port, metrics: port } });
  log.info({ port: dashboard.port, metricsPort: port }, "the dashboard is listening");
  if (!signal.aborted) await once(signal, "abort");
}

// `assay start`: everything on one machine, in one process tree.
//
//     start ─┬─ Postgres               embedded, unless DATABASE_URL names a server
//            ├─ assay service          owns the stores: sink, analytics, dashboard
//            ├─ assay shipper          takes records to Kafka, where KAFKA_BROKERS is set
//            └─ assay gateway-worker   one or more; own the hot path and their spool
//
// A child that ends is started again, with a growing pause. Children end when this process ends, however it ends. To stop,
// the gateways are drained first, so that the service can still store what they brought, and the service next.

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "pino";
import { openProcessTree, untilReady } from "./process-tree.ts";
import { defineCommand, EXIT, type CommandIo, type ProcessCommand } from "./schemas/command.ts";
import type { Config } from "./schemas/config.ts";
import { lockDataDirectory, makeDataDirectory } from "./schemas/data-directory.ts";
import { SNAPSHOT_FILE } from "./schemas/identity-snapshot.ts";
import { createLog } from "./schemas/log.ts";
import { forgetPorts, writePorts } from "./schemas/ports.ts";
import { tellParent, type ReadyMessage } from "./schemas/process-messages.ts";
import { startGateways } from "./supervise-gateways.ts";
import { supervisePostgres } from "./supervise-postgres.ts";

/** chDB holds a thread of libuv for each query, and four is not enough beside file writes. */
const SERVICE_THREADS = "16";

export const startCommand = defineCommand<ProcessCommand>({
  kind: "process",
  name: "start",
  summary: "Run everything: gateway, sink, analytics and dashboard",
  usage: "",
  options: {},
  async run(_args, io, config) {
    await start(createLog("start", io.stderr), config, io);
    return EXIT.done;
  },
});

/** Runs until it is told to stop. Prints what a person needs to go on. */
async function start(log: Logger, config: Config, { stdout, signal }: CommandIo): Promise<void> {
  makeDataDirectory(config.dataDir);
  await using open = new AsyncDisposableStack();
  const unlock = lockDataDirectory(config.dataDir);
  open.defer(unlock);
  forgetPorts(config.dataDir);
  const postgres =
    config.databaseUrl === undefined ? await supervisePostgres(log, config.dataDir) : undefined;
  open.defer(() => postgres?.stop());
  const tree = await openProcessTree(log, config, "start");
  open.defer(() => tree.close());
  let dashboardPort = config.dashboardPort;
  const service = tree.start({
    command: "service",
    name: "service",
    isVital: false,
    environment: () => ({
      ...process.env,
      ...(postgres && { DATABASE_URL: postgres.url }),
      ASSAY_DASHBOARD_PORT: String(dashboardPort),
      UV_THREADPOOL_SIZE: SERVICE_THREADS,
    }),
  });
  // The first key works at once: gateways without a snapshot of before begin with the one that has it.
  const isFirstStart = !existsSync(join(config.dataDir, SNAPSHOT_FILE));
  if (isFirstStart) await untilReady([service], signal);
  const [gatewayPort, ready] = await Promise.all([
    startGateways(tree, config, signal),
    untilReady([service], signal),
  ]);
  if (gatewayPort !== undefined && ready) {
    const [{ firstSteps, ports } = {}] = ready;
    dashboardPort = ports?.dashboard ?? dashboardPort;
    const all = { gateway: gatewayPort, dashboard: dashboardPort, metrics: tree.port };
    writePorts(config.dataDir, all);
    tellParent({ type: "ready", ports: all });
    stdout.write(welcome(config, all, firstSteps));
  }
  await tree.untilStopped(signal);
}

interface Ports {
  gateway: number;
  dashboard: number;
  metrics: number;
}

function welcome(config: Config, ports: Ports, firstSteps: ReadyMessage["firstSteps"]): string {
  const gateway = `http://${config.host}:${ports.gateway}`;
  const dashboard = config.publicUrl ?? `http://${config.host}:${ports.dashboard}`;
  const addresses = `
Assay is running. Ctrl-C stops it.

  Dashboard  ${dashboard}
  Gateway    ${gateway}
  Metrics    http://${config.host}:${ports.metrics}/metrics
`;
  if (!firstSteps)
    return `${addresses}
  Sign in with a link from: npx assay login-link YOU@YOUR-COMPANY

`;
  return `${addresses}
  Sign in as the owner; the link opens once, within 15 minutes:
    ${firstSteps.signInLink}

  Point a client at the gateway. The key in these lines is the owner's, and is shown this once:
${clientLines(config, gateway, firstSteps.key)}
`;
}

/**
 * Ready to paste. Where the organisation's provider key is set, the Assay key takes its place; else the client goes on using
 * its own key, and the Assay key travels beside it.
 */
function clientLines(config: Config, gateway: string, key: string): string {
  const claude = config.upstreams.get("anthropic")?.key
    ? `ANTHROPIC_BASE_URL=${gateway} ANTHROPIC_AUTH_TOKEN=${key} claude`
    : `ANTHROPIC_BASE_URL=${gateway} ANTHROPIC_CUSTOM_HEADERS="x-assay-key: ${key}" claude`;
  const openai = config.upstreams.get("openai")?.key
    ? `export OPENAI_BASE_URL=${gateway}/v1 OPENAI_API_KEY=${key}`
    : `export OPENAI_BASE_URL=${gateway}/k/${key}/v1`;
  const credential = config.upstreams.get("openai")?.key ? key : "$OPENAI_API_KEY";
  const curl = `curl ${gateway}/v1/chat/completions -H "x-assay-key: ${key}" -H "authorization: Bearer ${credential}" -H "content-type: application/json" -d '{"model":"gpt-5-mini","messages":[{"role":"user","content":"Hello"}]}'`;
  return `
    Claude Code   ${claude}
    OpenAI SDKs   ${openai}
    curl          ${curl}
`;
}

// `assay start`: everything on one machine, in one process tree.
//
//     start ─┬─ Postgres         embedded, unless DATABASE_URL names a server
//            ├─ assay service    owns the stores: sink, analytics, dashboard
//            └─ assay gateway    one or more; own the hot path and their spool
//
// A child that ends is started again, with a growing pause. Children end when this process ends, however it ends. To stop,
// the gateways are drained first, so that the service can still store what they brought, and the service next.

import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { AppError } from "./schemas/app-error.ts";
import { defineCommand, EXIT, type ProcessCommand } from "./schemas/command.ts";
import type { Config } from "./schemas/config.ts";
import {
  isSystemError,
  lockDataDirectory,
  makeDataDirectory,
  replaceFile,
} from "./schemas/data-directory.ts";
import { createLog } from "./schemas/log.ts";
import type { ProcessMessage } from "./schemas/process-messages.ts";
import { superviseProcess, type SupervisedProcess } from "./supervise.ts";
import { supervisePostgres, type SupervisedPostgres } from "./supervise-postgres.ts";

/** chDB holds a thread of libuv for each query, and four is not enough beside file writes. */
const SERVICE_THREADS = "16";

export const startCommand = defineCommand<ProcessCommand>({
  kind: "process",
  name: "start",
  summary: "Run everything: gateway, sink, analytics and dashboard",
  usage: "",
  options: {},
  async run(_args, io, config) {
    await start(config, io.stdout, io.stderr, io.signal);
    return EXIT.done;
  },
});

/** Runs until `signal` is aborted. Prints on `out` what a person needs to go on. */
async function start(config: Config, out: Writable, err: Writable, signal: AbortSignal): Promise<void> {
  const log = createLog("start", err);
  makeDataDirectory(config.dataDir);
  const unlock = lockDataDirectory(config.dataDir);
  const children: SupervisedProcess[] = [];
  let postgres: SupervisedPostgres | undefined;
  try {
    const gatewayPort = await claimPort(config.host, config.gatewayPort, "ASSAY_GATEWAY_PORT");
    const dashboardPort = await claimPort(config.host, config.dashboardPort, "ASSAY_DASHBOARD_PORT");
    postgres = config.databaseUrl === undefined ? await supervisePostgres(log, config.dataDir) : undefined;
    const environment = {
      ...process.env,
      ASSAY_GATEWAY_PORT: String(gatewayPort),
      ASSAY_DASHBOARD_PORT: String(dashboardPort),
    };
    const service = superviseProcess(log, "service", {
      ...environment,
      DATABASE_URL: config.databaseUrl ?? postgres?.url,
      UV_THREADPOOL_SIZE: SERVICE_THREADS,
    });
    children.push(service);
    const ready = await untilReady(service, signal);
    const workers = ready ? config.gatewayWorkers : 0;
    for (let worker = 0; worker < workers; worker++) {
      children.push(superviseProcess(log, "gateway", environment));
    }
    for (const gateway of children.slice(1)) await untilReady(gateway, signal);
    if (ready && !signal.aborted) {
      const ports = { gateway: gatewayPort, dashboard: dashboardPort };
      replaceFile(join(config.dataDir, "ports.json"), JSON.stringify(ports));
      out.write(welcome(config, ports, ready));
      await once(signal, "abort");
    }
  } finally {
    const [service, ...gateways] = children;
    await Promise.all(gateways.map((gateway) => gateway.stop()));
    await service?.stop();
    await postgres?.stop();
    unlock();
  }
}

/** The child's word that it serves; undefined when the person gave up waiting. */
async function untilReady(
  child: SupervisedProcess,
  signal: AbortSignal,
): Promise<ProcessMessage | undefined> {
  if (signal.aborted) return undefined;
  return Promise.race([child.ready, once(signal, "abort").then(() => undefined)]);
}

/**
 * The port that all children of one kind listen on: the one that is set, or a free one where 0 is.
 * @throws AppError `conflict` when it is taken
 */
async function claimPort(host: string, port: number, setting: string): Promise<number> {
  const probe = createServer();
  try {
    probe.listen(port, host);
    await once(probe, "listening");
    const address = probe.address();
    return typeof address === "object" && address !== null ? address.port : port;
  } catch (error) {
    const message = `Port ${port} on ${host} can't be used (${isSystemError(error) ? error.code : "unknown"}). End what uses it, or set ${setting}.`;
    throw new AppError("conflict", message, { cause: error });
  } finally {
    probe.close();
  }
}

interface Ports {
  gateway: number;
  dashboard: number;
}

function welcome(config: Config, ports: Ports, { firstSteps }: ProcessMessage): string {
  const gateway = `http://${config.host}:${ports.gateway}`;
  const dashboard = config.publicUrl ?? `http://${config.host}:${ports.dashboard}`;
  const addresses = `
Assay is running. Ctrl-C stops it.

  Dashboard  ${dashboard}
  Gateway    ${gateway}
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

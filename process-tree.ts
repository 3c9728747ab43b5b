// The parent of a tree of processes: what `assay start` and `assay gateway` have in common. It answers on the metrics port for
// itself and its children, and stops them in an order.
//
// To stop: readiness goes first, so that whoever spreads calls over gateways leaves this one out. Then the gateways, which let calls
// under way end; then those who take on what the gateways have recorded.

import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "pino";
import type { Config } from "./schemas/config.ts";
import { writePorts } from "./schemas/ports.ts";
import type { ReadyMessage } from "./schemas/process-messages.ts";
import { createVitals, statusOf, type Vitals } from "./schemas/vitals.ts";
import { serveVitals } from "./schemas/vitals-server.ts";
import { STOP_ORDER, SupervisedProcess, type ChildOptions } from "./supervise.ts";

/** Between SIGTERM and the first child's: for those who ask /readyz every now and then. Ctrl-C does not wait for them. */
export const UNREADY_MS = 2000;
/** For what the gateways have recorded last to be taken on, where nothing is in its way. What is not stays in the spool. */
export const CARRY_MS_MAX = 3000;
const CARRY_POLL_MS = 50;

export interface ProcessTree {
  vitals: Vitals;
  /** The metrics port. */
  port: number;
  start(options: Omit<ChildOptions, "metrics">): SupervisedProcess;
  /** Resolves when the tree is told to stop, and is no longer ready. */
  untilStopped(signal: AbortSignal): Promise<void>;
  /** Stops the children, in order, and closes the metrics port. */
  close(): Promise<void>;
}

export async function openProcessTree(log: Logger, config: Config, name: string): Promise<ProcessTree> {
  const vitals = createVitals(name);
  const children: SupervisedProcess[] = [];
  const server = await serveVitals(config, async () => {
    const reports = await Promise.all(children.map((child) => child.report()));
    return { own: await vitals.read(), children: reports };
  });
  writePorts(config.dataDir, { metrics: server.port });
  return {
    vitals,
    port: server.port,
    start(options) {
      const child = new SupervisedProcess(log, { ...options, metrics: vitals.metrics });
      children.push(child);
      return child;
    },
    async untilStopped(signal) {
      if (!signal.aborted) await once(signal, "abort");
      vitals.drain();
      for (const child of children) if (child.options.isVital) child.drain();
      if (signal.reason === "SIGTERM") await wait(UNREADY_MS);
    },
    async close() {
      for (const command of STOP_ORDER) {
        const next = children.filter((child) => child.options.command === command);
        await Promise.all(next.map((child) => child.stop()));
        if (command === "gateway-worker") await untilCarried(children);
      }
      await server.close();
    },
  };
}

/** Who reads the spool says in its report how much of it waits. */
async function untilCarried(children: readonly SupervisedProcess[]): Promise<void> {
  const deadline = performance.now() + CARRY_MS_MAX;
  while (performance.now() < deadline) {
    const reports = await Promise.all(children.map((child) => child.report()));
    const readers = reports.filter(({ parts }) => parts["spool"]?.["waiting_bytes"] !== undefined);
    const isCarried = readers.every(({ parts }) => parts["spool"]?.["waiting_bytes"] === 0);
    // While Kafka or ClickHouse is away, waiting would help nobody.
    if (isCarried || readers.some((report) => statusOf(report) === "not ready")) return;
    await wait(CARRY_POLL_MS);
  }
}

/** When all of them serve; undefined when the person gave up waiting. */
export async function untilReady(
  children: readonly SupervisedProcess[],
  signal: AbortSignal,
): Promise<ReadyMessage[] | undefined> {
  if (signal.aborted) return undefined;
  const stopped = once(signal, "abort").then(() => undefined);
  return Promise.race([Promise.all(children.map(({ ready }) => ready)), stopped]);
}

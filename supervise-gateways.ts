// The gateway's side of a process tree: the workers that share one port, and the shipper that takes what they record to Kafka,
// where there is Kafka.

import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { AppError } from "./schemas/app-error.ts";
import type { Config } from "./schemas/config.ts";
import { listenError } from "./schemas/ports.ts";
import { untilReady, type ProcessTree } from "./process-tree.ts";

/** Workers of a gateway that was killed let go of its port as soon as they notice. */
const PORT_MS_MAX = 5000;
const PORT_POLL_MS = 100;

/**
 * Starts them, and resolves with the port when all of them serve, or with undefined when `signal` was aborted before.
 * @throws AppError `conflict` when the port is taken, `unavailable` when one of them can't start
 */
export async function startGateways(
  tree: ProcessTree,
  config: Config,
  signal: AbortSignal,
): Promise<number | undefined> {
  let port = config.gatewayPort;
  if (port !== 0) await untilFree(config.host, port);
  const startWorker = (number: number) =>
    tree.start({
      command: "gateway-worker",
      name: `gateway-${number}`,
      isVital: true,
      environment: () => ({ ...process.env, ASSAY_GATEWAY_PORT: String(port) }),
    });
  const shipper = config.kafka
    ? [tree.start({ command: "shipper", name: "shipper", isVital: false, environment: () => process.env })]
    : [];
  // The first one finds a free port, where any will do, and the others take the same.
  const first = startWorker(1);
  const ready = await untilReady([first], signal);
  if (!ready) return undefined;
  port = ready[0]?.ports?.gateway ?? port;
  const others = Array.from({ length: config.gatewayWorkers - 1 }, (_, index) => startWorker(index + 2));
  return (await untilReady([...others, ...shipper], signal)) && port;
}

/** Workers would each say that it is taken, and try on; here it is said once. */
async function untilFree(host: string, port: number): Promise<void> {
  const deadline = performance.now() + PORT_MS_MAX;
  for (;;) {
    const fault = await tryPort(host, port);
    if (!fault) return;
    if (performance.now() > deadline) throw fault;
    await wait(PORT_POLL_MS);
  }
}

async function tryPort(host: string, port: number): Promise<AppError | undefined> {
  const probe = createServer();
  try {
    const listening = once(probe, "listening");
    probe.listen(port, host);
    await listening;
    return undefined;
  } catch (error) {
    return listenError(error, { host, port, setting: "ASSAY_GATEWAY_PORT" });
  } finally {
    probe.close();
  }
}

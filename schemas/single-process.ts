// What a process that runs alone (a sink, a dashboard, analytics) has beside its work: vitals, and the metrics port that tells of
// them. It serves that port before its work begins, so that what the process waits for can be seen.

import type { Config } from "./config.ts";
import { makeDataDirectory } from "./data-directory.ts";
import { writePorts } from "./ports.ts";
import { createVitals, type Vitals } from "./vitals.ts";
import { serveVitals } from "./vitals-server.ts";

export interface SingleProcess {
  vitals: Vitals;
  /** The metrics port. */
  port: number;
  close(): Promise<void>;
}

/** From the moment that `signal` is aborted, the process is not ready. */
export async function openSingleProcess(
  name: string,
  config: Config,
  signal: AbortSignal,
): Promise<SingleProcess> {
  makeDataDirectory(config.dataDir);
  const vitals = createVitals(name);
  signal.addEventListener("abort", () => vitals.drain());
  const server = await serveVitals(config, async () => ({ own: await vitals.read(), children: [] }));
  writePorts(config.dataDir, { metrics: server.port });
  return { vitals, port: server.port, close: () => server.close() };
}

// Keeps the embedded Postgres of `assay start` running, always under the same address, so that whoever holds it finds the
// server again.

import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "pino";
import { startEmbeddedPostgres } from "./schemas/postgres/embedded.ts";

const RESTART_MS = 500;

export interface SupervisedPostgres {
  /** With the password. */
  url: string;
  stop(): Promise<void>;
}

export async function supervisePostgres(log: Logger, dataDir: string): Promise<SupervisedPostgres> {
  let server = await startEmbeddedPostgres({ dataDir, log });
  const { url } = server;
  let isStopping = false;

  async function keepRunning(): Promise<void> {
    for (;;) {
      await server.ended;
      if (isStopping) return;
      log.error({ restartInMs: RESTART_MS }, "the embedded PostgreSQL ended and is started again");
      await wait(RESTART_MS);
      try {
        server = await startEmbeddedPostgres({ dataDir, log, port: Number(new URL(url).port) });
      } catch (error) {
        log.error({ err: error }, "the embedded PostgreSQL could not be started again; trying on");
      }
    }
  }

  const kept = keepRunning();
  return {
    url,
    async stop() {
      isStopping = true;
      await server.stop();
      await kept;
    },
  };
}

// A Postgres server for a test file: the one that DATABASE_URL names, with a database of the test's own, or else the
// embedded one in a folder of its own, without waiting for the disk.

import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { pino } from "pino";
import { startEmbeddedPostgres } from "../../schemas/postgres/embedded.ts";
import type { ServerOutage } from "./clickhouse-http.ts";

export interface TestPostgres {
  /** Names an empty database that only this test uses. */
  url: string;
  /** Absent for a server that is not ours. */
  outage: ServerOutage | undefined;
  stop(): Promise<void>;
}

export async function startTestPostgres(): Promise<TestPostgres> {
  const given = process.env["DATABASE_URL"];
  return given === undefined ? startOwnServer() : useServer(given);
}

async function startOwnServer(): Promise<TestPostgres> {
  const dataDir = mkdtempSync(join(tmpdir(), "assay-test-postgres-"));
  const log = pino({ level: "silent" });
  let server = await startEmbeddedPostgres({ dataDir, log, fsync: false });
  const port = Number(new URL(server.url).port);
  return {
    url: server.url,
    outage: {
      begin: () => {
        process.kill(server.pid, "SIGKILL");
        return server.ended;
      },
      end: async () => {
        server = await startEmbeddedPostgres({ dataDir, log, port, fsync: false });
      },
      pid: () => server.pid,
    },
    stop: async () => {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function useServer(address: string): Promise<TestPostgres> {
  const url = new URL(address);
  const database = `assay_test_${randomUUID().replaceAll("-", "")}`;
  await runOn(address, `CREATE DATABASE ${database}`);
  url.pathname = `/${database}`;
  return {
    url: url.href,
    outage: undefined,
    stop: () => runOn(address, `DROP DATABASE ${database} WITH (FORCE)`),
  };
}

async function runOn(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

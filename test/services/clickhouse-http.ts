// A ClickHouse server for a test file: the one that CLICKHOUSE_URL names, with a database of the test's own, or else
// clickhouse-http-server.ts in a process and a folder of its own.

import { fork, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createClient } from "@clickhouse/client";
import { z } from "zod";
import { CLUSTER } from "./clickhouse-two-shards.ts";

const PROGRAM = fileURLToPath(new URL("clickhouse-http-server.ts", import.meta.url));
const messageSchema = z.tuple([z.object({ port: z.number() })]).rest(z.unknown());

export interface TestClickHouse {
  /** Names a database that only this test uses. */
  url: string;
  /** Absent for a server that is not ours. */
  outage: ServerOutage | undefined;
  stop(): Promise<void>;
}

export interface ServerOutage {
  /** Takes the server away, as a crash would. */
  begin(): Promise<void>;
  /** Brings it back at the same address. */
  end(): Promise<void>;
  /** Of the server's process, for whoever wants to do other things to it. */
  pid(): number;
}

export async function startTestClickHouse({ password = "" } = {}): Promise<TestClickHouse> {
  const given = process.env["CLICKHOUSE_URL"];
  return given === undefined || password !== "" ? startOwnServer([password]) : useServer(given);
}

/** A cluster: the one that CLICKHOUSE_URL and CLICKHOUSE_CLUSTER name, or else one server that looks like two shards. */
export async function startTestCluster(): Promise<TestClickHouse & { cluster: string }> {
  const { CLICKHOUSE_URL: url, CLICKHOUSE_CLUSTER: cluster } = process.env;
  if (url !== undefined && cluster !== undefined) return { ...(await useServer(url, cluster)), cluster };
  return { ...(await startOwnServer(["", "two-shards"])), cluster: CLUSTER };
}

async function startOwnServer([password = "", kind = ""]: string[]): Promise<TestClickHouse> {
  const folder = mkdtempSync(join(tmpdir(), "assay-test-clickhouse-"));
  let { child, port } = await startProcess(folder, 0, [password, kind]);
  const end = async () => {
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  };
  const user = password === "" ? "" : `default:${password}@`;
  return {
    url: `http://${user}127.0.0.1:${port}`,
    outage: {
      begin: end,
      end: async () => {
        ({ child, port } = await startProcess(folder, port, [password, kind]));
      },
      pid: () => child.pid ?? 0,
    },
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) await end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startProcess(
  folder: string,
  port: number,
  more: readonly string[],
): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(PROGRAM, [folder, String(port), ...more], {
    execArgv: [],
    env: { ...process.env, UV_THREADPOOL_SIZE: "16" },
  });
  const [address] = messageSchema.parse(await once(child, "message"));
  return { child, port: address.port };
}

async function useServer(address: string, cluster?: string): Promise<TestClickHouse> {
  const url = new URL(address);
  const database = `assay_test_${randomUUID().replaceAll("-", "")}`;
  url.pathname = `/${database}`;
  return {
    url: url.href,
    outage: undefined,
    stop: async () => {
      const client = createClient({ url: new URL("/", url) });
      const where = cluster === undefined ? "" : `ON CLUSTER '${cluster}'`;
      await client.command({ query: `DROP DATABASE IF EXISTS ${database} ${where} SYNC` });
      await client.close();
    },
  };
}

// Opening ClickHouse, and what happens when it can't be opened or goes away.

import { spawn, spawnSync, type SpawnSyncReturns } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrateClickHouse } from "../../schemas/clickhouse/migrate.ts";
import { openClickHouse } from "../../schemas/clickhouse/open.ts";
import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import { startTestClickHouse, type TestClickHouse } from "../services/clickhouse-http.ts";
import { ask } from "../services/clickhouse-openers.ts";

const SCHEMAS = join(import.meta.dirname, "../../schemas/clickhouse");

/** Arguments of a Node that opens the directory's store and then runs some code on it. */
function program(dataDir: string, code: string): string[] {
  const script = `
    const { openClickHouse } = await import(${JSON.stringify(join(SCHEMAS, "open.ts"))});
    const { migrateClickHouse } = await import(${JSON.stringify(join(SCHEMAS, "migrate.ts"))});
    const store = await openClickHouse({ dataDir: ${JSON.stringify(dataDir)} });
    ${code}`;
  return ["--input-type=module", "--eval", script];
}

function runProgram(dataDir: string, code: string): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, program(dataDir, code), { encoding: "utf8" });
}

function open(url: string): Promise<ClickHouseStore> {
  return openClickHouse({ url, dataDir: "/unused" });
}

describe("chDB in this process", () => {
  let dataDir: string;
  beforeAll(() => {
    dataDir = mkdtempSync(join(tmpdir(), "assay-test-chdb-"));
  });
  afterAll(() => rmSync(dataDir, { recursive: true }));

  test("a process killed right after an insert was acknowledged has lost no row", async () => {
    const child = runProgram(
      dataDir,
      `await migrateClickHouse(store);
       const rows = Array.from({ length: 7000 }, (_, index) => ({ name: "row " + index, value: "", version: 1 }));
       await store.insert("analysis_state", rows);
       process.kill(process.pid, "SIGKILL");`,
    );
    expect(child).toMatchObject({ signal: "SIGKILL", stderr: "" });
    const store = await openClickHouse({ dataDir });
    try {
      expect(await migrateClickHouse(store)).toEqual([]);
      const counted = await store.query(ask("SELECT count() AS n FROM analysis_state FINAL"), {});
      expect(counted).toEqual([{ n: "7000" }]);
    } finally {
      await store.close();
    }
  });

  test("a directory that another process has open is refused, with its name and that process's number", async () => {
    const owner = spawn(
      process.execPath,
      program(dataDir, `console.log("open"); setInterval(() => {}, 1000);`),
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    await once(owner.stdout, "data");
    const refused = runProgram(dataDir, "").stderr;
    owner.kill("SIGKILL");
    await once(owner, "exit");
    expect(refused).toContain("code: 'data_directory_locked'");
    expect(refused).toContain(`Process ${owner.pid} has ${join(dataDir, "clickhouse")} open.`);
  });

  test("once its owner was killed the directory opens again", async () => {
    const store = await openClickHouse({ dataDir });
    await expect(store.ping()).resolves.toBeUndefined();
    await store.close();
  });
});

describe("a ClickHouse server", () => {
  let server: TestClickHouse;
  beforeAll(async () => {
    server = await startTestClickHouse({ password: "of the test" });
  });
  afterAll(() => server.stop());

  test("the database is the one that the address names, or assay, and is made where it is missing", async () => {
    for (const [path, database] of [
      ["", "assay"],
      ["/Of a%20test", "Of a test"],
    ]) {
      const store = await open(server.url + path);
      expect(await store.query(ask("SELECT currentDatabase() AS name"), {})).toEqual([{ name: database }]);
      await store.close();
    }
  });

  test("refused credentials are a fault of the configuration, and are not repeated in its message", async () => {
    const address = new URL(server.url);
    address.password = "mistaken";
    const opening = open(address.href);
    await expect(opening).rejects.toMatchObject({ code: "bad_configuration", retry: false });
    await expect(opening).rejects.not.toMatchObject({ message: expect.stringContaining("mistaken") });
  });

  test("while the server is away every operation says to try again, and then it succeeds", async () => {
    const store = await open(server.url);
    await migrateClickHouse(store);
    const row = { name: "outage", value: "", version: 1 };
    const away = { code: "unavailable", retry: true };
    await server.outage?.begin();
    await expect(store.insert("analysis_state", [row])).rejects.toMatchObject(away);
    await expect(store.query(ask("SELECT 1"), {})).rejects.toMatchObject(away);
    await expect(Array.fromAsync(store.stream(ask("SELECT 1"), {}))).rejects.toMatchObject(away);
    await expect(store.ping()).rejects.toMatchObject(away);
    await expect(open(server.url)).rejects.toMatchObject(away);
    await server.outage?.end();
    await store.insert("analysis_state", [row]);
    expect(await store.query(ask("SELECT name FROM analysis_state"), {})).toEqual([{ name: "outage" }]);
    await store.close();
  });

  test("an answer that is cut off by a crash of the server is a failure, never a shorter answer", async () => {
    const store = await open(server.url);
    const rows = store.stream(ask("SELECT number FROM system.numbers"), {});
    const reading = async () => {
      for await (const row of rows) if (row["number"] === "1000") await server.outage?.begin();
    };
    await expect(reading()).rejects.toMatchObject({ code: "unavailable", retry: true });
    await store.close();
    await server.outage?.end();
  });
});

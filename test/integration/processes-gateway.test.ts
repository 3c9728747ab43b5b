// `assay gateway` as an operator runs it: workers that come and go, a scrape that tells of them, and an end that loses nothing.
// Postgres is away all the time.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openSpoolReader } from "../../ingest/spool/reader.ts";
import { createMetrics } from "../../schemas/metrics.ts";
import { runAssay } from "../services/assay.ts";
import { issueKey, writeSnapshot } from "../services/assay-keys.ts";
import { DistributedProcess } from "../services/distributed.ts";
import { isRunning } from "../services/process-tree.ts";
import { send, type RawAnswer } from "../services/raw-client.ts";
import { startReplayProvider, type ReplayProvider } from "../services/replay-provider.ts";

const PATIENCE_MS = 240_000;
vi.setConfig({ testTimeout: PATIENCE_MS, hookTimeout: PATIENCE_MS });
/** Until an assertion holds; it is asked again and again. */
const WAIT = { timeout: PATIENCE_MS, interval: 20 };
const NOBODY_LISTENS = "postgres://assay:secret@127.0.0.1:9/assay";

let replay: ReplayProvider;
let gateway: DistributedProcess;
let folder: string;
const { secret, key } = issueKey();

beforeAll(async () => {
  replay = await startReplayProvider();
  folder = mkdtempSync(join(tmpdir(), "assay-processes-"));
  await writeSnapshot(folder, [key]);
  gateway = new DistributedProcess("gateway", ["gateway"], {
    dataDir: folder,
    settings: {
      ASSAY_GATEWAY_PORT: "0",
      ASSAY_METRICS_PORT: "0",
      ASSAY_GATEWAY_WORKERS: "2",
      ASSAY_AUTH: "required",
      ASSAY_UPSTREAM_OPENAI_URL: replay.url,
      ASSAY_UPSTREAM_OPENAI_KEY: "sk-provider",
      DATABASE_URL: NOBODY_LISTENS,
    },
  });
  await gateway.start();
});
afterAll(async () => {
  await gateway.stop();
  await replay.close();
  rmSync(folder, { recursive: true });
});

function call(): Promise<RawAnswer> {
  return send(`${gateway.url}/v1/chat/completions`, {
    headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "gpt-5", stream: true, messages: [{ role: "user", content: "Hello" }] }),
  });
}

interface Readiness {
  status: string;
  processes: Record<string, { parts: Record<string, { state: string; reason?: string }> }>;
}

async function readiness(): Promise<Readiness & { code: number }> {
  const response = await fetch(`${gateway.metricsUrl}/readyz`);
  const said: Readiness = JSON.parse(await response.text());
  return { ...said, code: response.status };
}

async function metrics(): Promise<string> {
  return (await fetch(`${gateway.metricsUrl}/metrics`)).text();
}

function worker(number: number): number {
  const found = gateway.descendants().find(({ command }) => command.endsWith(`--name gateway-${number}`));
  if (!found) throw new Error(`gateway-${number} is not running`);
  return found.pid;
}

async function untilRestarted(times: number, status: string): Promise<void> {
  await vi.waitFor(async () => {
    const counted = `^assay_process_restarts_total\\{child="gateway-1".*\\} ${times}$`;
    expect(await metrics()).toMatch(new RegExp(counted, "m"));
    const { processes } = await readiness();
    expect(processes["gateway-1"]).toMatchObject({ status });
  }, WAIT);
}

describe("while Postgres is away", () => {
  it("calls are taken with the keys on the disk, and every process is in a scrape", async () => {
    expect((await call()).status).toBe(200);
    const { status, processes } = await readiness();
    expect(Object.keys(processes)).toEqual(["gateway", "gateway-1", "gateway-2"]);
    expect(status).toBe("ready");
    const scraped = await metrics();
    expect(scraped).toMatch(/^assay_calls_total\{.*ended="complete".*\} 1$/m);
    for (const name of ["gateway", "gateway-1", "gateway-2"])
      expect(scraped).toMatch(new RegExp(`^process_cpu_seconds_total\\{process="${name}"\\} `, "m"));
    expect(scraped.match(/^# TYPE assay_calls_total /gm)).toHaveLength(1);
    expect((await fetch(`${gateway.metricsUrl}/healthz`)).status).toBe(200);
  });
});

describe("a worker", () => {
  it("that is killed is started again and counted; again and again, and /readyz says so", async () => {
    const before = worker(1);
    process.kill(before, "SIGKILL");
    await untilRestarted(1, "ready");
    expect(worker(1)).not.toBe(before);
    expect((await call()).status).toBe(200);
    process.kill(worker(1), "SIGKILL");
    await untilRestarted(2, "degraded");
    const { code, processes } = await readiness();
    expect(code).toBe(200);
    expect(processes["gateway-1"]?.parts["process"]?.reason).toBe("It ended again and again.");
  });

  it("that hangs is left out of a scrape, counted, and named", async () => {
    const hanging = worker(2);
    process.kill(hanging, "SIGSTOP");
    try {
      await vi.waitFor(async () => {
        const { code, status, processes } = await readiness();
        expect({ code, status }).toEqual({ code: 200, status: "degraded" });
        expect(processes["gateway-2"]?.parts["process"]?.reason).toBe("It does not answer.");
        expect(await metrics()).toMatch(/^assay_process_unanswered_total\{child="gateway-2".*\} \d+$/m);
      }, WAIT);
    } finally {
      process.kill(hanging, "SIGCONT");
    }
  });
});

it("SIGTERM: readiness goes first, what is under way ends whole and is on record, exit 0", async () => {
  const seen = replay.requests.length;
  const gate = Promise.withResolvers<undefined>();
  replay.respond(() => gate.promise);
  const answer = call();
  await vi.waitFor(() => expect(replay.requests).toHaveLength(seen + 1), WAIT);
  const exitCode = gateway.stop();
  await vi.waitFor(async () => expect((await readiness()).code).toBe(503), WAIT);
  gate.resolve(undefined);
  const { status, isWhole, headers } = await answer;
  expect({ status, isWhole, exitCode: await exitCode }).toEqual({ status: 200, isWhole: true, exitCode: 0 });
  const spool = openSpoolReader(pino({ level: "silent" }), {
    spoolDir: join(folder, "spool"),
    metrics: createMetrics("test"),
  });
  const events = spool.readBatch(100).records.filter(({ record }) => record === "event");
  const eventId = headers["x-assay-event-id"];
  expect(events).toContainEqual(
    expect.objectContaining({
      event: expect.objectContaining({ event_id: eventId, terminated_by: "complete" }),
    }),
  );
});

it("SIGKILL: the workers end with their parent", async () => {
  await gateway.start();
  const children = gateway.descendants().map(({ pid }) => pid);
  expect(children).toHaveLength(2);
  await gateway.kill();
  await vi.waitFor(() => expect(children.filter(isRunning)).toEqual([]), WAIT);
});

describe("a part that works on servers", () => {
  it.each([["sink"], ["dashboard"], ["analyze", "--watch"]])(
    "assay %s says in one sentence what to set",
    async (...argv) => {
      const { exitCode, stdout, stderr } = await runAssay(argv, { ASSAY_DATA: folder });
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
      expect(stderr).toMatch(/^assay [^\n]* CLICKHOUSE_URL[^\n]* `assay start`[^\n]*\.\n$/);
    },
  );
});

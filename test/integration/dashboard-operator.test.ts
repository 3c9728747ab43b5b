// The operator sees whether every call is recorded, and what can't be known here is said to be unknown; nothing is of a person.

import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { createDashboard } from "../../dashboard/server/app.ts";
import { AppError } from "../../schemas/app-error.ts";
import type { Dashboard } from "../../dashboard/server/dashboard.ts";
import { FLOW_STAGES, flowSchema, type Flow } from "../../schemas/operator-api.ts";
import { people } from "../../schemas/postgres/tables.ts";
import { forgetPorts, writePorts } from "../../schemas/ports.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { createVitals, type Vitals } from "../../schemas/vitals.ts";
import { serveVitals, type VitalsServer } from "../../schemas/vitals-server.ts";
import { buildTokenEvent } from "../builders/token-event.ts";
import { openBrowser, openDashboardBench, type Browser, type DashboardBench } from "../services/dashboard.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const PATH = "/api/v1/operator/flow";
const NEVER = "2090-01-01T00:00:00Z";
const HOUR_MS = 3_600_000;

let bench: DashboardBench;
let operators: Browser;
let server: VitalsServer | undefined;
beforeAll(async () => {
  bench = await openDashboardBench();
  operators = await bench.signIn(await bench.addPerson({ role: "operator" }));
});
afterAll(() => bench.close());
afterEach(async () => {
  await server?.close();
  server = undefined;
  forgetPorts(bench.dashboard.config.dataDir);
  const { clickhouse } = bench.dashboard.stores;
  for (const table of ["token_events", "erased_people", "analysis_state"])
    await clickhouse.define("empty", `TRUNCATE TABLE ${table}`);
});

async function readFlow(browser: Browser = operators): Promise<Flow> {
  return flowSchema.parse(await (await browser.get(PATH)).json());
}

const hoursAgo = (hours: number) => new Date(bench.dashboard.now().getTime() - hours * HOUR_MS).toISOString();

async function record(...calls: readonly Partial<TokenEvent>[]): Promise<void> {
  const rows = calls.map((said) => ({
    ...buildTokenEvent({ event_id: randomUUID(), gateway_id: "g1", started_at: hoursAgo(2), ...said }),
    expires_at: NEVER,
    ingested_at: said.started_at ?? hoursAgo(2),
  }));
  await bench.dashboard.stores.clickhouse.insert("token_events", rows);
}

/** As `assay start` answers for its children. */
async function tellOf(service: Vitals, gateway?: Vitals): Promise<void> {
  const { config } = bench.dashboard;
  const vitality = async () => ({
    own: await service.read(),
    children: gateway ? [{ ...(await gateway.read()), isVital: true }] : [],
  });
  server = await serveVitals({ host: config.host, metricsPort: 0 }, vitality);
  writePorts(config.dataDir, { metrics: server.port });
}

const statesOf = ({ stages }: Flow) => stages.map(({ state }) => state);

test("where nobody tells of gateways, spool and sink, they are unknown, and nothing is said to be well", async () => {
  await record({ sequence: 1 });
  const flow = await readFlow();
  expect(flow.stages.map(({ stage }) => stage)).toEqual(FLOW_STAGES);
  expect(statesOf(flow)).toEqual(["unknown", "unknown", "ok", "unknown", "ok"]);
  expect(flow).toMatchObject({
    gateways: null,
    drops: null,
    behind_seconds: null,
    snapshot_age_seconds: null,
  });
});

test("a dashboard that runs alone does not take its own spool for that of calls", async () => {
  const own = createVitals("dashboard");
  own.watch("spool", () => ({ state: "ok", waiting_bytes: 0, oldest_seconds: 0 }));
  await tellOf(own);
  const flow = await readFlow();
  expect(statesOf(flow)).toEqual(["unknown", "unknown", "ok", "unknown", "ok"]);
  expect(flow).toMatchObject({ drops: null, behind_seconds: null });
});

test("what waits, what is not well and what was dropped is told as the processes tell it", async () => {
  const service = createVitals("service");
  service.watch("spool", () => ({ state: "ok", waiting_bytes: 4096, oldest_seconds: 2 }));
  service.watch("sink", () => ({ state: "impaired", reason: "ClickHouse is slow." }));
  service.metrics.sinkRecords.inc({ record: "event", state: "stored" }, 10);
  service.metrics.sinkRecords.inc({ record: "event", state: "dead_letter" }, 3);
  const gateway = createVitals("gateway-1");
  gateway.watch("spool", () => ({ state: "impaired", reason: "The disk is full." }));
  gateway.metrics.unrecordedRecords.inc({ record: "event" }, 2);
  gateway.metrics.droppedFeatures.inc({ reason: "queue_full" });
  await tellOf(service, gateway);
  const flow = await readFlow();
  expect(statesOf(flow)).toEqual(["impaired", "ok", "ok", "impaired", "ok"]);
  expect(flow.stages[1]).toMatchObject({ waiting: 4096, oldest_seconds: 2 });
  expect(flow.behind_seconds).toBe(2);
  expect(flow.gateways).toEqual([{ name: "gateway-1", state: "impaired", reason: "The disk is full." }]);
  expect(flow.drops).toEqual([
    { reason: "unrecorded", detail: "event", count: 2 },
    { reason: "dead_letter", detail: "event", count: 3 },
    { reason: "features", detail: "queue_full", count: 1 },
  ]);
});

test("a number that no record has is missing, once calls that may be under way are left out", async () => {
  await record(
    { sequence: 7, started_at: hoursAgo(24.5) },
    { sequence: 9, started_at: hoursAgo(23.5) },
    { sequence: 8, started_at: hoursAgo(23.4) },
    { sequence: 10 },
    { sequence: 13 },
    { sequence: 20, started_at: hoursAgo(0.5) },
    { sequence: 1, gateway_id: "g2" },
    { sequence: 0, gateway_id: "" },
  );
  expect((await readFlow()).recorded).toMatchObject({ calls: 7, missing: 2 });
});

test("a call that was delivered twice counts once and hides no gap", async () => {
  const event_id = randomUUID();
  const started_at = hoursAgo(3);
  await record({ sequence: 1, started_at: hoursAgo(4) }, { sequence: 2, event_id, started_at });
  await record({ sequence: 2, event_id, started_at }, { sequence: 4 });
  expect((await readFlow()).recorded).toMatchObject({ calls: 3, missing: 1 });
});

test("a number that is missing because its person was erased is no loss, and the erasure shows until it ends", async () => {
  const person = await bench.addPerson();
  await record({ sequence: 1 }, { sequence: 3 });
  const tombstone = { person_id: person.personId, erased_at: hoursAgo(1) };
  await bench.dashboard.stores.clickhouse.insert("erased_people", [tombstone]);
  const during = await readFlow();
  expect([during.recorded?.missing, during.erasures_under_way]).toEqual([null, 1]);
  await bench.dashboard.stores.postgres.db.delete(people).where(eq(people.personId, person.personId));
  expect((await readFlow()).erasures_under_way).toBe(0);
});

test("calls without usage or price are counted by model, and dead letters by line", async () => {
  await record(
    { sequence: 1, provider: "openai", model_served: "gpt-x", usage_source: "none", cost_usd: null },
    { sequence: 2, provider: "openai", model_served: "gpt-y", usage_source: "reported", cost_usd: null },
    { sequence: 3, provider: "openai", model_served: "gpt-y", usage_source: "reported", cost_usd: null },
    { sequence: 4, provider: "openai", model_served: "gpt-z", usage_source: "reported", cost_usd: "1" },
  );
  const folder = join(bench.dashboard.config.dataDir, "dead-letters");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "a.jsonl"), '{"a":1}\n\n{"b":2}\n');
  const flow = await readFlow();
  rmSync(folder, { recursive: true });
  expect(flow.unmetered).toEqual([{ provider: "openai", model: "gpt-x", calls: 1 }]);
  expect(flow.unpriced).toEqual([{ provider: "openai", model: "gpt-y", calls: 2 }]);
  expect(flow.dead_letters).toBe(2);
});

test("while ClickHouse is away what it would know is unknown, and the rest is told", async () => {
  const { stores } = bench.dashboard;
  const away = new AppError("unavailable", "Away.", { retry: true });
  const dashboard: Dashboard = {
    ...bench.dashboard,
    stores: { ...stores, clickhouse: { ...stores.clickhouse, query: () => Promise.reject(away) } },
  };
  const flow = await readFlow(openBrowser(createDashboard(dashboard), operators.cookie));
  const unknown = {
    recorded: null,
    unmetered: null,
    unpriced: null,
    erasures_under_way: null,
    analytics: null,
  };
  expect(flow).toMatchObject(unknown);
  expect(statesOf(flow).at(-1)).toBe("failed");
  expect(flow.stores.map(({ is_reachable }) => is_reachable)).toEqual([false, true]);
});

test("no person stands in it, and no other role may ask", async () => {
  const person = await bench.addPerson();
  await record({ sequence: 1, person_id: person.personId });
  const said = await (await operators.get(PATH)).text();
  expect(said).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-|@example/);
  for (const role of ["self", "manager", "officer"] as const) {
    const browser = await bench.signIn(await bench.addPerson({ role }));
    expect((await browser.get(PATH)).status).toBe(403);
  }
});

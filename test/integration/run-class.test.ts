// The class of a run, corrected afterwards: by its person alone, as long as it can be counted, visibly, and reversibly.

import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createDeclaredClasses } from "../../analytics/declared-classes.ts";
import { runClassSchema, runSchema, type RunClass } from "../../schemas/run-api.ts";
import { audit, classCorrections } from "../../schemas/postgres/tables.ts";
import { buildCallRow, buildRun } from "../builders/derived-rows.ts";
import { ask } from "../services/clickhouse-openers.ts";
import { openDashboardBench, type Browser, type DashboardBench, type Person } from "../services/dashboard.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let bench: DashboardBench;
let person: Person;
let browser: Browser;
/** Of the run's first call. */
let event_id: string;
let version: number;
beforeAll(async () => {
  bench = await openDashboardBench();
});
afterAll(() => bench.close());
beforeEach(async () => {
  person = await bench.addPerson();
  browser = await bench.signIn(person);
  event_id = randomUUID();
  version = 0;
  await putRun({ workload_class: "batch", class_source: "key" });
  await putCalls("r1", event_id, randomUUID());
});

/** As analytics leaves it after a pass. */
async function putRun(said: Record<string, unknown>): Promise<void> {
  version += 1;
  const run = buildRun({ person_id: person.personId, run_id: "r1", version, ...said });
  await bench.dashboard.stores.clickhouse.insert("runs", [run]);
}

async function putCalls(run_id: string, ...ids: string[]): Promise<void> {
  version += 1;
  const rows = ids.map((id, index) => ({
    ...buildCallRow({ person_id: person.personId, run_id, version, event_id: id }),
    started_at: `2026-11-20T09:0${index}:00.000Z`,
  }));
  await bench.dashboard.stores.clickhouse.insert("calls", rows);
}

const pathOf = (runId: string) => `/api/v1/people/${person.personId}/runs/${runId}/class`;

async function correct(body: unknown, runId = "r1"): Promise<RunClass> {
  const response = await browser.post(pathOf(runId), body);
  expect(response.status).toBe(200);
  return runClassSchema.strict().parse(await response.json());
}

async function read(runId = "r1"): Promise<RunClass> {
  const response = await browser.get(`/api/v1/people/${person.personId}/runs/${runId}`);
  return runSchema.parse(await response.json()).class;
}

test("a correction says what the class was, waits for the figures, and is gone when it is withdrawn", async () => {
  const reason = "It was me, at the keyboard.";
  const corrected = await correct({ workload_class: "interactive", reason });
  const correction = {
    correction_id: expect.any(String),
    workload_class: "interactive",
    previous_class: "batch",
    reason,
    created_at: bench.dashboard.now().toISOString(),
    withdrawn_at: null,
  };
  const before = { workload_class: "batch", class_source: "key", is_pending: true, can_correct: true };
  expect(corrected).toEqual({ ...before, corrections: [correction] });
  expect(await read()).toEqual(corrected);

  await putRun({ workload_class: "interactive", class_source: "run" });
  expect(await read()).toMatchObject({ workload_class: "interactive", is_pending: false });

  bench.advance(1000);
  const withdrawn = runClassSchema.parse(await (await browser.delete(pathOf("r1"))).json());
  const withdrawnAt = bench.dashboard.now().toISOString();
  expect(withdrawn).toMatchObject({ is_pending: true, corrections: [{ withdrawn_at: withdrawnAt }] });
  expect((await browser.delete(pathOf("r1"))).status).toBe(404);

  // What it was before is what it was without any correction, although the figures still know of one.
  const again = await correct({ workload_class: "ci" });
  expect(again.corrections[0]).toMatchObject({ workload_class: "ci", previous_class: "batch", reason: null });
});

test("a second correction takes the place of the first, also when both come at once", async () => {
  await Promise.all(["ci", "teaching"].map((workload_class) => correct({ workload_class })));
  const { corrections } = await read();
  expect(corrections).toHaveLength(2);
  const holding = corrections.find(({ withdrawn_at }) => withdrawn_at === null);
  const replaced = corrections.find(({ withdrawn_at }) => withdrawn_at !== null);
  expect([replaced?.previous_class, holding?.previous_class]).toEqual(["batch", replaced?.workload_class]);
});

test("it stands in the person's audit, without their words, which go with the run", async () => {
  await correct({ workload_class: "ci", reason: "my own words" });
  await browser.delete(pathOf("r1"));
  const { db } = bench.dashboard.stores.postgres;
  const entries = await db
    .select()
    .from(audit)
    .where(eq(audit.subjectId, person.personId))
    .orderBy(audit.auditId);
  expect(entries.slice(1)).toMatchObject([
    { action: "class_corrected", actorId: person.personId, payload: { run_id: "r1", workload_class: "ci" } },
    { action: "class_correction_withdrawn", actorId: person.personId, payload: { run_id: "r1" } },
  ]);
  expect(JSON.stringify(entries)).not.toContain("my own words");
});

test("nobody corrects the run of somebody else, or one that there is not", async () => {
  const others = await bench.signIn(await bench.addPerson());
  const body = { workload_class: "ci" };
  expect((await others.post(pathOf("r1"), body)).status).toBe(404);
  expect((await others.delete(pathOf("r1"))).status).toBe(404);
  expect((await browser.post(pathOf("r2"), body)).status).toBe(404);
  expect((await read()).corrections).toEqual([]);
});

test.each([
  {},
  { workload_class: "fun" },
  { workload_class: null },
  { workload_class: "ci", person_id: "x" },
])("%j is refused", async (body) => {
  expect((await browser.post(pathOf("r1"), body)).status).toBe(400);
});

test("a run of which records are gone keeps its class", async () => {
  await correct({ workload_class: "ci" });
  const inputs_expire_at = bench.dashboard.now().toISOString();
  await putRun({ workload_class: "ci", class_source: "run", inputs_expire_at });
  expect((await browser.post(pathOf("r1"), { workload_class: "batch" })).status).toBe(409);
  expect((await browser.delete(pathOf("r1"))).status).toBe(409);
  expect(await read()).toMatchObject({
    can_correct: false,
    is_pending: false,
    corrections: [{ workload_class: "ci" }],
  });
});

test("a correction stays with its calls when a late one gives their run another id", async () => {
  await correct({ workload_class: "ci" });
  await putRun({ run_id: "r0" });
  expect((await read("r0")).corrections).toEqual([]);
  await putCalls("r0", event_id);
  expect((await read("r0")).corrections).toMatchObject([{ workload_class: "ci" }]);
  expect((await read()).corrections).toEqual([]);
});

test("what was corrected reaches ClickHouse with the run's first call, and is taken back there", async () => {
  await bench.dashboard.stores.postgres.db.delete(classCorrections);
  const { clickhouse: store, postgres } = bench.dashboard.stores;
  const config = { retentionDays: { sketches: 14, events: 30, runs: 90, weeks: 180, dismissed: 30 } };
  const log = { error: vi.fn<(fields: object, message: string) => void>() };
  const declared = createDeclaredClasses({ store, postgres, config, clock: bench.dashboard.now, log });
  const rows = () =>
    store.query(
      ask(
        `SELECT event_id, workload_class FROM declared_classes FINAL WHERE person_id = '${person.personId}'`,
      ),
      {},
    );
  await correct({ workload_class: "ci" });
  await correct({ workload_class: "teaching" });
  await declared.sync();
  expect(await rows()).toEqual([{ event_id, workload_class: "teaching" }]);
  await browser.delete(pathOf("r1"));
  await declared.sync();
  expect(await rows()).toEqual([]);
  expect(log.error).not.toHaveBeenCalled();
});

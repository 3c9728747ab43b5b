// What people declare reaches the class of their runs, the whole way: the page or the command, the stores, and a pass of analytics.

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createDeclaredClasses } from "../../analytics/declared-classes.ts";
import { runAnalysis } from "../../analytics/job.ts";
import { schedulesAddCommand } from "../../dashboard/commands/schedules.ts";
import { runsPageSchema } from "../../schemas/runs-api.ts";
import { runSchema, type Run } from "../../schemas/run-api.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { buildTokenEvent } from "../builders/token-event.ts";
import { openDashboardBench, type Browser, type DashboardBench, type Person } from "../services/dashboard.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

let bench: DashboardBench;
let person: Person;
let browser: Browser;
beforeAll(async () => {
  bench = await openDashboardBench({ ASSAY_TIMEZONE: "Europe/Berlin" });
  person = await bench.addPerson();
  browser = await bench.signIn(person);
});
afterAll(() => bench.close());

async function record(...events: Partial<TokenEvent>[]): Promise<void> {
  const rows = events.map((said) => {
    const event = buildTokenEvent({ event_id: randomUUID(), person_id: person.personId, ...said });
    return { ...event, row_version: 1, expires_at: "2090-01-01T00:00:00Z" };
  });
  await bench.dashboard.stores.clickhouse.insert("token_events", rows);
}

/** As the service does. */
async function pass(): Promise<void> {
  const { stores, config, now: clock } = bench.dashboard;
  bench.advance(3_600_000);
  const log = { error: vi.fn<(fields: object, message: string) => void>(), info() {} };
  const source = { store: stores.clickhouse, config, clock, log };
  await createDeclaredClasses({ ...source, postgres: stores.postgres }).sync();
  await runAnalysis(source);
  expect(log.error).not.toHaveBeenCalled();
}

/** By their session. */
async function readRuns(): Promise<Map<string | null, Run>> {
  const path = `/api/v1/people/${person.personId}/runs`;
  const { runs } = runsPageSchema.parse(await (await browser.get(path)).json());
  const read = runs.map(async ({ run_id }) =>
    runSchema.parse(await (await browser.get(`${path}/${run_id}`)).json()),
  );
  return new Map((await Promise.all(read)).map((run) => [run.session_id, run]));
}

async function readClasses(): Promise<Record<string, string>> {
  const said = [...(await readRuns())].map(
    ([
      session,
      {
        class: { workload_class, class_source },
      },
    ]) => [session, `${workload_class} by ${class_source}`],
  );
  return Object.fromEntries(said);
}

test("runs that start right after a schedule's times are its own, until they are corrected, and again afterwards", async () => {
  // At 03:00 in Berlin it is 02:00 in UTC, and was 01:00 until the clock changed on 25 October.
  await record(
    { session_id: "in time", started_at: "2026-11-19T02:00:00.000Z" },
    { session_id: "in time", started_at: "2026-11-19T02:40:00.000Z" },
    { session_id: "last moment", started_at: "2026-11-18T02:14:59.999Z" },
    { session_id: "too late", started_at: "2026-11-17T02:15:00.000Z" },
    { session_id: "too early", started_at: "2026-11-16T01:59:59.999Z" },
    { session_id: "summer", started_at: "2026-10-24T01:05:00.000Z" },
  );
  await pass();
  const undeclared = "null by none";
  const sessions = ["in time", "last moment", "summer", "too early", "too late"];
  expect(await readClasses()).toEqual(Object.fromEntries(sessions.map((session) => [session, undeclared])));

  const values = { person: person.email, cron: "0 3 * * *" };
  expect(await bench.run(schedulesAddCommand, { values })).toMatchObject({ exitCode: 0 });
  const runId = (await readRuns()).get("in time")?.run_id;
  const path = `/api/v1/people/${person.personId}/runs/${runId}/class`;
  expect((await browser.post(path, { workload_class: "teaching" })).status).toBe(200);
  await pass();
  const scheduled = "scheduled by schedule";
  const classes = {
    "in time": scheduled,
    "last moment": scheduled,
    "too late": undeclared,
    "too early": undeclared,
    summer: scheduled,
  };
  expect(await readClasses()).toEqual({ ...classes, "in time": "teaching by run" });
  const corrected = (await readRuns()).get("in time");
  expect(corrected?.class).toMatchObject({
    is_pending: false,
    corrections: [{ workload_class: "teaching", previous_class: null, withdrawn_at: null }],
  });

  expect((await browser.delete(path)).status).toBe(200);
  await pass();
  expect(await readClasses()).toEqual(classes);
});

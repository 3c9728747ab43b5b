// The export of runs: each once, with its tree, and known to everybody who is in it.

import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { exportRunsCommand } from "../../dashboard/commands/export-runs.ts";
import { exportRuns } from "../../dashboard/server/export/run-export.ts";
import { audit } from "../../schemas/postgres/tables.ts";
import { buildRun, NO_COUNTS, NO_TOKENS } from "../builders/derived-rows.ts";
import { at, recordRun } from "../builders/recorded-run.ts";
import { openDashboardBench, type DashboardBench } from "../services/dashboard.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let bench: DashboardBench;
beforeAll(async () => {
  bench = await openDashboardBench();
});
afterAll(() => bench.close());

const lineSchema = z.looseObject({ run_id: z.string(), person_email: z.string().nullable() });
const toRuns = (text: string) =>
  text
    .split("\n")
    .slice(0, -1)
    .map((line) => lineSchema.parse(JSON.parse(line)));

/** The runs of one day. Each test has a day of its own. */
async function exportDay(day: string) {
  const to = new Date(Date.parse(day) + 86_400_000).toISOString();
  const values = { from: day, to, reason: "budget of the year" };
  const { exitCode, stdout } = await bench.run(exportRunsCommand, { values });
  expect(exitCode).toBe(0);
  return toRuns(stdout);
}

async function exportsOf(personId: string) {
  const { db } = bench.dashboard.stores.postgres;
  const isExport = and(eq(audit.subjectId, personId), eq(audit.action, "runs_exported"));
  return db.select().from(audit).where(isExport);
}

test("a run comes out with its agents and their calls, and stands in its person's audit with the reason", async () => {
  const { personId: person_id, email } = await bench.addPerson();
  const { clickhouse } = bench.dashboard.stores;
  const run = {
    session_id: "s",
    workload_class: "ci",
    class_source: "key",
    turns: 1,
    output_tokens: 7,
    cost_usd: "0.5",
  };
  const ids = await recordRun(clickhouse, { person_id, run }, [
    { event: { response_id: "r-0" }, call: { turn_id: "t", operation_id: "o" } },
    { event: { request_kind: "subagent", trigger: "agent" }, call: { agent_id: "b", parent_agent_id: "a" } },
    { call: { attempt: 2, credited: false, reason: "retry" } },
    { call: { agent_id: "a" } },
  ]);
  const call = (index: number) => ({
    event_id: ids[index],
    turn_id: null,
    operation_id: "o1",
    attempt: 1,
    request_kind: "main",
    trigger: "human",
    started_at: at(index),
    response_id: null,
    credited: true,
    reason: null,
  });
  expect(await exportDay("2026-11-20")).toEqual([
    {
      run_id: "r1",
      person_email: email,
      run_source: "client",
      session_id: "s",
      client: "codex",
      workload_class: "ci",
      class_source: "key",
      started_at: at(0),
      ended_at: at(60),
      turns: 1,
      ...NO_COUNTS,
      calls: 4,
      ...NO_TOKENS,
      output_tokens: 7,
      cost_usd: "0.5",
      credited_cost_usd: "0",
      agents: [
        {
          agent_id: null,
          parent_agent_id: null,
          calls: [
            { ...call(0), turn_id: "t", operation_id: "o", response_id: "r-0" },
            { ...call(2), attempt: 2, credited: false, reason: "retry" },
          ],
        },
        { agent_id: "a", parent_agent_id: null, calls: [call(3)] },
        {
          agent_id: "b",
          parent_agent_id: "a",
          calls: [{ ...call(1), request_kind: "subagent", trigger: "agent" }],
        },
      ],
    },
  ]);
  expect(await exportsOf(person_id)).toMatchObject([
    { actorId: null, reason: "budget of the year", payload: { from: "2026-11-20T00:00:00.000Z" } },
  ]);
});

test("more runs than go together come out once each, those of services and those without calls too", async () => {
  const ada = await bench.addPerson();
  const people = [ada.personId, randomUUID(), "00000000-0000-0000-0000-000000000000"];
  const runs = Array.from({ length: 1200 }, (_, index) => ({
    person_id: people[index % people.length],
    run_id: `run-${index}`,
    started_at: "2026-11-10T09:00:00.000Z",
    ended_at: "2026-11-10T09:00:00.000Z",
  }));
  await bench.dashboard.stores.clickhouse.insert("runs", runs.map(buildRun));
  const exported = await exportDay("2026-11-10");
  expect(exported.length).toBe(1200);
  expect(new Set(exported.map(({ run_id }) => run_id)).size).toBe(1200);
  const emails = new Set(exported.map(({ person_email }) => person_email));
  expect(emails).toEqual(new Set([ada.email, null]));
  expect(exported.every(({ agents }) => Array.isArray(agents) && agents.length === 0)).toBe(true);
  expect(await exportsOf(ada.personId)).toHaveLength(1);
});

test("a run of many calls goes out in pieces", async () => {
  const { personId: person_id } = await bench.addPerson();
  const calls = Array.from({ length: 3000 }, () => ({ call: { run_id: "long" }, minute: 1 }));
  const { clickhouse } = bench.dashboard.stores;
  await recordRun(
    clickhouse,
    { person_id, run: { run_id: "long", started_at: at(1), ended_at: at(1) } },
    calls,
  );
  const span = { from: new Date(at(1)), to: new Date(at(2)), now: bench.dashboard.now() };
  const summary = { runs: 0, people: 0 };
  const pieces: string[] = [];
  for await (const piece of exportRuns(bench.dashboard.stores, { ...span, reason: "r", summary }))
    pieces.push(piece);
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(70_000);
  const [run] = toRuns(pieces.join(""));
  expect(run).toMatchObject({ run_id: "long", agents: [{ calls: { length: 3000 } }] });
  expect(summary).toEqual({ runs: 1, people: 1 });
});

test.each([
  {},
  { reason: " " },
  { reason: "r", from: "yesterday" },
  { reason: "r", from: "2026-11-20", to: "2026-11-20" },
])("%j is refused in a sentence, and nothing leaves", async (values) => {
  const { exitCode, stdout, stderr } = await bench.run(exportRunsCommand, { values });
  expect([exitCode, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/\.\n$/);
});

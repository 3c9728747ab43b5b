// What a run's page is answered: the run with its turns, calls and tools, from rows as gateways and analytics leave them.

import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { z } from "zod";
import { runCallsPageSchema, runSchema, runToolsPageSchema } from "../../schemas/run-api.ts";
import { buildCallFeatures } from "../builders/call-features.ts";
import { NO_COUNTS, NO_TOKENS } from "../builders/derived-rows.ts";
import { at, recordRun, type RecordedCall } from "../builders/recorded-run.ts";
import { openDashboardBench, type Browser, type DashboardBench, type Person } from "../services/dashboard.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let bench: DashboardBench;
let person: Person;
let browser: Browser;
beforeAll(async () => {
  bench = await openDashboardBench();
});
afterAll(() => bench.close());
beforeEach(async () => {
  person = await bench.addPerson();
  browser = await bench.signIn(person);
});

const record = (calls: readonly RecordedCall[], run: Record<string, unknown> = {}) =>
  recordRun(bench.dashboard.stores.clickhouse, { person_id: person.personId, run }, calls);

async function ask<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> {
  const response = await browser.get(`/api/v1/people/${person.personId}/runs/r1${path}`);
  expect(response.status).toBe(200);
  const body: unknown = await response.json();
  const parsed = schema.parse(body);
  expect(body, "nothing beyond the contract").toEqual(parsed);
  return parsed;
}

/** An agent that made a call a minute, of one second each. */
const agent = (agent_id: string | null, from: number, to = from) => ({
  agent_id,
  parent_agent_id: agent_id === "b" ? "a" : null,
  started_at: at(from),
  ended_at: at(to, 1),
  calls: to - from + 1,
  cost_usd: "0",
  credited_cost_usd: "0",
});

test("a run says what it was, and which agents worked in which of its turns", async () => {
  const event = { duration_ms: 1000 };
  const retry = { credited: false, reason: "retry" };
  const sums = { cost_usd: "1.75", credited_cost_usd: "1.5", uncredited_cost_usd: { retry: "0.25" } };
  await record(
    [
      { event: { ...event, cost_usd: "1.5" }, call: { turn_id: "t1" } },
      { event: { ...event, cost_usd: "0.25" }, call: { turn_id: "t1", agent_id: "a", ...retry } },
      { event, call: { turn_id: "t1", agent_id: "a" } },
      { event, call: { turn_id: "t1", agent_id: "b", parent_agent_id: "a" } },
      { event, call: { turn_id: "t2" } },
      { event },
    ],
    {
      session_id: "s1",
      run_source: "chain",
      workload_class: "ci",
      class_source: "key",
      turns: 2,
      agents: 3,
      output_tokens: 9,
      ...sums,
    },
  );
  const ofOne = (turn_id: string | null, minute: number) => ({
    turn_id,
    started_at: at(minute),
    ended_at: at(minute, 1),
    agents: [agent(null, minute)],
  });
  const costs = { cost_usd: "1.5", credited_cost_usd: "1.5" };
  const first = [{ ...agent(null, 0), ...costs }, { ...agent("a", 1, 2), cost_usd: "0.25" }, agent("b", 3)];
  expect(await ask("", runSchema)).toEqual({
    run_id: "r1",
    run_source: "chain",
    session_id: "s1",
    client: "codex",
    models: ["m1"],
    tags: [],
    started_at: at(0),
    ended_at: at(60),
    turn_count: 2,
    agent_count: 3,
    ...NO_COUNTS,
    calls: 6,
    tokens: { ...NO_TOKENS, output_tokens: 9 },
    ...sums,
    calls_kept_until: "2090-01-01T00:00:00.000Z",
    class: {
      workload_class: "ci",
      class_source: "key",
      is_pending: false,
      can_correct: true,
      corrections: [],
    },
    turns: [
      { turn_id: "t1", started_at: at(0), ended_at: at(3, 1), agents: first },
      ofOne("t2", 4),
      ofOne(null, 5),
    ],
    has_more_turns: false,
    tools: { kept_days: 14, known_calls: 0, total_calls: 6, by_kind: [], by_name: [] },
  });
});

test("a call says what it was: unknown stays unknown", async () => {
  const [first, second] = await record([
    {
      event: {
        duration_ms: 1500,
        model_served: "m2",
        model_requested: "m1",
        input_tokens: 7,
        cost_usd: "0.5",
        request_kind: "subagent",
        trigger: "agent",
      },
      call: { turn_id: "t", agent_id: "a", operation_id: "o", attempt: 2 },
      features: { tool_names: ["Bash", "Read"], tool_kinds: ["execute", "read"] },
    },
    {
      event: { status: 529, error_kind: "overloaded", model_requested: "m1", cost_usd: null },
      call: { credited: false, reason: "provider_error" },
    },
  ]);
  const { calls, next_cursor } = await ask("/calls", runCallsPageSchema);
  expect(next_cursor).toBeNull();
  const unknown = Object.fromEntries(Object.keys(NO_TOKENS).map((name) => [name, null]));
  expect(calls).toEqual([
    {
      event_id: first,
      turn_id: "t",
      agent_id: "a",
      started_at: at(0),
      duration_ms: 1500,
      model: "m2",
      request_kind: "subagent",
      trigger: "agent",
      operation_id: "o",
      attempt: 2,
      status: 200,
      error_kind: null,
      uncredited_reason: null,
      tokens: { ...unknown, input_tokens: 7 },
      cost_usd: "0.5",
      tool_calls: 2,
    },
    {
      event_id: second,
      turn_id: null,
      agent_id: null,
      started_at: at(1),
      duration_ms: null,
      model: "m1",
      request_kind: "main",
      trigger: "human",
      operation_id: "o1",
      attempt: 1,
      status: 529,
      error_kind: "overloaded",
      uncredited_reason: "provider_error",
      tokens: unknown,
      cost_usd: null,
      tool_calls: null,
    },
  ]);
});

test("going on by cursor gives every call and tool call once, also of one millisecond", async () => {
  const features: RecordedCall["features"] = { tool_names: ["Read", "Read"], tool_kinds: ["read", "read"] };
  const ids = await record(Array.from({ length: 1200 }, () => ({ minute: 1, features })));
  const first = await ask("/calls", runCallsPageSchema);
  const second = await ask(`/calls?cursor=${first.next_cursor}`, runCallsPageSchema);
  const seen = [...first.calls, ...second.calls].map(({ event_id }) => event_id);
  expect([first.calls.length, second.next_cursor]).toEqual([1000, null]);
  expect([seen.length, new Set(seen)]).toEqual([ids.length, new Set(ids)]);

  const places: string[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const path: string = `/tools${cursor && `?cursor=${cursor}`}`;
    const page = await ask(path, runToolsPageSchema);
    places.push(...page.tool_calls.map(({ event_id, position }) => `${event_id} ${position}`));
    cursor = page.next_cursor;
  }
  expect([places.length, new Set(places).size]).toEqual([2400, 2400]);
});

test("a tool call finds its result by its id, the first one in the run, and says what reached outside", async () => {
  const [asking] = await record([
    {
      event: { duration_ms: 2000 },
      call: { agent_id: "a" },
      features: {
        tool_names: ["Bash", "Read", "mail", "Edit"],
        tool_kinds: ["execute", "read", "communicate", "write"],
        tool_call_hashes: ["h-bash", "h-read", "", "h-edit"],
        tool_args_hashes: ["secret-args", "", "", ""],
      },
    },
    {
      features: {
        tool_result_call_hashes: ["h-bash", "h-read", ""],
        tool_result_states: ["error", "ok", "ok"],
      },
    },
    { features: { tool_result_call_hashes: ["h-bash"], tool_result_states: ["ok"] } },
    // An import may know no more than names.
    { features: { tool_names: ["Grep"] } },
    {},
  ]);
  const { tool_calls } = await ask("/tools", runToolsPageSchema);
  const common = { event_id: asking, agent_id: "a", asked_at: at(0, 2) };
  for (const tool of tool_calls.slice(0, 4)) expect(tool).toMatchObject(common);
  expect(
    tool_calls.map(({ position, name, kind, answered_at, result, reaches_outside }) => [
      position,
      name,
      kind,
      answered_at,
      result,
      reaches_outside,
    ]),
  ).toEqual([
    [0, "Bash", "execute", at(1), "error", true],
    [1, "Read", "read", at(1), "ok", false],
    [2, "mail", "communicate", null, "unknown", true],
    [3, "Edit", "write", null, "unknown", false],
    [0, "Grep", "other", null, "unknown", false],
  ]);
  const outside = await ask("/tools?reach=outside", runToolsPageSchema);
  expect(outside.tool_calls.map(({ name }) => name)).toEqual(["Bash", "mail"]);

  const { tools } = await ask("", runSchema);
  expect(tools).toMatchObject({ known_calls: 4, total_calls: 5 });
  expect(tools.by_kind).toHaveLength(5);
  expect(tools.by_kind).toContainEqual({ kind: "execute", calls: 1, ok: 0, error: 1, unknown: 0 });
  expect(tools.by_name).toContainEqual({ name: "Read", kind: "read", calls: 1, ok: 1, error: 0, unknown: 0 });

  for (const path of ["", "/calls", "/tools"]) {
    const response = await browser.get(`/api/v1/people/${person.personId}/runs/r1${path}`);
    expect(await response.text()).not.toMatch(/h-bash|secret-args/);
  }
});

test("tool lists that are past their retention are counted as not known", async () => {
  const tool = { person_id: person.personId, tool_names: ["Read"] };
  const [event_id = ""] = await record([{}, { features: tool }]);
  const over = buildCallFeatures({ ...tool, event_id, started_at: at(0), tool_names: ["Bash"] });
  const expires_at = bench.dashboard.now().toISOString();
  await bench.dashboard.stores.clickhouse.insert("call_features", [{ ...over, expires_at }]);
  const { tools } = await ask("", runSchema);
  expect(tools).toMatchObject({ known_calls: 1, total_calls: 2 });
  expect(tools.by_name.map(({ name }) => name)).toEqual(["Read"]);
});

test("somebody else's run, and one that there is not, are not there", async () => {
  await record([{}]);
  const other = await bench.addPerson();
  const others = await bench.signIn(other);
  for (const path of ["", "/calls", "/tools"]) {
    for (const id of ["r1", "r2", "a".repeat(3000), "%27%20OR%201"]) {
      const response = await others.get(`/api/v1/people/${other.personId}/runs/${id}${path}`);
      expect(response.status).toBe(404);
    }
    const of = await others.get(`/api/v1/people/${person.personId}/runs/r1${path}`);
    expect(of.status).toBe(404);
  }
});

// What telemetry of coding agents becomes, sent over HTTP by OpenTelemetry's own exporters.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import {
  openCounter,
  openTelemetryBench,
  reportEvents,
  type Attributes,
  type Somebody,
  type TelemetryBench,
} from "../services/telemetry.ts";

const DAY_MS = 86_400_000;
const EDIT_COUNTER = "claude_code.code_edit_tool.decision";

const exportedSchema = z.partialRecord(z.enum(["logs", "metrics"]), z.unknown());
const fixtureOf = (client: string): string =>
  join(import.meta.dirname, "..", "fixtures", "otlp", `${client}.json`);

let bench: TelemetryBench;
let somebody: Somebody;
beforeAll(async () => {
  bench = await openTelemetryBench();
  somebody = await bench.addSomebody();
}, 60_000);
afterAll(() => bench.close());

let sessions = 0;
const newSession = (): string => `session-${++sessions}`;
const outcomesOf = (session: string) => bench.outcomes().filter(({ session_id }) => session_id === session);

let decisions = 0;
/** An edit that a human accepted in Claude Code, unless a test says otherwise. */
function decision(session: string, said: Attributes = {}): Attributes {
  return {
    "event.name": "tool_decision",
    "session.id": session,
    "user.email": "somebody.else@example.com",
    tool_name: "Edit",
    tool_use_id: `toolu_${++decisions}`,
    decision: "accept",
    source: "user_temporary",
    ...said,
  };
}

/** The same as a data point. */
const accepted = (session: string, said: Attributes = {}): Attributes => ({
  "session.id": session,
  tool_name: "Edit",
  decision: "accept",
  source: "user_temporary",
  ...said,
});

describe.each(["protobuf", "json"] as const)("events in %s", (encoding) => {
  test("an edit that a human accepted is one outcome of the key's person, due when it has survived", async () => {
    const session = newSession();
    const before = Date.now();
    const events = [decision(session, { request_id: "req_1", "prompt.id": "prompt-1" }), decision(session)];
    await reportEvents(bench, { ...somebody, encoding }, events);
    const found = outcomesOf(session);
    expect(found).toHaveLength(2);
    expect(found.map(({ request_id }) => request_id)).toEqual(["req_1", null]);
    for (const outcome of found) {
      expect(outcome).toMatchObject({
        kind: "edit_accepted",
        source: "otlp",
        person_id: somebody.personId,
        quantity: 1,
      });
      const occurredAt = Date.parse(outcome.occurred_at);
      expect(occurredAt).toBeGreaterThanOrEqual(before);
      expect(occurredAt).toBeLessThanOrEqual(Date.now());
      expect(Date.parse(outcome.credited_at) - occurredAt).toBe(7 * DAY_MS);
    }
  });
});

test("what no human decided, or was no edit, is no outcome", async () => {
  const session = newSession();
  await reportEvents(bench, somebody, [
    decision(session, { source: "config" }),
    decision(session, { source: "hook" }),
    decision(session, { source: "classifier" }),
    decision(session, { decision: "reject", source: "user_reject" }),
    decision(session, { tool_name: "Bash" }),
    decision(session, { "app.entrypoint": "sdk-cli" }),
    { "event.name": "tool_result", "session.id": session, tool_name: "Bash", git_commit_id: "0a1b2c" },
    { "event.name": "user_prompt", "session.id": session, prompt_length: 12 },
  ]);
  for (const name of [
    "claude_code.commit.count",
    "claude_code.pull_request.count",
    "claude_code.lines_of_code.count",
  ]) {
    const counter = openCounter(bench, { ...somebody, temporality: "delta", name });
    counter.add(3, { "session.id": session, type: "added" });
    await counter.close();
  }
  expect(outcomesOf(session)).toEqual([]);
});

test("Codex and Gemini CLI are read by their own words", async () => {
  const [codex, gemini] = [newSession(), newSession()];
  const patch = { "event.name": "codex.tool_decision", "conversation.id": codex, tool_name: "apply_patch" };
  const replace = {
    "event.name": "gemini_cli.tool_call",
    "session.id": gemini,
    function_name: "replace",
    success: true,
  };
  await reportEvents(bench, somebody, [
    { ...patch, call_id: "1", decision: "approved", source: "user" },
    { ...patch, call_id: "2", decision: "approved_for_session", source: "User" },
    { ...patch, call_id: "3", decision: "approved", source: "config" },
    { ...patch, call_id: "4", decision: "denied", source: "user" },
    { ...patch, call_id: "5", decision: "approved", source: "user", tool_name: "shell" },
    { ...replace, prompt_id: "a", start_time: 1, decision: "accept" },
    { ...replace, prompt_id: "a", start_time: 2, decision: "modify" },
    { ...replace, prompt_id: "a", start_time: 3, decision: "auto_accept" },
    { ...replace, prompt_id: "a", start_time: 4, decision: "accept", success: false },
    { ...replace, prompt_id: "a", start_time: 5 },
  ]);
  expect(outcomesOf(codex)).toHaveLength(2);
  expect(outcomesOf(gemini)).toHaveLength(2);
});

const CLAUDE_SESSION = "c572e11d-aa2e-4fe2-896e-0d787068b617";
const CODEX_SESSION = "01a1ffe8-5239-77c2-b425-983a93036639";
const GEMINI_SESSION = "d17e5490-14bf-4a8f-8b5e-9b05f396e334";

/** One edit each, which a person at the terminal accepted (test/fixtures/README.md). */
test.each([
  ["claude-code", "logs", CLAUDE_SESSION, "req_real_1", "2026-11-21T20:47:53.328Z"],
  ["claude-code", "metrics", CLAUDE_SESSION, null, "2026-11-21T20:47:54.079Z"],
  ["codex", "logs", CODEX_SESSION, null, "2026-11-21T20:59:45.861Z"],
  ["gemini-cli", "logs", GEMINI_SESSION, null, "2026-11-21T20:52:33.843Z"],
  ["gemini-cli", "metrics", GEMINI_SESSION, null, "2026-11-21T20:52:38.276Z"],
] as const)("what %s itself exported as %s is one outcome", async (client, signal, session, request, at) => {
  const { personId, secret } = await bench.addSomebody();
  const exported = exportedSchema.parse(JSON.parse(readFileSync(fixtureOf(client), "utf8")));
  const body = new Uint8Array(Buffer.from(JSON.stringify(exported[signal])));
  const headers = { "content-type": "application/json" };
  expect((await bench.send(signal, secret, { headers, body })).status).toBe(200);
  const found = bench.outcomes().filter(({ person_id }) => person_id === personId);
  expect(found).toMatchObject([{ session_id: session, request_id: request, occurred_at: at }]);
});

describe.each(["delta", "cumulative"] as const)("a %s counter", (temporality) => {
  test.each(["protobuf", "json"] as const)(
    "in %s counts each edit once, each series for itself",
    async (encoding) => {
      const session = newSession();
      const counter = openCounter(bench, { ...somebody, encoding, temporality, name: EDIT_COUNTER });
      counter.add(1, accepted(session));
      await counter.report();
      counter.add(2, accepted(session));
      counter.add(1, accepted(session, { language: "Python" }));
      counter.add(5, accepted(session, { source: "config" }));
      await counter.report();
      await counter.close();
      expect(outcomesOf(session)).toHaveLength(4);
    },
  );

  test("may come late, twice and through a process that has just begun", async () => {
    const session = newSession();
    const counter = openCounter(bench, { ...somebody, temporality, name: EDIT_COUNTER });
    const from = bench.sent.length;
    for (const value of [1, 3, 2]) {
      counter.add(value, accepted(session));
      await counter.report();
    }
    await counter.close();
    expect(outcomesOf(session)).toHaveLength(6);
    bench.restart();
    for (const request of bench.sent.slice(from).toReversed())
      expect((await bench.send("metrics", somebody.secret, request)).status).toBe(200);
    expect(outcomesOf(session)).toHaveLength(6);
  });

  test("that begins again goes on counting", async () => {
    const session = newSession();
    for (const value of [3, 1]) {
      const counter = openCounter(bench, { ...somebody, temporality, name: EDIT_COUNTER });
      counter.add(value, accepted(session));
      await counter.close();
    }
    expect(outcomesOf(session)).toHaveLength(4);
  });
});

test("a batch of events that is sent again changes nothing", async () => {
  const session = newSession();
  const from = bench.sent.length;
  const gemini = { "event.name": "gemini_cli.tool_call", function_name: "write_file", decision: "accept" };
  await reportEvents(bench, somebody, [decision(session), { ...gemini, "session.id": session }]);
  const before = outcomesOf(session);
  bench.restart();
  for (const request of bench.sent.slice(from)) await bench.send("logs", somebody.secret, request);
  expect(outcomesOf(session)).toEqual(before);
  expect(before).toHaveLength(2);
});

async function reportLogs(session: string): Promise<void> {
  await reportEvents(bench, somebody, [decision(session), decision(session)]);
}
async function reportMetrics(session: string): Promise<void> {
  const counter = openCounter(bench, { ...somebody, temporality: "delta", name: EDIT_COUNTER });
  counter.add(2, accepted(session));
  await counter.close();
}

describe("logs and metrics of one session", () => {
  test.each([
    ["logs first", [reportLogs, reportMetrics]],
    ["metrics first", [reportMetrics, reportLogs]],
  ] as const)("count an edit once, %s", async (_name, reports) => {
    const session = newSession();
    for (const report of reports) {
      await report(session);
      bench.restart();
    }
    await reportLogs(newSession());
    expect(outcomesOf(session)).toHaveLength(2);
  });

  test("count as the logs tell it, which began with the prompt", async () => {
    const session = newSession();
    await reportEvents(bench, somebody, [{ "event.name": "user_prompt", "session.id": session }]);
    await reportMetrics(session);
    expect(outcomesOf(session)).toEqual([]);
    await reportEvents(bench, somebody, [decision(session, { request_id: "req_2" })]);
    expect(outcomesOf(session)).toMatchObject([{ request_id: "req_2" }]);
  });

  test("count an edit once at the same moment", async () => {
    const session = newSession();
    await Promise.all([reportLogs(session), reportMetrics(session)]);
    expect(outcomesOf(session)).toHaveLength(2);
  });
});

test("nobody overwrites what is another's by sending the same ids", async () => {
  const session = newSession();
  const from = bench.sent.length;
  await reportEvents(bench, somebody, [decision(session)]);
  const [other, service] = [await bench.addSomebody(), await bench.addSomebody("service")];
  for (const { secret } of [other, service]) await bench.send("logs", secret, bench.sent[from]!);
  const persons = outcomesOf(session).map(({ person_id }) => person_id);
  expect(persons).toEqual([somebody.personId, other.personId, null]);
});

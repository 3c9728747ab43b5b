// Rollouts of Codex, of versions that name the response and of earlier ones: each call is counted once, and no text is kept.

import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { importCodexCommand } from "../../ingest/commands/import-transcripts.ts";
import type { TranscriptSummary } from "../../ingest/import/import-transcripts.ts";
import { EXIT } from "../../schemas/command.ts";
import { CANARY, createCodexThread, uuidOfTime } from "../builders/transcripts.ts";
import { buildTokenEvent } from "../builders/token-event.ts";
import { openImports, type Imports } from "../services/imports.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const START = "2026-11-20T09:30:00.000Z";
const LATER = "2026-11-20T10:30:00.000Z";
const ROOT = uuidOfTime(START, 1);
const ROOT_TURN = uuidOfTime("2026-11-20T09:30:01.000Z", 2);
const CHILD = uuidOfTime(LATER, 3);
const CHILD_TURN = uuidOfTime("2026-11-20T10:30:01.000Z", 4);

let imports: Imports;
beforeAll(async () => {
  imports = await openImports();
});
afterAll(async () => imports.close());
afterEach(async () => imports.empty("token_events", "call_features"));

let folders = 0;
const newFolder = (): string => `case-${++folders}`;

async function importFolder(folder: string): Promise<{ exitCode: number; summary: TranscriptSummary }> {
  const options = { person: "ada@example.test" };
  const { exitCode, stdout } = await imports.run(importCodexCommand, [folder], { options });
  const summary: TranscriptSummary = JSON.parse(stdout);
  return { exitCode, summary };
}

const stored = async (columns: string): Promise<Record<string, unknown>[]> =>
  imports.query(`SELECT ${columns} FROM token_events FINAL ORDER BY started_at, input_tokens, event_id`);

test.each(["jsonl", "jsonl.gz", "jsonl.zst"])(
  "each response of a thread (.%s) is one call",
  async (ending) => {
    const folder = newFolder();
    const { meta, turn, prompt, asks, result, says, used } = createCodexThread({
      id: ROOT,
      session_id: ROOT,
    });
    imports.write(`${folder}/2026/11/20/rollout-one.${ending}`, [
      meta,
      turn(1, ROOT_TURN, { root_turn_id: ROOT_TURN }),
      prompt(2),
      asks(4, "call-1", "exec_command"),
      ...used(5, "resp_1", 100, 50),

      result(7, "call-1", 1),
      says(9),
      ...used(10, "resp_2", 200, 60),
    ]);
    const { exitCode, summary } = await importFolder(folder);
    expect(exitCode).toBe(EXIT.done);
    expect(summary).toMatchObject({ imported: 2, refused: 0 });
    const columns =
      "response_id, started_at, session_id, agent_id, turn_id, trigger, client, entrypoint, effort, model_served, " +
      "usage_source, input_tokens, cache_read_tokens, output_tokens, reasoning_tokens, cost_usd > 0 AS is_priced";
    expect(await stored(columns)).toEqual([
      {
        response_id: "resp_1",
        started_at: "2026-11-20T09:30:02.000Z",
        session_id: ROOT,
        agent_id: null,
        turn_id: ROOT_TURN,
        trigger: "human",
        client: "codex",
        entrypoint: "interactive",
        effort: "high",
        model_served: "gpt-5.4",
        usage_source: "reported",
        input_tokens: "90",
        cache_read_tokens: "10",
        output_tokens: "40",
        reasoning_tokens: "10",
        is_priced: 1,
      },
      expect.objectContaining({
        response_id: "resp_2",
        started_at: "2026-11-20T09:30:07.000Z",
        trigger: "tool",
      }),
    ]);
    const features = "SELECT tool_names, tool_result_states FROM call_features FINAL ORDER BY started_at";
    expect(await imports.query(features)).toEqual([
      { tool_names: ["exec_command"], tool_result_states: [] },
      { tool_names: [], tool_result_states: ["error"] },
    ]);
  },
);

test("a sub-agent's thread belongs to its root's session and turn", async () => {
  const folder = newFolder();
  const source = { subagent: { thread_spawn: { parent_thread_id: ROOT, depth: 1 } } };
  const child = createCodexThread({ id: CHILD, session_id: ROOT, source, thread_source: "subagent" }, LATER);
  imports.write(`${folder}/rollout-child.jsonl`, [
    child.meta,
    child.turn(1, CHILD_TURN, { root_turn_id: ROOT_TURN }),
    child.prompt(2),
    child.says(3),
    ...child.used(4, "resp_1", 100, 50),
  ]);
  await importFolder(folder);
  expect(await stored("session_id, agent_id, parent_agent_id, turn_id, request_kind, trigger")).toEqual([
    {
      session_id: ROOT,
      agent_id: CHILD,
      parent_agent_id: null,
      turn_id: ROOT_TURN,
      request_kind: "subagent",
      trigger: "agent",
    },
  ]);
});

/** Two calls as versions wrote them that do not name the response; each count comes again when something else has changed. */
function writeOldThread(): { thread: ReturnType<typeof createCodexThread>; history: object[] } {
  const thread = createCodexThread({ id: ROOT });
  const first = thread.counted(5, 100, 50);
  const history = [
    thread.turn(1, ROOT_TURN),
    thread.prompt(2),
    thread.asks(4, "call-1", "shell"),
    thread.result(5, "call-1", 0),
    first,
    { ...first, timestamp: "2026-11-20T09:30:06.000Z" },
    thread.says(9),
    thread.counted(10, 200, 60),
  ];
  return { thread, history };
}

test("case 68: a count that comes again is no further call, and results belong to the call that brings them back", async () => {
  const folder = newFolder();
  const { thread, history } = writeOldThread();
  imports.write(`${folder}/rollout-old.jsonl`, [thread.meta, ...history]);
  expect((await importFolder(folder)).summary).toMatchObject({ imported: 2 });
  expect((await importFolder(folder)).summary).toMatchObject({ imported: 0, repeated: 2 });
  expect(await stored("response_id, input_tokens, trigger")).toEqual([
    { response_id: null, input_tokens: "90", trigger: "human" },
    { response_id: null, input_tokens: "180", trigger: "tool" },
  ]);
});

test("case 68: threads that begin with a copy of their parent's history count what is their own, however alike", async () => {
  const folder = newFolder();
  const { thread, history } = writeOldThread();
  imports.write(`${folder}/rollout-parent.jsonl`, [thread.meta, ...history]);
  for (const number of [1, 2]) {
    const fork = createCodexThread({ id: uuidOfTime(LATER, number), forked_from_id: ROOT }, LATER);
    fork.counted(0, 100, 50);
    fork.counted(0, 200, 60);
    imports.write(`${folder}/rollout-fork-${number}.jsonl`, [
      fork.meta,
      thread.meta,
      ...history.map((line) => ({ ...line, timestamp: LATER })),
      fork.turn(1, uuidOfTime("2026-11-20T10:30:01.000Z", number)),
      fork.prompt(2),
      fork.says(3),
      fork.counted(4, 300, 70),
    ]);
  }
  expect((await importFolder(folder)).summary).toMatchObject({ imported: 4 });
  expect(await stored("toUInt32(input_tokens + cache_read_tokens) AS input")).toEqual(
    [100, 200, 300, 300].map((input) => ({ input })),
  );
});

test("so do they where turns have no ids that tell their time", async () => {
  const folder = newFolder();
  const fork = createCodexThread({ id: "fork", forked_from_id: "parent" }, LATER);
  imports.write(`${folder}/rollout-fork.jsonl`, [
    fork.meta,
    fork.turn(0.1, "1"),
    fork.counted(0.2, 100, 50),
    fork.turn(2, "2"),
    fork.counted(4, 300, 70),
  ]);
  expect((await importFolder(folder)).summary).toMatchObject({ imported: 1 });
  expect(await stored("input_tokens")).toEqual([{ input_tokens: "270" }]);
});

test("a call that the gateway has recorded is left to its record, also where the rollout does not name the response", async () => {
  const folder = newFolder();
  const { thread, history } = writeOldThread();
  const recorded = buildTokenEvent({
    started_at: "2026-11-20T09:30:03.000Z",
    gateway_id: "gateway-1",
    response_id: "resp_1",
    session_id: ROOT,
    input_tokens: 90,
    cache_read_tokens: 10,
    output_tokens: 40,
    reasoning_tokens: 10,
  });
  const expires = new Date(Date.now() + 86_400_000).toISOString();
  const row = { ...recorded, expires_at: expires, row_version: 1 };
  await imports.stores.clickhouse.insert("token_events", [row]);
  imports.write(`${folder}/rollout-old.jsonl`, [thread.meta, ...history]);
  expect((await importFolder(folder)).summary).toMatchObject({ imported: 1, known: 1 });
  expect(await stored("response_id, input_tokens")).toEqual([
    { response_id: "resp_1", input_tokens: "90" },
    { response_id: null, input_tokens: "180" },
  ]);
});

test("nothing that anybody wrote is in any table", async () => {
  const folder = newFolder();
  const { thread, history } = writeOldThread();
  imports.write(`${folder}/${CANARY}/rollout-${CANARY}.jsonl`, [thread.meta, ...history]);
  await importFolder(folder);
  for (const table of ["token_events", "call_features"]) {
    const rows = JSON.stringify(await imports.query(`SELECT * FROM ${table}`));
    expect(rows).toContain("started_at");
    expect(rows).not.toContain(CANARY);
  }
});

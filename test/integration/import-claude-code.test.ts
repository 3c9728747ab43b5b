// Transcripts of Claude Code: each answer is counted once, as its own session and its last line tell, and no text is kept.

import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { importClaudeCodeCommand } from "../../ingest/commands/import-transcripts.ts";
import type { TranscriptSummary } from "../../ingest/import/import-transcripts.ts";
import { ROW_VERSION_STEP } from "../../ingest/sink/rows.ts";
import { EXIT } from "../../schemas/command.ts";
import { CANARY, claudeText, claudeTool, createClaudeSession } from "../builders/transcripts.ts";
import { buildTokenEvent } from "../builders/token-event.ts";
import { ask } from "../services/clickhouse-openers.ts";
import { openImports, type Imports } from "../services/imports.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const SECRET = "a-secret-that-is-long-enough-for-tests-0123456789";
const PERSON = { person: "ada@example.test" };
const PROVIDERS_ID = "msg_01XFDUDYJgAACzvnptvVoYEL";
const FINAL = { output_tokens: 77 };
const BEGUN = { output_tokens: 1 };

let imports: Imports;
beforeAll(async () => {
  imports = await openImports();
});
afterAll(async () => imports.close());
afterEach(async () => imports.empty("token_events", "call_features"));

let folders = 0;
const newFolder = (): string => `case-${++folders}`;

async function importFolder(
  folder: string,
  options: Record<string, string> = PERSON,
): Promise<{ exitCode: number; summary: TranscriptSummary; stderr: string }> {
  const env = { ASSAY_SKETCH_SECRET: SECRET };
  const { stdout, ...result } = await imports.run(importClaudeCodeCommand, [folder], { options, env });
  const summary: TranscriptSummary = JSON.parse(stdout || "null");
  return { ...result, summary };
}

const stored = async (columns: string): Promise<Record<string, unknown>[]> =>
  imports.query(`SELECT ${columns} FROM token_events FINAL ORDER BY started_at, event_id`);

test("case 68: an answer that was written in several lines is one call, with what its last line tells", async () => {
  const folder = newFolder();
  const { prompt, result, answer, line } = createClaudeSession("one");
  const cache = {
    cache_read_input_tokens: 5,
    cache_creation_input_tokens: 100,
    cache_creation: { ephemeral_5m_input_tokens: 40, ephemeral_1h_input_tokens: 60 },
  };
  const whole = { ...cache, ...FINAL, output_tokens_details: { thinking_tokens: 12 } };
  imports.write(`${folder}/project/one.jsonl`, [
    line("mode", {}),
    prompt("turn-1"),
    line("attachment", { attachment: { type: "date" } }),
    answer("msg_1", { usage: { ...cache, ...BEGUN }, block: { type: "thinking", thinking: CANARY } }),
    answer("msg_1", { usage: { ...cache, ...BEGUN } }),
    answer("msg_1", { usage: whole, stop: "tool_use", block: claudeTool("toolu_1", "Bash") }),
    result("toolu_1", true),
    answer("msg_2", { usage: FINAL, stop: "end_turn" }),
  ]);
  const { exitCode, summary } = await importFolder(folder);
  expect(exitCode).toBe(EXIT.done);
  expect(summary).toMatchObject({ files: 1, imported: 2, copies: 0, refused: 0 });
  const columns =
    "response_id, request_id, session_id, turn_id, trigger, request_kind, client, client_version, entrypoint, provider, " +
    "model_served, stop_kind, usage_source, input_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, " +
    "output_tokens, reasoning_tokens, duration_ms, identity_source, key_kind, cost_usd > 0 AS is_priced";
  const [first, second] = await stored(columns);
  expect(first).toEqual({
    response_id: "msg_1",
    request_id: "req_msg_1",
    session_id: "one",
    turn_id: "turn-1",
    trigger: "human",
    request_kind: "main",
    client: "claude-code",
    client_version: "2.1.329",
    entrypoint: "interactive",
    provider: "anthropic",
    model_served: "claude-opus-4-8",
    stop_kind: "tool",
    usage_source: "reported",
    input_tokens: "10",
    cache_read_tokens: "5",
    cache_write_5m_tokens: "40",
    cache_write_1h_tokens: "60",
    output_tokens: "65",
    reasoning_tokens: "12",
    duration_ms: null,
    identity_source: "import",
    key_kind: "person",
    is_priced: 1,
  });
  expect(second).toMatchObject({
    response_id: "msg_2",
    turn_id: "turn-1",
    trigger: "tool",
    stop_kind: "end",
  });
});

test("case 68: a sub-agent's answers in its own file and in its parent's are counted once, as the sub-agent's", async () => {
  const folder = newFolder();
  const { prompt, answer } = createClaudeSession("parent");
  const sub = createClaudeSession("parent", "2026-11-20T09:31:00.000Z");
  const sidechain = { isSidechain: true, agentId: "agent-7" };
  const opening = sub.prompt("turn-1", sidechain);
  const subAnswer = sub.answer(PROVIDERS_ID, { usage: FINAL, stop: "end_turn", ...sidechain });
  const { agentId: _agent, requestId: _request, ...unnamed } = subAnswer;
  imports.write(`${folder}/parent.jsonl`, [
    prompt("turn-1"),
    answer("msg_main", { usage: FINAL, stop: "tool_use" }),
    opening,
    unnamed,
  ]);
  imports.write(`${folder}/parent/subagents/agent-7.jsonl`, [opening, subAnswer]);
  expect((await importFolder(folder)).summary).toMatchObject({ imported: 2, copies: 1 });
  expect(await stored("response_id, session_id, agent_id, request_kind, trigger, turn_id")).toEqual([
    {
      response_id: "msg_main",
      agent_id: null,
      request_kind: "main",
      trigger: "human",
      session_id: "parent",
      turn_id: "turn-1",
    },
    {
      response_id: PROVIDERS_ID,
      agent_id: "agent-7",
      request_kind: "subagent",
      trigger: "agent",
      session_id: "parent",
      turn_id: "turn-1",
    },
  ]);
});

test("an agent that a sub-agent has started knows its parent, from the file beside its own", async () => {
  const folder = newFolder();
  const { prompt, answer } = createClaudeSession("nested");
  const sidechain = { isSidechain: true, agentId: "agent-8" };
  imports.write(`${folder}/nested/subagents/agent-8.meta.json`, [
    { parentAgentId: "agent-7", spawnDepth: 2 },
  ]);
  imports.write(`${folder}/nested/subagents/agent-8.jsonl`, [
    prompt("turn-1", sidechain),
    answer("msg_1", { usage: FINAL, stop: "end_turn", ...sidechain }),
  ]);
  expect((await importFolder(folder)).summary).toMatchObject({ files: 1, imported: 1 });
  expect(await stored("agent_id, parent_agent_id")).toEqual([
    { agent_id: "agent-8", parent_agent_id: "agent-7" },
  ]);
});

test.each([
  ["before", "a-fork"],
  ["after", "z-fork"],
])(
  "case 68: a fork whose file is read %s the original's counts only what is new in it",
  async (_when, fork) => {
    const folder = newFolder();
    const { prompt, answer, request } = createClaudeSession("m-origin");
    const opening = prompt("turn-1");
    const first = answer("msg_1", { usage: FINAL, stop: "end_turn", requestRef: "r1" });
    const copied = [opening, first].map((line) => ({ ...line, sessionId: fork, promptId: `${fork}-turn` }));
    const own = createClaudeSession(fork, "2026-11-21T10:00:00.000Z");
    imports.write(`${folder}/m-origin.jsonl`, [opening, request("r1"), first]);
    imports.write(`${folder}/${fork}.jsonl`, [
      ...copied,
      own.prompt("turn-2"),
      own.answer("msg_2", { usage: FINAL, stop: "end_turn" }),
    ]);
    expect((await importFolder(folder)).summary).toMatchObject({ imported: 2, copies: 1 });
    expect(await stored("response_id, session_id, turn_id")).toEqual([
      { response_id: "msg_1", session_id: "m-origin", turn_id: "turn-1" },
      { response_id: "msg_2", session_id: fork, turn_id: "turn-2" },
    ]);
  },
);

/** Every row again, of the next version, as a repricing writes it. */
const reprice = async (): Promise<void> =>
  imports.stores.clickhouse.execute(
    {
      name: "reprice",
      sql: `INSERT INTO token_events SELECT * REPLACE (row_version + ${ROW_VERSION_STEP} AS row_version) FROM token_events FINAL`,
      params: ask("").params,
    },
    {},
  );

test("an answer that was still coming is partial, and whole after the next import; the third changes nothing", async () => {
  const folder = newFolder();
  const session = createClaudeSession("running");
  const begun = [session.prompt("turn-1"), session.answer("msg_1", { usage: BEGUN })];
  imports.write(`${folder}/running.jsonl`, begun);
  expect((await importFolder(folder)).summary).toMatchObject({ imported: 1 });
  expect(await stored("usage_source, output_tokens")).toEqual([
    { usage_source: "partial", output_tokens: "1" },
  ]);
  await reprice();
  imports.write(`${folder}/running.jsonl`, [
    ...begun,
    session.answer("msg_1", { usage: FINAL, stop: "end_turn" }),
  ]);
  expect((await importFolder(folder)).summary).toMatchObject({ imported: 1, repeated: 0 });
  const rows = await stored("event_id, usage_source, output_tokens, ingested_at, expires_at");
  expect(rows).toMatchObject([{ usage_source: "reported", output_tokens: "77" }]);
  expect((await importFolder(folder)).summary).toMatchObject({ imported: 0, repeated: 1 });
  expect(await stored("event_id, usage_source, output_tokens, ingested_at, expires_at")).toEqual(rows);
});

test("case 68: what the client made up itself is no call, and a line that is repeated earlier or later takes nothing back", async () => {
  const folder = newFolder();
  const { prompt, answer, line } = createClaudeSession("odd");
  const whole = answer("msg_1", { usage: FINAL, stop: "end_turn" });
  const made = { role: "assistant", content: [claudeText()], usage: { input_tokens: 0, output_tokens: 0 } };
  imports.write(`${folder}/odd.jsonl`, [
    prompt("turn-1"),
    whole,
    answer("msg_1", { usage: BEGUN }),
    line("assistant", { message: { ...made, id: "made-1", model: "<synthetic>" } }),
    line("assistant", {
      message: { ...made, id: "made-2", model: "claude-opus-4-8" },
      isApiErrorMessage: true,
    }),
    line("assistant", { message: { ...made, id: "no-usage", usage: undefined } }),
    line("assistant", { message: "not an object" }),
  ]);
  expect((await importFolder(folder)).summary).toMatchObject({ imported: 1, refused: 0 });
  expect(await stored("response_id, usage_source, output_tokens")).toEqual([
    { response_id: "msg_1", usage_source: "reported", output_tokens: "77" },
  ]);
});

test("answers that a relay has given the same id are told by their requests", async () => {
  const folder = newFolder();
  const { prompt, answer } = createClaudeSession("relayed");
  imports.write(`${folder}/relayed.jsonl`, [
    prompt("turn-1"),
    answer("1", { usage: FINAL, stop: "end_turn", requestId: "req_a" }),
    answer("1", { usage: FINAL, stop: "end_turn", requestId: "req_b" }),
  ]);
  expect((await importFolder(folder)).summary).toMatchObject({ imported: 2, copies: 0 });
  expect((await importFolder(folder)).summary).toMatchObject({ repeated: 2, known: 0 });
});

test("a call that the gateway has recorded is left to its record", async () => {
  const folder = newFolder();
  const { prompt, answer } = createClaudeSession("seen");
  const recorded = buildTokenEvent({
    started_at: "2026-11-20T09:30:01.500Z",
    gateway_id: "gateway-1",
    response_id: "msg_1",
    output_tokens: 77,
  });
  const expires = new Date(Date.now() + 86_400_000).toISOString();
  await imports.stores.clickhouse.insert("token_events", [
    { ...recorded, expires_at: expires, row_version: 1 },
  ]);
  imports.write(`${folder}/seen.jsonl`, [
    prompt("turn-1"),
    answer("msg_1", { usage: FINAL, stop: "end_turn" }),
    answer("msg_2", { usage: FINAL, stop: "end_turn" }),
  ]);
  for (const imported of [1, 0])
    expect((await importFolder(folder)).summary).toMatchObject({
      imported,
      known: 1,
      repeated: 1 - imported,
    });
  expect(await stored("response_id, gateway_id")).toEqual([
    { response_id: "msg_1", gateway_id: "gateway-1" },
    { response_id: "msg_2", gateway_id: "" },
  ]);
});

test("nothing that anybody wrote is in any table", async () => {
  const folder = newFolder();
  const { prompt, result, answer } = createClaudeSession("quiet");
  imports.write(`${folder}/${CANARY}/quiet.jsonl`, [
    prompt("turn-1"),
    answer("msg_1", { usage: FINAL, stop: "tool_use", block: claudeTool("toolu_1", "Write") }),
    answer("msg_1", { usage: FINAL, stop: "tool_use", block: claudeTool("toolu_2", CANARY) }),
    result("toolu_1", false),
    result("toolu_2", true),
    answer("msg_2", { usage: FINAL, stop: "end_turn" }),
  ]);
  await importFolder(folder);
  for (const table of ["token_events", "call_features"]) {
    const rows = JSON.stringify(await imports.query(`SELECT * FROM ${table}`));
    expect(rows).toContain("started_at");
    expect(rows).not.toContain(CANARY);
  }
});

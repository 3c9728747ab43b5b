// The features of a transcript's calls are those that the gateway makes of the same requests and answers.

import { expect, test } from "vitest";
import { contentOf } from "../../ingest/gateway/clients/all-clients.ts";
import { toRecord } from "../../ingest/gateway/content/json-values.ts";
import { extractFeatures } from "../../ingest/gateway/features/extract.ts";
import { createLinkHash, createSketchKeys } from "../../ingest/gateway/features/keys.ts";
import { claudeCode } from "../../ingest/import/claude-code.ts";
import { codex } from "../../ingest/import/codex.ts";
import { createDescriber } from "../../ingest/import/transcript-features.ts";
import type { TranscriptCall, TranscriptFormat } from "../../ingest/import/transcript.ts";
import { UNKNOWN_FEATURES } from "../../schemas/call-features.ts";
import { claudeTool, createClaudeSession, createCodexThread, uuidOfTime } from "../builders/transcripts.ts";

const SECRET = "a-secret-that-is-long-enough-for-tests-0123456789";
const PARTS = {
  keysAt: createSketchKeys(SECRET),
  hashTarget: createLinkHash(SECRET),
  contentOf,
  toolKinds: {},
};
/** What a transcript can't tell, because it does not hold what came before as it was sent. */
const OF_THE_CONVERSATION: readonly string[] = [
  "prefix_hash",
  "prefix_hash_previous",
  "parent_prefix_hash",
  "parent_prefix_hash_previous",
  "parent_answer_hash",
  "parent_answer_hash_previous",
  "system_hash",
  "system_hash_previous",
];

function readCalls(format: TranscriptFormat, lines: readonly object[]): readonly TranscriptCall[] {
  const reader = format.createReader(createDescriber(PARTS), {});
  for (const line of lines) reader.read(toRecord(line));
  return reader.calls();
}

/** Each of the imported calls beside what the gateway makes of its request and answer. */
function expectAlike(
  calls: readonly TranscriptCall[],
  exchanges: readonly { request: object; answer: object }[],
) {
  expect(calls).toHaveLength(exchanges.length);
  for (const [at, { request, answer }] of exchanges.entries()) {
    const call = calls[at];
    const features =
      call &&
      extractFeatures(PARTS, {
        event: call.event,
        request: Buffer.from(JSON.stringify(request)),
        answer: Buffer.from(JSON.stringify(answer)),
        isAnswerWhole: true,
      });
    const unknown = Object.entries(UNKNOWN_FEATURES).filter(([name]) => OF_THE_CONVERSATION.includes(name));
    expect(call?.features).toEqual({ ...features, ...Object.fromEntries(unknown) });
  }
}

const USED = { usage: { output_tokens: 9 }, stop: "tool_use" };
const contentOfLine = (line: object): unknown => toRecord(toRecord(line)["message"])["content"];

test("of Claude Code, whose blocks and results are lines of their own", () => {
  const { prompt, result, answer, line } = createClaudeSession("alike");
  const lines = [
    prompt("turn-1"),
    line("attachment", { attachment: { type: "date" } }),
    answer("msg_1", USED),
    answer("msg_1", { ...USED, block: claudeTool("toolu_1", "mcp__tracker__search") }),
    answer("msg_1", { ...USED, block: claudeTool("toolu_2", "Bash") }),
    result("toolu_2", true),
    result("toolu_1", false),
    answer("msg_2", { ...USED, stop: "end_turn" }),
  ];
  const [opening, , text, search, command, failure, success, closing] = lines.map(contentOfLine);
  const tools = [{ name: "mcp__tracker__search" }];
  const calls = readCalls(claudeCode, lines);
  expectAlike(calls, [
    {
      request: { messages: [{ role: "user", content: opening }], tools },
      answer: { content: [text, search, command].flat() },
    },
    {
      request: { messages: [{ role: "user", content: [failure, success].flat() }], tools },
      answer: { content: closing },
    },
  ]);
  expect(calls[0]?.features).toMatchObject({ tool_names: ["mcp__tracker__search", "Bash"] });
  expect(calls[1]?.features).toMatchObject({ tool_result_states: ["error", "ok"] });
});

test("of Codex, also where a result is written before the tokens of the call that asked for it", () => {
  const { meta, turn, prompt, asks, result, says, counted } = createCodexThread({ id: "thread" });
  const lines = [
    meta,
    turn(1, "1"),
    prompt(2),
    asks(4, "call-1", "exec_command"),
    result(5, "call-1", 1),
    counted(6, 100, 50),
    says(9),
    counted(10, 200, 60),
  ];
  const item = (at: number): unknown => lines[at]?.["payload"];
  const calls = readCalls(codex, lines);
  expectAlike(calls, [
    { request: { input: [item(2)] }, answer: { output: [item(3)] } },
    { request: { input: [item(4)] }, answer: { output: [item(6)] } },
  ]);
  expect(calls[1]?.features).toMatchObject({ tool_result_states: ["error"] });
});

test("of a thread of Codex that begins with a copy of its parent's history, which is not new in its first call", () => {
  const id = uuidOfTime("2026-11-20T09:30:00.000Z", 1);
  const { meta, turn, prompt, asks, result, says, counted } = createCodexThread({
    id,
    forked_from_id: "parent",
  });
  const lines = [
    meta,
    turn(0, uuidOfTime("2026-11-20T09:29:00.000Z", 2)),
    prompt(0),
    asks(0, "call-1", "exec_command"),
    result(0, "call-1", 0),
    says(0),
    turn(1, uuidOfTime("2026-11-20T09:30:01.000Z", 3)),
    prompt(2),
    says(3),
    counted(4, 100, 50),
  ];
  const item = (at: number): unknown => lines[at]?.["payload"];
  expectAlike(readCalls(codex, lines), [{ request: { input: [item(7)] }, answer: { output: [item(8)] } }]);
});

test("a tool that nobody has is not named: a model can put any text there", () => {
  const { prompt, result, answer } = createClaudeSession("made-up");
  const [call] = readCalls(claudeCode, [
    prompt("turn-1"),
    answer("msg_1", { ...USED, block: claudeTool("toolu_1", "dear diary") }),
    result("toolu_1", true),
  ]);
  expect(call?.features.tool_names).toEqual(["unknown"]);
});

test("in a long session each result finds its own call", () => {
  const { prompt, result, answer } = createClaudeSession("long");
  const opening = prompt("turn-1");
  const rounds = Array.from({ length: 2000 }, (_, at) => [
    answer(`msg_${at}`, { ...USED, block: claudeTool(`toolu_${at}`, "Read") }),
    result(`toolu_${at}`, false),
  ]);
  const calls = readCalls(claudeCode, [opening, ...rounds.flat()]);
  expect(new Set(calls.map(({ event }) => event.turn_id))).toEqual(new Set(["turn-1"]));
  expect(calls.map(({ features }) => features.tool_result_call_hashes?.[0])).toEqual([
    undefined,
    ...calls.slice(0, -1).map(({ features }) => features.tool_call_hashes?.[0]),
  ]);
});

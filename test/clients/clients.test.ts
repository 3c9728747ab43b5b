// Each client that is known by name, with requests of our own: what it says of its session, run, turn and agents, and what it asks
// for itself. `captured-requests.test.ts` holds the same against real requests, where they are at hand.

import { describe, expect, test } from "vitest";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { draftOf, type TestRequest } from "./draft.ts";

type Row = [what: string, request: TestRequest, expected: Partial<TokenEvent>];

const user = (content: unknown): object => ({ role: "user", content });
const TOOLS = [{ name: "t" }];
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const TRACEPARENT = `00-${TRACE}-b7ad6b7169203331-01`;

const CLAUDE = { "user-agent": "claude-cli/2.1.329 (external, cli)", "x-claude-code-session-id": "s" };
const claude = (headers: object = {}, body: object = {}): TestRequest => ({
  url: "/v1/messages?beta=true",
  headers: { ...CLAUDE, ...headers },
  body: { tools: TOOLS, messages: [user("Please")], ...body },
});
const claudeUserId = (userId: string): TestRequest => ({
  url: "/v1/messages",
  headers: { "user-agent": CLAUDE["user-agent"] },
  body: { metadata: { user_id: userId }, tools: TOOLS },
});
const CLAUDE_ROWS: Row[] = [
  ["main", claude(), { session_id: "s", agent_id: null, request_kind: "main", client_run_id: null }],
  [
    "a sub-agent",
    claude({ "x-claude-code-agent-id": "a", "x-claude-code-prompt-id": "p" }),
    { session_id: "s", turn_id: "p", agent_id: "a", parent_agent_id: null, request_kind: "subagent" },
  ],
  [
    "a sub-agent's sub-agent",
    claude({ "x-claude-code-agent-id": "b", "x-claude-code-parent-agent-id": "a" }),
    { agent_id: "b", parent_agent_id: "a", request_kind: "subagent" },
  ],
  ...["compaction", "auxiliary", "side_reply"].map((requestClass): Row => [
    requestClass,
    claude({ "x-claude-code-request-class": requestClass }),
    { request_kind: "auxiliary", trigger: "unknown" },
  ]),
  ["a workflow", claude({ "x-claude-code-request-class": "workflow" }), { request_kind: "subagent" }],
  ["memories", claude({ "x-claude-code-auxiliary-type": "memory_save" }), { request_kind: "auxiliary" }],
  [
    "a title, without hints",
    claude({}, { tools: [], output_config: { format: { type: "json_schema" } } }),
    { request_kind: "auxiliary" },
  ],
  ["a person's call without tools", claude({}, { tools: [] }), { request_kind: "main" }],
  [
    "a summary, without hints",
    claude({}, { messages: [user("Your task is to create a detailed summary of the conversation so far")] }),
    { request_kind: "auxiliary" },
  ],
  [
    "a session in its body alone",
    claudeUserId('{"device_id":"d","account_uuid":"","session_id":"in-body"}'),
    { session_id: "in-body", person_id: null },
  ],
  ["an older session", claudeUserId("user_0f_account_1_session_old-1"), { session_id: "old-1" }],
  [
    "a session that another one started",
    claudeUserId('{"session_id":"child","parent_session_id":"s"}'),
    { session_id: "child", parent_session_id: "s", agent_id: "child", request_kind: "subagent" },
  ],
  ["a user that is no session", claudeUserId("somebody@example.com"), { session_id: null, person_id: null }],
  ["a trace beside its session", claude({ traceparent: TRACEPARENT }), { client_run_id: null }],
  [
    "a count of tokens",
    { ...claude(), url: "/v1/messages/count_tokens" },
    { session_id: "s", request_kind: "count_tokens", trigger: "unknown" },
  ],
];

const turn = (metadata: object): string => JSON.stringify({ session_id: "s", thread_id: "s", ...metadata });
const codex = (metadata: object, headers: object = {}): TestRequest => ({
  headers: {
    "user-agent": "codex_exec/0.169.0 (Debian)",
    "session-id": "s",
    "x-codex-turn-metadata": turn(metadata),
    ...headers,
  },
});
const CODEX_ROWS: Row[] = [
  [
    "the root thread",
    codex({ turn_id: "t", root_turn_id: "t", request_kind: "turn" }),
    { session_id: "s", turn_id: "t", agent_id: null, request_kind: "main", entrypoint: "headless" },
  ],
  [
    "a sub-agent",
    codex({ thread_id: "c", parent_thread_id: "s", turn_id: "u", root_turn_id: "t" }),
    { session_id: "s", turn_id: "t", agent_id: "c", parent_agent_id: null, request_kind: "subagent" },
  ],
  [
    "a sub-agent's sub-agent",
    codex({ thread_id: "d", parent_thread_id: "c", root_turn_id: "t" }),
    { agent_id: "d", parent_agent_id: "c", request_kind: "subagent" },
  ],
  ["compaction", codex({ request_kind: "compaction" }), { request_kind: "auxiliary" }],
  ["a prewarm", codex({ request_kind: "prewarm" }), { request_kind: "auxiliary", turn_id: null }],
  ["a review", codex({ thread_id: "r" }, { "x-openai-subagent": "review" }), { request_kind: "subagent" }],
  [
    "a frame newer than its upgrade",
    {
      ...codex({ request_kind: "prewarm" }),
      body: {
        type: "response.create",
        client_metadata: { "x-codex-turn-metadata": turn({ root_turn_id: "t2", request_kind: "turn" }) },
      },
    },
    { turn_id: "t2", request_kind: "main" },
  ],
  [
    "an older version",
    { headers: { "user-agent": "codex_cli_rs/0.20.0", session_id: "old" } },
    { session_id: "old", entrypoint: "interactive" },
  ],
  [
    "metadata that is no JSON",
    codex({}, { "x-codex-turn-metadata": "{", "thread-id": "c" }),
    { session_id: "s", agent_id: "c" },
  ],
];

const opencode = (headers: object = {}, body: object = { tools: TOOLS }): TestRequest => ({
  url: "/v1/chat/completions",
  headers: { "user-agent": "opencode/1.18.33", "x-session-id": "s", "x-session-affinity": "s", ...headers },
  body,
});
const OPENCODE_ROWS: Row[] = [
  ["main", opencode(), { session_id: "s", parent_session_id: null, agent_id: null, request_kind: "main" }],
  [
    "a sub-agent",
    opencode({ "x-session-id": "c", "x-parent-session-id": "s" }),
    { session_id: "c", parent_session_id: "s", agent_id: "c", request_kind: "subagent" },
  ],
  ["a title", opencode({}, { messages: [user("x")] }), { request_kind: "auxiliary" }],
];

const CLAW_SYSTEM = "You are a personal assistant running inside OpenClaw.";
const surroundings = (key: string): string => `Runtime: agent=main | session=${key} | sessionId=sid | host=h`;
const claw = (texts: readonly string[], body: object = {}): TestRequest => ({
  url: "/v1/chat/completions",
  headers: { "user-agent": "OpenAI/JS 7.15.0", traceparent: TRACEPARENT },
  body: { messages: [{ role: "system", content: CLAW_SYSTEM }, ...texts.map(user)], tools: TOOLS, ...body },
});
const HEARTBEAT =
  "Follow the heartbeat monitor scratch context when provided. Recurring tasks are automations.";
const OPENCLAW_ROWS: Row[] = [
  [
    "a run of its session",
    claw(["Hello"], { prompt_cache_key: "sess-1:2" }),
    { session_id: "sess-1", client_run_id: TRACE, run_id_source: "client", request_kind: "main" },
  ],
  [
    "a session in its text",
    claw([`Hello\n\n${surroundings("agent:main:main")}`]),
    { session_id: "sid", client_run_id: TRACE, agent_id: null, request_kind: "main" },
  ],
  [
    "a sub-agent",
    claw([`[Subagent Task]\n\nLook\n\n${surroundings("agent:main:subagent:a:subagent:b")}`]),
    { agent_id: "b", parent_agent_id: "a", request_kind: "subagent", trigger: "agent", client_run_id: TRACE },
  ],
  ["a heartbeat", claw([HEARTBEAT]), { client: "openclaw", request_kind: "main", trigger: "schedule" }],
  [
    "a heartbeat behind a time",
    claw([`[Mon 2026-11-23 10:00 UTC] ${HEARTBEAT}`]),
    { request_kind: "main", trigger: "schedule" },
  ],
  [
    "an older heartbeat",
    claw(["Read HEARTBEAT.md if it exists. Follow it strictly."]),
    { trigger: "schedule" },
  ],
  ["an automation", claw(["[cron:7 Digest] Write the digest."]), { trigger: "schedule" }],
  ["a reminder", claw(["A scheduled reminder has been triggered. The reminder…"]), { trigger: "schedule" }],
  ["words on heartbeats", claw(["How do I set HEARTBEAT.md up?"]), { trigger: "unknown" }],
  ["a channel's message", claw(["Sender: ⟦openclaw:ctx⟧\n```json\n{}\n```\nHello"]), { trigger: "human" }],
  [
    "over Anthropic's interface",
    {
      url: "/v1/messages",
      headers: { "user-agent": "undici", traceparent: TRACEPARENT },
      body: { messages: [user(HEARTBEAT)], system: [{ type: "text", text: CLAW_SYSTEM }] },
    },
    { client: "openclaw", trigger: "schedule" },
  ],
  [
    "over Gemini's interface",
    {
      url: "/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse",
      headers: { "user-agent": "google-genai-sdk/2.22.0 gl-node/v24", traceparent: TRACEPARENT },
      body: {
        contents: [{ role: "user", parts: [{ text: HEARTBEAT }] }],
        systemInstruction: { parts: [{ text: CLAW_SYSTEM }] },
      },
    },
    { client: "openclaw", trigger: "schedule" },
  ],
  [
    "the same words without a trace",
    { ...claw(["Hello"]), headers: { "user-agent": "OpenAI/JS 7.15.0" } },
    { client: "openai-sdk", client_run_id: null },
  ],
];

const gemini = (verb: string): TestRequest => ({
  url: `/v1beta/models/gemini-3.5-flash:${verb}`,
  headers: { "user-agent": "GeminiCLI-tui/0.61.0/gemini-3.1-pro (linux; x64; terminal)" },
});
const OTHER_ROWS: Row[] = [
  ["gemini-cli: main", gemini("streamGenerateContent?alt=sse"), { request_kind: "main", session_id: null }],
  ["gemini-cli: its router", gemini("generateContent"), { request_kind: "auxiliary" }],
  [
    "cline",
    {
      url: "/v1/chat/completions",
      headers: { "user-agent": "ai-sdk/openai-compatible/3.0.37 runtime/bun/1.3.13" },
      body: { messages: [{ role: "system", content: "You are Cline, an AI coding agent." }] },
    },
    { client: "cline", client_version: "", session_id: null },
  ],
  [
    "copilot's chat",
    { headers: { "user-agent": "GitHubCopilotChat/0.40", "x-interaction-id": "i" } },
    { client: "copilot", session_id: "i", entrypoint: "interactive" },
  ],
  [
    "kilo code's task",
    { headers: { "user-agent": "Kilo-Code/4.1", "x-kilocode-taskid": "k" } },
    { client: "kilo-code", session_id: "k" },
  ],
  [
    "a platform's run, by its trace",
    { headers: { "user-agent": "OpenAI/Python 3.22.1", traceparent: TRACEPARENT } },
    { client: "openai-sdk", session_id: null, client_run_id: TRACE, run_id_source: "client" },
  ],
  [
    "a platform's heartbeat",
    { ...claw([HEARTBEAT]), headers: { "user-agent": "own-platform/1", "x-assay-run-id": "r" } },
    { client: "unknown", trigger: "schedule", client_run_id: "r" },
  ],
];

describe.each([
  ["claude code", CLAUDE_ROWS],
  ["codex", CODEX_ROWS],
  ["opencode", OPENCODE_ROWS],
  ["openclaw", OPENCLAW_ROWS],
  ["other clients", OTHER_ROWS],
])("%s", (_client, rows) => {
  test.each(rows)("%s", (_what, request, expected) => {
    expect(draftOf(request)).toMatchObject(expected);
  });
});

test("a client that nothing is known of has no ids, and its call is an event all the same", () => {
  expect(draftOf({ headers: { "user-agent": "own-thing/1" }, body: { input: "Hello" } })).toMatchObject({
    client: "unknown",
    session_id: null,
    client_run_id: null,
    run_id_source: null,
    turn_id: null,
    agent_id: null,
    parent_agent_id: null,
    parent_session_id: null,
    request_kind: "main",
    trigger: "unknown",
  });
});

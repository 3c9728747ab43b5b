// What each coding agent tells of edits that a human accepted, and how to tell them from edits that no human saw.
//
// | Client | Event, counter | A human accepted |
// |---|---|---|
// | Claude Code | `tool_decision`, `claude_code.code_edit_tool.decision` | `decision` accept and `source` user_temporary (this once) or user_permanent (the click on "always"); not config, hook or classifier |
// | Codex | `codex.tool_decision` of `apply_patch` | `decision` approved…, `source` user; not config or automatedreviewer |
// | Gemini CLI | `gemini_cli.tool_call`, `gemini_cli.tool.call.count` | `decision` accept or modify; auto_accept is also what "always" makes of the click itself, and counts for nothing |
//
// In sessions of the Agent SDK Claude Code says user_* also where a saved rule decided, so those count only as far as it does not
// say that it is one (`app.entrypoint`). Codex decides on a patch that a model hands to the shell as on any command (`exec_command`),
// and only the command's text, which is not read, would tell it apart: such edits are not seen. Commits, pull requests and
// lines that a client reports are no outcomes: it says only that they were made.
//
// Sources: https://code.claude.com/docs/en/monitoring-usage; openai/codex, codex-rs/otel; google-gemini/gemini-cli,
// packages/core/src/telemetry; and what the programs themselves send (test/fixtures/otlp). To add a client is to add an entry.

import type { Attributes } from "./telemetry.ts";

export interface EditTelemetry {
  /** As in TokenEvent. */
  client: string;
  events: readonly string[];
  counters: readonly string[];
  /** Events that come before any edit, of a client that has a counter too (session-signals.ts). */
  promptEvents: readonly string[];
  /** Attributes: the client's session, the tool that edits, and the id of its call where one is told. */
  session: string;
  tool: string;
  callId: string | undefined;
  /** The provider's request id of the call to the model that asked for the edit. */
  requestId: string | undefined;
  editTools: ReadonlySet<string>;
  isAcceptedByHuman: (attributes: Attributes) => boolean;
}

const CLAUDE_CODE: EditTelemetry = {
  client: "claude-code",
  events: ["tool_decision", "claude_code.tool_decision"],
  counters: ["claude_code.code_edit_tool.decision"],
  promptEvents: ["user_prompt", "claude_code.user_prompt"],
  session: "session.id",
  tool: "tool_name",
  callId: "tool_use_id",
  requestId: "request_id",
  editTools: new Set(["Edit", "MultiEdit", "Write", "NotebookEdit"]),
  isAcceptedByHuman: (attributes) =>
    attributes.get("decision") === "accept" &&
    ["user_temporary", "user_permanent"].includes(wordOf(attributes, "source")) &&
    !wordOf(attributes, "app.entrypoint").startsWith("sdk"),
};

const CODEX: EditTelemetry = {
  client: "codex",
  events: ["codex.tool_decision"],
  counters: [],
  promptEvents: [],
  session: "conversation.id",
  tool: "tool_name",
  callId: "call_id",
  requestId: undefined,
  editTools: new Set(["apply_patch"]),
  isAcceptedByHuman: (attributes) =>
    wordOf(attributes, "decision").startsWith("approved") && wordOf(attributes, "source") === "user",
};

const GEMINI_CLI: EditTelemetry = {
  client: "gemini-cli",
  events: ["gemini_cli.tool_call"],
  counters: ["gemini_cli.tool.call.count"],
  promptEvents: ["gemini_cli.user_prompt"],
  session: "session.id",
  tool: "function_name",
  callId: undefined,
  requestId: undefined,
  editTools: new Set(["replace", "write_file"]),
  isAcceptedByHuman: (attributes) =>
    ["accept", "modify"].includes(wordOf(attributes, "decision")) &&
    wordOf(attributes, "success") !== "false",
};

const CLIENTS = [CLAUDE_CODE, CODEX, GEMINI_CLI];

export const EDIT_EVENTS = byName((client) => client.events);
export const EDIT_COUNTERS = byName((client) => client.counters);
export const PROMPT_EVENTS = byName((client) => client.promptEvents);

function byName(namesOf: (client: EditTelemetry) => readonly string[]): ReadonlyMap<string, EditTelemetry> {
  return new Map(CLIENTS.flatMap((client) => namesOf(client).map((name) => [name, client])));
}

/** An attribute as a word in lower case; '' where it is absent. Versions differ in upper case, and in true against "true". */
function wordOf(attributes: Attributes, name: string): string {
  return String(attributes.get(name) ?? "").toLowerCase();
}

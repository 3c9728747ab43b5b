// Codex, over HTTP and over a WebSocket. Its headers and, in the body, `client_metadata` carry the same: the root session, the thread
// that makes the call (an agent each), the turn of the root thread that set it going, and what the request is for. The frames of a
// WebSocket have no headers of their own, and the upgrade's are older than they are, so the body goes first.
// (Measured with 0.169.0.)

import { parseMember, scanMember, textMember } from "../json-scan.ts";
import type { Author, Client, ClientSays } from "./client.ts";
import { toolKindsOf } from "./client-content.ts";
import { bodySaid, firstSaid, headerSaid, parseObject, said, type ClientRequest } from "./client-request.ts";
import { matchUserAgent } from "./user-agent.ts";
import { withoutElements } from "./wrappers.ts";

const USER_AGENT = /^codex[\w-]*(?:\/([\w.-]+))?/i;
const METADATA = "x-codex-turn-metadata";
const METADATA_CHARS_MAX = 16 * 1024;

const ENTRYPOINTS: readonly [RegExp, ClientSays["entrypoint"]][] = [
  [/^codex_exec/, "headless"],
  [/^codex_sdk/, "sdk"],
  [/^(?:codex_cli|codex-tui|codex_vscode|codex_work_desktop|codex desktop)/i, "interactive"],
];
/** What the client asks for itself; every other word is a turn of somebody's. */
const OWN_REQUESTS: ReadonlySet<unknown> = new Set([
  "prewarm",
  "compaction",
  "memory",
  "memory_consolidation",
]);
const OWN_AGENTS: ReadonlySet<unknown> = new Set(["compact", "memory_consolidation"]);

const WRAPPERS = [
  "environment_context",
  "user_instructions",
  "startup_context",
  "codex_internal_context",
  "turn_aborted",
  "subagent_notification",
  "model_switch",
  "collaboration_mode",
  "skill",
  "INSTRUCTIONS",
];
const INSTRUCTIONS_HEADING = /^# AGENTS\.md instructions[^\n]*$/m;

export const codex: Client = {
  name: "codex",
  recognise: (request) => matchUserAgent(request, USER_AGENT),
  read(request) {
    const { headers } = request;
    const metadata = readMetadata(request);
    const session = firstSaid(
      said(metadata["session_id"]),
      headerSaid(headers, "session-id", "session_id", "conversation_id"),
      bodySaid(request, "prompt_cache_key"),
    );
    const thread = firstSaid(said(metadata["thread_id"]), headerSaid(headers, "thread-id"));
    const parent = firstSaid(
      said(metadata["parent_thread_id"]),
      headerSaid(headers, "x-codex-parent-thread-id"),
    );
    return {
      entrypoint: readEntrypoint(request),
      session,
      turn: firstSaid(said(metadata["root_turn_id"]), said(metadata["turn_id"])),
      agent: thread === session ? undefined : thread,
      parentAgent: parent === session ? undefined : parent,
      kind: kindOf(metadata, headers["x-openai-subagent"], parent !== undefined),
    };
  },
  authorOf: (text): Author | undefined =>
    text.trimStart().startsWith("<subagent_notification>") ? "tool" : undefined,
  content: {
    stripWrappers: (text) => withoutElements(text.replace(INSTRUCTIONS_HEADING, ""), WRAPPERS),
    stripVolatile: (system) => withoutElements(system, ["environment_context"]),
    toolKinds: toolKindsOf({
      read: ["read_file", "list_dir", "grep_files", "view_image", "web_search", "read_mcp_resource"],
      write: ["apply_patch"],
      execute: ["shell", "local_shell", "shell_command", "exec_command", "write_stdin", "code_mode"],
      communicate: ["send_message"],
    }),
  },
};

function readEntrypoint({ headers }: ClientRequest): ClientSays["entrypoint"] {
  const originator = headers["originator"] ?? headers["user-agent"];
  const found = ENTRYPOINTS.find(([pattern]) => typeof originator === "string" && pattern.test(originator));
  return found?.[1] ?? "unknown";
}

function kindOf(
  metadata: Record<string, unknown>,
  subagent: string | string[] | undefined,
  hasParent: boolean,
): ClientSays["kind"] {
  if (OWN_REQUESTS.has(metadata["request_kind"]) || OWN_AGENTS.has(subagent)) return "auxiliary";
  return hasParent || subagent !== undefined ? "subagent" : undefined;
}

/** The turn's metadata: of the body, else of the headers. The body's other ids stand beside it, and say the same. */
function readMetadata({ headers, body }: ClientRequest): Record<string, unknown> {
  const metadata = body && scanMember(body.text, body.members, "client_metadata");
  const inBody = body && textMember(body.text, metadata, METADATA, METADATA_CHARS_MAX);
  const inHeaders = headers[METADATA];
  const text = inBody ?? (typeof inHeaders === "string" ? inHeaders : "");
  const turn = parseObject(text);
  if (turn || !body) return turn ?? {};
  const ids = parseMember(body.text, body.members, "client_metadata");
  return typeof ids === "object" && ids !== null ? { ...ids } : {};
}

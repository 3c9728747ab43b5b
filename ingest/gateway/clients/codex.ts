// Codex, over HTTP and over a WebSocket. Its headers and, in the body, `client_metadata` carry the same: the root session, the thread
// that makes the call (an agent each), the turn of the root thread that set it going, and what the request is for. The frames of a
// WebSocket have no headers of their own, and the upgrade's are older than they are, so the body goes first.
// (Measured with 0.169.0.)

import { isRecord, parseMember } from "../json-scan.ts";
import type { Author, Client, ClientSays } from "./client.ts";
import { toolKindsOf } from "./client-content.ts";
import { bodySaid, firstSaid, headerSaid, parseObject, said, type ClientRequest } from "./client-request.ts";
import { matchUserAgent } from "./user-agent.ts";
import { withoutElements } from "./wrappers.ts";

const USER_AGENT = /^codex[\w-]*(?:\/([\w.-]+))?/i;
const METADATA = "x-codex-turn-metadata";
const SUBAGENT = "x-openai-subagent";

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
      kind: kindOf(metadata, metadata[SUBAGENT] ?? headers[SUBAGENT], parent !== undefined),
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
  subagent: unknown,
  hasParent: boolean,
): ClientSays["kind"] {
  if (OWN_REQUESTS.has(metadata["request_kind"]) || OWN_AGENTS.has(subagent)) return "auxiliary";
  return hasParent || subagent !== undefined ? "subagent" : undefined;
}

/** What a turn is of: from the body, else from the headers. The body has the ids beside it too, which say the same. */
function readMetadata({ headers, body }: ClientRequest): Record<string, unknown> {
  const inBody = body && parseMember(body.text, body.members, "client_metadata");
  const ids = isRecord(inBody) ? inBody : {};
  const turn = ids[METADATA] ?? headers[METADATA];
  return { ...ids, ...(typeof turn === "string" ? parseObject(turn) : undefined) };
}

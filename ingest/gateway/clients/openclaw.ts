// OpenClaw, and platforms built in its manner. Its user agent is the SDK's, or undici's, so it is known by a trace context together
// with how its system prompt introduces it. The trace is a run's, shared by its sub-agents. The session is a standing channel: it
// stands in the prompt cache's key where the model is set up for one, and else in the line on the run's surroundings.
// Its timers speak through texts of role user (`heartbeat.ts`).
// (Measured with 2026.9.6; the texts are in the published package.)

import type { Author, Client, ClientSays } from "./client.ts";
import { toolKindsOf } from "./client-content.ts";
import {
  bodySaid,
  firstSaid,
  headerSaid,
  isIntroducedAs,
  said,
  traceIdOf,
  type ClientRequest,
  type Said,
} from "./client-request.ts";
import { isScheduled } from "./heartbeat.ts";
import { matchUserAgent } from "./user-agent.ts";
import { withoutBlocks, withoutLines } from "./wrappers.ts";

const USER_AGENTS = /^(?:OpenAI\/JS |Anthropic\/JS |undici|google-genai-sdk\/)/;
const INTRODUCTION = "running inside OpenClaw";

/** `Runtime: agent=main | session=agent:main:subagent:<id> | sessionId=<id> | host=…`, in the prompt or with the newest words. */
const SURROUNDINGS = " | session=";
/** Further from a request's end than this it is not looked for; the key of the cache is the better source. */
const SEARCHED_BYTES_MAX = 1024 * 1024;
const SURROUNDINGS_BYTES_MAX = 1024;

const TOOL_NOTICE =
  /^(?:\[OpenClaw exec completion\]|An async command (?:you ran|completion)|\[Internal task completion event\])/m;
const FROM_AGENT = /^\[Subagent (?:Context|Task)\]/m;
/** Closes the label of what a channel says of a message: its sender, its conversation. */
const CHANNEL_MARK = "⟦openclaw:ctx⟧";

const INTERNAL_BLOCK = {
  begin: "<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT>>>",
  end: "<<<END_OPENCLAW_INTERNAL_CONTEXT>>>",
};
/** The part of the system prompt that is made anew for each run. */
const DYNAMIC_BLOCK = {
  begin: "<!-- openclaw:attempt:DYNAMIC -->",
  end: "<!-- /openclaw:attempt:DYNAMIC -->",
};
/** The label stays behind when its block is taken out, and goes as a line. */
const CHANNEL_BLOCK = { begin: `${CHANNEL_MARK}\n\`\`\`json`, end: "\n```" };
const OWN_LINES = [
  /^(?:Conversation info|Sender|Forwarded message context|Location|Structured object|Thread starter|Reply target)\b[^:]*: *$/,
  /^Runtime: .* \| /,
  /^Current time: /,
  /^\[Subagent (?:Context|Task)\]/,
  /^Begin\. Execute the assigned task to completion\.$/,
];
const TIMESTAMP = /^\[[A-Z][a-z]{2} \d{4}-\d{2}-\d{2} [^\]\n]{1,40}\] */gm;
const CRON_NAME = /^\[cron:[^\]\n]*\] */gm;

export const openclaw: Client = {
  name: "openclaw",
  recognise: (request) =>
    request.headers["traceparent"] !== undefined &&
    matchUserAgent(request, USER_AGENTS) !== undefined &&
    isIntroducedAs(request, INTRODUCTION)
      ? ""
      : undefined,
  read(request) {
    const surroundings = readSurroundings(request);
    return {
      session: firstSaid(readCacheKey(request), surroundings.session),
      run: said(traceIdOf(request.headers)),
      turn: headerSaid(request.headers, "x-openclaw-turn-id"),
      ...readAgent(surroundings.key),
    };
  },
  authorOf,
  content: {
    stripWrappers: (text) =>
      // The time stands before the first line, also before one of its own.
      withoutLines(
        withoutBlocks(withoutBlocks(text, INTERNAL_BLOCK), CHANNEL_BLOCK)
          .replaceAll(TIMESTAMP, "")
          .replaceAll(CRON_NAME, ""),
        OWN_LINES,
      ).trim(),
    stripVolatile: (system) =>
      withoutLines(withoutBlocks(system, DYNAMIC_BLOCK), [/^Runtime: /, /^Current (?:date|time)/]),
    toolKinds: toolKindsOf({
      read: [
        "read",
        "ls",
        "pdf",
        "view_image",
        "web_fetch",
        "web_search",
        "x_search",
        "memory_get",
        "memory_search",
        "sessions_list",
        "sessions_history",
        "sessions_search",
        "session_status",
        "agents_list",
        "conversations_list",
      ],
      write: ["write", "edit", "apply_patch"],
      execute: [
        "exec",
        "process",
        "terminal",
        "code_execution",
        "browser",
        "computer",
        "nodes",
        "gateway",
        "automations",
        "cron",
      ],
      communicate: [
        "message",
        "conversations_send",
        "conversations_turn",
        "sessions_send",
        "tts",
        "github_publish",
      ],
    }),
  },
};

function authorOf(text: string): Author | undefined {
  if (isScheduled(text)) return "schedule";
  if (TOOL_NOTICE.test(text)) return "tool";
  if (FROM_AGENT.test(text)) return "agent";
  return text.includes(CHANNEL_MARK) ? "human" : undefined;
}

/** `<session>:<n>`, where n grows each time the cache has to be filled anew. */
function readCacheKey(request: ClientRequest): Said {
  const key = bodySaid(request, "prompt_cache_key");
  return typeof key === "string" ? said(key.replace(/:\d+$/, "")) : key;
}

function readSurroundings({ body }: ClientRequest): { key?: string; session?: Said } {
  if (!body) return {};
  const searched = body.text.subarray(-SEARCHED_BYTES_MAX);
  const at = searched.lastIndexOf(SURROUNDINGS);
  if (at === -1) return {};
  const text = searched.toString("utf8", at, at + SURROUNDINGS_BYTES_MAX);
  // The line ends where its JSON string does, or at its escaped line break.
  const [line = ""] = text.split(/["\\]/, 1);
  const fields = new Map(
    line.split(" | ").map((field) => [field.split("=", 1)[0] ?? "", field.slice(field.indexOf("=") + 1)]),
  );
  const key = fields.get("session");
  return { ...(key !== undefined && { key }), session: said(fields.get("sessionId")) };
}

/** `agent:<name>:subagent:<id>`, and so on for each depth. */
function readAgent(key: string | undefined): Pick<ClientSays, "agent" | "parentAgent" | "kind"> {
  const agents = (key ?? "").split(":subagent:").slice(1);
  if (agents.length === 0) return {};
  return { agent: said(agents.at(-1)), parentAgent: said(agents.at(-2)), kind: "subagent" };
}

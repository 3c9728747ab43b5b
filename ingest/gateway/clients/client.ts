// Which client is calling, and its own name for the session and the run, from what it sends without being asked.

import type { IncomingHttpHeaders } from "node:http";
import type { TokenEvent } from "../../../schemas/token-event.ts";
import { FIELD_CHARS_MAX, TAGS_MAX } from "../../../schemas/token-event.ts";
import { WORKLOAD_CLASSES } from "../../../schemas/closed-lists.ts";

type ClientFacts = Pick<
  TokenEvent,
  | "client"
  | "client_version"
  | "entrypoint"
  | "session_id"
  | "client_run_id"
  | "agent_id"
  | "client_retry_count"
  | "tags"
>;

interface ClientPattern {
  client: string;
  /** On the user agent; its first group is the version. */
  userAgent: RegExp;
  entrypoint: TokenEvent["entrypoint"];
  /** The header that carries the client's session, where it has one of its own. */
  sessionHeader?: string;
}

const CLIENTS: readonly ClientPattern[] = [
  {
    client: "claude-code",
    userAgent: /^claude-cli\/([\w.-]+)/,
    entrypoint: "unknown",
    sessionHeader: "x-claude-code-session-id",
  },
  {
    client: "codex",
    userAgent: /^codex[\w-]*\/([\w.-]+)/,
    entrypoint: "unknown",
    sessionHeader: "session-id",
  },
  { client: "gemini-cli", userAgent: /^GeminiCLI[\w-]*\/([\w.-]+)/, entrypoint: "unknown" },
  {
    client: "opencode",
    userAgent: /^opencode\/([\w.-]+)/,
    entrypoint: "unknown",
    sessionHeader: "x-session-id",
  },
  { client: "openai-sdk", userAgent: /^(?:Async)?OpenAI\/\w+ ([\w.-]+)/, entrypoint: "sdk" },
  { client: "anthropic-sdk", userAgent: /^(?:Async)?Anthropic\/\w+ ([\w.-]+)/, entrypoint: "sdk" },
  { client: "google-genai-sdk", userAgent: /^google-genai-sdk\/([\w.-]+)/, entrypoint: "sdk" },
  { client: "vercel-ai-sdk", userAgent: /^ai(?:-sdk)?\/([\w.-]+)/, entrypoint: "sdk" },
  { client: "curl", userAgent: /^curl\/([\w.-]+)/, entrypoint: "headless" },
];

/** What the headers say; what is not said is unknown. Values longer than a field are cut. */
export function readClient(headers: IncomingHttpHeaders): ClientFacts {
  const userAgent = headers["user-agent"] ?? "";
  const found = CLIENTS.find((pattern) => pattern.userAgent.test(userAgent));
  const retries = header(headers, "x-stainless-retry-count");
  const session = found?.sessionHeader === undefined ? null : header(headers, found.sessionHeader);
  return {
    client: found?.client ?? "unknown",
    client_version: found?.userAgent.exec(userAgent)?.[1]?.slice(0, FIELD_CHARS_MAX) ?? "",
    entrypoint: found?.entrypoint ?? "unknown",
    session_id: header(headers, "x-assay-session-id") ?? session,
    client_run_id: header(headers, "x-assay-run-id"),
    agent_id: header(headers, "x-assay-agent"),
    client_retry_count: retries !== null && /^\d{1,6}$/.test(retries) ? Number(retries) : null,
    tags: parseTags(header(headers, "x-assay-tags")),
  };
}

/** The class that a header declares; a word that is no class declares nothing. */
export function readDeclaredClass(headers: IncomingHttpHeaders): TokenEvent["workload_class"] {
  const declared = header(headers, "x-assay-class");
  return WORKLOAD_CLASSES.find((workloadClass) => workloadClass === declared) ?? null;
}

/** `team=search,ticket=42`; a tag without a value stands for itself. */
function parseTags(value: string | null): Record<string, string> {
  const entries = (value ?? "")
    .split(",")
    .map((tag) => tag.trim())
    .filter((tag) => tag !== "" && !tag.startsWith("__proto__"))
    .slice(0, TAGS_MAX)
    .map((tag) => {
      const [name = "", ...rest] = tag.split("=");
      return [name.trim().slice(0, FIELD_CHARS_MAX), rest.join("=").trim().slice(0, FIELD_CHARS_MAX)];
    });
  return Object.fromEntries(entries);
}

function header(headers: IncomingHttpHeaders, name: string): string | null {
  const value = headers[name];
  return typeof value === "string" && value !== "" ? value.slice(0, FIELD_CHARS_MAX) : null;
}

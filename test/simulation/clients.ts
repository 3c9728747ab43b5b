// The clients of the simulated organisation, as a gateway sees them: what they say of themselves, which interface they use,
// how they cache, and what they do besides the work. Model names are real ones, so that the price table knows them; the
// models that the organisation runs itself are in no price table.

import type { TokenEvent } from "../../schemas/token-event.ts";
import type { Weighted } from "./random.ts";

export interface ClientProfile {
  client: string;
  /** Oldest first; everybody is on a newer one as the weeks go by. */
  versions: readonly string[];
  provider: string;
  api: TokenEvent["api"];
  models: Weighted<string>;
  /** For titles and other calls that the client makes for itself; none where it makes none. */
  smallModel?: string;
  /** What names a session: the client's own id, an id of each run in one standing channel, or nothing. */
  identity: "session" | "run" | "none";
  /** `marked`: the client marks what to cache, and writes are billed. `automatic`: the provider caches by itself. */
  cache: "marked" | "automatic" | "none";
  /** System prompt and tool definitions, sent with every call. */
  systemTokens: number;
  toolsOffered: number;
  /** Hidden reasoning for each visible token of output. */
  reasoningShare: number;
  /** Whether it asks the provider to count tokens, and whether it starts sub-agents. */
  countsTokens?: boolean;
  spawnsAgents?: boolean;
  /** Whether it says how often it has tried. */
  countsRetries?: boolean;
}

const CODING = { reasoningShare: 0.6, toolsOffered: 14 } as const;

export const CLIENTS = {
  "claude-code": {
    ...CODING,
    client: "claude-code",
    versions: ["2.1.197", "2.1.260", "2.1.301", "2.1.329"],
    provider: "anthropic",
    api: "messages",
    models: [
      ["claude-opus-4-7", 4],
      ["claude-sonnet-4-6", 5],
      ["claude-haiku-4-5-20251001", 1],
    ],
    smallModel: "claude-haiku-4-5-20251001",
    identity: "session",
    cache: "marked",
    systemTokens: 14_000,
    countsTokens: true,
    spawnsAgents: true,
    countsRetries: true,
  },
  codex: {
    ...CODING,
    client: "codex",
    versions: ["0.148.0", "0.155.0", "0.162.0", "0.169.0"],
    provider: "openai",
    api: "responses",
    models: [
      ["gpt-5.3-codex", 6],
      ["gpt-5.4", 3],
    ],
    identity: "session",
    cache: "automatic",
    systemTokens: 9000,
    spawnsAgents: true,
  },
  "gemini-cli": {
    ...CODING,
    client: "gemini-cli",
    versions: ["0.52.0", "0.58.0", "0.61.0"],
    provider: "gemini",
    api: "generate",
    models: [
      ["gemini-3.1-pro-preview", 5],
      ["gemini-3-flash-preview", 3],
    ],
    smallModel: "gemini-3-flash-preview",
    identity: "none",
    cache: "automatic",
    systemTokens: 8000,
  },
  openclaw: {
    client: "openclaw",
    versions: ["2026.7.4", "2026.9.6"],
    provider: "anthropic",
    api: "messages",
    models: [["claude-sonnet-4-6", 1]],
    identity: "run",
    cache: "marked",
    systemTokens: 11_000,
    toolsOffered: 22,
    reasoningShare: 0.2,
  },
  "openai-sdk": {
    client: "openai-sdk",
    versions: ["6.49.0", "7.55.0"],
    provider: "openai",
    api: "chat",
    models: [
      ["gpt-5.4", 2],
      ["gpt-5-mini", 6],
    ],
    identity: "none",
    cache: "automatic",
    systemTokens: 600,
    toolsOffered: 0,
    reasoningShare: 0.8,
    countsRetries: true,
  },
  "anthropic-sdk": {
    client: "anthropic-sdk",
    versions: ["1.8.0", "1.11.0"],
    provider: "anthropic",
    api: "messages",
    models: [
      ["claude-sonnet-4-6", 3],
      ["claude-haiku-4-5-20251001", 5],
    ],
    identity: "none",
    cache: "none",
    systemTokens: 900,
    toolsOffered: 0,
    reasoningShare: 0,
    countsRetries: true,
  },
  /** The same library, looking texts up. */
  embeddings: {
    client: "openai-sdk",
    versions: ["6.49.0", "7.55.0"],
    provider: "openai",
    api: "embeddings",
    models: [["text-embedding-3-small", 1]],
    identity: "none",
    cache: "none",
    systemTokens: 0,
    toolsOffered: 0,
    reasoningShare: 0,
    countsRetries: true,
  },
  /** A model that the organisation serves itself: no list price. */
  "in-house": {
    client: "openai-sdk",
    versions: ["6.49.0", "7.55.0"],
    provider: "vllm",
    api: "chat",
    models: [
      ["house-coder-32b", 3],
      ["house-writer-8b", 1],
    ],
    identity: "none",
    cache: "none",
    systemTokens: 500,
    toolsOffered: 0,
    reasoningShare: 0,
    countsRetries: true,
  },
} as const satisfies Record<string, ClientProfile>;

export type ClientName = keyof typeof CLIENTS;

/** The providers' own words for why a model stopped. */
export const STOP_WORDS: Readonly<Record<string, Readonly<Record<"end" | "tool" | "length", string>>>> = {
  messages: { end: "end_turn", tool: "tool_use", length: "max_tokens" },
  chat: { end: "stop", tool: "tool_calls", length: "length" },
  responses: { end: "completed", tool: "completed", length: "max_output_tokens" },
  generate: { end: "STOP", tool: "STOP", length: "MAX_TOKENS" },
};

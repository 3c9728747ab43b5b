// Clients of which no more is known than how they name themselves, and at most a header for their session: editors, agents that run
// in them, and the SDKs that programs are written with. A program that uses an SDK has no session that the wire would show.
// (Measured, but for the editors: those are as github.com/coder/aibridge reads them.)

import type { Client, ClientSays } from "./client.ts";
import { PLAIN_CONTENT } from "./client-content.ts";
import { headerSaid } from "./client-request.ts";
import { matchUserAgent } from "./user-agent.ts";

interface KnownByName {
  name: string;
  /** Of the user agent; its first group is the version. */
  userAgent: RegExp;
  /** A header that only this client sends, whose value is its version. */
  versionHeader?: string;
  entrypoint: ClientSays["entrypoint"];
  sessionHeader?: string;
}

const TABLE: readonly KnownByName[] = [
  {
    name: "copilot",
    userAgent: /^githubcopilotchat\/([\w.-]+)/i,
    entrypoint: "interactive",
    sessionHeader: "x-interaction-id",
  },
  {
    name: "copilot",
    userAgent: /^copilot\/([\w.-]+)/i,
    entrypoint: "unknown",
    sessionHeader: "x-client-session-id",
  },
  {
    name: "cursor",
    userAgent: /^cursor\/([\w.-]+)/i,
    versionHeader: "x-cursor-client-version",
    entrypoint: "interactive",
  },
  {
    name: "kilo-code",
    userAgent: /^kilo-code\/([\w.-]+)/i,
    entrypoint: "unknown",
    sessionHeader: "x-kilocode-taskid",
  },
  { name: "roo-code", userAgent: /^roo-code\/([\w.-]+)/i, entrypoint: "unknown" },
  { name: "zed", userAgent: /^zed\/([\w.-]+)/i, entrypoint: "interactive" },
  { name: "crush", userAgent: /^charm crush\/([\w.-]+)/i, entrypoint: "unknown" },
  { name: "junie", userAgent: /^junie:([\w.-]+)/i, entrypoint: "unknown" },
  { name: "openai-agents", userAgent: /^Agents\/\w+ ([\w.-]+)/, entrypoint: "sdk" },
  { name: "langchain", userAgent: /^langchain(?:js)?[\w-]*\/([\w.-]+)/, entrypoint: "sdk" },
  { name: "vercel-ai-sdk", userAgent: /^ai(?:-sdk(?:[/-][a-z-]+)*)?\/(\d[\w.-]*)/, entrypoint: "sdk" },
  { name: "openai-sdk", userAgent: /^(?:Async)?OpenAI\/\w+ ([\w.-]+)/, entrypoint: "sdk" },
  { name: "anthropic-sdk", userAgent: /^(?:Async)?Anthropic\/\w+ ([\w.-]+)/, entrypoint: "sdk" },
  { name: "google-genai-sdk", userAgent: /^google-genai-sdk\/([\w.-]+)/, entrypoint: "sdk" },
  { name: "curl", userAgent: /^curl\/([\w.-]+)/, entrypoint: "headless" },
];

export const CLIENTS_KNOWN_BY_NAME: readonly Client[] = TABLE.map(
  ({ name, userAgent, versionHeader, entrypoint, sessionHeader }) => ({
    name,
    recognise: (request) =>
      matchUserAgent(request, userAgent) ??
      (versionHeader === undefined ? undefined : (headerSaid(request.headers, versionHeader) ?? undefined)),
    read: ({ headers }) => ({
      entrypoint,
      session: sessionHeader === undefined ? undefined : headerSaid(headers, sessionHeader),
    }),
    content: PLAIN_CONTENT,
  }),
);

// Live calls through the gateway: a few simulated people and programs, each with an Assay key and a client, talk to the
// simulated provider for as long as the demo runs. Each has one call under way at a time, which bounds them all together,
// and repeats a refused call with the same body, as clients do.

import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { Random } from "./random.ts";

/** Between the end of a call and the next one, in milliseconds: median and spread. */
const PAUSE_MS = [1400, 0.7] as const;
const RETRY_MS = 1500;
const ATTEMPTS_MAX = 3;
/** Calls of one conversation, at least and at most. */
const CALLS = [4, 14] as const;
/** What is added to the context with each call. */
const PROMPT_WORDS = [60, 1500] as const;
const CALL_MS_MAX = 60_000;

export interface LiveCaller {
  key: string;
  client: keyof typeof WIRES;
}

export interface LiveTrafficOptions {
  gatewayUrl: string;
  callers: readonly LiveCaller[];
  random: Random;
}

export interface LiveTraffic {
  /** Breaks off what is under way. Resolves when nothing is left. */
  stop(): Promise<void>;
}

export function startLiveTraffic({ gatewayUrl, callers, random }: LiveTrafficOptions): LiveTraffic {
  const stopping = new AbortController();
  const talking = callers.map(async (caller, index) => {
    const own = random.fork(`live ${index}`);
    await pause(own, stopping.signal);
    while (!stopping.signal.aborted) await talk(own, gatewayUrl, caller, stopping.signal);
  });
  return {
    async stop() {
      stopping.abort();
      await Promise.all(talking);
    },
  };
}

interface Message {
  role: "user" | "assistant";
  text: string;
}

/** One conversation, whose context is sent again with every call. */
async function talk(
  random: Random,
  gatewayUrl: string,
  { client, key }: LiveCaller,
  signal: AbortSignal,
): Promise<void> {
  const wire = WIRES[client];
  const sessionId = randomUUID();
  const messages: Message[] = [];
  for (let calls = random.integer(...CALLS); calls > 0 && !signal.aborted; calls--) {
    messages.push({ role: "user", text: writeText(random) });
    const body = JSON.stringify(wire.toBody(messages));
    const headers = { "content-type": "application/json", ...wire.headers(key, sessionId) };
    const sent = { method: "POST", headers, body };
    for (let attempt = 1; attempt <= ATTEMPTS_MAX && !signal.aborted; attempt++) {
      if (await send(gatewayUrl + wire.path, sent, signal)) break;
      await wait(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
    messages.push({ role: "assistant", text: "Done." });
    await pause(random, signal);
  }
}

/** Whether the call got through. The gateway's record says the rest. */
async function send(url: string, call: RequestInit, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(url, {
      ...call,
      signal: AbortSignal.any([signal, AbortSignal.timeout(CALL_MS_MAX)]),
    });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    // Refused, reset or broken off: a client tries again or gives up, and so does this one.
    return false;
  }
}

function pause(random: Random, signal: AbortSignal): Promise<void> {
  return wait(random.logNormal(...PAUSE_MS), undefined, { signal }).catch(() => undefined);
}

const WORDS =
  "the build fails when a test reads its own file twice so look at where the cache is made and say what changed".split(
    " ",
  );

function writeText(random: Random): string {
  return Array.from({ length: random.integer(...PROMPT_WORDS) }, () => random.pick(WORDS)).join(" ");
}

interface Wire {
  path: string;
  headers(key: string, sessionId: string): Record<string, string>;
  toBody(messages: readonly Message[]): object;
}

/** How each client speaks: its address, what it says of itself, and the form of its body. */
const WIRES = {
  "claude-code": {
    path: "/v1/messages?beta=true",
    headers: (key, sessionId) => ({
      "x-api-key": key,
      "user-agent": "claude-cli/2.1.329 (external, cli)",
      "x-claude-code-session-id": sessionId,
      "anthropic-version": "2023-06-01",
    }),
    toBody: (messages) => ({
      model: "claude-sonnet-4-6",
      max_tokens: 32_000,
      stream: true,
      messages: messages.map(({ role, text }) => ({ role, content: text })),
    }),
  },
  codex: {
    path: "/v1/responses",
    headers: (key, sessionId) => ({
      authorization: `Bearer ${key}`,
      "user-agent": "codex_cli_rs/0.169.0",
      "session-id": sessionId,
    }),
    toBody: (messages) => ({
      model: "gpt-5.3-codex",
      stream: true,
      input: messages.map(({ role, text }) => ({ role, content: text })),
    }),
  },
  "gemini-cli": {
    path: "/v1beta/models/gemini-3-flash-preview:streamGenerateContent?alt=sse",
    headers: (key) => ({
      "x-goog-api-key": key,
      "user-agent": "GeminiCLI-tui/0.61.0 (linux; x64; terminal)",
    }),
    toBody: (messages) => ({
      contents: messages.map(({ role, text }) => ({
        role: role === "user" ? "user" : "model",
        parts: [{ text }],
      })),
    }),
  },
  "openai-sdk": {
    path: "/v1/chat/completions",
    headers: (key) => ({ authorization: `Bearer ${key}`, "user-agent": "OpenAI/JS 7.55.0" }),
    toBody: (messages) => ({
      model: "gpt-5-mini",
      stream: true,
      stream_options: { include_usage: true },
      messages: messages.map(({ role, text }) => ({ role, content: text })),
    }),
  },
} as const satisfies Record<string, Wire>;

// Calls that nobody recorded: those of scripts and of look-alikes, with what is usual where nothing is said.

import type { Tokens } from "./source.ts";
import type { Prompt, ToolUse, VirtualCall } from "./virtual.ts";

/** Of the system prompt and tools that a client sends along with each call. */
export const OVERHEAD_TOKENS = 14_000;
/** So many tokens a call at the most: a model's context. */
const CONTEXT_TOKENS_MAX = 180_000;

export interface ScriptedCall {
  afterMs: number;
  model: string;
  tokens: Partial<Tokens>;
  prompt?: Prompt;
  agent?: string;
  trigger?: VirtualCall["trigger"];
  tools?: readonly ToolUse[];
  results?: VirtualCall["results"];
  toolChars?: number;
  answer: VirtualCall["answer"];
  stop?: VirtualCall["stop"];
  system?: string;
  bodyHash?: string;
}

/** A call with what is usual where nothing is said. */
export function call(said: ScriptedCall): VirtualCall {
  const tokens = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0, ...said.tokens };
  return {
    durationMs: 1500 + Math.min(90_000, tokens.output * 12),
    agent: "",
    trigger: said.prompt === undefined ? "tool" : "unknown",
    toolChars: 0,
    tools: [],
    results: [],
    stop: (said.tools?.length ?? 0) > 0 ? "tool" : "end",
    ...said,
    tokens,
  };
}

/** Fresh input that costs so much, within a model's context. */
export function inputFor(usd: number, usdPerToken: number): number {
  return Math.max(200, Math.min(CONTEXT_TOKENS_MAX, Math.round(usd / Math.max(usdPerToken, 1e-9))));
}

export function readTool(name: string, target: string): ToolUse {
  return { name: "Read", kind: "read", args: `${name}.${target}`, target };
}

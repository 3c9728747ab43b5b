// What a virtual person does, before it becomes records: runs of calls with what they were answered with, and what came of them.
// Everything that makes up a population (sessions, look-alikes, tactics) speaks in these words; lines.ts turns them into records.

import type { ErrorKind, StopKind, ToolKind, WorkloadClass } from "../../../schemas/closed-lists.ts";
import type { Outcome } from "../../../schemas/outcome.ts";
import type { Tokens } from "./source.ts";

export type ClientName = "claude-code" | "codex" | "opencode" | "openclaw" | "sdk" | "other";

/** What somebody, or a script, wrote; of its content only what the gateway would keep. */
export interface Prompt {
  hash: string;
  /** 64 numbers, or none for under 50 words and marks. */
  sketch: readonly number[];
  chars: number;
  /** Share of its lines that repeat; undefined: not known. */
  repetition?: number;
  compression?: number;
  /** Of its long paragraphs. */
  blocks?: readonly string[];
}

export interface Answer {
  chars: number;
  hash: string;
  sketch?: readonly number[];
  blocks?: readonly string[];
  compression?: number;
}

export interface ToolUse {
  name: string;
  kind: ToolKind;
  args: string;
  /** '' nothing that can be named. */
  target: string;
}

export interface VirtualCall {
  /** Since the run's start. */
  afterMs: number;
  durationMs: number;
  model: string;
  /** '' the main agent. */
  agent: string;
  trigger: "human" | "agent" | "tool" | "schedule" | "unknown";
  tokens: Tokens;
  /** Undefined where only tools, or nobody, said something new. */
  prompt?: Prompt;
  toolChars: number;
  tools: readonly ToolUse[];
  results: readonly { hash: string; isError: boolean }[];
  answer: Answer;
  stop: StopKind;
  /** Of system prompt and tools, where it is not the client's usual one. */
  system?: string;
  /** The provider failed; usage is unknown then. */
  failure?: { status: number; error: ErrorKind };
  /** What makes two calls one operation. */
  bodyHash?: string;
  retry?: number;
}

export interface VirtualOutcome {
  afterMs: number;
  kind: Outcome["kind"];
  isReviewed: boolean;
}

export interface VirtualRun {
  /** The client's session; of a standing channel the run's own id. */
  session: string;
  startsAtMs: number;
  client: ClientName;
  entrypoint: "interactive" | "headless" | "sdk";
  /** Declared by header. */
  workloadClass?: WorkloadClass;
  calls: readonly VirtualCall[];
  outcomes: readonly VirtualOutcome[];
  isInjected: boolean;
}

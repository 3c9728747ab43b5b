// Small runs of look-alikes: a question and its answer, with a few tool calls between.

import { call, readTool } from "../population/scripted-call.ts";
import type { Prompt, ToolUse, VirtualCall, VirtualOutcome, VirtualRun } from "../population/virtual.ts";
import type { LookAlikeWeek } from "./look-alike.ts";

const STEP_MS = 12_000;

export interface SmallRun {
  session: string;
  startsAtMs: number;
  prompt: Prompt;
  /** A human's turn, where the client is interactive. */
  client?: VirtualRun["client"];
  entrypoint: VirtualRun["entrypoint"];
  workloadClass?: VirtualRun["workloadClass"];
  /** Steps with a tool, before the answer. */
  tools?: readonly ToolUse[];
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens?: number;
  outcomes?: readonly VirtualOutcome[];
  model?: string;
}

export function smallRun({ model: usual, random }: LookAlikeWeek, said: SmallRun): VirtualRun {
  const { session, prompt, entrypoint, tools = [], outcomes = [], workloadClass } = said;
  const model = said.model ?? usual;
  const tokens = { input: said.inputTokens, cacheRead: said.cacheReadTokens ?? 0, output: said.outputTokens };
  const calls: VirtualCall[] = Array.from({ length: tools.length + 1 }, (_, step) => {
    const asked = tools[step];
    return call({
      afterMs: step * STEP_MS,
      model,
      ...(step === 0
        ? { prompt, trigger: entrypoint === "interactive" ? "human" : "unknown" }
        : { results: [{ hash: random.word(12), isError: false }], toolChars: 3000 }),
      tokens,
      tools: asked === undefined ? [] : [asked],
      answer: { chars: said.outputTokens * 4, hash: `${session}a${step}` },
    });
  });
  return {
    session,
    startsAtMs: said.startsAtMs,
    client: said.client ?? (model.startsWith("gpt-") ? "codex" : "claude-code"),
    entrypoint,
    ...(workloadClass === undefined ? {} : { workloadClass }),
    calls,
    outcomes,
    isInjected: false,
  };
}

export function tool(name: string, kind: ToolUse["kind"], args: string): ToolUse {
  return kind === "read"
    ? { ...readTool(args, args), name }
    : { name, kind, args, target: kind === "write" ? args : "" };
}

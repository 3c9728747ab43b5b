// What the simulated agents ask their tools to do: the features of a call as far as they say it. A call that stops for tools asks
// for some, by the names of its client; the next call of the same agent brings their results.

import { hash } from "node:crypto";
import { SKETCH_EPOCH_MS, type CallFeatures } from "../../schemas/call-features.ts";
import type { ToolKind } from "../../schemas/closed-lists.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import type { Random, Weighted } from "./random.ts";

export type ToolFeatures = Pick<
  CallFeatures,
  | "sketch_epoch"
  | "tool_names"
  | "tool_kinds"
  | "tool_args_hashes"
  | "tool_target_hashes"
  | "tool_call_hashes"
  | "tool_result_hashes"
  | "tool_result_call_hashes"
  | "tool_result_states"
  | "tool_results_ok"
  | "tool_results_error"
>;

type Tool = readonly [name: string, kind: ToolKind];

const READ = 10;
const WRITE = 4;
const EXECUTE = 5;
const COMMUNICATE = 0.4;

const TOOLS: Readonly<Record<string, Weighted<Tool>>> = {
  "claude-code": [
    [["Read", "read"], READ],
    [["Grep", "read"], READ / 2],
    [["Edit", "write"], WRITE],
    [["Bash", "execute"], EXECUTE],
    [["Bash", "communicate"], COMMUNICATE],
  ],
  codex: [
    [["shell", "read"], READ],
    [["apply_patch", "write"], WRITE],
    [["shell", "execute"], EXECUTE],
  ],
  "gemini-cli": [
    [["read_file", "read"], READ],
    [["replace", "write"], WRITE],
    [["run_shell_command", "execute"], EXECUTE],
  ],
  openclaw: [
    [["read", "read"], READ],
    [["exec", "execute"], EXECUTE],
    [["message", "communicate"], WRITE],
  ],
};
const CALLS_MAX = 3;
const FAILING = 0.07;
const HASH_CHARS = 22;

/** Takes the events of one person or service in their order; undefined for a call that has nothing to do with tools. */
export function createToolCalls(random: Random): (event: TokenEvent) => ToolFeatures | undefined {
  /** Of each agent, the tool calls whose results its next call brings. */
  const open = new Map<string, string[]>();
  return (event) => {
    const tools = TOOLS[event.client];
    if (tools === undefined || event.status !== 200) return undefined;
    const agent = `${event.session_id} ${event.client_run_id} ${event.agent_id}`;
    const answered = event.trigger === "tool" ? (open.get(agent) ?? []) : [];
    const asks = event.stop_kind === "tool" ? random.integer(1, CALLS_MAX) : 0;
    const asked = Array.from({ length: asks }, () => random.pickWeighted(tools));
    const ids = asked.map((_tool, index) => toHash(`${event.event_id} ${index}`));
    if (event.trigger === "tool" || asks > 0) open.set(agent, ids);
    if (asks === 0 && answered.length === 0) return undefined;
    const states = answered.map(() => (random.chance(FAILING) ? "error" : "ok"));
    return {
      sketch_epoch: Math.floor(Date.parse(event.started_at) / SKETCH_EPOCH_MS),
      tool_names: asked.map(([name]) => name),
      tool_kinds: asked.map(([, kind]) => kind),
      tool_args_hashes: ids.map((id) => toHash(`arguments ${id}`)),
      tool_target_hashes: asked.map(() => ""),
      tool_call_hashes: ids,
      tool_result_hashes: answered.map((id) => toHash(`result ${id}`)),
      tool_result_call_hashes: answered,
      tool_result_states: states,
      tool_results_ok: states.filter((state) => state === "ok").length,
      tool_results_error: states.filter((state) => state === "error").length,
    };
  };
}

function toHash(text: string): string {
  return hash("sha256", text, "base64url").slice(0, HASH_CHARS);
}

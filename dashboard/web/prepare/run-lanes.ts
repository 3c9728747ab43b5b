// A run on one time axis: a lane for each agent, one for each kind of tool, and what each call cost.
//
// Always holds: every mark lies between 0 and 1 of the run's length; a lane tells how many things it stands for, also where
// there are more than are drawn; a cost that is unknown is a mark of its own and no column of height zero.

import { TOOL_KINDS, type ToolKind } from "../../../schemas/closed-lists.ts";
import type { Run, RunCallsPage, RunToolsPage } from "../../../schemas/run-api.ts";
import { formatTime } from "./format.ts";

type Call = RunCallsPage["calls"][number];
type ToolCall = RunToolsPage["tool_calls"][number];

/** Lanes of sub-agents beside the main one; the rest share the last. */
const AGENT_LANES_MAX = 8;
const TIME_LABELS = 5;
const MAIN = "";

export interface LaneMark {
  key: string;
  /** From 0 to 1 of the run. */
  at: number;
  length: number;
  state: "credited" | "uncredited" | "ok" | "error";
}

export interface Lane {
  name: string;
  count: number;
  marks: readonly LaneMark[];
}

export interface CostMark {
  key: string;
  at: number;
  /** From 0 to 1 of the dearest call; null: unknown. */
  height: number | null;
  isCredited: boolean;
}

export interface RunLanes {
  agents: readonly Lane[];
  tools: readonly Lane[];
  costs: readonly CostMark[];
  /** Of the dearest call, in US dollars; null where no cost is known. */
  dearestUsd: number | null;
  /** Where a turn of the person's begins. */
  turns: readonly number[];
  times: readonly { at: number; label: string }[];
}

/** `timezone` is the viewer's own, and given only where the viewer's browser is not asked. */
export function toRunLanes(
  run: Pick<Run, "started_at" | "ended_at" | "turns" | "tools">,
  calls: readonly Call[],
  toolCalls: readonly ToolCall[],
  timezone?: string,
): RunLanes {
  const startMs = Date.parse(run.started_at);
  const lengthMs = Math.max(1, Date.parse(run.ended_at) - startMs);
  const place = (instant: string): number => clamp((Date.parse(instant) - startMs) / lengthMs);
  const dearestUsd = Math.max(-1, ...calls.map(({ cost_usd }) => Number(cost_usd ?? -1)));
  return {
    agents: toAgentLanes(run, calls, (call) => ({
      key: call.event_id,
      at: place(call.started_at),
      length: clamp((call.duration_ms ?? 0) / lengthMs),
      state: call.uncredited_reason === null ? "credited" : "uncredited",
    })),
    tools: TOOL_KINDS.flatMap((kind) => toToolLane(run, kind, toolCalls, place)),
    costs: calls.map((call) => ({
      key: call.event_id,
      at: place(call.started_at),
      height: call.cost_usd === null ? null : clamp(Number(call.cost_usd) / dearestUsd),
      isCredited: call.uncredited_reason === null,
    })),
    dearestUsd: dearestUsd < 0 ? null : dearestUsd,
    turns: run.turns.filter(({ turn_id }) => turn_id !== null).map(({ started_at }) => place(started_at)),
    times: toTimes(startMs, lengthMs, timezone),
  };
}

function toAgentLanes(
  { turns }: Pick<Run, "turns">,
  calls: readonly Call[],
  toMark: (call: Call) => LaneMark,
): Lane[] {
  const callsOf = new Map<string, number>([[MAIN, 0]]);
  for (const { agent_id, calls: count } of turns.flatMap(({ agents }) => agents))
    callsOf.set(agent_id ?? MAIN, (callsOf.get(agent_id ?? MAIN) ?? 0) + count);
  const ids = [...callsOf.keys()];
  const own = ids.slice(0, AGENT_LANES_MAX + 1);
  const rest = new Set(ids.slice(AGENT_LANES_MAX + 1));
  const lanes = own.map((id, index) => ({
    name: id === MAIN ? "Main agent" : `Sub-agent ${index}`,
    count: callsOf.get(id) ?? 0,
    marks: calls.filter(({ agent_id }) => (agent_id ?? MAIN) === id).map(toMark),
  }));
  if (rest.size === 0) return lanes;
  const count = [...rest].reduce((sum, id) => sum + (callsOf.get(id) ?? 0), 0);
  const marks = calls.filter(({ agent_id }) => agent_id !== null && rest.has(agent_id)).map(toMark);
  return [...lanes, { name: `${rest.size} more`, count, marks }];
}

export const TOOL_KIND_NAMES: Readonly<Record<ToolKind, string>> = {
  read: "Read",
  write: "Write",
  execute: "Execute",
  communicate: "Communicate",
  other: "Other",
};

function toToolLane(
  { tools }: Pick<Run, "tools">,
  kind: ToolKind,
  toolCalls: readonly ToolCall[],
  place: (instant: string) => number,
): Lane[] {
  const counted = tools.by_kind.find((counts) => counts.kind === kind);
  if (counted === undefined || counted.calls === 0) return [];
  const marks = toolCalls
    .filter((call) => call.kind === kind)
    .map((call): LaneMark => ({
      key: `${call.event_id} ${call.position}`,
      at: place(call.asked_at),
      length: 0,
      state: call.result === "error" ? "error" : "ok",
    }));
  return [{ name: TOOL_KIND_NAMES[kind], count: counted.calls, marks }];
}

function toTimes(startMs: number, lengthMs: number, timezone: string | undefined): RunLanes["times"] {
  const labels = Array.from({ length: TIME_LABELS }, (_label, index) => {
    const at = index / (TIME_LABELS - 1);
    return { at, label: formatTime(new Date(startMs + at * lengthMs).toISOString(), timezone) };
  });
  // A run of a minute or two has no five times that differ.
  return labels.filter(({ label }, index) => labels.findIndex((other) => other.label === label) === index);
}

/** A call that ends after the run's end by the clock of another gateway still has its place. */
function clamp(share: number): number {
  return Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0;
}

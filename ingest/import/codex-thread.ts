// Which thread of Codex a rollout is of, as its first line says, and which of its lines are not its own.

import type { RequestKind } from "../../schemas/closed-lists.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { isRecord } from "../gateway/json-scan.ts";
import { textOf, timeOf, type JsonLine } from "./transcript.ts";

export interface RolloutThread {
  id: string;
  /** The root of its tree of sub-agents; its own id where it is the root. */
  sessionId: string;
  parentId: string | null;
  requestKind: RequestKind;
  /** Who writes its prompts. */
  trigger: TokenEvent["trigger"];
  entrypoint: TokenEvent["entrypoint"];
  version: string;
  isForked: boolean;
  startedAtMs: number;
}

/** Undefined where the line does not say which thread it is of, or when. */
export function readThread(payload: JsonLine, writtenAtMs: number | undefined): RolloutThread | undefined {
  const id = textOf(payload["id"]);
  const startedAtMs = timeOf(payload["timestamp"]) ?? writtenAtMs;
  if (id === null || startedAtMs === undefined) return undefined;
  const { isSubagent, kind, spawnedBy } = readSource(payload);
  const parentId = textOf(payload["parent_thread_id"]) ?? spawnedBy;
  const entrypoint = entrypointOf(textOf(payload["originator"]) ?? "");
  return {
    id,
    sessionId: textOf(payload["session_id"]) ?? parentId ?? id,
    parentId,
    requestKind: kind,
    trigger: triggerOf(isSubagent, entrypoint),
    entrypoint,
    version: textOf(payload["cli_version"]) ?? "",
    isForked: textOf(payload["forked_from_id"]) !== null,
    startedAtMs,
  };
}

/** `source` is a word, or says what kind of sub-agent: `{subagent: "review"}`, `{subagent: {thread_spawn: {…}}}`. */
function readSource(payload: JsonLine): { isSubagent: boolean; kind: RequestKind; spawnedBy: string | null } {
  const subagent = isRecord(payload["source"]) ? payload["source"]["subagent"] : undefined;
  const isSubagent = subagent !== undefined || payload["thread_source"] === "subagent";
  const spawn = isRecord(subagent) ? subagent["thread_spawn"] : undefined;
  const kind = subagent === "compact" ? "auxiliary" : isSubagent ? "subagent" : "main";
  return { isSubagent, kind, spawnedBy: isRecord(spawn) ? textOf(spawn["parent_thread_id"]) : null };
}

function entrypointOf(originator: string): TokenEvent["entrypoint"] {
  if (originator === "codex_exec") return "headless";
  if (originator.startsWith("codex_sdk")) return "sdk";
  return /^(codex_cli_rs|codex[-_]tui|codex_vscode|Codex Desktop)/.test(originator)
    ? "interactive"
    : "unknown";
}

function triggerOf(isSubagent: boolean, entrypoint: TokenEvent["entrypoint"]): TokenEvent["trigger"] {
  if (isSubagent) return "agent";
  return entrypoint === "interactive" ? "human" : "unknown";
}

/** A copied history is written at once; no call of the thread's own is answered within it. */
const COPY_MS_MAX = 1000;

/**
 * Whether what stands in a rollout is its parent's. Turns have ids that tell their time (UUID version 7); before they did, times of
 * lines have to do.
 */
export function isCopied(thread: RolloutThread, turnId: string | null, writtenAtMs: number): boolean {
  const turnAtMs = turnId === null ? undefined : timeOfUuid(turnId);
  if (turnAtMs !== undefined) return turnAtMs < thread.startedAtMs;
  return thread.isForked && writtenAtMs - thread.startedAtMs < COPY_MS_MAX;
}

const UUID_V7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7/;

/** RFC 9562, 5.7: 48 bits of milliseconds come first. */
function timeOfUuid(id: string): number | undefined {
  const [, high = "", low = ""] = UUID_V7.exec(id) ?? [];
  return high === "" ? undefined : Number.parseInt(high + low, 16);
}

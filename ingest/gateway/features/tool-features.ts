// The features of an answer's tool calls, and of the results that a request brings back.

import { FIELD_CHARS_MAX } from "../../../schemas/token-event.ts";
import { SPAWN_HASHES_MAX, TOOL_CALLS_MAX, type CallFeatures } from "../../../schemas/call-features.ts";
import type { ResultState, ToolKind } from "../../../schemas/closed-lists.ts";
import type { Part } from "../content/conversation.ts";
import type { Document } from "../content/documents.ts";
import { toCanonicalJson, toRecord, toTextOrNull } from "../content/json-values.ts";
import { isRecord } from "../json-scan.ts";
import type { EpochHashes, LinkHash } from "./keys.ts";
import { normalise } from "./normalise.ts";
import { hashText } from "./text-features.ts";
import { isShell, kindOfTool, targetOf, type ToolKnowledge } from "./tool-kinds.ts";
import { hashWrittenFiles } from "./written-files.ts";

type CallPart = Extract<Part, { kind: "tool_call" | "provider_tool" }>;
type ResultPart = Extract<Part, { kind: "tool_result" }>;

export interface ToolHashing {
  keys: EpochHashes;
  hashTarget: LinkHash;
  knowledge: ToolKnowledge;
  strip: (text: string) => string;
}

/** Stands for a name that is no tool's: a model can put any text there. */
export const UNKNOWN_TOOL = "unknown";
/** A shorter text is a name or a word. */
const SPAWN_CHARS_MIN = 12;

type CallLists = Pick<
  CallFeatures,
  | "tool_names"
  | "tool_kinds"
  | "tool_args_hashes"
  | "tool_target_hashes"
  | "written_file_hashes"
  | "tool_call_hashes"
  | "spawn_hashes"
>;

export function describeCalls(calls: readonly CallPart[], hashing: ToolHashing): CallLists {
  const { keys, hashTarget, knowledge } = hashing;
  const listed = calls.slice(0, TOOL_CALLS_MAX).map((call) => ({ call, kind: kindOfTool(call, knowledge) }));
  return {
    tool_names: listed.map(({ call }) => nameOf(call, knowledge)),
    tool_kinds: listed.map(({ kind }) => kind),
    tool_args_hashes: listed.map(({ call }) => keys.hash("arguments", toCanonicalJson(call.arguments))),
    tool_target_hashes: listed.map(({ call }) => {
      const target = targetOf(call);
      return target === "" ? "" : hashTarget(target);
    }),
    written_file_hashes: hashWrittenFiles(listed, hashTarget),
    tool_call_hashes: listed.map(({ call }) => hashId(call.kind === "tool_call" ? call.id : null, keys)),
    spawn_hashes: spawnHashes(listed, hashing),
  };
}

/** A tool's own name is no text of anybody's; it stands in the request, in the client's table or in the setting. */
function nameOf(call: CallPart, { offered, client, configured }: ToolKnowledge): string {
  const { name } = call;
  const isKnown = offered.has(name) || client.has(name) || Object.hasOwn(configured, name);
  return isKnown ? name.toWellFormed().slice(0, FIELD_CHARS_MAX).toWellFormed() : UNKNOWN_TOOL;
}

/** Texts that could be another agent's opening: not what goes to a shell, and not what is read or written. */
function spawnHashes(
  calls: readonly { call: CallPart; kind: ToolKind }[],
  { keys, strip }: ToolHashing,
): string[] {
  const texts = calls
    .filter(({ call, kind }) => kind !== "read" && kind !== "write" && !isShell(call))
    .flatMap(({ call }) => stringsOf(call.arguments))
    .map(strip)
    .filter((text) => normalise(text).length >= SPAWN_CHARS_MIN);
  const hashes = texts.slice(0, SPAWN_HASHES_MAX).map((text) => hashText(text, keys));
  return [...new Set(hashes.filter((hash) => hash !== null))];
}

/** Nested deeper than this is nothing that a model writes for an agent. */
const DEPTH_MAX = 16;

function stringsOf(value: unknown, depth = 0): string[] {
  if (typeof value === "string") return [value];
  if (depth === DEPTH_MAX) return [];
  const values = Array.isArray(value) ? value : isRecord(value) ? Object.values(value) : [];
  return values.flatMap((element) => stringsOf(element, depth + 1));
}

type ResultLists = Pick<
  CallFeatures,
  | "tool_result_hashes"
  | "tool_result_call_hashes"
  | "tool_result_states"
  | "tool_results_ok"
  | "tool_results_error"
  | "delta_tool_chars"
>;

export function describeResults(results: readonly ResultPart[], keys: EpochHashes): ResultLists {
  const states = results.map(stateOf);
  return {
    tool_result_hashes: results.slice(0, TOOL_CALLS_MAX).map(({ text }) => keys.hash("result", text.trim())),
    tool_result_call_hashes: results.slice(0, TOOL_CALLS_MAX).map(({ callId }) => hashId(callId, keys)),
    tool_result_states: states.slice(0, TOOL_CALLS_MAX),
    tool_results_ok: states.filter((state) => state === "ok").length,
    tool_results_error: states.filter((state) => state === "error").length,
    delta_tool_chars: results.reduce((chars, { text }) => chars + text.length, 0),
  };
}

function hashId(id: string | null, keys: EpochHashes): string {
  return id === null ? "" : keys.hash("call", id);
}

/** How shells of clients say how a program ended, at the beginning or the end of what it printed. */
const EXIT_CODE = /(?:^|\n|")(?:process )?exit(?:ed with)?[ _]code"?:? *(-?\d+)/i;
const ENDS_CHARS = 512;

function stateOf({ text, isError }: ResultPart): ResultState {
  if (isError !== null) return isError ? "error" : "ok";
  const code = EXIT_CODE.exec(text.slice(0, ENDS_CHARS))?.[1] ?? EXIT_CODE.exec(text.slice(-ENDS_CHARS))?.[1];
  if (code === undefined) return "unknown";
  return Number(code) === 0 ? "ok" : "error";
}

/** Definitions of tools by name, in whatever groups the interface puts them; a tool without a name goes by its type. */
export function offeredTools(tools: unknown): Map<string, Document> {
  const offered = new Map<string, Document>();
  collectTools(tools, offered, 0);
  return offered;
}

/** Groups in groups: `[{ functionDeclarations: […] }]`, `{ type: "namespace", tools: […] }`. */
const GROUPS_MAX = 4;
const GROUP_MEMBERS = [
  "function",
  "custom",
  "functionDeclarations",
  "function_declarations",
  "tools",
] as const;

function collectTools(value: unknown, offered: Map<string, Document>, depth: number): void {
  if (depth > GROUPS_MAX) return;
  if (Array.isArray(value)) for (const element of value) collectTools(element, offered, depth + 1);
  if (!isRecord(value)) return;
  const name = toTextOrNull(value["name"]) ?? toTextOrNull(value["type"]);
  if (name !== null) offered.set(name, toRecord(value));
  for (const member of GROUP_MEMBERS) collectTools(value[member], offered, depth + 1);
}

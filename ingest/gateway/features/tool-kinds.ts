// What a tool call does to the world, and what it acts on. In this order: the organisation's own setting, the client's shipped table,
// what the tool's definition says of itself (annotations of the Model Context Protocol), names that many clients use, and the verb in
// a name. A shell is judged by what it runs, unless the organisation has set otherwise.

import type { ToolKind } from "../../../schemas/closed-lists.ts";
import type { ToolKinds } from "../../../schemas/tool-kinds.ts";
import type { Document } from "../content/documents.ts";
import { toRecord, toText } from "../content/json-values.ts";
import { kindOfCommandLine } from "./shell-kinds.ts";
import { parseCommandLine } from "./shell-words.ts";

export interface ToolKnowledge {
  configured: ToolKinds;
  client: ReadonlyMap<string, ToolKind>;
  /** Definitions of the request, by name. */
  offered: ReadonlyMap<string, Document>;
}

export interface ToolCall {
  name: string;
  arguments: unknown;
}

const SHELL_NAME =
  /^(?:bash|sh|shell|zsh|terminal|exec|exec_command|shell_command|local_shell|container\.exec|execute_command|run_command|run_shell_command|run_terminal_cmd|run_in_terminal|bash_code_execution)$/i;
const COMMAND_MEMBERS = ["command", "cmd", "commands", "script"] as const;

/** Of tools that are named alike by many. */
const COMMON: ReadonlyMap<string, ToolKind> = new Map<string, ToolKind>([
  ["apply_patch", "write"],
  ["str_replace_editor", "write"],
  ["str_replace_based_edit_tool", "write"],
  ["todowrite", "other"],
  ["update_plan", "other"],
  ["web_search", "read"],
  ["web_fetch", "read"],
  ["code_interpreter", "execute"],
  ["code_execution", "execute"],
  ["computer", "execute"],
  ["file_search", "read"],
]);

const VERBS: readonly (readonly [ToolKind, RegExp])[] = [
  [
    "communicate",
    /^(?:send|post|publish|email|mail|message|notify|reply|comment|deploy|upload|tweet|invite)$/,
  ],
  ["execute", /^(?:run|exec|execute|eval|start|launch|spawn|invoke|click|type|press)$/],
  [
    "write",
    /^(?:write|create|update|edit|delete|remove|add|set|move|rename|insert|put|patch|replace|save|append|modify|apply|store)$/,
  ],
  [
    "read",
    /^(?:read|get|list|ls|search|find|grep|glob|view|show|query|describe|lookup|open|cat|count|check|inspect|load|retrieve|status|fetch|browse|navigate)$/,
  ],
];

export function isShell({ name, arguments: given }: ToolCall): boolean {
  return SHELL_NAME.test(name) && commandLineOf(given) !== undefined;
}

export function kindOfTool(call: ToolCall, { configured, client, offered }: ToolKnowledge): ToolKind {
  const { name } = call;
  const set = configuredKind(configured, name);
  if (set) return set;
  const line = isShell(call) ? commandLineOf(call.arguments) : undefined;
  if (line !== undefined) return kindOfCommandLine(line);
  return (
    client.get(name) ??
    kindOfAnnotations(toRecord(offered.get(name)?.["annotations"])) ??
    COMMON.get(name.toLowerCase()) ??
    kindOfVerb(name)
  );
}

/** A name that is set itself, else the longest beginning that is: `mcp__mail__*`. */
function configuredKind(configured: ToolKinds, name: string): ToolKind | undefined {
  if (Object.hasOwn(configured, name)) return configured[name];
  const [longest] = Object.keys(configured)
    .filter((pattern) => pattern.endsWith("*") && name.startsWith(pattern.slice(0, -1)))
    .toSorted((a, b) => b.length - a.length);
  return longest === undefined ? undefined : configured[longest];
}

/** Hints only count where they are given: their defaults would call every tool destructive and open to the world. */
function kindOfAnnotations(hints: Document): ToolKind | undefined {
  if (hints["openWorldHint"] === true) return "communicate";
  if (hints["readOnlyHint"] === true) return "read";
  return hints["readOnlyHint"] === false || hints["destructiveHint"] !== undefined ? "write" : undefined;
}

/** `mcp__tracker__list_issues`, `readFile`, `notebook.edit`: the first word that says what is done, the last part's before others. */
function kindOfVerb(name: string): ToolKind {
  const last = name.split(/__|[./:]/).at(-1) ?? name;
  const spaced = last.replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
  for (const word of spaced.split(/[^a-z0-9]+/)) {
    const found = VERBS.find(([, verb]) => verb.test(word));
    if (found) return found[0];
  }
  return "other";
}

export const TARGET_MEMBERS = [
  "file_path",
  "filePath",
  "absolute_path",
  "path",
  "notebook_path",
  "target_file",
  "filename",
  "file",
  "url",
  "uri",
  "dir_path",
  "directory",
] as const;
const PATCHED_FILE = /^\*\*\* (?:Update|Add|Delete) File: (.+)$/m;
const ADDRESS = /^[a-z][a-z0-9+.-]*:\/\//i;
const PATH_LIKE = /[./]/;

/** The file or address that a call acts on, in one form; '' where it names none. */
export function targetOf(call: ToolCall): string {
  if (isShell(call)) return toTarget(targetOfCommandLine(commandLineOf(call.arguments) ?? ""));
  const members = toRecord(call.arguments);
  const named = TARGET_MEMBERS.map((member) => toText(members[member])).find((value) => value !== "");
  const patch =
    typeof call.arguments === "string" ? call.arguments : toText(members["input"] ?? members["patch"]);
  return toTarget(named ?? PATCHED_FILE.exec(patch)?.[1] ?? "");
}

function targetOfCommandLine(line: string): string {
  const commands = parseCommandLine(line).filter(({ words }) => words[0] !== "cd");
  const operands = commands.flatMap(({ words, writesTo }) => [...writesTo, ...words.slice(1)]);
  const candidates = operands.filter((word) => !word.startsWith("-"));
  return (
    candidates.find((word) => ADDRESS.test(word)) ?? candidates.find((word) => PATH_LIKE.test(word)) ?? ""
  );
}

/** Without what says how something is asked for, and not what: query, fragment, `./`, a slash at the end. */
function toTarget(target: string): string {
  const bare = ADDRESS.test(target) ? target.replace(/[?#].*$/s, "") : target.replace(/^(?:\.\/)+/, "");
  return bare.length > 1 ? bare.replace(/\/+$/, "") : bare;
}

/** A command as a text, as `["bash", "-lc", "…"]`, or as several of them. */
export function commandLineOf(given: unknown): string | undefined {
  if (typeof given === "string") return given;
  const members = toRecord(given);
  const command = COMMAND_MEMBERS.map((member) => members[member]).find((value) => value !== undefined);
  if (typeof command === "string") return command;
  if (!Array.isArray(command)) return undefined;
  const parts = command.map((part) => toText(part));
  return "commands" in members ? parts.join("\n") : parts.map(quote).join(" ");
}

function quote(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

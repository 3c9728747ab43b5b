// The files that a tool call writes, in the form by which an outcome can meet them.
//
// A pull request names a file from the root of its repository, a tool from the root of the disk or from the folder that it works in,
// and the gateway knows neither of these. So of each path the ends are hashed: its last two components, its last three, and so on. One of
// them is the path from the root of the repository, wherever that lies. A single component ("README.md", "index.ts") says too
// little of which file it is, and has no hash.

import { WRITTEN_HASHES_MAX } from "../../../schemas/call-features.ts";
import type { ToolKind } from "../../../schemas/closed-lists.ts";
import { toRecord, toText } from "../content/json-values.ts";
import type { LinkHash } from "./keys.ts";
import { writtenByCommandLine } from "./shell-kinds.ts";
import { commandLineOf, isShell, TARGET_MEMBERS, type ToolCall } from "./tool-kinds.ts";

/** A path that is deeper from the root of its repository than this meets nothing. */
export const COMPONENTS_MAX = 12;

const PATCHED_FILES = /^\*\*\* (?:(?:Update|Add|Delete) File|Move to): (.+)$/gm;
const ADDRESS = /^[a-z][a-z0-9+.-]+:\/\//i;

/** Each once, WRITTEN_HASHES_MAX at most. */
export function hashWrittenFiles(
  calls: readonly { call: ToolCall; kind: ToolKind }[],
  hashTarget: LinkHash,
): string[] {
  const ends = new Set(calls.flatMap(({ call, kind }) => filesWrittenBy(call, kind)).flatMap(toPathEnds));
  return [...ends].slice(0, WRITTEN_HASHES_MAX).map(hashTarget);
}

function filesWrittenBy(call: ToolCall, kind: ToolKind): string[] {
  if (isShell(call)) {
    const line = commandLineOf(call.arguments) ?? "";
    return [...patchedFiles(line), ...writtenByCommandLine(line)];
  }
  if (kind !== "write") return [];
  const members = toRecord(call.arguments);
  const patch =
    typeof call.arguments === "string" ? call.arguments : toText(members["input"] ?? members["patch"]);
  return [...TARGET_MEMBERS.map((member) => toText(members[member])), ...patchedFiles(patch)];
}

function patchedFiles(patch: string): string[] {
  return [...patch.matchAll(PATCHED_FILES)].map(([, file = ""]) => file.trim());
}

/** `/home/ada/app/src/a.ts` ends in `src/a.ts`, `app/src/a.ts`, and so on. Addresses are no paths. */
export function toPathEnds(path: string): string[] {
  if (ADDRESS.test(path)) return [];
  const components = path
    .replaceAll("\\", "/")
    .split("/")
    .filter((component) => component !== "" && component !== ".")
    .slice(-COMPONENTS_MAX);
  return components.slice(1).map((_component, index) => components.slice(-2 - index).join("/"));
}

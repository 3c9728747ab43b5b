// Which files hold work of somebody's own. What a program has written, what was taken in from elsewhere, what pins versions, and
// what tests compare with, is long without being work.
//
// The names are those that tools write by default; a repository says the rest in its `.gitattributes`, in the words of
// https://github.com/github-linguist/linguist/blob/main/docs/overrides.md (`linguist-generated`, `linguist-vendored`).

import type { Git } from "./git.ts";

const LOCKED = [
  /(?:^|\/)(?:package-lock|npm-shrinkwrap|composer\.lock|packages\.lock)(?:\.json)?$/,
  /(?:^|\/)(?:yarn|bun|Cargo|poetry|uv|pdm|Pipfile|Gemfile|mix|pubspec|flake|deno|gradle|Podfile)\.lock[b]?$/,
  /(?:^|\/)(?:pnpm-lock\.yaml|go\.sum|Package\.resolved|Cartfile\.resolved)$/,
];
const VENDORED = [
  /(?:^|\/)(?:vendor|vendors|third_party|third-party|external|node_modules|bower_components|Pods|deps)\//,
];
const GENERATED = [
  /(?:^|\/)(?:dist|build|out|generated|__generated__|gen|\.next|coverage)\//,
  /(?:\.min\.(?:js|css)|\.map|\.pb\.go|_pb2(?:_grpc)?\.pyi?|\.pb\.(?:cc|h)|\.g\.dart|\.freezed\.dart|\.designer\.cs|\.generated\.\w+|\.gen\.\w+)$/i,
];
const COMPARED = [
  /(?:^|\/)(?:fixtures?|__fixtures__|testdata|test-data|snapshots?|__snapshots__|cassettes|golden)\//,
  /\.(?:snap|golden|har)$/,
];
/** Data and pictures: one may have a million lines. */
const DATA = [/\.(?:csv|tsv|jsonl|ndjson|parquet|svg|ipynb|xml|po|pot|log)$/i];
const NOT_COUNTED = [...LOCKED, ...VENDORED, ...GENERATED, ...COMPARED, ...DATA];
const ATTRIBUTES = ["linguist-generated", "linguist-vendored"];

/** What generators write at the top of a file. */
const GENERATED_MARK = /@generated\b|\bDO NOT EDIT\b|\b(?:auto-?|automatically )generated\b/i;
const MARK_LINES_MAX = 8;

export function isGenerated(lines: readonly string[]): boolean {
  return lines.slice(0, MARK_LINES_MAX).some((line) => GENERATED_MARK.test(line));
}

/** The paths of those that hold somebody's own work, as far as names tell. */
export async function toCountedPaths(git: Git, paths: readonly string[]): Promise<Set<string>> {
  const named = paths.filter((path) => !NOT_COUNTED.some((pattern) => pattern.test(path)));
  if (named.length === 0) return new Set();
  const answer = await git(["check-attr", "-z", "--stdin", ...ATTRIBUTES], `${named.join("\0")}\0`);
  const fields = answer.split("\0");
  const counted = new Set(named);
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [path = "", , value = ""] = fields.slice(at, at + 3);
    if (value === "set" || value === "true") counted.delete(path);
  }
  return counted;
}

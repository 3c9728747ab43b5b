// The rules of the tree that no linter knows: who may import whom, where things may lie, how long a file may be, and that a
// merged migration is never edited. Each rule takes the tree and returns what breaks it, one sentence a place.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, normalize, relative, sep } from "node:path";

/** Top-level folders, and what each may import besides itself. `main.ts` and the files beside it may import all. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  schemas: [],
  ingest: ["schemas"],
  analytics: ["schemas"],
  dashboard: ["schemas"],
  test: ["schemas", "ingest", "analytics", "dashboard", ""],
};
const PROGRAM_FOLDERS = ["schemas", "ingest", "analytics", "dashboard"];
const OTHER_FOLDERS = new Set([".ci", ".git", "deploy", "docs", "node_modules", "assay-data", "secrets"]);
const BANNED_FOLDERS = new Set(["utils", "util", "lib", "common", "helpers", "types", "misc"]);
const STORE_CODE = /^schemas\/(clickhouse|postgres)\//;
const BANNED_WORDS = /\b(TODO|FIXME|XXX|HACK)\b|@ts-(ignore|expect-error|nocheck)/;
const LINES_MAX = 300;
/** This file names what it forbids. */
const NAMES_THE_RULES = new Set(["test/tidy/rules.ts", "test/unit/tidy.test.ts"]);

export const MIGRATION_CHECKSUMS = "schemas/migrations.json";

export function findViolations(root: string): string[] {
  const files = listFiles(root);
  return [
    ...unknownFolders(root),
    ...files.flatMap((file) => [
      ...folderRules(file),
      ...contentRules(root, file),
      ...importRules(root, file),
    ]),
    ...findCycles(root, files),
    ...migrationRules(root, files),
  ];
}

function unknownFolders(root: string): string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !(entry.name in MAY_IMPORT) && !OTHER_FOLDERS.has(entry.name))
    .map(({ name }) => `${name}/: not a folder of the layout`);
}

function folderRules(file: string): string[] {
  const violations = dirname(file)
    .split(sep)
    .filter((folder) => BANNED_FOLDERS.has(folder))
    .map((folder) => `${file}: a folder named ${folder} says nothing of what is in it`);
  if (/^index\.tsx?$/.test(basename(file))) violations.push(`${file}: no barrels`);
  return violations;
}

function contentRules(root: string, file: string): string[] {
  if (!/\.(tsx?|mjs|css)$/.test(file)) return [];
  const lines = readFileSync(join(root, file), "utf8").trimEnd().split("\n");
  const violations =
    lines.length > LINES_MAX ? [`${file}: ${lines.length} lines, ${LINES_MAX} at the most`] : [];
  if (NAMES_THE_RULES.has(file)) return violations;
  lines.forEach((line, at) => {
    if (BANNED_WORDS.test(line)) violations.push(`${file}:${at + 1}: a word that must not be merged`);
  });
  return violations;
}

function importRules(root: string, file: string): string[] {
  const own = topFolder(file);
  const allowed = MAY_IMPORT[own];
  if (!allowed) return [];
  return importsOf(root, file).flatMap((target) => {
    const other = topFolder(target);
    if (other !== own && !allowed.includes(other)) return [`${file}: ${own}/ must not import ${target}`];
    if (
      file.startsWith("dashboard/web/") &&
      (STORE_CODE.test(target) || target.startsWith("dashboard/server/"))
    ) {
      return [`${file}: a page must not import ${target}`];
    }
    const isStats = file.startsWith("analytics/stats/") && !target.startsWith("analytics/stats/");
    return isStats ? [`${file}: analytics/stats imports nothing of ours, but ${target}`] : [];
  });
}

/** A cycle of imports, type imports included: two files that need each other are one, or three. */
function findCycles(root: string, files: readonly string[]): string[] {
  const state = new Map<string, "open" | "done">();
  const cycles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === "done") return;
    if (state.get(file) === "open") {
      cycles.push(`a cycle: ${[...path.slice(path.indexOf(file)), file].join(" → ")}`);
      return;
    }
    state.set(file, "open");
    for (const target of importsOf(root, file)) if (files.includes(target)) visit(target, [...path, file]);
    state.set(file, "done");
  };
  for (const file of files) visit(file, []);
  return cycles;
}

function migrationRules(root: string, files: readonly string[]): string[] {
  const migrations = files.filter((file) => /^schemas\/\w+\/migrations\/.*\.sql$/.test(file));
  const recorded = readChecksums(root);
  const violations: string[] = [];
  for (const store of new Set(migrations.map(dirname))) {
    const numbers = migrations
      .filter((file) => dirname(file) === store)
      .map((file) => Number(basename(file).slice(0, 4)));
    const first = Math.min(...numbers);
    numbers
      .toSorted((a, b) => a - b)
      .forEach((number, at) => {
        if (number !== first + at)
          violations.push(`${store}: migration ${first + at} is missing or there twice`);
      });
  }
  for (const file of migrations) {
    const checksum = createHash("sha256")
      .update(readFileSync(join(root, file)))
      .digest("hex");
    if (recorded[file] === undefined)
      violations.push(`${file}: not in ${MIGRATION_CHECKSUMS}; add "${checksum}"`);
    else if (recorded[file] !== checksum) violations.push(`${file}: edited after it was merged`);
  }
  for (const file of Object.keys(recorded))
    if (!migrations.includes(file)) violations.push(`${file}: removed after it was merged`);
  return violations;
}

function readChecksums(root: string): Record<string, string> {
  try {
    return JSON.parse(readFileSync(join(root, MIGRATION_CHECKSUMS), "utf8"));
  } catch {
    return {};
  }
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'";]*?from\s+["'](\.[^"']+)["']|import\(\s*["'](\.[^"']+)["']\s*\)/g;

/** The files of ours that a file imports, from the root, lazily loaded ones included. */
function importsOf(root: string, file: string): string[] {
  if (!/\.tsx?$/.test(file)) return [];
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(IMPORT)].map(([, fixed, lazy]) =>
    normalize(join(dirname(file), fixed ?? lazy ?? "")),
  );
}

function topFolder(file: string): string {
  return file.includes(sep) ? (file.split(sep, 1)[0] ?? "") : "";
}

function listFiles(root: string): string[] {
  const inFolders = [...PROGRAM_FOLDERS, "test"].flatMap((folder) => walk(join(root, folder)));
  const beside = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isFile());
  return [...beside.map(({ name }) => name), ...inFolders.map((file) => relative(root, file))];
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === "dist" || entry.name === "output" || entry.name === "node_modules") return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path) : [path];
  });
}

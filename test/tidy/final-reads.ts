// Finds in the sources every place where SQL reads a table whose rows are replaced, without FINAL: such a reader counts a call once
// more for each redelivery that is not merged away yet. A name that is put together (`FROM ${table}`) is found as well where queries
// of ClickHouse are defined, because what it stands for can't be told.

import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { toStatements } from "../../schemas/clickhouse/migrate.ts";

const FOLDERS = ["analytics", "dashboard", "ingest", "schemas"];
const REPLACED_TABLE = /^CREATE TABLE IF NOT EXISTS (\w+)[^]*\nENGINE = Replacing/;
const DEFINES_QUERIES = /\bdefine(Query|Statement)\(/;
const READ = /\b(?:FROM|JOIN)\s+(\$\{[^}]+\}|\w+)(?:\s+AS\s+\w+)?(?:\s+(FINAL)\b)?/g;

/** The tables of the migrations whose rows are replaced. */
export function listReplacedTables(root: string): string[] {
  const folder = join(root, "schemas/clickhouse/migrations");
  return readdirSync(folder)
    .toSorted()
    .flatMap((file) => toStatements(readFileSync(join(folder, file), "utf8")))
    .flatMap((statement) => REPLACED_TABLE.exec(statement)?.[1] ?? []);
}

/** @returns `analytics/queries/state.ts: token_events`, one a place, in the order of the files */
export function findReadsWithoutFinal(root: string, tables: readonly string[]): string[] {
  return FOLDERS.flatMap((folder) => listSources(join(root, folder))).flatMap((path) => {
    const source = readFileSync(path, "utf8");
    const isFound = (name: string): boolean =>
      name.startsWith("$") ? DEFINES_QUERIES.test(source) : tables.includes(name);
    return [...source.matchAll(READ)]
      .filter(([, name = "", final]) => final === undefined && isFound(name))
      .map(([, name]) => `${relative(root, path)}: ${name}`);
  });
}

function listSources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .toSorted()
    .map((file) => join(folder, file));
}

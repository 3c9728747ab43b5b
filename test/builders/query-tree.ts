// What a query reads and computes with, as the database itself understands it: aliases, subqueries and USING are resolved, so that
// nothing hides behind a name.

import { z } from "zod";
import { defineQuery, type ClickHouseStore } from "../../schemas/clickhouse/store.ts";

export interface QueryTree {
  /** `signal_calls.cost_usd`, each once, in order. */
  columns: string[];
  functions: FunctionUse[];
  /** Columns by which each GROUP BY and each window parts its rows. */
  partitions: string[][];
}

export interface FunctionUse {
  name: string;
  /** Types of its arguments. */
  types: string[];
  hasConstant: boolean;
}

interface Node {
  kind: string;
  id: string;
  said: Readonly<Record<string, string>>;
  children: Node[];
}

/** @param sql a SELECT, with the parameters that signals have */
export async function readQueryTree(store: ClickHouseStore, sql: string): Promise<QueryTree> {
  const explain = defineQuery({
    name: "test: query tree",
    sql: `EXPLAIN QUERY TREE ${sql}`,
    params: z.looseObject({}),
    row: z.object({ explain: z.string() }),
  });
  const params = { version: 1, week: "2026-11-16", timezone: "UTC", scored_from: new Date(0) };
  const nodes = flatten(toTree((await store.query(explain, params)).map((row) => row.explain)));
  const tables = new Map(
    nodes
      .filter(({ kind }) => kind === "TABLE")
      .map(({ id, said }) => [id, said["table_name"]?.split(".").at(-1)]),
  );
  const columns = nodes
    .filter(({ kind, said }) => kind === "COLUMN" && tables.has(said["source_id"] ?? ""))
    .map(({ said }) => `${tables.get(said["source_id"] ?? "")}.${said["column_name"]}`);
  return {
    columns: [...new Set(columns)].toSorted(),
    functions: nodes.filter(({ kind }) => kind === "FUNCTION").map(toUse),
    partitions: nodes.filter(({ kind }) => kind === "GROUP BY" || kind === "PARTITION BY").map(namesIn),
  };
}

function toUse({ said, children }: Node): FunctionUse {
  const list = children.find(({ kind }) => kind === "ARGUMENTS")?.children[0]?.children ?? [];
  return {
    name: said["function_name"] ?? "",
    types: list.map((node) => node.said["result_type"] ?? node.said["constant_value_type"] ?? ""),
    hasConstant: list.some(({ kind }) => kind === "CONSTANT"),
  };
}

function namesIn(node: Node): string[] {
  return flatten(node.children).flatMap(({ said }) => said["column_name"] ?? []);
}

function flatten(nodes: readonly Node[]): Node[] {
  return nodes.flatMap((node) => [node, ...flatten(node.children)]);
}

/** Each line is a node or the name of a part; what is indented further belongs to it. */
function toTree(lines: readonly string[]): Node[] {
  const root: Node = { kind: "", id: "", said: {}, children: [] };
  const path: { indent: number; node: Node }[] = [{ indent: -1, node: root }];
  for (const line of lines) {
    const indent = line.length - line.trimStart().length;
    while ((path.at(-1)?.indent ?? -1) >= indent) path.pop();
    const node = toNode(line.trim());
    path.at(-1)?.node.children.push(node);
    path.push({ indent, node });
  }
  return root.children;
}

function toNode(line: string): Node {
  const [, kind = "", rest = ""] = /^([A-Z][A-Z ]*?)(?: (id: .*))?$/.exec(line) ?? [];
  const said = Object.fromEntries(
    [...rest.matchAll(/(\w+): ((?:\([^)]*\)|[^,(]|\((?:[^()]|\([^()]*\))*\))*)/g)].map(([, name, value]) => [
      name,
      value,
    ]),
  );
  return { kind, id: said["id"] ?? "", said, children: [] };
}

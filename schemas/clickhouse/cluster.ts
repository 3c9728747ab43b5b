// What the tables are on a cluster, made of the same migrations as on one server: `calls` becomes `calls_local`, replicated, on
// every server, and over these lies `calls`, which is distributed. So every query and every insert is the same text on a cluster.
//
// Always holds: the rows that replace each other meet on one shard, because a table is sharded by a column of its sorting key that
// never changes. Only then does FINAL, which each shard works out for itself, give each row once. It also means that the number
// of shards can't be changed under rows that are kept.
//
// Every server needs the macros {shard} and {replica}, and the cluster `internal_replication`, as
// https://clickhouse.com/docs/engines/table-engines/mergetree-family/replication says.

import { AppError } from "../app-error.ts";

export interface Cluster {
  name: string;
  database: string;
}

/**
 * Which column of each table says where a row lies. Calls lie by their id, which is all that every delivery of one has in common.
 * What is computed lies by person, because every page is about one, and so do tombstones.
 */
export const SHARDED_BY: Readonly<Record<string, string>> = {
  migrations: "name",
  token_events: "event_id",
  call_features: "event_id",
  outcomes: "outcome_id",
  calls: "person_id",
  usage_days: "person_id",
  runs: "person_id",
  person_weeks: "person_id",
  run_links: "person_id",
  outcome_links: "person_id",
  outcome_disputes: "person_id",
  outcome_costs: "person_id",
  run_scores: "person_id",
  week_scores: "person_id",
  week_signals: "person_id",
  class_baselines: "workload_class",
  signal_references: "workload_class",
  signal_weeks: "person_id",
  signal_calls: "person_id",
  signal_runs: "person_id",
  signal_prompts: "person_id",
  signal_templates: "sketch_epoch",
  target_findings: "target_id",
  analysis_windows: "person_id",
  analysis_outcomes: "outcome_id",
  analysis_calls: "person_id",
  analysis_links: "person_id",
  analysis_prompts: "person_id",
  analysis_credits: "person_id",
  analysis_runs: "person_id",
  analysis_people: "person_id",
  declared_classes: "person_id",
  analysis_state: "name",
  erased_people: "person_id",
};

const CREATE = /^CREATE TABLE IF NOT EXISTS (\w+)/;
const ENGINE = /ENGINE = (\w*MergeTree)(?:\(([^)]*)\))?/;
const ALTER = /^ALTER TABLE (\w+) ([^]+)$/;
const CHANGES_COLUMNS = /^(ADD|DROP|MODIFY|RENAME|COMMENT) COLUMN\b/;
/** What a distributed table has not. */
const CHANGES_STORAGE = /\b(INDEX|TTL|PROJECTION|SETTING|STATISTICS|CONSTRAINT|ORDER BY|SAMPLE BY)\b/;

/**
 * The statements that do on a cluster what one does on a server.
 * @param sql a CREATE TABLE or ALTER TABLE as the migrations have them
 * @throws AppError `internal` for any other, and for a table of which nobody has said how it is sharded
 */
export function toClusterStatements(sql: string, cluster: Cluster): string[] {
  const created = CREATE.exec(sql)?.[1];
  if (created !== undefined) return createStatements(sql, created, cluster);
  const [, altered, change] = ALTER.exec(sql) ?? [];
  if (altered === undefined || change === undefined)
    throw new AppError("internal", `There is no form for a cluster of: ${sql.slice(0, 80)}`);
  return alterStatements(altered, change, cluster);
}

function createStatements(sql: string, table: string, cluster: Cluster): string[] {
  const local = toLocalTable(table);
  const path = `/clickhouse/tables/{shard}/${cluster.database}/${table}`;
  const onCluster = `ON CLUSTER ${quote(cluster.name)}`;
  const replicated = sql
    .replace(CREATE, `CREATE TABLE IF NOT EXISTS ${local} ${onCluster}`)
    .replace(ENGINE, (_all, engine: string, parameters?: string) => {
      const all = [quote(path), quote("{replica}"), ...(parameters === undefined ? [] : [parameters])];
      return `ENGINE = Replicated${engine}(${all.join(", ")})`;
    });
  const place = [cluster.name, cluster.database, local].map(quote).join(", ");
  const distributed = `CREATE TABLE IF NOT EXISTS ${table} ${onCluster} AS ${local}
ENGINE = Distributed(${place}, cityHash64(${SHARDED_BY[table]}))`;
  return [replicated, distributed];
}

/** Rows, TTL and indexes are the local tables' alone; the columns are also those of the distributed table over them. */
function alterStatements(table: string, change: string, cluster: Cluster): string[] {
  const isOfColumns = CHANGES_COLUMNS.test(change);
  if (isOfColumns && CHANGES_STORAGE.test(change))
    throw new AppError("internal", `Change columns of ${table} in a statement of their own.`);
  const tables = isOfColumns ? [toLocalTable(table), table] : [toLocalTable(table)];
  return tables.map((name) => `ALTER TABLE ${name} ON CLUSTER ${quote(cluster.name)} ${change}`);
}

function toLocalTable(table: string): string {
  if (!Object.hasOwn(SHARDED_BY, table))
    throw new AppError("internal", `Say in cluster.ts how ${table} is sharded.`);
  return `${table}_local`;
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

// What every operation asks of ClickHouse, beside what it says. Only the values differ from one operation to the next, never which
// settings are sent, because a chDB connection keeps what it was last told.

import type { ClickHouseSettings } from "@clickhouse/client";

export const QUERY_SECONDS_MAX = 60;
/** Rebuilding all that analytics derives is one statement a table; an export streams for as long. */
export const STATEMENT_SECONDS_MAX = 900;
const QUERY_MEMORY_BYTES_MAX = 4 * 1024 ** 3;
const QUORUM_MS_MAX = 60_000;
/** Shorter than analytics looks back (`WATERMARK_OVERLAP_MS`), so that it misses no record which a replica gets late. */
const REPLICA_DELAY_SECONDS_MAX = 30;

/** How the inserts of an operation reach the replicas: beside each other, or each after the one before. */
export type Quorum = "parallel" | "sequential";

export function settings(name: string, secondsMax: number, quorum: Quorum = "parallel"): ClickHouseSettings {
  return {
    log_comment: JSON.stringify({ query: name }),
    max_execution_time: secondsMax,
    max_memory_usage: String(QUERY_MEMORY_BYTES_MAX),
    // A server goes on with a query whose reader has left, unless it is told not to.
    cancel_http_readonly_queries_on_client_close: 1,
    // Counts beyond 2^53 and money would lose digits as JSON numbers.
    output_format_json_quote_64bit_integers: 1,
    output_format_json_quote_decimals: 1,
    // Times go in and come out as RFC 3339 in UTC, the form of the records.
    date_time_input_format: "best_effort",
    date_time_output_format: "iso",
    // A missing column takes its default; an unknown one, or null where there is no unknown, is a mistake of ours.
    input_format_skip_unknown_fields: 0,
    input_format_null_as_default: 0,
    // An insert is acknowledged when its rows are in the table, and a mutation when it is done.
    async_insert: 0,
    mutations_sync: "2",
    // Machine code for expressions is made anew by most statements, because none has quite the text of another, and takes longer than
    // it saves: a quarter of what a pass of analytics over a day costs.
    compile_expressions: 0,
    compile_aggregate_expressions: 0,
    compile_sort_description: 0,
    // With FINAL, too, what a bound on the sorting key leaves out is not read. Rows that replace each other have the same key, so that no
    // older one comes back; the engine moves no other condition before FINAL.
    optimize_move_to_prewhere_if_final: 1,
    ...CLUSTER_SETTINGS,
    insert_quorum_parallel: quorum === "parallel" ? 1 : 0,
  };
}

/** For distributed and replicated tables. One server knows these too, and has nothing that they would apply to. */
const CLUSTER_SETTINGS: ClickHouseSettings = {
  // Rows are acknowledged when every shard concerned has them, on the majority of its replicas: spool and Kafka forget them then,
  // and the disk of one replica may be lost.
  distributed_foreground_insert: 1,
  insert_quorum: "auto",
  insert_quorum_timeout: QUORUM_MS_MAX,
  // A pass of analytics reads what its statement before wrote. So reads and writes go to the same replica of each shard, the first
  // that answers, whichever server is asked; and where it has died in between, one that lacks those rows refuses to answer.
  // That takes inserts one after the other, which is asked for where a statement writes.
  load_balancing: "in_order",
  prefer_localhost_replica: 0,
  select_sequential_consistency: "1",
  max_replica_delay_for_distributed_queries: String(REPLICA_DELAY_SECONDS_MAX),
  fallback_to_stale_replicas_for_distributed_queries: 0,
  skip_unavailable_shards: 0,
  // The right side of a JOIN or an IN is worked out once and sent to the shards. Rows that belong together lie on different ones.
  distributed_product_mode: "global",
  // What INSERT … SELECT has read goes where its new rows belong, and not to the shard that it was read on.
  parallel_distributed_insert_select: "0",
};

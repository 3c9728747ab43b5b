// What a process measures of itself, under the names that dashboards and alert rules refer to (docs/alerts.yml). Names are part
// of the outside surface; labels are few and closed, and never hold what a client or a person said.
//
// A process makes its metrics once and hands them to its parts. `assay start` and `assay gateway` collect those of their
// children, so each process has its name as a label.

import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

const SECONDS_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export type Metrics = ReturnType<typeof createMetrics>;

/** @param process the name of this process among those of its machine: `gateway-1`, `sink` */
export function createMetrics(process: string) {
  const registry = new Registry();
  registry.setDefaultLabels({ process });
  collectDefaultMetrics({ register: registry });
  const kinds = createKinds(registry);
  return {
    registry,
    ...createProcessMetrics(kinds),
    ...createGatewayMetrics(kinds),
    ...createSpoolMetrics(kinds),
    ...createStoreMetrics(kinds),
  };
}

type Kinds = ReturnType<typeof createKinds>;

function createKinds(registry: Registry) {
  const registers = [registry];
  return {
    count: <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
      new Counter({ name, help, labelNames, registers }),
    gauge: <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) => {
      const gauge = new Gauge({ name, help, labelNames, registers });
      // It would be 0 from the start, also in processes that have no such thing: a sink has no spool.
      if (labelNames.length === 0) gauge.remove();
      return gauge;
    },
    seconds: <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
      new Histogram({ name, help, labelNames, registers, buckets: SECONDS_BUCKETS }),
  };
}

function createProcessMetrics({ count, gauge }: Kinds) {
  return {
    partOk: gauge("assay_part_ok", "1: this part of the process is well. 0: /readyz says why not.", ["part"]),
    restarts: count("assay_process_restarts_total", "Child processes that ended and were started again.", [
      "child",
    ]),
    unanswered: count(
      "assay_process_unanswered_total",
      "Questions that a child process did not answer in time; a scrape is then without it.",
      ["child"],
    ),
  };
}

function createGatewayMetrics({ count }: Kinds) {
  return {
    /** `ended` is a word of TERMINATED_BY. */
    calls: count("assay_calls_total", "Calls that were sent to a provider, by how they ended.", [
      "provider",
      "ended",
    ]),
    /** `kind` is a word of ERROR_KINDS. */
    refusedCalls: count("assay_refused_calls_total", "Calls that the gateway refused itself.", [
      "status",
      "kind",
    ]),
    /** `outcome`: person, unknown, ambiguous (several values), stale (the identity snapshot is too old). */
    vouchedCalls: count(
      "assay_vouched_calls_total",
      "Calls without an Assay key in which a trusted proxy named somebody, by what came of it.",
      ["outcome"],
    ),
    unreadMessages: count(
      "assay_websocket_unread_total",
      "WebSocket messages that passed unmetered: too large, or not to be decoded. After some of them all that follow do.",
      ["reason"],
    ),
    usageMismatches: count(
      "assay_usage_mismatches_total",
      "Calls whose reported parts do not add up to the reported totals.",
      ["provider"],
    ),
    /** `reason`: queue_full, too_large, failed, timed_out, crashed, closing. */
    droppedFeatures: count(
      "assay_features_dropped_total",
      "Calls whose features were not made. The calls themselves are recorded all the same.",
      ["reason"],
    ),
  };
}

function createSpoolMetrics({ count, gauge }: Kinds) {
  return {
    unrecordedRecords: count(
      "assay_unrecorded_records_total",
      "Records that the spool could not take. With ASSAY_STRICT=0 these calls went on, and are not counted.",
      ["record"],
    ),
    spoolBytes: gauge("assay_spool_bytes", "What the spool takes of the disk."),
    spoolOldestSeconds: gauge(
      "assay_spool_oldest_seconds",
      "Age of the oldest record that the next stage has not acknowledged.",
    ),
    spoolWritable: gauge("assay_spool_writable", "1: the last write to the spool succeeded. 0: it failed."),
    spoolGaps: count(
      "assay_spool_missing_records_total",
      "Numbers that a writer gave out and the reader never found.",
    ),
  };
}

/** Of those who take records on: shipper, sink, analytics, outcome intake. */
function createStoreMetrics({ count, gauge, seconds }: Kinds) {
  return {
    shippedRecords: count("assay_shipped_records_total", "Records that Kafka has acknowledged.", ["record"]),
    shipRetries: count("assay_ship_retries_total", "Batches that had to be sent to Kafka again."),
    consumerLag: gauge("assay_consumer_lag_records", "Messages that this sink has not stored yet.", [
      "topic",
      "partition",
    ]),
    /** `state`: stored, dead_letter, erased. */
    sinkRecords: count("assay_sink_records_total", "Records by what became of them in the sink.", [
      "record",
      "state",
    ]),
    unpricedCalls: count(
      "assay_unpriced_calls_total",
      "Stored calls with tokens that no price is known for.",
      ["provider"],
    ),
    insertSeconds: seconds("assay_insert_seconds", "Time that ClickHouse took for an insert.", ["table"]),
    insertRetries: count("assay_insert_retries_total", "Inserts that had to be tried again."),
    /** `result`: accepted, duplicate, unknown_event, no_outcome, failed, or why it was refused (ingest/outcomes/intake-parts.ts). */
    outcomeDeliveries: count(
      "assay_outcome_deliveries_total",
      "Requests that brought outcomes, or meant to, by what became of them.",
      ["intake", "result"],
    ),
    analysisSeconds: seconds("assay_analysis_seconds", "Time that a pass of analytics took."),
    analysisEndedAt: gauge(
      "assay_analysis_ended_timestamp_seconds",
      "When the last pass of analytics succeeded, or this process began to try, in seconds since 1970.",
    ),
  };
}

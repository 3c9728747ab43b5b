// The way of a record, stage by stage, as far as the processes of this machine tell of it; and what went missing on that way.

import type { DROP_REASONS, Flow, FlowState } from "../../../schemas/operator-api.ts";
import type { Part, ProcessReports, Processes, Sample } from "./process-reports.ts";

type Stage = Flow["stages"][number];
type Drop = NonNullable<Flow["drops"]>[number];

const GATEWAY = /^gateway-\d+$/;
/** They take records on from the spool of the gateways. A dashboard's own spool is that of outcome intake, and none of calls. */
const CARRIERS = ["service", "shipper", "sink"] as const;

export function listGateways(reports: ProcessReports | undefined): Flow["gateways"] {
  if (reports === undefined) return null;
  const gateways = Object.entries(reports.processes).filter(([name]) => GATEWAY.test(name));
  if (gateways.length === 0) return null;
  return gateways.map(([name, { parts }]) => ({ name, ...sumUp(Object.values(parts)) }));
}

export function listStages(
  reports: ProcessReports | undefined,
  { hasKafka, isStoreReachable }: { hasKafka: boolean; isStoreReachable: boolean },
): Stage[] {
  const processes = reports?.processes ?? {};
  const gateways = listGateways(reports);
  const spool = findPart(processes, "spool");
  const bus = hasKafka ? processes["shipper"]?.parts["Kafka"] : undefined;
  const lag = reports && sum(reports.samples, "assay_consumer_lag_records");
  const nothing = { waiting: null, oldest_seconds: null };
  return [
    { stage: "gateways", ...nothing, ...(gateways === null ? UNKNOWN : sumUp(gateways)) },
    {
      stage: "spool",
      ...toState(spool),
      waiting: toNumber(spool?.["waiting_bytes"]),
      oldest_seconds: toNumber(spool?.["oldest_seconds"]),
    },
    {
      stage: "bus",
      ...nothing,
      ...(hasKafka ? { ...toState(bus), waiting: lag ?? null } : NO_BUS),
    },
    { stage: "sink", ...nothing, ...toState(findPart(processes, "sink")) },
    {
      stage: "store",
      ...nothing,
      ...(isStoreReachable
        ? { state: "ok", reason: null }
        : { state: "failed", reason: "ClickHouse does not answer. Records wait meanwhile." }),
    },
  ];
}

/** Metrics that count what went missing, with the label that says more. */
const DROPS: readonly {
  reason: (typeof DROP_REASONS)[number];
  metric: string;
  detail?: string;
  of?: Readonly<Record<string, string>>;
}[] = [
  { reason: "unrecorded", metric: "assay_unrecorded_records_total", detail: "record" },
  { reason: "missing_from_spool", metric: "assay_spool_missing_records_total" },
  {
    reason: "dead_letter",
    metric: "assay_sink_records_total",
    detail: "record",
    of: { state: "dead_letter" },
  },
  { reason: "features", metric: "assay_features_dropped_total", detail: "reason" },
  { reason: "websocket_unread", metric: "assay_websocket_unread_total", detail: "reason" },
  { reason: "refused_call", metric: "assay_refused_calls_total", detail: "kind" },
];

/** Those that happened; null where no gateway answers, because then nobody knows. */
export function listDrops(reports: ProcessReports | undefined): Flow["drops"] {
  if (reports === undefined || listGateways(reports) === null) return null;
  return DROPS.flatMap(({ reason, metric, detail, of = {} }) => {
    const samples = reports.samples.filter(
      ({ name, labels }) =>
        name === metric && Object.entries(of).every(([label, value]) => labels[label] === value),
    );
    const byDetail = Object.groupBy(samples, ({ labels }) => (detail && labels[detail]) ?? "");
    return Object.entries(byDetail)
      .map(([name, found = []]): Drop => ({ reason, detail: name, count: sum(found, metric) ?? 0 }))
      .filter(({ count }) => count > 0);
  });
}

const NO_BUS = { state: "ok", reason: "There is no Kafka: the sink reads the spool itself." } as const;
const UNKNOWN = { state: "unknown", reason: null } as const;

function findPart(processes: Processes, part: string): Part | undefined {
  return CARRIERS.map((name) => processes[name]?.parts[part]).find((found) => found !== undefined);
}

function toState(part: Part | undefined): { state: FlowState; reason: string | null } {
  return part === undefined ? UNKNOWN : { state: part.state, reason: part.reason ?? null };
}

/** As the one that does worst. */
function sumUp(parts: readonly { state: FlowState; reason?: string | null | undefined }[]): {
  state: FlowState;
  reason: string | null;
} {
  const found = (["failed", "impaired"] as const)
    .map((state) => parts.find((part) => part.state === state))
    .find((part) => part !== undefined);
  return { state: found?.state ?? "ok", reason: found?.reason ?? null };
}

/** Undefined where nobody counts it. */
function sum(samples: readonly Sample[], metric: string): number | undefined {
  const values = samples.filter(({ name }) => name === metric).map(({ value }) => value);
  return values.length === 0 ? undefined : values.reduce((total, value) => total + value, 0);
}

function toNumber(said: unknown): number | null {
  return typeof said === "number" ? said : null;
}

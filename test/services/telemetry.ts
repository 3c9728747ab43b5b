// Outcome intake over HTTP, on a Postgres and a spool of its own, and OpenTelemetry's own SDK and exporters that send to
// it. Unlike intake.ts it can be started again, fails when it is told to, and keeps what it was sent.

import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { OTLPLogExporter as JsonLogExporter } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPLogExporter as ProtobufLogExporter } from "@opentelemetry/exporter-logs-otlp-proto";
import {
  AggregationTemporalityPreference,
  OTLPMetricExporter as JsonMetricExporter,
} from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPMetricExporter as ProtobufMetricExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { pino } from "pino";
import { createKey } from "../../dashboard/server/keys/keys.ts";
import { createIntake } from "../../ingest/outcomes/intake.ts";
import { createLinkHashes } from "../../ingest/outcomes/link-hashes.ts";
import { openOutcomeWriter } from "../../ingest/outcomes/outcome-writer.ts";
import { AppError } from "../../schemas/app-error.ts";
import { readConfig } from "../../schemas/config.ts";
import { createMetrics } from "../../schemas/metrics.ts";
import type { Outcome } from "../../schemas/outcome.ts";
import { migratePostgres } from "../../schemas/postgres/migrate.ts";
import { openPostgres } from "../../schemas/postgres/open.ts";
import { people } from "../../schemas/postgres/tables.ts";
import { startTestPostgres } from "./postgres.ts";
import { makeTestSpool } from "./spool.ts";

export type Encoding = "protobuf" | "json";
export type Attributes = Record<string, string | number | boolean>;

/** What an exporter sent, to be sent again. */
export interface SentRequest {
  signal: string;
  headers: Record<string, string>;
  body: Uint8Array<ArrayBuffer>;
}

export interface Somebody {
  personId: string;
  secret: string;
}

export type TelemetryBench = Awaited<ReturnType<typeof openTelemetryBench>>;

const RECORDS_MAX = 100_000;
const now = (): Date => new Date();
const KEY = {
  name: "exporter",
  workloadClass: null,
  expiresAt: null,
  kind: "person",
  actorId: null,
} as const;

export async function openTelemetryBench() {
  const dataDir = mkdtempSync(join(tmpdir(), "assay-telemetry-"));
  const server = await startTestPostgres();
  const postgres = await openPostgres({ url: server.url });
  await migratePostgres(postgres);
  const config = readConfig({ ASSAY_DATA: dataDir });
  const metrics = createMetrics("test");
  const logged: string[] = [];
  const log = pino({}, { write: (line) => void logged.push(line) });
  const spool = makeTestSpool(join(dataDir, "spool"));
  const writer = openOutcomeWriter(log, {
    spoolDir: spool.spoolDir,
    bytesMax: config.spoolBytesMax,
    metrics,
  });
  const reader = spool.openReader();
  const stored = new Map<string, Outcome>();
  const sent: SentRequest[] = [];
  let failures = 0;

  const parts = {
    log,
    postgres,
    config,
    metrics,
    now,
    hashes: createLinkHashes("a link secret of the tests, 32 bytes"),
    writer: {
      async write(outcomes: readonly Outcome[]) {
        if (failures > 0) {
          failures -= 1;
          throw new AppError("unavailable", "The spool is full.", { retry: true });
        }
        await writer.write(outcomes);
      },
    },
  };
  let door = createIntake(parts);
  const http = createServer((incoming, outgoing) => {
    void getRequestListener((request, env) => {
      remember(request);
      return door.fetch(request, env);
    })(incoming, outgoing);
  }).listen(0, "127.0.0.1");
  await once(http, "listening");
  const address = http.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/otlp/v1`;

  function remember(request: Request): void {
    const { pathname } = new URL(request.url);
    const signal = pathname.split("/").at(-1) ?? "";
    const entry = { signal, headers: Object.fromEntries(request.headers), body: new Uint8Array() };
    sent.push(entry);
    // Read before the answer is, or else broken off: such a request is not sent again.
    void request
      .clone()
      .arrayBuffer()
      .then(
        (body) => void (entry.body = new Uint8Array(body)),
        () => undefined,
      );
  }

  return {
    url,
    postgres,
    logged,
    sent,
    /** Another process at the same door: it remembers nothing that is not stored. */
    restart: () => void (door = createIntake(parts)),
    /** The next writes fail as they do while the spool is full. */
    failWrites: (times: number) => void (failures = times),
    async addSomebody(kind: "person" | "service" = "person"): Promise<Somebody> {
      const email = `${crypto.randomUUID()}@example.com`;
      const [person] = await postgres.db.insert(people).values({ email, name: "Somebody" }).returning();
      const key = { ...KEY, kind, personId: person!.personId };
      return { personId: person!.personId, secret: (await createKey(postgres, key, now())).secret };
    },
    send: (
      path: string,
      secret: string | undefined,
      { headers, body }: Pick<SentRequest, "body" | "headers">,
    ) =>
      fetch(`${url}/${path}`, {
        method: "POST",
        headers: {
          ...(headers["content-type"] && { "content-type": headers["content-type"] }),
          ...(headers["content-encoding"] && { "content-encoding": headers["content-encoding"] }),
          ...(secret && { authorization: `Bearer ${secret}` }),
        },
        body,
      }),
    /** Everything written since the bench was opened, each once, as ClickHouse keeps it: the last under an id. */
    outcomes(): Outcome[] {
      const { records, commit } = reader.readBatch(RECORDS_MAX);
      for (const record of records)
        if (record.record === "outcome") stored.set(record.outcome.outcome_id, record.outcome);
      commit();
      return [...stored.values()];
    },
    /** Every byte of the data directory. */
    files: (): string =>
      readdirSync(dataDir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
        .join("\n"),
    async close() {
      http.closeAllConnections();
      http.close();
      spool.remove();
      await writer.close();
      await postgres.close();
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

const LOG_EXPORTERS = { protobuf: ProtobufLogExporter, json: JsonLogExporter };
const METRIC_EXPORTERS = { protobuf: ProtobufMetricExporter, json: JsonMetricExporter };

/** A client that reports events; resolves when the door has answered. */
export async function reportEvents(
  { url }: { url: string },
  { secret, encoding = "protobuf" }: { secret: string; encoding?: Encoding },
  events: readonly Attributes[],
): Promise<void> {
  const headers = { authorization: `Bearer ${secret}` };
  const exporter = new LOG_EXPORTERS[encoding]({ url: `${url}/logs`, headers });
  const provider = new LoggerProvider({ processors: [new BatchLogRecordProcessor({ exporter })] });
  const logger = provider.getLogger("test");
  for (const attributes of events)
    logger.emit({ body: String(attributes["body"] ?? ""), attributes, timestamp: Date.now() });
  await provider.forceFlush();
  await provider.shutdown();
}

export interface ReportedCounter {
  add(value: number, attributes: Attributes): void;
  /** Resolves when the door has answered. */
  report(): Promise<void>;
  close(): Promise<void>;
}

/** A client that reports a counter. Closing reports what is left. */
export function openCounter(
  { url }: { url: string },
  options: { secret: string; encoding?: Encoding; temporality: "delta" | "cumulative"; name: string },
): ReportedCounter {
  const { secret, encoding = "protobuf", temporality, name } = options;
  const exporter = new METRIC_EXPORTERS[encoding]({
    url: `${url}/metrics`,
    headers: { authorization: `Bearer ${secret}` },
    temporalityPreference:
      temporality === "delta"
        ? AggregationTemporalityPreference.DELTA
        : AggregationTemporalityPreference.CUMULATIVE,
  });
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  const counter = provider.getMeter("test").createCounter(name);
  return {
    add: (value, attributes) => counter.add(value, attributes),
    report: () => provider.forceFlush(),
    close: () => provider.shutdown(),
  };
}

// A gateway for tests: the real one, in this process, in front of the replay provider, with a spool and a snapshot of its own
// in a temporary folder.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { serveGateway } from "../../ingest/gateway/serve.ts";
import { openSpoolReader } from "../../ingest/spool/reader.ts";
import { readConfig } from "../../schemas/config.ts";
import type { SnapshotKey, SnapshotPerson } from "../../schemas/identity-snapshot.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { createVitals, type Vitals } from "../../schemas/vitals.ts";
import { writeSnapshot } from "./assay-keys.ts";

export interface TestGateway {
  url: string;
  dataDir: string;
  vitals: Vitals;
  /** The events that were recorded since the last time, in their order. */
  takeEvents(): TokenEvent[];
  close(): Promise<void>;
}

export interface TestGatewayOptions {
  /** Where the three known providers, and `ASSAY_UPSTREAM_…` of `settings`, are. */
  upstreamUrl: string;
  keys?: readonly SnapshotKey[];
  /** Those for whom a proxy may vouch. */
  people?: readonly SnapshotPerson[];
  settings?: Readonly<Record<string, string>>;
}

export async function startTestGateway({
  upstreamUrl,
  keys = [],
  people = [],
  settings = {},
}: TestGatewayOptions): Promise<TestGateway> {
  const dataDir = mkdtempSync(join(tmpdir(), "assay-gateway-"));
  await writeSnapshot(dataDir, keys, { people });
  const config = readConfig({
    ASSAY_DATA: dataDir,
    ASSAY_GATEWAY_PORT: "0",
    ASSAY_UPSTREAM_OPENAI_URL: upstreamUrl,
    ASSAY_UPSTREAM_ANTHROPIC_URL: upstreamUrl,
    ASSAY_UPSTREAM_GEMINI_URL: upstreamUrl,
    ...settings,
  });
  const log = pino({ level: "silent" });
  const vitals = createVitals("gateway");
  const gateway = await serveGateway(log, config, vitals);
  const spool = { spoolDir: join(dataDir, "spool"), metrics: vitals.metrics };
  return {
    url: `http://127.0.0.1:${gateway.port}`,
    dataDir,
    vitals,
    takeEvents() {
      const reader = openSpoolReader(log, spool);
      const batch = reader.readBatch(10_000);
      batch.commit();
      reader.close();
      return batch.records.flatMap((record) => (record.record === "event" ? [record.event] : []));
    },
    async close() {
      await gateway.close();
      rmSync(dataDir, { recursive: true });
    },
  };
}

// The gateway as it is deployed, `node main.ts gateway`, in front of the benchmark's upstream: metering and spool on, an
// organisation's provider key, and a caller with an Assay key.

import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pino } from "pino";
import { openSpoolReader } from "../../ingest/spool/reader.ts";
import { createMetrics } from "../../schemas/metrics.ts";
import { issueKey, writeSnapshot } from "../services/assay-keys.ts";
import { CORE, whileAlive, type Program, type Programs } from "./program.ts";
import type { Target } from "./targets.ts";

const BATCH_RECORDS_MAX = 5000;

/** What the spool was found to hold. */
export interface SpoolCount {
  /** Records of calls, and how many calls they are of. */
  records: number;
  calls: number;
  /** Of these, complete and with the usage that the upstream reported. */
  metered: number;
  /** Calls whose features are there too. */
  features: number;
  /** Records that could not be read. */
  deadLetters: number;
}

export interface AssayTarget extends Target {
  /** Reads what is new in the spool, lets it go, and tells of all since the start. */
  countSpool(): SpoolCount;
}

export interface AssayOptions {
  name: string;
  /** The checkout whose gateway it is. */
  root: string;
  dataDir: string;
  upstreamPort: number;
  /** Where a profile of its processor time goes when it ends; undefined for none. */
  profileDir: string | undefined;
  /** Loaded into it before its own code. */
  imports?: readonly string[];
}

export async function startAssay(programs: Programs, options: AssayOptions): Promise<AssayTarget> {
  const { name, root, dataDir, upstreamPort, profileDir, imports = [] } = options;
  const { secret, key } = issueKey({ team_id: randomUUID(), workload_class: "interactive" });
  mkdirSync(dataDir, { mode: 0o700 });
  await writeSnapshot(dataDir, [key]);
  const program = programs.start(join(root, "main.ts"), {
    core: CORE.proxy,
    args: ["gateway"],
    nodeArgs: [
      ...[join(import.meta.dirname, "collect-on-signal.ts"), ...imports].flatMap((file) => [
        "--import",
        file,
      ]),
      ...(profileDir === undefined ? [] : ["--cpu-prof", "--cpu-prof-dir", profileDir]),
    ],
    cwd: dataDir,
    env: {
      ASSAY_DATA: dataDir,
      ASSAY_GATEWAY_PORT: "0",
      ASSAY_METRICS_PORT: "0",
      ASSAY_AUTH: "required",
      ASSAY_UPSTREAM_OPENAI_URL: `http://127.0.0.1:${upstreamPort}`,
      ASSAY_UPSTREAM_OPENAI_KEY: "sk-bench",
    },
  });
  const port = await whileAlive(program.child, () => loggedPort(program));
  return {
    name,
    port,
    program,
    headers: { authorization: `Bearer ${secret}` },
    countSpool: createSpoolCounter(join(dataDir, "spool")),
  };
}

/** The gateway logs its port when it listens; whatever else it logs is passed on, for it means trouble. */
async function loggedPort({ child }: Program): Promise<number> {
  if (!child.stderr) throw new Error("The gateway has no standard error.");
  const lines = createInterface({ input: child.stderr });
  const found = Promise.withResolvers<number>();
  lines.on("line", (line) => {
    const { port } = parseLogEntry(line);
    if (port === undefined) process.stderr.write(`${line}\n`);
    else found.resolve(port);
  });
  return found.promise;
}

function parseLogEntry(line: string): { port?: number } {
  try {
    return JSON.parse(line);
  } catch {
    return {};
  }
}

function createSpoolCounter(spoolDir: string): () => SpoolCount {
  const options = { spoolDir, metrics: createMetrics("bench") };
  const reader = openSpoolReader(pino({ level: "warn" }, process.stderr), options);
  const ids = new Set<string>();
  const count: SpoolCount = { records: 0, calls: 0, metered: 0, features: 0, deadLetters: 0 };
  return () => {
    for (;;) {
      const batch = reader.readBatch(BATCH_RECORDS_MAX);
      for (const record of batch.records) {
        if (record.record === "features") count.features++;
        if (record.record !== "event") continue;
        count.records++;
        ids.add(record.event.event_id);
        const { terminated_by: terminatedBy, usage_source: usageSource } = record.event;
        if (terminatedBy === "complete" && usageSource === "reported") count.metered++;
      }
      count.deadLetters += batch.deadLetters.length;
      batch.commit();
      if (batch.records.length === 0 && batch.deadLetters.length === 0) break;
    }
    count.calls = ids.size;
    return { ...count };
  };
}

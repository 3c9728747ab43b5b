// The doctor finds what is wrong: each case plants one fault, in real files, real stores and real sockets.

import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { judgeSpace } from "../../ingest/doctor/data-directory.ts";
import { judgeProvider } from "../../ingest/doctor/providers.ts";
import { openDeadLetters } from "../../ingest/sink/dead-letters.ts";
import { openSpoolReader } from "../../ingest/spool/reader.ts";
import { SpoolWriter } from "../../ingest/spool/writer.ts";
import { lockDataDirectory } from "../../schemas/data-directory.ts";
import { SNAPSHOT_FILE, type SnapshotKey } from "../../schemas/identity-snapshot.ts";
import { createMetrics } from "../../schemas/metrics.ts";
import { parseUpstreams } from "../../schemas/upstreams.ts";
import { runDoctor, type DoctorReport, type Examined } from "../builders/doctor-report.ts";
import { buildTokenEvent } from "../builders/token-event.ts";
import { issueKey, writeSnapshot } from "../services/assay-keys.ts";

const MINUTE_MS = 60_000;
const log = pino({ level: "silent" });

let provider: Server;
let providerUrl: string;
let closedUrl: string;
let dataDir: string;

beforeAll(async () => {
  provider = createServer((socket) => socket.end());
  providerUrl = await listen(provider);
  const passing = createServer();
  closedUrl = await listen(passing);
  await new Promise((resolve) => passing.close(resolve));
});
afterAll(() => new Promise((resolve) => provider.close(resolve)));
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "assay-doctor-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

function examine({ settings = {}, ...said }: Partial<Examined> = {}): Promise<DoctorReport> {
  const upstreams = {
    ASSAY_UPSTREAM_OPENAI_URL: providerUrl,
    ASSAY_UPSTREAM_ANTHROPIC_URL: providerUrl,
    ASSAY_UPSTREAM_GEMINI_URL: providerUrl,
  };
  return runDoctor({ settings: { ASSAY_DATA: dataDir, ...upstreams, ...settings }, ...said });
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(`http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`);
    });
  });
}

/** What gateways know of keys, and for how long they have known it. */
function knowKeys(ageMs: number, keys: readonly SnapshotKey[]): Promise<void> {
  return writeSnapshot(dataDir, keys, { readAt: new Date(Date.now() - ageMs) });
}

describe("before anything is set up", () => {
  it("there is no fault, what to do next is said, and nothing is made", async () => {
    rmSync(dataDir, { recursive: true });
    const report = await examine();
    expect(report).toMatchObject({ exitCode: 0, faults: 0 });
    expect(report.of("data directory")).toMatch(/^warning: There is no/);
    expect(report.of("service")).toMatch(/^warning: No Assay is running/);
    expect(existsSync(dataDir)).toBe(false);
  });
});

describe("the machine", () => {
  it("others can read the data directory", async () => {
    expect((await examine()).of("data directory")).toBe("");
    chmodSync(dataDir, 0o755);
    const report = await examine();
    expect(report).toMatchObject({ exitCode: 1, faults: 1 });
    expect(report.of("data directory")).toMatch(/^fault: .* has mode 0755/);
  });

  it("the data directory is a file", async () => {
    const file = join(dataDir, "file");
    writeFileSync(file, "");
    const report = await examine({ settings: { ASSAY_DATA: file } });
    expect(report.of("data directory")).toMatch(/^fault: .* is not a directory/);
  });

  it.each([
    [0.9, "fault"],
    [1.1, "warning"],
    [5.1, undefined],
  ])("%s GB are free", (gigabytes, state) => {
    expect(judgeSpace("/data", gigabytes * 1024 ** 3)[0]?.state).toBe(state);
  });

  it("the clock was set while Assay was running", async () => {
    expect((await examine({ laterMs: 30_000 })).of("clock")).toBe("");
    expect((await examine({ laterMs: 2 * MINUTE_MS })).of("clock")).toMatch(/^warning: .* was set by 120 s/);
  });

  it("a process owns the data directory and does not answer", async () => {
    const unlock = lockDataDirectory(dataDir);
    expect((await examine()).of("service")).toMatch(/^fault: .* does not answer/);
    unlock();
  });

  it("a check that can't be made is a fault itself", async () => {
    writeFileSync(join(dataDir, "spool"), "not a folder");
    expect((await examine()).of("spool")).toMatch(/^fault: This could not be checked/);
  });
});

describe("the configuration", () => {
  it("anybody on the network may call without a key", async () => {
    const report = await examine({ settings: { ASSAY_HOST: "0.0.0.0" } });
    expect(report.of("configuration")).toMatch(
      /^warning: The gateway listens on 0\.0\.0\.0 .* without an Assay key/,
    );
    expect((await examine({ settings: { ASSAY_HOST: "127.0.0.2" } })).of("configuration")).toBe("");
  });

  it("the gateways of several machines would each make a key for the sketches", async () => {
    const report = await examine({ settings: { CLICKHOUSE_URL: closedUrl } });
    expect(report.of("configuration")).toMatch(/^warning: ASSAY_SKETCH_SECRET is not set/);
  });
});

describe("the providers", () => {
  it("one that is asked for does not answer: a fault; one that nobody asked for: a warning", async () => {
    const settings = { ASSAY_UPSTREAM_OPENAI_URL: closedUrl };
    expect((await examine({ settings })).of("providers")).toMatch(
      /^fault: openai is not reached .*ECONNREFUSED/,
    );
    for (const unasked of parseUpstreams({}, []).upstreams.values()) {
      expect(judgeProvider(unasked, "ENOTFOUND").state).toBe("warning");
      expect(judgeProvider({ ...unasked, key: "of the organisation" }, "ENOTFOUND").state).toBe("fault");
    }
  });
});

describe("keys", () => {
  const { key } = issueKey();
  const cases: [told: string, ageMs: number, keys: SnapshotKey[], finding: RegExp][] = [
    ["there is none", 0, [], /^warning: There is no key/],
    ["all are revoked", 0, [{ ...key, revoked_at: "2026-01-01T00:00:00Z" }], /^warning: There is no key/],
    ["all have expired", 0, [{ ...key, expires_at: "2026-01-01T00:00:00Z" }], /^warning: There is no key/],
    ["what gateways know is too old to be believed", 25 * 60 * MINUTE_MS, [key], /^fault: .* too old/],
    ["all is well", 0, [key], /^$/],
  ];
  it.each(cases)("%s", async (_told, ageMs, keys, finding) => {
    await knowKeys(ageMs, keys);
    expect((await examine()).of("keys")).toMatch(finding);
  });

  it("the snapshot is damaged", async () => {
    writeFileSync(join(dataDir, SNAPSHOT_FILE), '{"version":1,');
    expect((await examine()).of("keys")).toMatch(/^fault: .* can't be read/);
  });
});

describe("records on their way", () => {
  it("the sink stands still, and catches up", async () => {
    const spool = { spoolDir: join(dataDir, "spool"), metrics: createMetrics("gateway") };
    const writer = new SpoolWriter(log, { ...spool, writerId: "gateway-1", bytesMax: 2 ** 30 });
    const event = buildTokenEvent({ started_at: new Date().toISOString(), sequence: writer.nextSequence() });
    await new Promise((resolve) => writer.append({ record: "event", event }, resolve));
    await writer.close();
    expect((await examine()).of("spool")).toBe("");
    expect((await examine({ laterMs: 2 * MINUTE_MS })).of("spool")).toMatch(/^warning: .* wait for the sink/);
    expect((await examine({ laterMs: 20 * MINUTE_MS })).of("spool")).toMatch(/^fault: .* wait for the sink/);
    const reader = openSpoolReader(log, spool);
    const batch = reader.readBatch(10);
    expect(batch.records).toHaveLength(1);
    batch.commit();
    expect((await examine({ laterMs: 20 * MINUTE_MS })).of("spool")).toBe("");
  });

  it("records could not be delivered", async () => {
    const letters = openDeadLetters({ folder: join(dataDir, "dead-letters"), now: () => new Date() });
    expect((await examine()).of("dead letters")).toBe("");
    await letters.keep([
      { payload: "{}", reason: "no event" },
      { payload: "{}", reason: "no event" },
    ]);
    expect((await examine()).of("dead letters")).toMatch(/^warning: 2 records/);
  });
});

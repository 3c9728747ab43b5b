// The doctor looks at what a distributed deployment has beside stores: Kafka, the port for metrics, and the role in Postgres.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { judgeLag } from "../../ingest/doctor/bus.ts";
import { judgeRole } from "../../ingest/doctor/postgres.ts";
import { runDoctor, type DoctorReport } from "../builders/doctor-report.ts";

/** Nobody listens there, and only the superuser could. */
const CLOSED = "127.0.0.1:9";

let dataDir: string;
beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), "assay-doctor-"));
});
afterAll(() => rmSync(dataDir, { recursive: true }));

function examine(settings: Readonly<Record<string, string>>): Promise<DoctorReport> {
  const upstream = `http://${CLOSED}`;
  const upstreams = {
    ASSAY_UPSTREAM_OPENAI_URL: upstream,
    ASSAY_UPSTREAM_ANTHROPIC_URL: upstream,
    ASSAY_UPSTREAM_GEMINI_URL: upstream,
  };
  return runDoctor({ settings: { ASSAY_DATA: dataDir, ...upstreams, ...settings } });
}

it("whether others reach the port for metrics, and whether Kafka answers", async () => {
  const report = await examine({ ASSAY_HOST: "0.0.0.0", KAFKA_BROKERS: CLOSED });
  expect(report.of("metrics port")).toMatch(/^warning: .* are on port 4102 of 0\.0\.0\.0/);
  expect(report.of("bus")).toMatch(/^fault: Kafka at 127\.0\.0\.1:9 does not answer/);
  const alone = await examine({});
  expect(alone.of("metrics port") + alone.of("bus")).toBe("");
});

it.each([
  [0, undefined],
  [99_999, undefined],
  [100_000, "warning"],
])("%s messages wait in Kafka", (records, state) => {
  expect(judgeLag(records)[0]?.state).toBe(state);
});

it.each([
  [{ isSuperuser: false, bypassesRls: false }, "ok"],
  [{ isSuperuser: true, bypassesRls: false }, "warning"],
  [{ isSuperuser: false, bypassesRls: true }, "warning"],
])("a role of Postgres that row-level security does not hold: %j", (facts, state) => {
  expect(judgeRole({ role: "assay", ...facts }).state).toBe(state);
});

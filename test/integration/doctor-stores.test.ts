// The doctor looks at the stores: at those of the service that it runs in, at servers, and, asked from a terminal, at those
// of the Assay that runs.

import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrateClickHouse } from "../../schemas/clickhouse/migrate.ts";
import { openClickHouse } from "../../schemas/clickhouse/open.ts";
import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import type { Stores } from "../../schemas/command.ts";
import { migratePostgres } from "../../schemas/postgres/migrate.ts";
import { openPostgres } from "../../schemas/postgres/open.ts";
import { runDoctor, type DoctorReport, type Examined } from "../builders/doctor-report.ts";
import { buildTokenEvent } from "../builders/token-event.ts";
import { TestAssay } from "../services/assay.ts";
import { startTestPostgres, type TestPostgres } from "../services/postgres.ts";

const MINUTE_MS = 60_000;
/** The whole program starts, is asked twice, and stops. */
const WHOLE_PROGRAM_MS_MAX = 60_000;

let dataDir: string;
/** An address where nothing listens. */
let closedUrl: string;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "assay-doctor-"));
  const passing = createServer();
  closedUrl = await new Promise((resolve) => {
    passing.listen(0, "127.0.0.1", () => {
      const address = passing.address();
      resolve(`http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`);
    });
  });
  await new Promise((resolve) => passing.close(resolve));
});
afterAll(() => rmSync(dataDir, { recursive: true }));

function upstreams(): Record<string, string> {
  return {
    ASSAY_UPSTREAM_OPENAI_URL: closedUrl,
    ASSAY_UPSTREAM_ANTHROPIC_URL: closedUrl,
    ASSAY_UPSTREAM_GEMINI_URL: closedUrl,
  };
}

function examine({ settings = {}, ...said }: Partial<Examined>): Promise<DoctorReport> {
  return runDoctor({ settings: { ASSAY_DATA: dataDir, ...upstreams(), ...settings }, ...said });
}

describe("stores", () => {
  let server: TestPostgres;
  let clickhouse: ClickHouseStore;
  let stores: Stores;

  beforeAll(async () => {
    server = await startTestPostgres();
    clickhouse = await openClickHouse({ dataDir });
    stores = { clickhouse, postgres: await openPostgres({ url: server.url }) };
  });
  afterAll(async () => {
    await stores.postgres.close();
    await clickhouse.close();
    await server.stop();
  });

  it("neither server answers", async () => {
    const settings = { CLICKHOUSE_URL: closedUrl, DATABASE_URL: closedUrl.replace("http", "postgres") };
    const report = await examine({ settings });
    expect(report.of("ClickHouse")).toMatch(/^fault: /);
    expect(report.of("Postgres")).toMatch(/^fault: No Postgres answers/);
    expect(report.exitCode).toBe(1);
  });

  it("migrations are missing, and then are not", async () => {
    const before = await examine({ stores });
    expect(before.of("ClickHouse")).toMatch(/^fault: ClickHouse lacks migrations: 0001_token_events\.sql/);
    expect(before.of("Postgres")).toMatch(/^fault: Postgres lacks migrations: 0000_initial\.sql/);
    await migrateClickHouse(clickhouse);
    await migratePostgres(stores.postgres);
    const after = await examine({ stores });
    expect([after.of("ClickHouse"), after.of("Postgres")]).toEqual(["", ""]);
  });

  it("the clock of Postgres is another", async () => {
    expect((await examine({ stores, laterMs: 3000 })).of("clock")).toBe("");
    expect((await examine({ stores, laterMs: 30_000 })).of("clock")).toMatch(/^warning: It is 30 s apart/);
  });

  it("a model has no price", async () => {
    const recorded = { expires_at: "2090-01-01T00:00:00Z", row_version: 1 };
    const said = {
      started_at: new Date(Date.now() - MINUTE_MS).toISOString(),
      input_tokens: 1,
      provider: "vllm",
    };
    const event = buildTokenEvent({ ...said, model_served: "our-own-1" });
    const old = buildTokenEvent({ ...said, model_served: "older", started_at: "2026-01-01T00:00:00Z" });
    const rows = [event, { ...old, event_id: "01936a00-0000-7000-8000-000000000002" }];
    await clickhouse.insert(
      "token_events",
      rows.map((row) => ({ ...row, ...recorded })),
    );
    const report = await examine({ stores });
    expect(report.of("price table")).toMatch(
      /^warning: genai-prices .* has no price for our-own-1 of vllm \(1 calls\), called/,
    );
    expect(report.findings.find(({ check }) => check === "price table")?.details).toEqual({
      unpriced_models: [{ provider: "vllm", model: "our-own-1", service_tier: null, calls: 1 }],
    });
  });
});

describe("from a terminal, while Assay runs", () => {
  it(
    "the service examines itself, and after it was stopped the doctor looks from outside",
    async () => {
      const assay = new TestAssay(upstreams());
      try {
        const running = await assay.start();
        const during: DoctorReport = JSON.parse((await assay.run("doctor", "--json")).stdout);
        const sentences = during.findings.map(({ sentence }) => sentence);
        expect(sentences).toContain("Assay is running, and its service answers.");
        expect(
          sentences.some((sentence) => /^Postgres is reached, with all \d+ migrations/.test(sentence)),
        ).toBe(true);
        expect(during.findings.filter(({ state, check }) => state !== "ok" && check !== "providers")).toEqual(
          [],
        );
        await running.stop();
        const after = await assay.run("doctor");
        expect(after.stdout).toContain("No Assay is running");
        expect(after.exitCode).toBe(1);
      } finally {
        assay.remove();
      }
    },
    WHOLE_PROGRAM_MS_MAX,
  );
});

// `assay reprice`: what it takes and says, and that the next pass of analytics has its results.

import { PassThrough, Writable } from "node:stream";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { repriceCommand } from "../../ingest/commands/reprice.ts";
import { readTableVersion } from "../../ingest/sink/price-list.ts";
import type { CommandIo, ExitCode } from "../../schemas/command.ts";
import { readConfig } from "../../schemas/config.ts";
import { openPostgres, type PostgresStore } from "../../schemas/postgres/open.ts";
import { openAnalysisBench, OTHER_PERSON, type AnalysisBench } from "../builders/analysis.ts";
import { startTestPostgres, type TestPostgres } from "../services/postgres.ts";

vi.setConfig({ testTimeout: 30_000 });

let bench: AnalysisBench;
let server: TestPostgres;
let postgres: PostgresStore;
beforeAll(async () => {
  bench = await openAnalysisBench();
  server = await startTestPostgres();
  postgres = await openPostgres({ url: server.url });
});
beforeEach(() => bench.empty());
afterAll(async () => {
  await postgres.close();
  await server.stop();
  await bench.close();
});

const OWN_MODEL = { provider: "vllm", model_served: "our-own-1", input_tokens: 1_000_000 };
const ownPrice = (usd: number): string =>
  JSON.stringify([{ provider: "vllm", model: "our-own-*", usd_per_million_tokens: { input_tokens: usd } }]);

interface Answer {
  exitCode: ExitCode;
  stdout: string;
  stderr: string;
}

async function run(values: Record<string, string | boolean>, ASSAY_PRICES = "[]"): Promise<Answer> {
  const written = { stdout: "", stderr: "" };
  const into = (name: "stdout" | "stderr"): Writable =>
    new Writable({
      write(chunk, _encoding, done) {
        written[name] += String(chunk);
        done();
      },
    });
  const io: CommandIo = {
    stdin: new PassThrough(),
    stdout: into("stdout"),
    stderr: into("stderr"),
    cwd: "/",
    now: () => new Date("2026-11-21T00:00:00Z"),
    signal: new AbortController().signal,
  };
  const stores = { clickhouse: bench.store, postgres };
  const exitCode = await repriceCommand.run(
    { positionals: [], values },
    io,
    stores,
    readConfig({ ASSAY_PRICES }),
  );
  return { exitCode, ...written };
}

test("days, weeks and runs follow with the next pass, as if the price had always been this one", async () => {
  await bench.arrive(
    { ...OWN_MODEL, started_at: "2026-11-20T08:00:00.000Z", session_id: "s" },
    { ...OWN_MODEL, started_at: "2026-11-20T08:01:00.000Z", session_id: "s" },
    { started_at: "2026-11-20T08:02:00.000Z", person_id: OTHER_PERSON, input_tokens: 1, cost_usd: "7" },
  );
  await bench.analyze();
  expect(await bench.rows("runs")).toMatchObject([
    { cost_usd: "0", unpriced_calls: "2" },
    { cost_usd: "7", unpriced_calls: "0" },
  ]);
  await run({ from: "2026-11-20" }, ownPrice(2));
  const pass = await bench.analyze();
  expect(pass).toMatchObject({ mode: "incremental", people: 1 });
  const priced = [
    { cost_usd: "4", unpriced_calls: "0" },
    { cost_usd: "7", unpriced_calls: "0" },
  ];
  for (const table of ["runs", "usage_days", "person_weeks"] as const)
    expect(await bench.rows(table)).toMatchObject(priced);
  const afterPass = await bench.all();
  await bench.analyze({ full: true });
  expect(await bench.all()).toEqual(afterPass);
});

test("says in one sentence what it did, and as JSON when asked", async () => {
  const theirs = { ...OWN_MODEL, model_served: "theirs-1", service_tier: "fast" };
  await bench.arrive({ ...OWN_MODEL }, { ...theirs, price_version: readTableVersion() });
  const told = await run({ from: "2026-11-20T00:00:00+01:00", json: true }, ownPrice(2));
  expect(told.exitCode).toBe(0);
  expect(told.stderr).toBe(
    "2 calls looked at: 1 priced anew, 1 without a price.\n" +
      "Without a price: theirs-1 of vllm, tier fast (1 calls)\n",
  );
  expect(JSON.parse(told.stdout)).toEqual({
    from: "2026-11-19T23:00:00.000Z",
    to: "2026-11-21T00:00:00.000Z",
    calls: 2,
    changed: 1,
    unpriced: 1,
    unpriced_models: [{ provider: "vllm", model: "theirs-1", service_tier: "fast", calls: 1 }],
  });
});

test.each([
  ["no time", {}],
  ["nonsense", { from: "yesterday" }],
  ["a number", { from: "5" }],
  ["a day that there is not", { from: "2026-02-30" }],
  ["a time without a zone", { from: "2026-11-20T09:30:00" }],
  ["a faulty end", { from: "2026-11-20", to: "soon" }],
  ["an end before the beginning", { from: "2026-11-20", to: "2026-11-19" }],
  ["an empty span", { from: "2026-11-20", to: "2026-11-20" }],
  ["the future", { from: "2026-11-22" }],
])("%s is refused in one sentence", async (_name, values) => {
  await bench.arrive({ ...OWN_MODEL });
  const { exitCode, stdout, stderr } = await run(values, ownPrice(2));
  expect(exitCode).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^--from [^\n]+\.\n$/);
});

// Analytics as a service that keeps going, and as a command.

import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { NO_TEMPLATES } from "../../analytics/allowed-templates.ts";
import { analyzeCommand } from "../../analytics/commands/analyze.ts";
import { startAnalysis, type WatchOptions } from "../../analytics/watch.ts";
import { AppError } from "../../schemas/app-error.ts";
import { EXIT, type CommandArguments } from "../../schemas/command.ts";
import { readConfig } from "../../schemas/config.ts";
import { toMethod } from "../../schemas/method.ts";
import { createMetrics } from "../../schemas/metrics.ts";
import type { PostgresStore } from "../../schemas/postgres/open.ts";
import { beforeStatements, openAnalysisBench, type AnalysisBench } from "../builders/analysis.ts";

const INTERVAL_MS = 5;
const NOTHING_DECLARED: WatchOptions["declared"] = { sync: async () => 0 };
const NOBODY_SCORED: WatchOptions["patterns"] = {
  readRules: async () => ({ scoredFrom: undefined, method: toMethod() }),
  async keep() {},
};
const NONE_ALLOWED: WatchOptions["templates"] = { read: async () => NO_TEMPLATES };
const command = analyzeCommand(() => undefined);

let bench: AnalysisBench;
beforeAll(async () => {
  bench = await openAnalysisBench();
});
beforeEach(() => bench.empty());
afterAll(() => bench.close());

const call = { started_at: "2026-11-20T08:00:00.000Z", session_id: "s" };

describe("the service", () => {
  test("computes what arrives while it runs, and stops between passes", async () => {
    const log = createFakeLog();
    const watch = startAnalysis({
      ...bench.options,
      metrics: createMetrics("test"),
      declared: NOTHING_DECLARED,
      patterns: NOBODY_SCORED,
      templates: NONE_ALLOWED,
      log,
      intervalMs: INTERVAL_MS,
    });
    await bench.arrive(call);
    await vi.waitFor(async () => expect(await bench.rows("runs")).toMatchObject([{ calls: "1" }]), WAIT);
    await bench.arrive({ ...call, started_at: "2026-11-20T08:01:00.000Z" });
    await vi.waitFor(async () => expect(await bench.rows("runs")).toMatchObject([{ calls: "2" }]), WAIT);
    await watch.stop();
    const passes = log.info.mock.calls.length;
    await bench.arrive({ ...call, started_at: "2026-11-20T08:02:00.000Z" });
    expect(await bench.rows("runs")).toMatchObject([{ calls: "2" }]);
    expect(log.info).toHaveBeenCalledTimes(passes);
    expect(log.error).not.toHaveBeenCalled();
  });

  test("a pass that fails half-way is logged and made good", async () => {
    await bench.arrive(call);
    const log = createFakeLog();
    let isDue = true;
    const store = beforeStatements(bench.store, (name) => {
      if (name !== "analytics: usage_days" || !isDue) return;
      isDue = false;
      throw new AppError("unavailable", "ClickHouse can't be reached.", { retry: true });
    });
    const watch = startAnalysis({
      ...bench.options,
      metrics: createMetrics("test"),
      declared: NOTHING_DECLARED,
      patterns: NOBODY_SCORED,
      templates: NONE_ALLOWED,
      store,
      log,
      intervalMs: INTERVAL_MS,
    });
    await vi.waitFor(async () => expect(await bench.rows("person_weeks")).toHaveLength(1), WAIT);
    await watch.stop();
    expect(log.error).toHaveBeenCalledExactlyOnceWith(
      { err: expect.any(AppError), failures: 1 },
      "analysis pass failed",
    );
  });

  test("a stop waits for the pass that is running", async () => {
    await bench.arrive(call);
    const started = Promise.withResolvers<void>();
    const store = beforeStatements(bench.store, () => started.resolve());
    const log = createFakeLog();
    const watch = startAnalysis({
      ...bench.options,
      metrics: createMetrics("test"),
      declared: NOTHING_DECLARED,
      patterns: NOBODY_SCORED,
      templates: NONE_ALLOWED,
      store,
      log,
      intervalMs: INTERVAL_MS,
    });
    await started.promise;
    await watch.stop();
    expect(await bench.rows("person_weeks")).toHaveLength(1);
    expect(log.info).toHaveBeenCalledOnce();
  });
});

describe("assay analyze", () => {
  test("prints one JSON document on stdout, and a sentence on stderr", async () => {
    await bench.arrive(call, { ...call, person_id: null });
    const { exitCode, stdout, stderr } = await run({ json: true });
    expect(exitCode).toBe(EXIT.done);
    expect(JSON.parse(stdout)).toMatchObject({ mode: "full", people: 2, calls: 2, runs: 2, person_weeks: 2 });
    // A pass goes on without Postgres, and says so.
    expect(stderr).toMatch(
      /^Note: .*declared classes.*\.\nNote: patterns .*\.\nComputed everything again in \d+ ms: 2 calls of 2 people in 2 runs, .*\.\n$/,
    );
  });

  test("pretends the time that it is told", async () => {
    await bench.arrive(call);
    const { stdout } = await run({ json: true, now: "2026-12-24T18:00:00+01:00" });
    expect(JSON.parse(stdout)).toMatchObject({ computed_at: "2026-12-24T17:00:00.000Z" });
  });

  test.each([{ now: "yesterday" }, { now: "2026-12-24T18:00:00Z", watch: true }])(
    "refuses %j in a sentence",
    async (values) => {
      const { exitCode, stdout, stderr } = await run(values);
      expect(exitCode).toBe(EXIT.usage);
      expect(stdout).toBe("");
      expect(stderr).toMatch(/^--.*\.\n$/);
    },
  );
});

/** Until an assertion holds; it is asked again and again. A pass rests for four times as long as it took, which is long on a loaded machine. */
const WAIT = { timeout: 90_000, interval: 20 };
vi.setConfig({ testTimeout: 240_000 });

function createFakeLog() {
  return { info: vi.fn<WatchOptions["log"]["info"]>(), error: vi.fn<WatchOptions["log"]["error"]>() };
}

/** A server that has gone. */
const absent: PostgresStore = new Proxy(Object.create(null), {
  get() {
    throw new AppError("unavailable", "No Postgres answers.", { retry: true });
  },
});

async function run(values: CommandArguments["values"]) {
  const { signal } = new AbortController();
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const io = { stdin: new PassThrough(), stdout, stderr, cwd: "/", now: bench.options.clock, signal };
  const stores = { clickhouse: bench.store, postgres: absent };
  const config = readConfig({ ASSAY_CONFIG: undefined });
  const args = { positionals: [], values };
  const isProcess = command.process?.isAskedFor(args) === true;
  const exitCode = isProcess
    ? await command.process?.run(args, io, config)
    : await command.run(args, io, stores, config);
  stdout.end();
  stderr.end();
  return { exitCode, stdout: await text(stdout), stderr: await text(stderr) };
}

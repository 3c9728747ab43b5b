// One size of score.ts, in a process of its own: fills a store, makes a pass over everything and one over another day, and sends what
// they took to its parent.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runAnalysis } from "../../analytics/job.ts";
import { migrateClickHouse } from "../../schemas/clickhouse/migrate.ts";
import { openClickHouse } from "../../schemas/clickhouse/open.ts";
import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import { toMethod } from "../../schemas/method.ts";
import { fillOrganisation } from "./score-organisation.ts";

export interface Cost {
  name: string;
  seconds: number;
  processorSeconds: number;
  /** Of the process, at most, while it ran. */
  residentMb: number;
}

export interface PassFigures {
  seconds: number;
  processorSeconds: number;
  steps: Cost[];
  /** Dearest first. */
  statements: Cost[];
  rows: string;
}

export interface ScoreFigures {
  calls: number;
  full: PassFigures;
  day: PassFigures;
  /** Resident, at most, in both passes. */
  memoryMb: number;
}

/** The statement with which each step of a pass begins. */
const STEPS: Readonly<Record<string, string>> = {
  "analytics: windows": "attribution",
  "analytics: run_links": "outcomes",
  "analytics: whose credit may have changed": "credit",
  "analytics: usage_days": "sums",
  "analytics: models of runs": "scores",
  "signals: weeks of the pass": "signals",
  "analytics: computed rows": "rest",
};

const CONFIG = {
  timezone: "UTC",
  retentionDays: { sketches: 14, events: 30, runs: 90, weeks: 180, dismissed: 30 },
  method: toMethod(),
};
/** A month and a day: the last day comes in later. */
const DAYS = 31;
/** Between rows and passes: long enough that a pass finds nothing again that the one before it found. */
const APART_MS = 3_600_000;

const [calls = 0, unnamedPercent = 0, keepsFeatures = 0] = process.argv.slice(2).map(Number);
/** Not earlier: the engine drops features by its own clock, and they would be gone before the passes think so. */
const endsAt = new Date();
const perDay = Math.floor(calls / (DAYS - 1));
const dataDir = mkdtempSync(join(tmpdir(), "assay-bench-score-"));
const store = await openClickHouse({ dataDir });
try {
  await migrateClickHouse(store);
  const size = { calls, unnamedPercent, endsAt, keepsFeatures: keepsFeatures === 1 };
  await fillOrganisation(store, size, {
    from: 0,
    to: calls,
    ingestedAt: new Date(endsAt.getTime() - APART_MS),
  });
  const full = await measurePass(endsAt);
  const later = new Date(endsAt.getTime() + APART_MS);
  await fillOrganisation(store, size, { from: calls, to: calls + perDay, ingestedAt: later });
  const day = await measurePass(later);
  const memoryMb = Math.max(...[full, day].flatMap(({ steps }) => steps.map(({ residentMb }) => residentMb)));
  const figures: ScoreFigures = { calls, full, day, memoryMb };
  process.send?.(figures);
} finally {
  await store.close();
  rmSync(dataDir, { recursive: true });
  process.disconnect?.();
}

async function measurePass(now: Date): Promise<PassFigures> {
  const timed = timeStatements(store);
  const before = process.cpuUsage();
  const summary = await runAnalysis({
    store: timed.store,
    config: CONFIG,
    scoredFrom: new Date(0),
    clock: () => now,
    log: { info() {} },
  });
  const { user, system } = process.cpuUsage(before);
  return {
    seconds: summary.duration_ms / 1000,
    processorSeconds: (user + system) / 1e6,
    ...timed.figures(),
    rows: `${summary.calls} calls, ${summary.runs} runs`,
  };
}

/** The same store; what each statement costs is added up by its name, and by the step that it belongs to. */
function timeStatements(whole: ClickHouseStore) {
  const statements = new Map<string, Cost>();
  const steps = new Map<string, Cost>();
  let step = "attribution";
  async function timed<Result>(name: string, operation: () => Promise<Result>): Promise<Result> {
    step = STEPS[name] ?? step;
    const beganMs = performance.now();
    const before = process.cpuUsage();
    forgetPeak();
    try {
      return await operation();
    } finally {
      const { user, system } = process.cpuUsage(before);
      const cost = {
        seconds: (performance.now() - beganMs) / 1000,
        processorSeconds: (user + system) / 1e6,
        residentMb: peakMb(),
      };
      add(statements, { name, ...cost });
      add(steps, { name: step, ...cost });
    }
  }
  return {
    store: {
      ...whole,
      query: (definition, params) => timed(definition.name, () => whole.query(definition, params)),
      execute: (definition, params) => timed(definition.name, () => whole.execute(definition, params)),
      remove: (definition, params) => timed(definition.name, () => whole.remove(definition, params)),
      insert: (table, rows) => timed(`insert ${table}`, () => whole.insert(table, rows)),
    } satisfies ClickHouseStore,
    figures: () => ({
      steps: [...steps.values()],
      statements: [...statements.values()].toSorted((a, b) => b.processorSeconds - a.processorSeconds),
    }),
  };
}

function add(sums: Map<string, Cost>, { name, seconds, processorSeconds, residentMb }: Cost): void {
  const sum = sums.get(name) ?? { name, seconds: 0, processorSeconds: 0, residentMb: 0 };
  sums.set(name, {
    name,
    seconds: sum.seconds + seconds,
    processorSeconds: sum.processorSeconds + processorSeconds,
    residentMb: Math.max(sum.residentMb, residentMb),
  });
}

/** The kernel forgets how much memory the process had at most. */
function forgetPeak(): void {
  if (process.platform === "linux") writeFileSync("/proc/self/clear_refs", "5");
}

function peakMb(): number {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS / 1024;
  const [, peakKb = "0"] = /^VmHWM:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return Number(peakKb) / 1024;
}

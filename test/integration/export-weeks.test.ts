// The exports of person-weeks and of patterns: rows as documented, and known to everybody who is in them.

import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { exportPatternsCommand } from "../../dashboard/commands/export-patterns.ts";
import { exportWeeksCommand } from "../../dashboard/commands/export-weeks.ts";
import type { StoreCommand } from "../../schemas/command.ts";
import { patternEvidence, patterns, patternStatements } from "../../schemas/postgres/pattern-tables.ts";
import { audit } from "../../schemas/postgres/tables.ts";
import { NO_COUNTS, NO_TOKENS } from "../builders/derived-rows.ts";
import { openDashboardBench, type DashboardBench, type Person } from "../services/dashboard.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const NEVER = "2090-01-01T00:00:00Z";
const STAMPS = { version: 1, expires_at: NEVER, method_version: "1-test" };
const values = { reason: "yearly report" };

let bench: DashboardBench;
let ada: Person;
beforeAll(async () => {
  bench = await openDashboardBench();
  ada = await bench.addPerson();
});
afterAll(() => bench.close());

async function exportLines(command: StoreCommand): Promise<unknown[]> {
  const { exitCode, stdout } = await bench.run(command, { values });
  expect(exitCode).toBe(0);
  const lines = stdout.split("\n").slice(0, -1);
  return lines.map((line): unknown => JSON.parse(line));
}

async function readReasons(action: string): Promise<(string | null)[]> {
  const { db } = bench.dashboard.stores.postgres;
  const isIt = and(eq(audit.subjectId, ada.personId), eq(audit.action, action));
  return (await db.select().from(audit).where(isIt)).map(({ reason }) => reason);
}

test("a person-week comes out with its score and its signals, and one without says that it has none", async () => {
  const { clickhouse } = bench.dashboard.stores;
  const week = { person_id: ada.personId, week: "2026-11-09", workload_class: "" };
  const sums = { ...NO_COUNTS, ...NO_TOKENS, runs: 2, calls: 3, input_tokens: 5, output_tokens: 7 };
  const costs = { cost_usd: "1.5", credited_cost_usd: "1", uncredited_cost_usd: { retry: "0.5" } };
  await clickhouse.insert("person_weeks", [
    { ...week, ...sums, ...costs, inputs_expire_at: NEVER, version: 1, expires_at: NEVER },
    {
      ...week,
      ...sums,
      ...costs,
      week: "2026-11-16",
      inputs_expire_at: NEVER,
      version: 1,
      expires_at: NEVER,
    },
  ]);
  await clickhouse.insert("week_scores", [
    {
      ...week,
      ...STAMPS,
      runs: 2,
      earned_cost_usd: 0.25,
      unobservable_cost_usd: 0,
      scheduled_cost_usd: 0,
      value_points: 1,
      due_outcomes: 1.5,
      expected_outcomes: 14,
      yield_outcomes: 1.5,
      yield_expected: 14,
      yield: 0.25,
      yield_low: 0.1,
      yield_high: 0.5,
      p_low_value: 0.95,
      verdict: "low_value",
      is_meaningful: true,
    },
  ]);
  await clickhouse.insert("week_signals", [
    {
      ...week,
      ...STAMPS,
      signal: "phase_lock",
      family: "schedule",
      effect: 0.9,
      floor: 0.7,
      cases: 60,
      p_value: 0.001,
      p_value_source: "absolute",
      is_above_floor: true,
      run_ids: ["r"],
      named_cost_usd: 1,
      inputs_expire_at: NEVER,
    },
  ]);
  const used = {
    person_email: ada.email,
    workload_class: null,
    calls: 3,
    tokens: 12,
    cost_usd: "1.5",
    credited_cost_usd: "1",
    uncredited: { retry: "0.5" },
    runs: 2,
  };
  const nothing = {
    earned_cost_usd: null,
    unobservable_cost_usd: null,
    outcomes: null,
    expected_outcomes: null,
    yield: null,
    yield_low: null,
    yield_high: null,
    p_low_value: null,
    verdict: "not_enough_evidence",
    signals: [],
  };
  const found = { family: "schedule", signal: "phase_lock", effect: 0.9, floor: 0.7, p_value: 0.001 };
  const scored = {
    earned_cost_usd: "0.25",
    unobservable_cost_usd: "0",
    outcomes: 1.5,
    expected_outcomes: 14,
    yield: 0.25,
    yield_low: 0.1,
    yield_high: 0.5,
    p_low_value: 0.95,
    verdict: "low_value",
    signals: [{ ...found, above_floor: true }],
  };
  expect(await exportLines(exportWeeksCommand)).toEqual([
    { ...used, week: "2026-11-09", ...scored },
    { ...used, week: "2026-11-16", ...nothing },
  ]);
  expect(await readReasons("weeks_exported")).toEqual(["yearly report"]);
});

test("a pattern comes out with its strongest evidence, its runs and the explanation", async () => {
  const { db } = bench.dashboard.stores.postgres;
  const at = new Date("2026-11-13T09:00:00.000Z");
  const figures = {
    namedCostUsd: 60,
    ownCostUsd: 100,
    dueOutcomes: 1,
    expectedOutcomes: 14,
    scheduledShare: 0,
  };
  const [pattern] = await db
    .insert(patterns)
    .values({
      personId: ada.personId,
      state: "notified",
      families: ["replay", "schedule"],
      firstWeek: "2026-11-02",
      lastWeek: "2026-11-09",
      ...figures,
      pLowValue: 0.95,
      methodVersion: "1-test",
      observedAt: at,
      notifiedAt: at,
    })
    .returning();
  const patternId = pattern!.patternId;
  const signal = { patternId, signal: "phase_lock", family: "schedule", floor: 0.7, cases: 60 } as const;
  const found = { ...signal, pValueSource: "absolute", namedCostUsd: 1, methodVersion: "1-test" } as const;
  await db.insert(patternEvidence).values([
    { ...found, week: "2026-11-02", effect: 0.9, pValue: 0.001, runIds: ["a", "b"] },
    { ...found, week: "2026-11-09", effect: 0.8, pValue: 0.01, runIds: ["b", "c"] },
  ]);
  await db
    .insert(patternStatements)
    .values({ patternId, kind: "explanation", saidAt: at, saidBy: ada.personId, body: "A nightly report." });
  expect(await exportLines(exportPatternsCommand)).toEqual([
    {
      pattern_id: patternId,
      person_email: ada.email,
      state: "notified",
      first_week: "2026-11-02",
      last_week: "2026-11-09",
      observed_at: at.toISOString(),
      notified_at: at.toISOString(),
      opened_at: null,
      families: [{ family: "schedule", signal: "phase_lock", effect: 0.9, floor: 0.7, p_value: 0.001 }],
      named_cost_usd: "60.000000",
      p_low_value: 0.95,
      run_ids: ["a", "b", "c"],
      explanation: "A nightly report.",
    },
  ]);
  expect(await readReasons("patterns_exported")).toEqual(["yearly report"]);
});

test("while scoring is off, what was scored before stays hidden", async () => {
  expect(await exportLines(exportWeeksCommand)).toMatchObject([{ verdict: "low_value" }, {}]);
  const { config } = bench.dashboard;
  config.individualScoring = "off";
  expect(await exportLines(exportPatternsCommand)).toEqual([]);
  const hidden = {
    calls: 3,
    earned_cost_usd: null,
    p_low_value: null,
    verdict: "not_enough_evidence",
    signals: [],
  };
  expect(await exportLines(exportWeeksCommand)).toMatchObject([hidden, hidden]);
  config.individualScoring = "policy";
});

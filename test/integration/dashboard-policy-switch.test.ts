// The switch of individual scoring, from the page to the passes of analytics: what individuals were scored by goes, and comes back when
// it is on again. The operator's own word goes first.

import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { analyzeCommand } from "../../analytics/commands/analyze.ts";
import { defineQuery } from "../../schemas/clickhouse/store.ts";
import { patternsSchema, policyStateSchema } from "../../schemas/pattern-api.ts";
import { effectSchema, settingsSchema } from "../../schemas/settings-api.ts";
import { openAnalysisBench } from "../builders/analysis.ts";
import { toMonth, toWork } from "../builders/scored-runs.ts";
import { openDashboardBench, type Browser, type DashboardBench, type Person } from "../services/dashboard.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const SWITCH = "/api/v1/settings/individual-scoring";
const analyze = analyzeCommand(() => undefined);

let bench: DashboardBench;
let ada: Person;
let browser: Browser;
let officer: Browser;
beforeAll(async () => {
  bench = await openDashboardBench({ ASSAY_INDIVIDUAL_SCORING: "on" });
  ada = await bench.addPerson({ name: "Ada" });
  browser = await bench.signIn(ada);
  officer = await bench.signIn(await bench.addPerson({ name: "Olga", role: "officer" }));
  const records = await openAnalysisBench("UTC", bench.dashboard.stores.clickhouse);
  const { runs, outcomes } = toMonth([ada.personId], "2026-10-26T09:00:00.000Z");
  await records.arrive(...runs.map(toWork));
  await records.arriveOutcomes(...outcomes);
});
// Each test may sign in as often as an address may.
beforeEach(() => bench.advance(60_000));
afterAll(() => bench.close());

async function pass(): Promise<void> {
  const { exitCode } = await bench.run(analyze, {});
  expect(exitCode).toBe(0);
}

async function countRows(table: "run_scores" | "week_scores" | "usage_days"): Promise<number> {
  const sql = `SELECT count() AS rows FROM ${table} FINAL`;
  const row = z.object({ rows: z.coerce.number() });
  const query = defineQuery({ name: "count rows", sql, params: z.object({}), row });
  const [counted] = await bench.dashboard.stores.clickhouse.query(query, {});
  return counted?.rows ?? 0;
}

async function versionOfSwitch(): Promise<number> {
  const settings = settingsSchema.parse(await (await officer.get("/api/v1/settings")).json());
  return settings.individual_scoring.version;
}

async function turn(asker: Browser, is_off: boolean): Promise<number> {
  const body = { is_off, reason: "The council asked for it.", seen_version: await versionOfSwitch() };
  return (await asker.post(SWITCH, body)).status;
}

const readPatterns = async () =>
  patternsSchema.parse(await (await browser.get(`/api/v1/people/${ada.personId}/patterns`)).json());
const readPolicy = async () => policyStateSchema.parse(await (await browser.get("/api/v1/policy")).json());

test("off hides patterns at once and removes scores with the next pass; counts and cost stay; on again scores anew", async () => {
  await pass();
  const [runs, weeks, days] = [
    await countRows("run_scores"),
    await countRows("week_scores"),
    await countRows("usage_days"),
  ];
  expect(runs).toBeGreaterThan(0);
  expect(weeks).toBeGreaterThan(0);
  expect(await readPatterns()).toMatchObject({ individual_scoring: "on" });

  const effect = effectSchema.parse(await (await officer.post(`${SWITCH}/preview`, { is_off: true })).json());
  expect(effect.effects[0], "one person alone is no group").toBe(
    "Every score of a run or a week is removed.",
  );
  expect(await turn(officer, true)).toBe(201);
  expect(await readPatterns()).toEqual({ individual_scoring: "off", scored_from: null, patterns: [] });
  expect(await readPolicy()).toMatchObject({ individual_scoring: "off", scored_from: null });

  await pass();
  expect(await countRows("run_scores")).toBe(0);
  expect(await countRows("week_scores")).toBe(0);
  expect(await countRows("usage_days")).toBe(days);

  const owner = await bench.signIn(await bench.addPerson({ role: "owner" }));
  expect(await turn(owner, false)).toBe(201);
  await pass();
  expect([await countRows("run_scores"), await countRows("week_scores")]).toEqual([runs, weeks]);
  expect(await readPolicy()).toMatchObject({ individual_scoring: "on" });
});

test("only the officer and the owner switch it, and of two at once the second is told", async () => {
  for (const role of ["self", "manager", "operator"] as const)
    expect(await turn(await bench.signIn(await bench.addPerson({ role })), true), role).toBe(403);
  const owner = await bench.signIn(await bench.addPerson({ role: "owner" }));
  const seen_version = await versionOfSwitch();
  const body = { is_off: true, reason: "At once.", seen_version };
  const answers = await Promise.all([officer.post(SWITCH, body), owner.post(SWITCH, body)]);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 409]));
  expect(await turn(officer, false)).toBe(201);
});

test("where the operator has it off, nobody switches it on", async () => {
  bench.dashboard.config.individualScoring = "off";
  expect(await turn(officer, false)).toBe(409);
  expect(await readPatterns()).toMatchObject({ individual_scoring: "off" });
  bench.dashboard.config.individualScoring = "on";
});

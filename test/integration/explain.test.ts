// Every number can be followed to what it was made of, in words and as JSON, and who asked stands in the audit.

import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { explainPatternCommand, explainRunCommand } from "../../analytics/commands/explain.ts";
import { audit } from "../../schemas/postgres/tables.ts";
import { recordPatternWeeks, recordRuns, toRunId } from "../builders/pattern-weeks.ts";
import { recordRun } from "../builders/recorded-run.ts";
import { openPatternBench, W1, W2, type PatternBench } from "../services/patterns.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let on: PatternBench;
beforeAll(async () => {
  on = await openPatternBench();
  await on.reset();
});
afterAll(() => on.bench.close());

async function looksAtAda(): Promise<unknown[]> {
  const { db } = on.bench.dashboard.stores.postgres;
  const rows = await db
    .select()
    .from(audit)
    .where(eq(audit.subjectId, on.ada.personId))
    .orderBy(audit.auditId);
  return rows.map(({ action, payload }) => [action, payload]);
}

test("a pattern is followed to its conditions, its evidence and its runs", async () => {
  const patternId = await on.tell();
  await recordRuns(
    on.bench.dashboard.stores.clickhouse,
    { personId: on.ada.personId, weeks: [W1, W2] },
    "none",
  );
  const values = { json: true };
  const { stdout } = await on.bench.run(explainPatternCommand, { positionals: [patternId], values });
  expect(JSON.parse(stdout)).toMatchObject({
    state: "notified",
    conditions: [
      { condition: "value", holds: true },
      { condition: "families", holds: true },
      { condition: "cost", holds: true },
      { condition: "weeks", holds: true },
    ],
    evidence: [
      { week: W1, signal: "replay_clusters", p_value: 0.001, runs: 1 },
      { week: W1, signal: "phase_lock" },
      { week: W2, signal: "replay_clusters" },
      { week: W2, signal: "phase_lock" },
    ],
    runs: [{ run_id: toRunId(W1), cost_usd: "40" }, { run_id: toRunId(W2) }],
  });
  const told = await on.bench.run(explainPatternCommand, { positionals: [patternId] });
  expect(told.stdout).toContain("Pattern to discuss");
  expect(told.stdout).toContain(
    "The named runs cost $80.00 in 4 weeks; the more of $50 and 0.25 of $80.00 is needed.",
  );
  expect(told.stdout).toMatch(/Honest reasons: .+\./);
  expect((await looksAtAda()).slice(-2)).toEqual([
    ["pattern_explained", { id: patternId }],
    ["pattern_explained", { id: patternId }],
  ]);
});

test("a run is followed to its calls, its outcomes, what was expected, and the signals that name it", async () => {
  const { clickhouse } = on.bench.dashboard.stores;
  const { personId } = on.ada;
  const run_id = toRunId("2026-11-23");
  await recordPatternWeeks(clickhouse, {
    personId,
    weeks: ["2026-11-23"],
    families: ["replay"],
    dueOutcomes: 0.5,
    expectedOutcomes: 2,
  });
  const ids = await recordRun(
    clickhouse,
    {
      person_id: personId,
      run: { run_id, cost_usd: "3", credited_cost_usd: "2", uncredited_cost_usd: { retry: "1" } },
    },
    [
      { event: { cost_usd: "1" }, call: { run_id, credited: false, reason: "retry" } },
      { event: { cost_usd: "2" }, call: { run_id } },
    ],
  );
  await clickhouse.insert("outcome_links", [
    {
      person_id: personId,
      run_id,
      outcome_id: "merge 1",
      kind: "pr_merged",
      source: "github",
      trust: "high",
      linked_by: "session",
      share: 0.5,
      quantity: 1,
      occurred_at: "2026-11-10T00:00:00.000Z",
      credited_at: "2026-11-10T00:00:00.000Z",
      version: 1,
      expires_at: "2090-01-01T00:00:00Z",
    },
  ]);
  const { stdout } = await on.bench.run(explainRunCommand, { positionals: [run_id], values: { json: true } });
  expect(JSON.parse(stdout)).toMatchObject({
    person_id: personId,
    cost_usd: "3",
    uncredited_cost_usd: { retry: "1" },
    value: { due_outcomes: 0.5, expected_outcomes: 2, method_version: "1-test" },
    outcomes: [{ outcome_id: "merge 1", linked_by: "session", share: 0.5, counts: true }],
    signals: [{ signal: "replay_clusters", speaks: true }],
    dearest_calls: [
      { event_id: ids[1], cost_usd: "2", uncredited_reason: null },
      { event_id: ids[0], cost_usd: "1", uncredited_reason: "retry" },
    ],
  });
  const told = await on.bench.run(explainRunCommand, {
    positionals: [run_id],
    values: { person: on.ada.email },
  });
  expect(told.stdout).toContain(
    "counts: pr_merged merge 1, share 0.50, linked by session, from github (trust high)",
  );
  expect(told.stdout).toContain("Not credited: $1 retry.");
  expect((await looksAtAda()).slice(-1)).toEqual([["run_explained", { id: run_id }]]);
});

test("who asks for nothing, or for what is not there, is told so in a sentence", async () => {
  expect(await on.bench.run(explainRunCommand, {})).toMatchObject({ exitCode: 2, stdout: "" });
  await expect(on.bench.run(explainRunCommand, { positionals: ["none"] })).rejects.toMatchObject({
    code: "not_found",
  });
  await expect(on.bench.run(explainPatternCommand, { positionals: [on.ada.personId] })).rejects.toMatchObject(
    { code: "not_found" },
  );
  await expect(on.bench.run(explainPatternCommand, { positionals: ["no-id"] })).rejects.toMatchObject({
    code: "not_found",
  });
});

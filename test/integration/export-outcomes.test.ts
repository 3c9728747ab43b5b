// The export of outcomes: each once, with the runs that share it, and known to everybody who is in it.

import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { exportOutcomesCommand } from "../../dashboard/commands/export-outcomes.ts";
import { audit } from "../../schemas/postgres/tables.ts";
import { buildOutcome } from "../builders/outcome.ts";
import { openDashboardBench, type DashboardBench } from "../services/dashboard.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let bench: DashboardBench;
beforeAll(async () => {
  bench = await openDashboardBench();
});
afterAll(() => bench.close());

const stamps = { expires_at: "2090-01-01T00:00:00Z" };

test("an outcome comes out as it went in, with its runs, and stands in the audit of whose it is and whose they are", async () => {
  const { clickhouse, postgres } = bench.dashboard.stores;
  const [author, reviewer] = [await bench.addPerson(), await bench.addPerson()];
  const outcome = buildOutcome({
    outcome_id: "github:r:pr:7:merged",
    kind: "pr_merged",
    person_id: author.personId,
    file_hashes: ["f"],
    quantity: 0.1,
    rewritten_share: 0.25,
    source: "github",
    trust: "high",
  });
  const link = {
    outcome_id: outcome.outcome_id,
    kind: "pr_merged",
    source: "github",
    trust: "high",
    linked_by: "run",
  };
  const facts = {
    ...link,
    quantity: 0.1,
    occurred_at: outcome.occurred_at,
    credited_at: outcome.credited_at,
    told_by: 1,
  };
  await clickhouse.insert("outcomes", [
    { ...outcome, ...stamps },
    { ...outcome, ...stamps },
    { ...buildOutcome({ outcome_id: "later", occurred_at: "2026-11-21T00:00:00.000Z" }), ...stamps },
  ]);
  await clickhouse.insert("outcome_links", [
    { ...facts, person_id: author.personId, run_id: "a", share: 0.75, version: 1, ...stamps },
    { ...facts, person_id: reviewer.personId, run_id: "b", share: 0.25, version: 1, ...stamps },
    {
      ...facts,
      person_id: reviewer.personId,
      run_id: "gone",
      share: 1,
      version: 2,
      is_deleted: 1,
      ...stamps,
    },
  ]);
  const values = { from: "2026-11-20", to: "2026-11-21", reason: "budget of the year" };
  const { exitCode, stdout } = await bench.run(exportOutcomesCommand, { values });
  expect(exitCode).toBe(0);
  const [line, ...more] = stdout.split("\n").slice(0, -1);
  expect(more).toEqual([]);
  const { links, ...exported } = JSON.parse(line ?? "");
  expect(exported).toEqual({ ...outcome, reversed_at: null });
  expect(links).toHaveLength(2);
  expect(links).toEqual(
    expect.arrayContaining([
      { person_email: author.email, run_id: "a", linked_by: "run", share: 0.75 },
      { person_email: reviewer.email, run_id: "b", linked_by: "run", share: 0.25 },
    ]),
  );
  for (const person of [author, reviewer]) {
    const entries = await postgres.db.select().from(audit).where(eq(audit.subjectId, person.personId));
    expect(entries).toContainEqual(
      expect.objectContaining({ action: "outcomes_exported", reason: "budget of the year" }),
    );
  }
});

test("without a reason nothing leaves", async () => {
  const { exitCode, stdout } = await bench.run(exportOutcomesCommand, { values: { from: "2026-11-20" } });
  expect([exitCode, stdout]).toEqual([2, ""]);
});

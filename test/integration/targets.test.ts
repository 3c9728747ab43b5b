// The organisation's own targets, from the announcement to the answer.

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import {
  targetsAddCommand,
  targetsEndCommand,
  targetsTestCommand,
} from "../../analytics/commands/targets.ts";
import { testDueTargets } from "../../analytics/targets.ts";
import { defineQuery } from "../../schemas/clickhouse/store.ts";
import { toMethod } from "../../schemas/method.ts";
import { buildUsageDay, NO_COUNTS, NO_TOKENS } from "../builders/derived-rows.ts";
import { openDashboardBench, type DashboardBench } from "../services/dashboard.ts";
import { createRandom } from "../simulation/random.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const SEED = "targets";
const WEEKS = ["2026-11-02", "2026-11-09", "2026-11-16"];
const NOW = new Date("2026-11-25T12:00:00Z");
const NEVER = "2090-01-01T00:00:00Z";

let bench: DashboardBench;
beforeAll(async () => {
  bench = await openDashboardBench();
  bench.advance(NOW.getTime() - bench.dashboard.now().getTime());
  const random = createRandom(SEED);
  const weeks = Array.from({ length: 400 }, () => randomUUID()).flatMap((person_id) => {
    const level = 50 * Math.exp(random.between(-1, 1));
    return WEEKS.map((week) => {
      const wish = level * Math.exp(random.between(-1, 1));
      const cost = wish < 50 && wish > 40 && random.chance(0.5) ? 50.5 : wish;
      return { person_id, week, cost_usd: cost.toFixed(6) };
    });
  });
  const stamps = { workload_class: "", version: 1, expires_at: NEVER, inputs_expire_at: NEVER };
  const zeros = { runs: 1, ...NO_COUNTS, ...NO_TOKENS, credited_cost_usd: "0", uncredited_cost_usd: {} };
  await bench.dashboard.stores.clickhouse.insert(
    "person_weeks",
    weeks.map((said) => ({ ...zeros, ...stamps, ...said })),
  );
  await bench.dashboard.stores.clickhouse.insert(
    "usage_days",
    weeks.map(({ person_id, week }, at) =>
      buildUsageDay({ person_id, day: week, calls: at % 3 === 0 ? 1 : 3 }),
    ),
  );
});
afterAll(() => bench.close());

const foundSchema = z.object({
  targets: z.array(z.looseObject({ target_id: z.string(), verdict: z.string() })),
  weekly_use: z.array(z.object({ week: z.string(), active: z.number(), meaningful: z.number() })),
});

async function testTargets() {
  const { exitCode, stdout } = await bench.run(targetsTestCommand, {
    values: { json: true },
  });
  expect(exitCode).toBe(0);
  return foundSchema.parse(JSON.parse(stdout));
}

const readFindings = defineQuery({
  name: "findings",
  sql: "SELECT target_id, week, verdict FROM target_findings ORDER BY week",
  params: z.object({}),
  row: z.object({ target_id: z.string(), week: z.string(), verdict: z.string() }),
});

test("a target is tested once a week as long as it holds, on whole weeks, and answered without a name", async () => {
  const values = {
    name: "50 a week",
    measure: "weekly_cost_usd",
    threshold: "50",
    announced: "2026-11-01",
    json: true,
  };
  const added = await bench.run(targetsAddCommand, { values });
  expect(added.exitCode).toBe(0);
  const { target_id } = z.object({ target_id: z.uuid() }).parse(JSON.parse(added.stdout));

  const config = { ...bench.dashboard.config, method: toMethod() };
  const { stores } = bench.dashboard;
  for (const now of [NOW, new Date(NOW.getTime() + 3_600_000), new Date("2026-12-01T12:00:00Z")])
    await testDueTargets(stores, { config, now });
  expect(await stores.clickhouse.query(readFindings, {})).toEqual([
    { target_id, week: "2026-11-23", verdict: "bunching" },
    { target_id, week: "2026-11-30", verdict: "bunching" },
  ]);

  const found = await testTargets();
  expect(found.targets).toMatchObject([{ target_id, verdict: "bunching", person_weeks: expect.any(Number) }]);
  expect(found.weekly_use).toEqual(
    WEEKS.map((week) => ({ week, active: 400, meaningful: expect.any(Number) })),
  );
  expect(found.weekly_use.reduce((sum, { meaningful }) => sum + meaningful, 0)).toBe(800);

  await bench.run(targetsEndCommand, { positionals: [target_id] });
  expect((await testTargets()).targets).toEqual([]);
});

test.each([
  [{ name: "x", measure: "weekly_lines", threshold: "5", announced: "2026-11-01" }, /measure/],
  [{ name: "x", measure: "weekly_calls", threshold: "-1", announced: "2026-11-01" }, /threshold/],
  [{ name: "x", measure: "weekly_calls", threshold: "5", announced: "soon" }, /announced/],
])("a target that says %o is refused", async (values, reason) => {
  const { exitCode, stderr } = await bench.run(targetsAddCommand, { values });
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(reason);
});

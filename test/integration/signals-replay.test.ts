// Replay, schedule and no-op: what each fires on, what it leaves alone, and where its floor lies.

import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { openAnalysisBench, PERSON, type AnalysisBench } from "../builders/analysis.ts";
import { readFindings } from "../builders/findings.ts";
import { arriveRuns, irregularly, MINUTE_MS, repeatRuns, WEEK } from "../builders/signal-calls.ts";

vi.setConfig({ testTimeout: 120_000 });

const HOUR_MS = 60 * MINUTE_MS;

let bench: AnalysisBench;
beforeAll(async () => {
  bench = await openAnalysisBench();
});
beforeEach(() => bench.empty());
afterAll(() => bench.close());

async function findingsOf(runs: Parameters<typeof arriveRuns>[1]) {
  await arriveRuns(bench, runs);
  await bench.analyze({ scoredFrom: new Date(0) });
  return readFindings(bench.store);
}

test("a prompt that a timer sends again and again is replay, schedule and no-op at once, of the runs that it names", async () => {
  const found = await findingsOf(
    repeatRuns(60, 30 * MINUTE_MS, () => ({ text: "report", trigger: "unknown" })),
  );
  expect(found).toMatchObject([
    { signal: "no_op_runs", family: "no_op", effect: 1, cases: 60, is_above_floor: true, named_cost_usd: 60 },
    { signal: "phase_lock", family: "schedule", cases: 60, is_above_floor: true },
    { signal: "prompt_variety", family: "replay", effect: 59 / 60, cases: 60, is_above_floor: true },
    { signal: "replay_clusters", family: "replay", effect: 1, cases: 60, is_above_floor: true },
  ]);
  for (const finding of found) {
    expect(finding).toMatchObject({
      person_id: PERSON,
      week: WEEK,
      p_value_source: "absolute",
      workload_class: "",
    });
    expect(finding.p_value).toBeLessThan(1e-6);
    expect(finding.run_ids).toHaveLength(60);
  }
});

test("varied work says nothing", async () => {
  const runs = irregularly(
    repeatRuns(60, 30 * MINUTE_MS, (place) => ({ text: `question ${place}` })),
    HOUR_MS,
  );
  const found = await findingsOf(runs);
  expect(found).toMatchObject([
    { signal: "no_op_runs", effect: 0, p_value: 1, is_above_floor: false, run_ids: [] },
    { signal: "prompt_variety", effect: 0, p_value: 1, is_above_floor: false, run_ids: [] },
    { signal: "replay_clusters", effect: 0, p_value: 1, is_above_floor: false, run_ids: [] },
  ]);
});

// Scores depend on what came in and on the time, not on the passes in which they were made.

import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { AnalysisOptions } from "../../analytics/job.ts";
import { openAnalysisBench, PERSON, type AnalysisBench, type Row } from "../builders/analysis.ts";
import {
  createScoring,
  emptyScores,
  mergeOf,
  PEOPLE,
  readScores,
  readVersions,
  SMALL_METHOD,
  toMonth,
  toWork,
  type ScoreTable,
} from "../builders/scored-runs.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

let bench: AnalysisBench;
beforeAll(async () => {
  bench = await openAnalysisBench("Europe/Berlin");
});
beforeEach(() => emptyScores(bench));
afterAll(() => bench.close());

const SCORED_FROM = new Date("2026-08-01T00:00:00Z");

const analyze = (day: string, more: Partial<AnalysisOptions> = {}) =>
  bench.analyze({
    config: { ...bench.options.config, method: SMALL_METHOD },
    now: new Date(`${day}T12:00:00Z`),
    scoredFrom: SCORED_FROM,
    ...more,
  });

const TABLES: readonly ScoreTable[] = ["class_baselines", "outcome_costs", "run_scores", "week_scores"];
const readAll = async (): Promise<Row[][]> => {
  const rows: Row[][] = [];
  for (const table of TABLES) rows.push(await readScores(bench, table));
  return rows;
};

test("late events, late outcomes and reversals give in passes what a rebuild gives, and touch what is theirs alone", async () => {
  const { runs, outcomes } = toMonth(PEOPLE, "2026-10-05T09:00:00.000Z");
  const half = Math.floor(runs.length / 2);
  await bench.arrive(...runs.slice(0, half).map(toWork));
  await bench.arriveOutcomes(...outcomes.slice(0, half / 2));
  await analyze("2026-10-28");
  await bench.arrive(...runs.slice(half).map(toWork));
  await bench.arriveOutcomes(...outcomes.slice(half / 2));
  await analyze("2026-11-04");

  const before = await readVersions(bench, "run_scores");
  const weeksBefore = await readVersions(bench, "week_scores");
  const [first, second] = runs;
  if (first === undefined || second === undefined) throw new Error("a month has runs");
  const late = { ...first, started_at: first.started_at.replace("T09:00", "T09:07"), cost_usd: "3" };
  await bench.arrive(toWork(late));
  await bench.arriveOutcomes(
    mergeOf(second, {
      outcome_id: "revert",
      kind: "pr_reverted",
      reverses: `merge of ${second.session_id}`,
      occurred_at: "2026-10-20T00:00:00.000Z",
    }),
  );
  await analyze("2026-11-04");
  const after = await readVersions(bench, "run_scores");
  const changed = after.filter(({ run_id, version }) =>
    before.every((row) => row["run_id"] !== run_id || row["version"] !== version),
  );
  const sessions = new Map((await bench.rows("runs")).map((row) => [row["run_id"], row["session_id"]]));
  const touched = new Set(changed.map((row) => sessions.get(row["run_id"])));
  expect([...touched]).toEqual(expect.arrayContaining([first.session_id, second.session_id]));
  const others = PEOPLE.slice(1);
  expect(changed.filter((row) => others.includes(String(row["person_id"])))).toEqual([]);
  const weeksOfOthers = (rows: Row[]): Row[] =>
    rows.filter((row) => others.includes(String(row["person_id"])));
  expect(weeksOfOthers(await readVersions(bench, "week_scores"))).toEqual(weeksOfOthers(weeksBefore));

  const incremental = await readAll();
  expect(incremental.map((rows) => rows.length > 0)).toEqual([true, true, true, true]);
  await analyze("2026-11-04", { full: true });
  expect(await readAll()).toEqual(incremental);
});

test("nobody is scored before scoring begins, nor once it has ended, and all are from when it begins again", async () => {
  const { runs, outcomes } = toMonth([PERSON], "2026-10-05T09:00:00.000Z");
  await bench.arrive(...runs.map(toWork));
  await bench.arriveOutcomes(...outcomes);
  const count = async () => {
    const [scores, weeks] = [
      await readVersions(bench, "run_scores"),
      await readVersions(bench, "week_scores"),
    ];
    return [scores.length, weeks.length];
  };
  await analyze("2026-11-04", { scoredFrom: undefined });
  const score = createScoring(bench);
  expect(await count()).toEqual([0, 0]);
  expect(await readVersions(bench, "class_baselines")).toEqual([]);
  // From the second week's Monday on, in the organisation's zone: 21 of the 28 days.
  const secondWeek = new Date("2026-10-11T22:00:00Z");
  await score("2026-11-04", secondWeek);
  expect(await count()).toEqual([21, 3]);
  await score("2026-11-04", SCORED_FROM);
  expect(await count()).toEqual([28, 4]);
  await score("2026-11-04", secondWeek);
  expect(await count()).toEqual([21, 3]);
  await score("2026-11-04", undefined);
  expect(await count()).toEqual([0, 0]);
});

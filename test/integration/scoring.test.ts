// Value against volume: what is expected of a run, what counts of what came out, and when a score changes.

import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { AnalysisOptions } from "../../analytics/job.ts";
import { explainRuns } from "../../analytics/queries/explained-run.ts";
import { openAnalysisBench, PERSON, type AnalysisBench } from "../builders/analysis.ts";
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
} from "../builders/scored-runs.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

let bench: AnalysisBench;
beforeAll(async () => {
  bench = await openAnalysisBench();
});
beforeEach(() => emptyScores(bench));
afterAll(() => bench.close());

const SCORED_FROM = new Date("2026-08-01T00:00:00Z");

/** A pass by the small numbers, as of a day. */
const analyze = (day: string, more: Partial<AnalysisOptions> = {}) =>
  bench.analyze({
    config: { ...bench.options.config, method: SMALL_METHOD },
    now: new Date(`${day}T12:00:00Z`),
    scoredFrom: SCORED_FROM,
    ...more,
  });

const scoreOf = async (session: string) => {
  const scores = await readScores(bench, "run_scores");
  const sessions = await bench.rows("runs");
  const run = sessions.find((row) => row["session_id"] === session);
  return scores.find((row) => row["run_id"] === run?.["run_id"]);
};

const expectedOf = async (session: string) => (await scoreOf(session))?.["expected_outcomes"];

const work = (session_id: string, started_at: string) => ({ session_id, started_at, person_id: PERSON });
const arriveMonth = async (said = {}) => {
  const { runs, outcomes } = toMonth(PEOPLE, "2026-09-28T09:00:00.000Z", said);
  await bench.arrive(...runs.map(toWork));
  await bench.arriveOutcomes(...outcomes);
};

describe("time alone", () => {
  test("makes an outcome count when it is due, takes it back when it is reversed, and changes nothing else", async () => {
    const run = work("s", "2026-11-02T09:00:00.000Z");
    await bench.arrive(toWork(run));
    await bench.arriveOutcomes(
      mergeOf(run, { credited_at: "2026-11-10T00:00:00.000Z" }),
      mergeOf(run, {
        outcome_id: "useful",
        kind: "rating_useful",
        source: "self",
        trust: "low",
        person_id: PERSON,
      }),
      mergeOf(run, {
        outcome_id: "revert",
        kind: "pr_reverted",
        reverses: "merge of s",
        occurred_at: "2026-11-12T00:00:00.000Z",
      }),
    );
    await analyze("2026-11-05");
    const score = createScoring(bench);
    const states: unknown[] = [];
    for (const day of ["2026-11-05", "2026-11-09", "2026-11-10", "2026-11-12", "2026-11-09"]) {
      await score(day, SCORED_FROM);
      const scored = await scoreOf("s");
      const { due_outcomes, pending_outcomes, reversed_outcomes, value_points, earned_cost_usd } =
        scored ?? {};
      const counts = [due_outcomes, pending_outcomes, reversed_outcomes, value_points, earned_cost_usd];
      states.push([day, ...counts, scored?.["is_provisional"]]);
    }
    // The person's own word is worth a point, and earns nothing.
    expect(states).toEqual([
      ["2026-11-05", 1, 1, 0, 1, 0, true],
      ["2026-11-09", 1, 1, 0, 1, 0, false],
      ["2026-11-10", 2, 0, 0, 11, 0.5, false],
      ["2026-11-12", 1, 0, 1, 1, 0, false],
      ["2026-11-09", 1, 1, 0, 1, 0, false],
    ]);
    const before = [await readVersions(bench, "run_scores"), await readVersions(bench, "week_scores")];
    await score("2026-11-09", SCORED_FROM);
    expect([await readVersions(bench, "run_scores"), await readVersions(bench, "week_scores")]).toEqual(
      before,
    );
  });
});

describe("expectations", () => {
  test("are the shipped ones, then those of the weeks before, and never made again", async () => {
    await arriveMonth();
    await bench.arrive(
      toWork(work("early", "2026-09-28T10:00:00.000Z")),
      toWork(work("now", "2026-11-16T10:00:00.000Z")),
    );
    await analyze("2026-11-18");
    // 28 days of three people, of which two runs in three had an outcome; all of them had their time by then. One more had none.
    const now = await scoreOf("now");
    expect(await scoreOf("early")).toMatchObject({ expected_outcomes: 0.75, reference_cost_usd: 0.5 });
    expect(now).toMatchObject({ model_tier: "medium", is_value_scored: true, reference_cost_usd: 1 });
    expect(now?.["expected_outcomes"]).toBeCloseTo(56 / 85, 9);

    const frozen = await readVersions(bench, "class_baselines");
    await bench.arrive(toWork({ ...work("late", "2026-10-01T10:00:00.000Z"), cost_usd: "7" }));
    await analyze("2026-11-18", { full: true });
    expect(await readVersions(bench, "class_baselines")).toEqual(frozen);
    expect((await scoreOf("now"))?.["expected_outcomes"]).toBe(now?.["expected_outcomes"]);
  });

  test("are those of the class and the tier, and of a run that asked for nothing there are none", async () => {
    await arriveMonth({ workload_class: "batch", class_source: "header" });
    const day = "2026-11-16T10:00:00.000Z";
    const batch = { workload_class: "batch", class_source: "header" } as const;
    await bench.arrive(
      toWork({ ...work("batch", day), ...batch }),
      toWork({ ...work("large", day), ...batch, model_served: "claude-opus-4-5" }),
      toWork(work("undeclared", day)),
      toWork({ ...work("titles", day), ...batch, request_kind: "auxiliary" }),
    );
    await analyze("2026-11-18");
    expect(await expectedOf("batch")).toBeCloseTo(2 / 3, 9);
    expect([await expectedOf("large"), await expectedOf("undeclared")]).toEqual([0.75, 0.75]);
    expect(await expectedOf("titles")).toBe(0);
  });
});

describe("where outcomes can't be seen", () => {
  test("nothing is concluded: no yield, and the cost is unobservable", async () => {
    const { runs } = toMonth(PEOPLE, "2026-09-28T09:00:00.000Z");
    await bench.arrive(...runs.map(toWork), toWork(work("now", "2026-11-16T10:00:00.000Z")));
    await analyze("2026-11-18");
    expect(await scoreOf("now")).toMatchObject({
      is_observable: false,
      is_value_scored: false,
      unobservable_cost_usd: 1,
      earned_cost_usd: 0,
    });
    const [last] = (await readScores(bench, "week_scores")).filter((row) => row["week"] === "2026-11-16");
    expect(last).toMatchObject({ yield: null, p_low_value: null, verdict: "not_enough_evidence" });
  });

  test("value scoring is off below half of the runs, and on from there", async () => {
    // Of ten runs each, four and five have an outcome.
    const classes = [
      { workload_class: "batch", observable: 4 },
      { workload_class: "ci", observable: 5 },
    ] as const;
    for (const { workload_class, observable } of classes) {
      const declared = { workload_class, class_source: "header" } as const;
      const runs = Array.from({ length: 10 }, (_, n) =>
        work(`${workload_class}-${n}`, `2026-10-${10 + n}T08:00:00.000Z`),
      );
      await bench.arrive(
        ...runs.map((run) => toWork({ ...run, ...declared })),
        toWork({ ...work(workload_class, "2026-11-02T10:00:00.000Z"), ...declared }),
      );
      await bench.arriveOutcomes(...runs.slice(0, observable).map((run) => mergeOf(run)));
    }
    await analyze("2026-11-18");
    expect([await scoreOf("batch"), await scoreOf("ci")]).toMatchObject([
      { is_value_scored: false, unobservable_cost_usd: 1 },
      { is_value_scored: true, unobservable_cost_usd: 0 },
    ]);
  });
});

describe("earned volume", () => {
  test("is what such outcomes cost others, whatever one's own runs cost", async () => {
    const { runs, outcomes } = toMonth(PEOPLE, "2026-09-28T09:00:00.000Z");
    const costs = new Map(PEOPLE.map((person, at) => [person, String(10 ** at)]));
    await bench.arrive(
      ...runs.map((run) => toWork({ ...run, cost_usd: costs.get(String(run.person_id)) ?? "0" })),
    );
    await bench.arriveOutcomes(...outcomes);
    const day = "2026-11-16T10:00:00.000Z";
    for (const [at, person_id] of PEOPLE.entries()) {
      const run = { session_id: `now-${at}`, started_at: day, person_id, cost_usd: "999" };
      await bench.arrive(toWork(run));
      await bench.arriveOutcomes(mergeOf(run));
    }
    await analyze("2026-11-18");
    const earned = await Promise.all(PEOPLE.map((_, at) => scoreOf(`now-${at}`)));
    // Of 18 runs at 1, 19 at 10 and 19 at 100 dollars, the median without one's own.
    expect(earned.map((score) => score?.["earned_cost_usd"])).toEqual([55, 100, 10]);
  });

  test("of a schedule is none, and it is in no yield", async () => {
    await arriveMonth();
    const run = work("nightly", "2026-11-09T02:00:00.000Z");
    await bench.arrive(toWork(run), toWork(work("by day", "2026-11-09T12:00:00.000Z")));
    await bench.arriveOutcomes(mergeOf(run));
    await bench.declare({
      source: "schedule",
      declaration_id: "01936a00-0000-7000-8000-0000000000d1",
      workload_class: "scheduled",
      from_at: "2026-11-09T01:00:00.000Z",
      to_at: "2026-11-09T03:00:00.000Z",
    });
    await analyze("2026-11-18");
    expect(await scoreOf("nightly")).toMatchObject({
      is_scheduled: true,
      due_outcomes: 1,
      earned_cost_usd: 0,
    });
    const weeks = (await readScores(bench, "week_scores")).filter(
      (row) => row["week"] === "2026-11-09" && row["person_id"] === PERSON,
    );
    expect(weeks).toMatchObject([
      { workload_class: "", scheduled_cost_usd: 0, yield: expect.any(Number) },
      { workload_class: "scheduled", scheduled_cost_usd: 1, yield_outcomes: 0, yield: null },
    ]);
  });
});

test("a yield is over six weeks of runs that have had their time, and its evidence is there to read", async () => {
  await arriveMonth();
  const young = work("young", "2026-11-01T22:00:00.000Z");
  await bench.arrive(toWork(young));
  await analyze("2026-11-07");
  const ofPerson = (await readScores(bench, "week_scores")).filter((row) => row["person_id"] === PERSON);
  const last = ofPerson.at(-1);
  expect(last).toMatchObject({ week: "2026-10-26", runs: "1", due_outcomes: 0, yield_outcomes: 18 });
  // The youngest run is provisional, so it is not among those of which outcomes were expected.
  await createScoring(bench)("2026-11-09", SCORED_FROM);
  const settled = (await readScores(bench, "week_scores"))
    .filter((row) => row["person_id"] === PERSON)
    .at(-1);
  expect(Number(settled?.["yield_expected"])).toBeGreaterThan(Number(last?.["yield_expected"]));

  const [run] = (await bench.rows("runs")).filter((row) => row["session_id"] === "p0-day1");
  const [explained] = await explainRuns(
    bench.store,
    String(run?.["run_id"]),
    new Date("2026-11-09T12:00:00Z"),
  );
  expect(explained).toMatchObject({
    person_id: PERSON,
    expected_outcomes: 0.75,
    is_default: true,
    bin_above_usd: 0.64,
    bin_up_to_usd: 1.28,
    outcomes: [{ outcome_id: "merge of p0-day1", state: "due", share: 1, linked_by: "session" }],
  });
});

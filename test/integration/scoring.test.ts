// Value against volume: what is expected of a run, what counts of what came out, and when a score changes.

import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { AnalysisOptions } from "../../analytics/job.ts";
import { explainRun } from "../../analytics/explain/explain-run.ts";
import { toMethod } from "../../schemas/method.ts";
import type { WorkloadClass } from "../../schemas/closed-lists.ts";
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
  type Work,
} from "../builders/scored-runs.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const SCORED_FROM = new Date("2026-08-01T00:00:00Z");
const MONTH = "2026-09-28T09:00:00.000Z";
/** A Monday on which the month's runs have had their time. */
const DAY = "2026-11-16T10:00:00.000Z";

let bench: AnalysisBench;
beforeAll(async () => {
  bench = await openAnalysisBench();
});
afterAll(() => bench.close());

/** A pass by the small numbers, as of a day. */
const analyze = (day: string, more: Partial<AnalysisOptions> = {}) =>
  bench.analyze({
    config: { ...bench.options.config, method: SMALL_METHOD },
    now: new Date(`${day}T12:00:00Z`),
    scoredFrom: SCORED_FROM,
    ...more,
  });

async function scoreOf(session: string) {
  const scores = await readScores(bench, "run_scores");
  const run = (await bench.rows("runs")).find((row) => row["session_id"] === session);
  return scores.find((row) => row["run_id"] === run?.["run_id"]);
}
const expectedOf = async (session: string) => (await scoreOf(session))?.["expected_outcomes"];
const weekOf = async (week: string, workload_class = "") =>
  (await readScores(bench, "week_scores")).find(
    (row) => row["week"] === week && row["person_id"] === PERSON && row["workload_class"] === workload_class,
  );

const work = (session_id: string, started_at: string) => ({ session_id, started_at, person_id: PERSON });
const declare = (workload_class: WorkloadClass) => ({ workload_class, class_source: "header" }) as const;

test("time makes an outcome count when it is due, takes it back when it is reversed, and changes nothing else", async () => {
  await emptyScores(bench);
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
    const { due_outcomes, pending_outcomes, reversed_outcomes, value_points, earned_cost_usd } = scored ?? {};
    const counts = [due_outcomes, pending_outcomes, reversed_outcomes, value_points, earned_cost_usd];
    states.push([day, ...counts, scored?.["is_provisional"]]);
  }
  // The person's own word is worth a point, and earns nothing.
  expect(states).toEqual([
    ["2026-11-05", 1, 1, 0, 1, 0, true],
    ["2026-11-09", 1, 1, 0, 1, 0, false],
    ["2026-11-10", 2, 0, 0, 11, 0.76, false],
    ["2026-11-12", 1, 0, 1, 1, 0, false],
    ["2026-11-09", 1, 1, 0, 1, 0, false],
  ]);
  const before = [await readVersions(bench, "run_scores"), await readVersions(bench, "week_scores")];
  await score("2026-11-09", SCORED_FROM);
  expect([await readVersions(bench, "run_scores"), await readVersions(bench, "week_scores")]).toEqual(before);
});

/** Of the first person at a dollar, of the second at ten, of the third at a hundred. */
function priced(run: Work) {
  return toWork({ ...run, cost_usd: String(10 ** PEOPLE.indexOf(String(run.person_id))) });
}

/** Ten runs, some of which have an outcome, and one afterwards. */
async function arriveTens(workload_class: WorkloadClass, outcomes: number): Promise<void> {
  const runs = Array.from({ length: 10 }, (_, n) => ({
    ...work(`${workload_class}-${n}`, `2026-10-${10 + n}T08:00:00.000Z`),
    ...declare(workload_class),
  }));
  const last = { ...work(workload_class, "2026-11-02T10:00:00.000Z"), ...declare(workload_class) };
  await bench.arrive(...runs.map(toWork), toWork(last));
  await bench.arriveOutcomes(...runs.slice(0, outcomes).map((run) => mergeOf(run)));
}

/** Each class is an organisation of its own: nothing of one is held against what is of another. */
describe("an organisation of some months", () => {
  beforeAll(async () => {
    await emptyScores(bench);
    const months = [toMonth(PEOPLE, MONTH), toMonth(PEOPLE, MONTH, declare("evaluation"))];
    const blind = toMonth(PEOPLE, MONTH, declare("teaching"));
    await bench.arrive(
      ...[months[0], blind].flatMap((month) => month?.runs ?? []).map(toWork),
      ...(months[1]?.runs ?? []).map(priced),
    );
    await bench.arriveOutcomes(...months.flatMap(({ outcomes }) => outcomes));
    const nightly = work("nightly", "2026-11-09T02:00:00.000Z");
    await bench.arrive(
      toWork(work("early", "2026-09-28T10:00:00.000Z")),
      toWork(work("now", DAY)),
      toWork({ ...work("large", DAY), model_served: "claude-opus-4-5" }),
      toWork({ ...work("titles", DAY), request_kind: "auxiliary" }),
      toWork({ ...work("blind", DAY), ...declare("teaching") }),
      toWork(nightly),
    );
    const late = PEOPLE.map((person_id, at) => ({
      ...work(`now-${at}`, DAY),
      ...declare("evaluation"),
      person_id,
    }));
    await bench.arrive(...late.map((run) => toWork({ ...run, cost_usd: "999" })));
    await bench.arriveOutcomes(mergeOf(nightly), ...late.map((run) => mergeOf(run)));
    await bench.declare({
      source: "schedule",
      declaration_id: "01936a00-0000-7000-8000-0000000000d1",
      workload_class: "scheduled",
      from_at: "2026-11-09T01:00:00.000Z",
      to_at: "2026-11-09T03:00:00.000Z",
    });
    await arriveTens("batch", 4);
    await arriveTens("ci", 5);
    await analyze("2026-11-18");
  });

  test("a run is expected to bring what such runs brought in the weeks before, and the shipped number until there are some", async () => {
    // 28 days of three people, of which two runs in three had an outcome; and one more that had none.
    expect(await expectedOf("now")).toBeCloseTo(56 / 85, 9);
    expect(await scoreOf("now")).toMatchObject({
      model_tier: "medium",
      is_value_scored: true,
      reference_cost_usd: 1,
    });
    expect(await scoreOf("early")).toMatchObject({ expected_outcomes: 0.69, reference_cost_usd: 0.76 });
    expect([await expectedOf("large"), await expectedOf("ci")]).toEqual([0.69, 0.69]);
  });

  test("nothing is expected of a run that asked for nothing", async () => {
    expect(await expectedOf("titles")).toBe(0);
  });

  test("where no source tells of outcomes nothing is concluded from their absence", async () => {
    expect(await scoreOf("blind")).toMatchObject({
      is_observable: false,
      is_value_scored: false,
      unobservable_cost_usd: 1,
      earned_cost_usd: 0,
    });
    const off = { yield: null, p_low_value: null, verdict: "not_enough_evidence" };
    expect(await weekOf("2026-11-16", "teaching")).toMatchObject(off);
    // In the first week it is not known yet whether there are such sources.
    const unknown = { ...off, yield: expect.any(Number) };
    expect(await weekOf("2026-09-28")).toMatchObject(unknown);
  });

  test("value scoring is off while fewer than half of the runs can be seen, and on from there", async () => {
    expect([await scoreOf("batch"), await scoreOf("ci")]).toMatchObject([
      { is_value_scored: false, unobservable_cost_usd: 1 },
      { is_value_scored: true, unobservable_cost_usd: 0 },
    ]);
  });

  test("what a run earned is what such outcomes cost others, whatever it cost itself", async () => {
    const earned = await Promise.all(PEOPLE.map((_, at) => scoreOf(`now-${at}`)));
    // Of 18 runs at 1, 19 at 10 and 19 at 100 dollars, the median without one's own.
    expect(earned.map((score) => score?.["earned_cost_usd"])).toEqual([55, 100, 10]);
  });

  test("a registered schedule earns nothing, and is in no yield", async () => {
    expect(await scoreOf("nightly")).toMatchObject({
      is_scheduled: true,
      due_outcomes: 1,
      earned_cost_usd: 0,
    });
    expect(await weekOf("2026-11-09", "scheduled")).toMatchObject({
      scheduled_cost_usd: 1,
      yield_outcomes: 0,
      yield: null,
    });
  });

  test("a score is explained by its baseline and its outcomes", async () => {
    const run = (await bench.rows("runs")).find((row) => row["session_id"] === "p0-day1");
    const explained = await explainRun({
      clickhouse: bench.store,
      config: { method: toMethod(), individualScoring: "on" },
      runId: String(run?.["run_id"]),
      personId: undefined,
      now: new Date("2026-11-18T12:00:00Z"),
    });
    expect(explained).toMatchObject({
      person_id: PERSON,
      value: {
        expected_outcomes: 0.69,
        expected_of: { is_shipped: true, bin_above_usd: 0.64, bin_up_to_usd: 1.28 },
      },
      outcomes: [{ outcome_id: "merge of p0-day1", counts: true, share: 1, linked_by: "session" }],
    });
  });

  test("baselines are not made again, for a late call or by a rebuild", async () => {
    const frozen = await readVersions(bench, "class_baselines");
    const expected = await expectedOf("now");
    await bench.arrive(toWork({ ...work("late", "2026-10-01T10:00:00.000Z"), cost_usd: "7" }));
    await analyze("2026-11-18", { full: true });
    expect(await readVersions(bench, "class_baselines")).toEqual(frozen);
    expect(await expectedOf("now")).toBe(expected);
  });

  test("a yield is over the six weeks up to its own, and over runs that have had their time", async () => {
    // Days 14 to 27 of the month, without every third.
    const young = await weekOf("2026-11-16");
    expect(young).toMatchObject({ runs: "3", yield_outcomes: 9 });
    await createScoring(bench)("2026-11-24", SCORED_FROM);
    const settled = await weekOf("2026-11-16");
    const more = Number(settled?.["yield_expected"]) - Number(young?.["yield_expected"]);
    expect(more).toBeCloseTo(56 / 85 + 0.69, 9);
  });
});

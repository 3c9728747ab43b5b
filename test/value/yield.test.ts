// Yields of real runs, imported, analysed and exported: groups of runs that solved their tasks against groups that did not, and how
// often what came out of groups that nothing was fitted to lies where it is predicted. What is measured is printed.

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { openClickHouse } from "../../schemas/clickhouse/open.ts";
import { defineQuery } from "../../schemas/clickhouse/store.ts";
import type { WorkloadClass } from "../../schemas/closed-lists.ts";
import { toMethod } from "../../schemas/method.ts";
import { openDoor } from "../simulation/door.ts";
import { COMMANDS } from "../services/commands.ts";
import { createRandom } from "../simulation/random.ts";
import { exportHeldOut, HELD_OUT_WEEK, live, type Member, type Week } from "./organisation.ts";
import { predictOutcomes } from "./predictive-interval.ts";
import { DATA_DIR, readTrials, shuffle, toGroups, type Trial } from "./trials.ts";

vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const SEED = "yield 1";
/** Each is an organisation of its own, split anew: runs of one class are never held against those of another. */
const SPLIT_ANEW: readonly WorkloadClass[] = [
  "interactive",
  "scheduled",
  "batch",
  "ci",
  "retrieval",
  "exploration",
  "teaching",
];
const BY_RESULT: WorkloadClass = "evaluation";
const GROUP_RUNS = 25;
const method = toMethod().yield;

const readDispersions = defineQuery({
  name: "value: dispersions",
  sql: `SELECT workload_class, dispersion, is_default FROM class_baselines FINAL WHERE week = {week:Date} AND model_tier = 'medium'`,
  params: z.object({ week: z.iso.date() }),
  row: z.object({ workload_class: z.string(), dispersion: z.number(), is_default: z.boolean() }),
});

function tell(kind: string, groups: readonly Week[] = []): void {
  for (const { outcomes, expected_outcomes, yield: mean, yield_low, yield_high, verdict } of groups)
    console.info(
      `${kind}: ${outcomes} outcomes of ${expected_outcomes.toFixed(1)} expected, yield ${mean?.toFixed(2)} (${yield_low?.toFixed(2)} to ${yield_high?.toFixed(2)}), ${verdict}`,
    );
}

describe.skipIf(!existsSync(join(DATA_DIR, "mini_swe_gemini3")))("yields of real runs", () => {
  const random = createRandom(SEED);
  let members: Member[];
  let weeks: Map<string, Week>;
  let dispersions: Map<string, number>;

  beforeAll(async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "assay-value-"));
    try {
      const trials = readTrials();
      members = [...SPLIT_ANEW.flatMap((name) => splitAnew(trials, name)), ...splitByResult(trials)];
      const door = await openDoor(dataDir, COMMANDS);
      try {
        await live(door, members, random.fork("runs"));
        weeks = await exportHeldOut(door);
      } finally {
        await door.close();
      }
      const store = await openClickHouse({ dataDir });
      const rows = await store.query(readDispersions, { week: HELD_OUT_WEEK });
      await store.close();
      dispersions = new Map(
        rows.filter(({ is_default }) => !is_default).map((row) => [row.workload_class, row.dispersion]),
      );
    } finally {
      rmSync(dataDir, { recursive: true });
    }
  });

  /** Half of the groups, by lot. */
  function splitAnew(trials: readonly Trial[], workloadClass: WorkloadClass): Member[] {
    const lot = random.fork(workloadClass);
    const groups = shuffle(toGroups(trials, GROUP_RUNS, lot), lot);
    return groups.map((group, at) => ({
      email: `${workloadClass}-${at}@example.com`,
      workloadClass,
      isHeldOut: at % 2 === 1,
      trials: group,
    }));
  }

  /** The second half's groups are of runs that solved their task, or of runs that did not. */
  function splitByResult(trials: readonly Trial[]): Member[] {
    const all = splitAnew(trials, BY_RESULT);
    const heldOut = all.filter(({ isHeldOut }) => isHeldOut).flatMap((member) => member.trials);
    const groupsOf = (isResolved: boolean): Member[] =>
      toGroups(
        heldOut
          .filter((trial) => trial.isResolved === isResolved)
          .map((trial) => ({ ...trial, context: "any" })),
        GROUP_RUNS,
        random.fork("by result"),
      ).map((group, at) => ({
        email: `${isResolved ? "resolved" : "unresolved"}-${at}@example.com`,
        workloadClass: BY_RESULT,
        isHeldOut: true,
        trials: group,
      }));
    return [...all.filter(({ isHeldOut }) => !isHeldOut), ...groupsOf(true), ...groupsOf(false)];
  }

  const weeksOf = (isOf: (member: Member) => boolean): (Week & { workloadClass: WorkloadClass })[] =>
    members
      .filter((member) => member.isHeldOut && isOf(member))
      .flatMap(({ email, workloadClass }) => {
        const week = weeks.get(email);
        return week === undefined ? [] : [{ ...week, workloadClass }];
      })
      .filter((week) => week.expected_outcomes >= method.expectedOutcomesMin);

  test("runs that solved their tasks yield more than expected, those that did not are low value", () => {
    const [resolved, unresolved] = ["resolved", "unresolved"].map((kind) =>
      weeksOf(({ email }) => email.startsWith(`${kind}-`)),
    );
    tell("resolved", resolved);
    tell("unresolved", unresolved);
    expect(resolved?.length).toBeGreaterThanOrEqual(5);
    expect(unresolved?.length).toBeGreaterThanOrEqual(3);
    expect(Math.min(...(resolved ?? []).map((week) => week.yield ?? 0))).toBeGreaterThan(1);
    expect((unresolved ?? []).map(({ verdict }) => verdict)).toEqual(
      (unresolved ?? []).map(() => "low_value"),
    );
  });

  test("the 90 % predictive interval has 85 to 95 % of groups that nothing was fitted to", () => {
    // Expectations are the organisation's own in each of them, and not the shipped ones.
    expect([...dispersions.keys()].toSorted()).toEqual([BY_RESULT, ...SPLIT_ANEW].toSorted());
    const groups = weeksOf(({ workloadClass }) => workloadClass !== BY_RESULT);
    const hits = groups.map(({ workloadClass, outcomes, expected_outcomes }) => {
      const [low, high] = predictOutcomes(
        expected_outcomes,
        dispersions.get(workloadClass) ?? NaN,
        method.intervalMass,
      );
      return { workloadClass, isWithin: outcomes >= low && outcomes <= high };
    });
    const share = (some: typeof hits): string =>
      `${some.filter(({ isWithin }) => isWithin).length} of ${some.length}`;
    for (const name of SPLIT_ANEW)
      console.info(
        `${name}: ${share(hits.filter((hit) => hit.workloadClass === name))} within, dispersion ${dispersions.get(name)?.toFixed(3)}`,
      );
    const coverage = hits.filter(({ isWithin }) => isWithin).length / hits.length;
    console.info(`seed "${SEED}": ${share(hits)} held-out groups within, ${(coverage * 100).toFixed(1)} %`);
    expect(hits.length).toBeGreaterThanOrEqual(80);
    expect(coverage).toBeGreaterThanOrEqual(0.85);
    expect(coverage).toBeLessThanOrEqual(0.95);
  });
});

test("the predictive interval is that of scipy.stats.nbinom", () => {
  // nbinom.ppf([.05, .95], 1 / v, 1 / (1 + v E)) of E = 20, v = 0.05; 13, 0.25; 40, 0.03.
  expect(predictOutcomes(20, 0.05, 0.9)).toEqual([11, 31]);
  expect(predictOutcomes(13, 0.25, 0.9)).toEqual([3, 27]);
  expect(predictOutcomes(40, 0.03, 0.9)).toEqual([26, 56]);
});

// The gates, on planted detectors: one that knows the truth passes, chance and a threshold of volume fail, and so does each figure alone
// that is planted beyond its limit.

import { describe, expect, it } from "vitest";
import type { Notice, PersonWeek } from "../evaluate/observations.ts";
import { checkGates, type TogetherFigures } from "../evaluate/judging/gates.ts";
import { measureDetection, toPeople } from "../evaluate/judging/detection.ts";
import { judgeByChance, judgeByVolume, judgeProduct } from "../evaluate/judging/detector.ts";
import { judge } from "../evaluate/judging/judge.ts";
import { measureValue } from "../evaluate/judging/value.ts";
import type { Truth } from "../evaluate/population/population.ts";
import { createRandom } from "../simulation/random.ts";

const WEEKS = 8;
/** Few: it is not the intervals that are looked at here. */
const DRAWS = 10;
const INJECTED = [3, 4, 5, 6];
const TOGETHER: TogetherFigures = { earnedGain: 0, creditedGain: 0.3, people: 80, inflating: 8 };

interface Planted {
  lookAlikeNotified?: boolean;
  honestNotified?: boolean;
  inflatorsNotified?: number;
  delay?: number;
  earnedFactor?: number;
}

function plant({ earnedFactor = 1, inflatorsNotified = 30, delay = 1, ...planted }: Planted = {}) {
  const weeks: PersonWeek[] = [];
  const notices: Notice[] = [];
  const add = (email: string, truth: Truth, costUsd: number): void => {
    for (let week = 0; week < WEEKS; week++) {
      const isInjected = truth.kind === "inflator" && INJECTED.includes(week);
      weeks.push({
        email,
        week,
        truth,
        isInjected,
        injectedUsd: isInjected ? costUsd : 0,
        costUsd: isInjected ? 2 * costUsd : costUsd,
        creditedUsd: costUsd,
        earnedUsd: isInjected ? 10 * earnedFactor : 10,
        filteredUsd: 0,
        outcomes: 4,
        expectedOutcomes: 4,
        pLowValue: isInjected ? 0.95 : 0.1,
        verdict: isInjected ? "low_value" : "as_expected",
        families: isInjected ? ["replay", "schedule"] : [],
      });
    }
  };
  const tell = (email: string, toldInWeek: number): void => {
    notices.push({ email, firstWeek: 3, lastWeek: 6, toldInWeek });
  };
  for (let at = 0; at < 200; at++) add(`honest${at}`, { kind: "honest" }, 20);
  for (let at = 0; at < 100; at++)
    add(`look${at}`, { kind: "look-alike", population: "retrieval", isDeclared: true }, 90);
  for (let at = 0; at < 40; at++) {
    const truth: Truth = {
      kind: "inflator",
      tactic: "replay",
      intensity: 1,
      stealth: "none",
      twin: `honest${at}`,
    };
    add(`inflator${at}`, truth, 20);
    if (at < inflatorsNotified) tell(`inflator${at}`, 3 + delay);
  }
  if (planted.lookAlikeNotified === true) ["look0", "look1"].forEach((email) => tell(email, 5));
  if (planted.honestNotified === true)
    ["honest0", "honest1", "honest2", "honest3", "honest4"].forEach((email) => tell(email, 5));
  return { weeks, notices };
}

function failedGates(planted: Planted, together = TOGETHER): string[] {
  const { weeks, notices } = plant(planted);
  const bootstrap = { random: createRandom("gates"), draws: DRAWS };
  const people = toPeople(weeks);
  const detection = measureDetection(people, judgeProduct(weeks, notices), bootstrap);
  const value = measureValue({ people, atTheTime: weeks, notices, bootstrap });
  return checkGates(detection, value, together)
    .filter(({ isPassed }) => !isPassed)
    .map(({ name }) => name);
}

describe("the gates", () => {
  it("pass a detector that knows the truth", () => {
    expect(failedGates({})).toEqual([]);
  });

  it.each([
    ["a look-alike population of which two people are told", { lookAlikeNotified: true }, /worst look-alike/],
    ["honest people among those who are told", { honestNotified: true }, /precision of notices/],
    ["fewer than half of the inflators told", { inflatorsNotified: 19 }, /share of people notified/],
    ["a notice that takes three weeks", { delay: 3 }, /weeks from two families/],
    ["earned volume that grows with what is added", { earnedFactor: 1.2 }, /scripted tactics in earned/],
  ])("fail %s", (_what, planted, gate) => {
    expect(failedGates(planted)).toEqual(expect.arrayContaining([expect.stringMatching(gate)]));
  });

  it("fail an organisation that gains by inflating together, and one where it was not measured", () => {
    for (const earnedGain of [0.11, null])
      expect(failedGates({}, { ...TOGETHER, earnedGain })).toEqual([expect.stringMatching(/tenth/)]);
  });
});

describe("what stands beside the product", () => {
  it.each([
    ["chance", judgeByChance],
    ["a threshold of volume", judgeByVolume],
  ] as const)("%s fails the same gates", (_name, detector) => {
    const { weeks, notices } = plant();
    const random = createRandom("beside");
    const bootstrap = { random, draws: DRAWS };
    const people = toPeople(weeks);
    const value = measureValue({ people, atTheTime: weeks, notices, bootstrap });
    const gates = checkGates(measureDetection(people, detector(weeks, random), bootstrap), value, TOGETHER);
    const failed = gates.filter(({ isPassed }) => !isPassed).map(({ name }) => name);
    expect(failed).toEqual(expect.arrayContaining([expect.stringMatching(/^precision of notices/)]));
    expect(failed.length).toBeGreaterThanOrEqual(3);
  });

  it("is judged with the product, in one pass", () => {
    const judgement = judge(
      { ...plant(), atTheTime: plant().weeks, together: TOGETHER },
      { random: createRandom("judge"), draws: DRAWS },
    );
    expect(judgement.gates.every(({ isPassed }) => isPassed)).toBe(true);
    expect(judgement.baselineGates).toHaveLength(4);
  });
});

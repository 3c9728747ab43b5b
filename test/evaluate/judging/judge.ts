// From what was seen to figures and gates: the product and the baselines through the same measures.

import { gammaProbabilityBelow } from "../../../analytics/stats/gamma.ts";
import type { Notice, PersonWeek } from "../observations.ts";
import { measureDetection, toPeople, type DetectionFigures } from "./detection.ts";
import {
  judgeByChance,
  judgeByOwnHistory,
  judgeByRatio,
  judgeByVolume,
  judgeProduct,
  type Detector,
} from "./detector.ts";
import { checkGates, checkGoals, type Gate, type TogetherFigures } from "./gates.ts";
import type { Bootstrap } from "./interval.ts";
import { measureValue, type ValueFigures } from "./value.ts";

export interface Seen {
  weeks: readonly PersonWeek[];
  atTheTime: readonly PersonWeek[];
  notices: readonly Notice[];
  together: TogetherFigures;
}

export interface Judgement {
  /** The product first. */
  detectors: readonly Detector[];
  detections: readonly DetectionFigures[];
  value: ValueFigures;
  gates: readonly Gate[];
  goals: readonly Gate[];
  baselineGates: readonly { detector: string; gates: readonly Gate[] }[];
}

export function judge(
  { weeks, atTheTime, notices, together }: Seen,
  { random, draws }: Bootstrap,
): Judgement {
  const people = toPeople(weeks);
  const detectors = [
    judgeProduct(weeks, notices),
    judgeByVolume(weeks),
    judgeByOwnHistory(weeks),
    judgeByRatio(weeks, (shape, rate, limit) => gammaProbabilityBelow(limit, shape, rate)),
    judgeByChance(weeks, random.fork("chance")),
  ];
  const detections = detectors.map((detector) =>
    measureDetection(people, detector, { random: random.fork(detector.name), draws }),
  );
  const value = measureValue({
    people,
    atTheTime,
    notices,
    bootstrap: { random: random.fork("value"), draws },
  });
  const gatesOf = (figures: DetectionFigures): Gate[] => checkGates(figures, value, together);
  const [product, ...baselines] = detections;
  return {
    detectors,
    detections,
    value,
    gates: product === undefined ? [] : gatesOf(product),
    goals: checkGoals(value),
    baselineGates: baselines.map((figures) => ({ detector: figures.detector, gates: gatesOf(figures) })),
  };
}

// All that an evaluation found; report.json is this.

import type { DetectionFigures } from "../judging/detection.ts";
import type { Gate, TogetherFigures } from "../judging/gates.ts";
import type { ValueFigures } from "../judging/value.ts";

export interface Result {
  options: { split: string; seed: string; scale: string };
  sources: { people: number; sessions: number; calls: number };
  counts: {
    people: number;
    personWeeks: number;
    honestPersonWeeks: number;
    /** Of the smallest population. */
    lookAlikePersonWeeks: number;
    injectedShare: number;
    calls: number;
    outcomes: number;
    seconds: number;
  };
  gates: readonly Gate[];
  goals: readonly Gate[];
  /** The product first. */
  detections: readonly DetectionFigures[];
  baselineGates: readonly { detector: string; gates: readonly Gate[] }[];
  value: ValueFigures;
  together: TogetherFigures;
  defaults: readonly { name: string; value: string; split: string }[];
  methodVersion: string;
}

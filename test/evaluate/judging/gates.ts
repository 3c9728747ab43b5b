// The gates of the method's specification, and the goals that are reported beside them. A gate that can't be measured is not passed.

import type { DetectionFigures } from "./detection.ts";
import type { ValueFigures } from "./value.ts";

export interface Gate {
  name: string;
  /** "≥ 0.8" */
  limit: string;
  value: number | null;
  isPassed: boolean;
}

export interface TogetherFigures {
  /** Of those who inflate together, against the same people where nobody does. */
  earnedGain: number | null;
  creditedGain: number | null;
  people: number;
  inflating: number;
}

export function checkGates(
  detection: DetectionFigures,
  value: ValueFigures,
  together: TogetherFigures,
): Gate[] {
  const worst = detection.lookAlikes.reduce<{ population: string; share: number } | null>((before, each) => {
    const share = each.notified?.value ?? 1;
    return before === null || share > before.share ? { population: each.population, share } : before;
  }, null);
  return [
    atLeast("precision in the first hundredth of person-weeks", detection.precisionAtTop?.value, 0.8),
    atLeast("precision of notices", detection.noticePrecision?.value, 0.9),
    atMost(
      `share of person-weeks notified of the worst look-alike (${worst?.population ?? "none"})`,
      worst?.share,
      0.005,
    ),
    atLeast("scripted at +100 % without stealth: share of people notified", detection.openRecall?.value, 0.5),
    atMost("of these, weeks from two families at floor to the notice, median", detection.weeksToNotice, 2),
    atMost("gain of scripted tactics in earned volume", value.scripted.earned?.value, 0.1),
    atMost("the same where a tenth of an organisation inflates together", together.earnedGain, 0.1),
  ];
}

/** Not gates: the specification names them as goals. */
export function checkGoals(value: ValueFigures): Gate[] {
  const adversary = value.adversaries.reduce<number | null>((most, { earned }) => {
    if (earned === null) return most;
    return most === null ? earned.value : Math.max(most, earned.value);
  }, null);
  return [
    atLeast("share of injected cost that is filtered or notified", value.filteredOrNotified?.value, 0.7),
    atMost("gain in earned volume of the adversary who gains most", adversary, 0.1),
  ];
}

function atLeast(name: string, value: number | null | undefined, limit: number): Gate {
  return {
    name,
    limit: `≥ ${limit}`,
    value: value ?? null,
    isPassed: value !== null && value !== undefined && value >= limit,
  };
}

function atMost(name: string, value: number | null | undefined, limit: number): Gate {
  return {
    name,
    limit: `≤ ${limit}`,
    value: value ?? null,
    isPassed: value !== null && value !== undefined && value <= limit,
  };
}

// What a seed decides: the same faults on every machine, each kind in turn, and never two on one subject.

import { describe, expect, it } from "vitest";
import { createRandom } from "../simulation/random.ts";
import { FAULT_KINDS, groupOf, planFaults, type PlannedFault } from "./fault-plan.ts";

const MINUTES = 20;
const DURATION_MS = MINUTES * 60_000;
const CALM_MS = 5000;

function planOf(seed: string): PlannedFault[] {
  return planFaults(createRandom(seed), {
    kinds: FAULT_KINDS,
    counts: { worker: 2, gateway: 2, shipper: 2, sink: 2, broker: 3 },
    durationMs: DURATION_MS,
    calmMs: CALM_MS,
    gapMs: [2000, 8000],
  });
}

describe("a plan of faults", () => {
  it("follows from its seed alone", () => {
    expect(planOf("1")).toEqual(planOf("1"));
    expect(planOf("1")).not.toEqual(planOf("2"));
  });

  it("has every kind in twenty minutes, whatever the seed", () => {
    const names = FAULT_KINDS.map(({ action, subject }) => `${action} ${subject}`);
    for (const seed of ["1", "2", "3"]) {
      expect(new Set(planOf(seed).map(({ name }) => name))).toEqual(new Set(names));
    }
  });

  it("leaves the beginning alone and is over by the end", () => {
    for (const { atMs, forMs } of planOf("1")) {
      expect(atMs).toBeGreaterThanOrEqual(CALM_MS);
      expect(atMs + forMs).toBeLessThan(DURATION_MS);
    }
  });

  it("never strikes a subject twice at a time, and lets different ones overlap", () => {
    const plan = planOf("1");
    const groups = Map.groupBy(plan, ({ subject, number }) => groupOf(subject, number));
    for (const faults of groups.values()) expect(countOverlaps(faults)).toBe(0);
    expect(countOverlaps(plan)).toBeGreaterThan(0);
  });
});

function countOverlaps(faults: readonly PlannedFault[]): number {
  return faults.filter((fault, index) => {
    const before = faults[index - 1];
    return before !== undefined && fault.atMs < before.atMs + before.forMs;
  }).length;
}

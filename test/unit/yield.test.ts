// What is expected of runs, and what a yield says, at the edges of the method.

import { array, assert, double, nat, property, record } from "fast-check";
import { describe, expect, it } from "vitest";
import { fitExpectations, type CostBin } from "../../analytics/expectations.ts";
import { findModelTier } from "../../analytics/model-tiers.ts";
import {
  COST_EDGES_USD,
  SHIPPED_EXPECTED_OUTCOMES,
  SHIPPED_REFERENCE_COSTS_USD,
} from "../../analytics/shipped-expectations.ts";
import { estimateYield, toVerdict } from "../../analytics/yield.ts";
import { toMethod } from "../../schemas/method.ts";

const method = toMethod().yield;

const bin = (runs: number, mean: number, cost: number): CostBin => ({
  runs,
  outcomes: runs * mean,
  costUsd: runs * cost,
});

describe("expectations", () => {
  const EDGES = [1, 2, 4];
  it("rise with cost, never faster than cost, and sum to the outcomes that there were", () => {
    const anyBin = record({ runs: nat(50), mean: double({ min: 0, max: 5, noNaN: true }) });
    const seed = 20_261_121;
    assert(
      property(array(anyBin, { minLength: 4, maxLength: 4 }), (given) => {
        const costs = [0.7, 1.4, 3, 7];
        const bins = given.map(({ runs, mean }, at) => bin(runs, mean, costs[at] ?? 0));
        const expected = fitExpectations(bins, EDGES);
        const observed = bins.reduce((sum, { outcomes }) => sum + outcomes, 0);
        const fitted = bins.reduce((sum, { runs }, at) => sum + runs * (expected[at] ?? 0), 0);
        expect(fitted).toBeCloseTo(observed, 6);
        const filled = bins.flatMap(({ runs, costUsd }, at) =>
          runs > 0 ? [{ cost: costUsd / runs, value: expected[at] ?? 0 }] : [],
        );
        filled.slice(1).forEach(({ cost, value }, at) => {
          const before = filled[at] ?? { cost: 0, value: 0 };
          expect(value).toBeGreaterThanOrEqual(before.value - 1e-9);
          expect(value / cost).toBeLessThanOrEqual(before.value / before.cost + 1e-9);
        });
      }),
      { seed },
    );
  });

  it("bins without runs get theirs from their neighbours", () => {
    const [first, second, third, last] = fitExpectations(
      [bin(0, 0, 0), bin(10, 1, 1.5), bin(0, 0, 0), bin(10, 2, 6)],
      EDGES,
    );
    expect(first).toBeCloseTo(Math.SQRT1_2 / 1.5, 9);
    expect(second).toBe(1);
    expect(third).toBeGreaterThan(1);
    expect(third).toBeLessThan(2);
    expect(last).toBe(2);
  });

  it("runs without a price are expected to bring what they brought", () => {
    expect(fitExpectations([bin(10, 0.4, 0), bin(0, 0, 0)], [1])).toEqual([0.4, 0.4]);
    expect(fitExpectations([bin(10, 0, 0), bin(0, 0, 0)], [1])).toEqual([0, 0]);
  });

  it("the shipped ones keep the same rules", () => {
    expect(SHIPPED_EXPECTED_OUTCOMES).toHaveLength(COST_EDGES_USD.length + 1);
    SHIPPED_EXPECTED_OUTCOMES.slice(1).forEach((value, at) => {
      const before = SHIPPED_EXPECTED_OUTCOMES[at] ?? 0;
      expect(value).toBeGreaterThanOrEqual(before);
      expect(value).toBeLessThanOrEqual(2 * before);
    });
    const { small, medium, large } = SHIPPED_REFERENCE_COSTS_USD;
    expect([small, medium, large].toSorted((a, b) => a - b)).toEqual([small, medium, large]);
  });
});

describe("yield", () => {
  const evidence = { outcomes: 13.25, expected: 29.5, priorShape: 4, priorRate: 4 };

  it("is the posterior mean with its interval, and P(below 0.5), as scipy has them", () => {
    const estimate = estimateYield(evidence, method);
    expect(estimate.mean).toBeCloseTo(17.25 / 33.5, 12);
    expect(estimate.low).toBeCloseTo(0.32931765290811377, 10);
    expect(estimate.high).toBeCloseTo(0.7343653029453691, 10);
    expect(estimate.lowValueProbability).toBeCloseTo(0.4836445161242576, 10);
  });

  const verdictOf = (outcomes: number, expected: number) =>
    toVerdict(estimateYield({ ...evidence, outcomes, expected }, method), expected, method);

  it("below 13 expected outcomes there is no verdict, whatever came out", () => {
    expect([0, 12, 100].map((outcomes) => verdictOf(outcomes, 12.999))).toEqual([
      "not_enough_evidence",
      "not_enough_evidence",
      "not_enough_evidence",
    ]);
    expect([0, 13, 100].map((outcomes) => verdictOf(outcomes, 13))).toEqual([
      "low_value",
      "as_expected",
      "above_expected",
    ]);
  });

  it("low value begins where P(below 0.5) reaches 0.8", () => {
    const estimate = estimateYield(evidence, method);
    const at = (lowValueProbability: number) => toVerdict({ ...estimate, lowValueProbability }, 13, method);
    expect([at(0.7999), at(0.8)]).toEqual(["as_expected", "low_value"]);
  });

  it("where people hardly differ, none of 16 is still low value", () => {
    const prior = 1 / method.priorVarianceMin;
    const estimate = estimateYield(
      { outcomes: 0, expected: 16, priorShape: prior, priorRate: prior },
      method,
    );
    expect(toVerdict(estimate, 16, method)).toBe("low_value");
  });
});

describe("model tiers", () => {
  it.each([
    ["gpt-5-mini", "small"],
    ["claude-haiku-4-5", "small"],
    ["gpt-5", "medium"],
    ["claude-sonnet-4-5-20250929", "medium"],
    ["claude-opus-4-5", "large"],
    ["google/gemini-3-pro-preview", "medium"],
    ["us.anthropic.claude-sonnet-4-5-20250929-v1:0", "medium"],
    ["our-own-model", "unknown"],
    ["", "unknown"],
  ])("%s is %s", (model, tier) => {
    expect(findModelTier(model, method)).toBe(tier);
  });

  it("a tier begins at its price", () => {
    const priced = { ...method, tierMediumUsd: 10, tierLargeUsd: 10.01 };
    expect(findModelTier("gpt-5", priced)).toBe("medium");
    expect(findModelTier("gpt-5", { ...priced, tierLargeUsd: 10 })).toBe("large");
    expect(findModelTier("gpt-5", { ...priced, tierMediumUsd: 10.01 })).toBe("small");
  });
});

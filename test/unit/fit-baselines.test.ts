// From when on an organisation's own numbers hold instead of the shipped ones, at the edge of each.

import { expect, it } from "vitest";
import { fitGroups, toBaselines, type SummedBin } from "../../analytics/fit-baselines.ts";
import {
  SHIPPED_EXPECTED_OUTCOMES,
  SHIPPED_REFERENCE_COSTS_USD,
} from "../../analytics/shipped-expectations.ts";
import { WORKLOAD_CLASSES } from "../../schemas/closed-lists.ts";
import { toMethod } from "../../schemas/method.ts";

const method = toMethod().yield;
const GROUP = { week: "2026-11-16", workload_class: "ci", model_tier: "medium" };
const NO_RUNS = { groups: [], bins: [], dispersions: [], references: [] };

const binOf = (said: Partial<SummedBin>): SummedBin => ({
  ...GROUP,
  bin: 7,
  runs: 200,
  cost_usd: 100,
  outcomes: 50,
  trusted_outcomes: 50,
  observable_runs: 200,
  ...said,
});

function baselineOf(given: Partial<Parameters<typeof toBaselines>[0]>) {
  const bins = given.bins ?? [];
  const groups = fitGroups(GROUP.week, bins, method);
  const rows = toBaselines({ ...NO_RUNS, groups, ...given }, method);
  return rows.find((row) => row.workload_class === "ci" && row.model_tier === "medium");
}

const coverageOf = (...bins: SummedBin[]) => baselineOf({ bins })?.coverage;
const referenceOf = (outcomes: number) =>
  baselineOf({ references: [{ ...GROUP, outcomes, median_usd: 3 }] })?.reference_cost_usd;

function spreadOf(people: number, variance: number) {
  const { dispersion, prior_shape } = baselineOf({ dispersions: [{ ...GROUP, people, variance }] }) ?? {};
  return [dispersion, prior_shape];
}

it("every class and tier has a row, also where there was no run", () => {
  const rows = toBaselines({ ...NO_RUNS, groups: fitGroups(GROUP.week, [], method) }, method);
  expect(new Set(rows.map((row) => `${row.workload_class} ${row.model_tier}`)).size).toBe(
    4 * (WORKLOAD_CLASSES.length + 1),
  );
  expect(baselineOf({})).toMatchObject({
    is_default: true,
    coverage: null,
    expected_outcomes: SHIPPED_EXPECTED_OUTCOMES,
    dispersion: 0.25,
    prior_shape: 4,
    prior_rate: 4,
    reference_cost_usd: SHIPPED_REFERENCE_COSTS_USD.medium,
  });
});

it("expectations are the organisation's own from 200 runs of the class and tier on", () => {
  const other = binOf({ model_tier: "large", runs: 1000 });
  expect(baselineOf({ bins: [binOf({ runs: 199 }), other] })).toMatchObject({ is_default: true, runs: 199 });
  const own = baselineOf({ bins: [binOf({ runs: 200 }), other] });
  expect(own).toMatchObject({ is_default: false, runs: 200 });
  expect(own?.expected_outcomes[6]).toBeCloseTo(0.25, 12);
});

it("coverage is known from 20 runs of the class on, whatever their tier, and is nothing where no source told of it", () => {
  expect(coverageOf(binOf({ runs: 19, observable_runs: 19 }))).toBe(null);
  expect(
    coverageOf(
      binOf({ runs: 10, observable_runs: 2 }),
      binOf({ model_tier: "small", runs: 10, observable_runs: 8 }),
    ),
  ).toBe(0.5);
  expect(coverageOf(binOf({ trusted_outcomes: 0 }))).toBe(0);
});

it("how people differ is measured with 10 of them, and the prior of one person is never narrower than 0.1", () => {
  expect(spreadOf(9, 0.5)).toEqual([0.25, 4]);
  expect(spreadOf(10, 0.5)).toEqual([0.5, 2]);
  expect(spreadOf(10, 0.05)).toEqual([0.05, 10]);
  expect(spreadOf(10, -0.2)).toEqual([0.01, 10]);
});

it("the usual cost is the organisation's own from 200 outcomes on", () => {
  expect([referenceOf(199.9), referenceOf(200)]).toEqual([SHIPPED_REFERENCE_COSTS_USD.medium, 3]);
});

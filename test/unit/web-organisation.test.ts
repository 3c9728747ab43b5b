// The organisation's figures as the page shows them: releases together, and in words.

import { expect, test } from "vitest";
import { explainMissingTotals } from "../../dashboard/web/prepare/team-totals.ts";
import { toOrganisationView } from "../../dashboard/web/prepare/organisation-view.ts";
import {
  answerTarget,
  toCostPerOutcome,
  writeShare,
} from "../../dashboard/web/prepare/organisation-words.ts";
import { releaseSchema, type Release, type TargetAnswer } from "../../schemas/organisation-api.ts";

function buildRelease(said: Partial<Release>): Release {
  return releaseSchema.parse({
    from: "2026-10-19",
    to: "2026-11-15",
    released_at: "2026-11-20T12:00:00.000Z",
    people: 40,
    cost_usd: "1000",
    credited_cost_usd: "900",
    services_cost_usd: "0.00",
    earned_cost_usd: null,
    outcomes: 100,
    pending_outcomes: null,
    weeks: [],
    models: null,
    clients: { named: [{ name: "codex", cost_usd: "600" }], rest_usd: "400" },
    classes: null,
    reasons: null,
    unpriced: [],
    yields: [],
    teams: [{ name: "A", people: 12, cost_usd: "500", credited_share: 0.8, meaningful_share: "over" }],
    targets: [],
    ...said,
  });
}

const TARGET: TargetAnswer = {
  name: "Weekly calls",
  measure: "weekly_calls",
  threshold: 50,
  announced_on: "2026-09-28",
  verdict: "bunching",
  person_weeks: 320,
  person_weeks_needed: 200,
  p_value: 0.0001,
  excess_person_weeks: 35,
  columns: [
    { from: 0, to: 50, person_weeks: 200 },
    { from: 50, to: null, person_weeks: 206 },
  ],
};

test("a sum of releases of which one shows nothing is not shown", () => {
  const [newest, older] = [buildRelease({}), buildRelease({ cost_usd: null, teams: [] })];
  const view = toOrganisationView([newest, older]);
  expect(view.costUsd).toBeNull();
  expect(view.creditedUsd).toBe(1800);
  expect(view.teams[0]?.costUsd).toBeNull();
});

test("a client that one release does not name is among the others of both", () => {
  const older = buildRelease({ clients: { named: [], rest_usd: "300" } });
  expect(toOrganisationView([buildRelease({}), older]).clients).toEqual({ named: [], restUsd: 1300 });
});

test("the answer on a target says what is known, in whole sentences", () => {
  expect(answerTarget(TARGET)).toBe(
    "Likely yes. Since the target of 50 calls a week, about 35 of 406 person-weeks land just above it that would not be expected there.",
  );
  expect(answerTarget({ ...TARGET, verdict: "too_few", person_weeks: 120, columns: [] })).toBe(
    "Not enough to say: 120 of the 200 person-weeks needed.",
  );
  expect(answerTarget({ ...TARGET, verdict: "none_seen" })).toMatch(/^No sign of it\./);
});

test("a share is never 0 or 100 %, and what is withheld says so", () => {
  expect((["under", "over", 0.55, null] as const).map(writeShare)).toEqual([
    "under 10\u202f%",
    "over 90\u202f%",
    "55\u202f%",
    "Not shown",
  ]);
});

test("the cost of an outcome comes with the interval of its count: 100 outcomes, 90 %", () => {
  // Exact bounds of a Poisson count of 100: 84.14 and 118.08 (chi-squared, F. Garwood, Biometrika 28, 1936).
  const estimate = toCostPerOutcome(toOrganisationView([buildRelease({})]));
  expect(estimate?.mean).toBe(9);
  expect(estimate?.low).toBeCloseTo(900 / 118.08, 1);
  expect(estimate?.high).toBeCloseTo(900 / 84.14, 1);
});

test("a team of nine is told why it has no totals", () => {
  const totals = { min_group: 10, next_on: "2026-12-15", period: null, team: "A", people: 9, totals: null };
  expect(explainMissingTotals(totals, "2026-11-20")).toBe(
    "Your team has 9 people. Totals start at 10, so that no figure can be one person's.",
  );
});

// What came of a person's work in a span of days, from rows as analytics leaves them.

import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { settingVersions } from "../../schemas/postgres/setting-tables.ts";
import { usageValueSchema, type UsageValue } from "../../schemas/usage-value-api.ts";
import { buildRun } from "../builders/derived-rows.ts";
import { openDashboardBench, type DashboardBench, type Person } from "../services/dashboard.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const NEVER = "2090-01-01T00:00:00Z";
const KEPT = { version: 1, expires_at: NEVER };
const STAMPS = { ...KEPT, method_version: "1" };
const SPAN = "from=2026-11-07&to=2026-11-20";

let bench: DashboardBench;
let ada: Person;
let ben: Person;
beforeAll(async () => {
  bench = await openDashboardBench({ ASSAY_INDIVIDUAL_SCORING: "on", ASSAY_TIMEZONE: "Europe/Berlin" });
  [ada, ben] = [await bench.addPerson(), await bench.addPerson()];
  for (const person of [ada, ben]) await fill(person);
});
afterAll(() => bench.close());

async function fill({ personId: person_id }: Person): Promise<void> {
  const { clickhouse } = bench.dashboard.stores;
  const link = (said: Record<string, unknown>) => ({
    ...KEPT,
    person_id,
    run_id: "r1",
    kind: "pr_merged",
    source: "github",
    trust: "high",
    linked_by: "run",
    share: 1,
    quantity: 1,
    credited_at: said["occurred_at"],
    reversed_at: null,
    told_by: 1,
    ...said,
  });
  await clickhouse.insert("outcome_links", [
    // Half past eleven in Berlin is still the day before in UTC.
    link({ outcome_id: "o1", occurred_at: "2026-11-10T23:30:00Z", share: 0.5 }),
    link({ outcome_id: "o2", occurred_at: "2026-11-18T10:00:00Z", credited_at: "2026-11-25T10:00:00Z" }),
    link({ outcome_id: "o3", occurred_at: "2026-11-12T10:00:00Z", reversed_at: "2026-11-13T10:00:00Z" }),
    // Taken back later than now: it still counts.
    link({ outcome_id: "o4", occurred_at: "2026-11-12T10:00:00Z", reversed_at: "2026-12-13T10:00:00Z" }),
    link({ outcome_id: "before", occurred_at: "2026-11-01T10:00:00Z" }),
    link({ outcome_id: "rating", occurred_at: "2026-11-12T10:00:00Z", kind: "rating_not_useful" }),
  ]);
  const run = (run_id: string, started_at: string) =>
    buildRun({ person_id, run_id, started_at, ended_at: started_at });
  await clickhouse.insert("runs", [run("r1", "2026-11-10T08:00:00Z"), run("r0", "2026-11-06T08:00:00Z")]);
  const score = {
    ...STAMPS,
    person_id,
    workload_class: "interactive",
    model_tier: "large",
    cost_usd: 5,
    credited_cost_usd: 4,
    earned_cost_usd: 3,
    unobservable_cost_usd: 1,
    is_scheduled: true,
  };
  await clickhouse.insert("run_scores", [
    { ...score, run_id: "r1", week: "2026-11-09" },
    // In a week of the span, but begun before it.
    { ...score, run_id: "r0", week: "2026-11-02" },
  ]);
  const week = {
    ...STAMPS,
    person_id,
    workload_class: "interactive",
    yield_outcomes: 10,
    yield_expected: 14,
    yield: 0.8,
    yield_low: 0.5,
    yield_high: 1.2,
    verdict: "as_expected",
  };
  await clickhouse.insert("week_scores", [
    { ...week, week: "2026-11-02", yield: 0.1 },
    { ...week, week: "2026-11-09" },
  ]);
  await clickhouse.insert("class_baselines", [
    {
      week: "2026-11-09",
      workload_class: "interactive",
      model_tier: "large",
      is_default: true,
      coverage: 0.7,
      ...STAMPS,
    },
  ]);
}

async function ask(person: Person, query = SPAN): Promise<UsageValue> {
  const browser = await bench.signIn(person);
  const response = await browser.get(`/api/v1/people/${person.personId}/value?${query}`);
  return usageValueSchema.parse(await response.json());
}

test("outcomes are told by the organisation's days, and due, waiting and taken back apart", async () => {
  const { came, previous_outcomes } = await ask(ada);
  expect(came).toEqual([
    { day: "2026-11-11", kind: "pr_merged", state: "due", counts_from: null, outcomes: 0.5 },
    { day: "2026-11-12", kind: "pr_merged", state: "due", counts_from: null, outcomes: 1 },
    { day: "2026-11-12", kind: "pr_merged", state: "reversed", counts_from: null, outcomes: 1 },
    { day: "2026-11-18", kind: "pr_merged", state: "waiting", counts_from: "2026-11-25", outcomes: 1 },
  ]);
  expect(previous_outcomes).toBe(1);
});

test("what was earned is of the runs that began in the span", async () => {
  expect(await ask(ada)).toMatchObject({
    earned_cost_usd: 3,
    unobservable_cost_usd: 1,
    scheduled_cost_usd: 4,
  });
});

test("a yield is that of the newest week, with how its expectation was made", async () => {
  expect((await ask(ada)).yields).toEqual([
    {
      workload_class: "interactive",
      week: "2026-11-09",
      outcomes: 10,
      expected: 14,
      yield: 0.8,
      yield_low: 0.5,
      yield_high: 1.2,
      verdict: "as_expected",
      coverage: 0.7,
      is_shipped: true,
    },
  ]);
});

test("while individuals are not scored, outcomes stay and nothing is concluded", async () => {
  await setScoringOff(true);
  const value = await ask(ben);
  await setScoringOff(false);
  expect(value).toMatchObject({
    individual_scoring: "off",
    scored_from: null,
    earned_cost_usd: 0,
    yields: [],
  });
  expect(value.came).toHaveLength(4);
});

async function setScoringOff(is_off: boolean): Promise<void> {
  const version = { name: "individual_scoring", value: { is_off }, reason: "agreed", isPublic: true };
  await bench.dashboard.stores.postgres.db
    .insert(settingVersions)
    .values({ ...version, changedAt: bench.dashboard.now() });
}

test("a span without anything is empty, and not unknown", async () => {
  expect(await ask(ada, "from=2026-08-01&to=2026-08-02")).toMatchObject({
    came: [],
    yields: [],
    earned_cost_usd: 0,
  });
});

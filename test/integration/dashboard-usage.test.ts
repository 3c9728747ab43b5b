// What My usage is answered, from rows as analytics leaves them.

import { afterAll, beforeAll, expect, test } from "vitest";
import { usageSchema, type Usage } from "../../schemas/dashboard-api.ts";
import { buildUsageDay, NO_COUNTS, NO_TOKENS } from "../builders/derived-rows.ts";
import { openDashboardBench, type Browser, type DashboardBench, type Person } from "../services/dashboard.ts";

let bench: DashboardBench;
let person: Person;
let browser: Browser;
beforeAll(async () => {
  bench = await openDashboardBench();
  person = await bench.addPerson();
  browser = await bench.signIn(person);
});
afterAll(() => bench.close());

const YEAR_MS = 366 * 86_400_000;

const NOTHING = { ...NO_COUNTS, tokens: NO_TOKENS, cost_usd: "0", credited_cost_usd: "0" };

async function askUsage(from: string, to: string, asker = browser, id = person.personId): Promise<Usage> {
  const response = await asker.get(`/api/v1/people/${id}/usage?from=${from}&to=${to}`);
  expect(response.status).toBe(200);
  const body: unknown = await response.json();
  const usage = usageSchema.parse(body);
  expect(body, "nothing beyond the contract").toEqual(usage);
  return usage;
}

test("a person without a call gets a full answer of zeros, and no time of a pass that never was", async () => {
  const usage = await askUsage("2026-11-19", "2026-11-20");
  expect(usage).toEqual({
    from: "2026-11-19",
    to: "2026-11-20",
    computed_at: null,
    totals: NOTHING,
    previous: NOTHING,
    days: [
      { day: "2026-11-19", ...NOTHING },
      { day: "2026-11-20", ...NOTHING },
    ],
    by_model: [],
    by_client: [],
    by_class: [],
    by_kind: [],
    uncredited: [],
  });
});

function costsOf(slices: Usage["by_model"]) {
  return slices.map(({ name, calls, cost_usd }) => [name, calls, cost_usd]);
}

test("totals, days and every cut add up to the same, counted by hand", async () => {
  const other = await bench.addPerson();
  await bench.dashboard.stores.clickhouse.insert("usage_days", [
    buildUsageDay({
      person_id: person.personId,
      day: "2026-10-01",
      calls: 2,
      input_tokens: 10,
      cost_usd: "0.100000000001",
    }),
    buildUsageDay({
      person_id: person.personId,
      day: "2026-10-01",
      model: "m2",
      calls: 1,
      unpriced_calls: 1,
      output_tokens: 5,
    }),
    buildUsageDay({
      person_id: person.personId,
      day: "2026-10-03",
      client: "curl",
      reason: "retry",
      calls: 3,
      input_tokens: 7,
      cost_usd: "0.2",
    }),
    buildUsageDay({
      person_id: person.personId,
      day: "2026-10-03",
      workload_class: "ci",
      calls: 4,
      unknown_usage_calls: 4,
    }),
    // Just before, just after, and somebody else's.
    buildUsageDay({ person_id: person.personId, day: "2026-09-30", calls: 5, cost_usd: "7" }),
    buildUsageDay({ person_id: person.personId, day: "2026-09-28", calls: 6, cost_usd: "8" }),
    buildUsageDay({ person_id: person.personId, day: "2026-09-27", calls: 7, cost_usd: "9" }),
    buildUsageDay({ person_id: person.personId, day: "2026-10-04", calls: 8, cost_usd: "10" }),
    buildUsageDay({ day: "2026-10-02", calls: 100, cost_usd: "100", person_id: other.personId }),
  ]);
  const usage = await askUsage("2026-10-01", "2026-10-03");
  const tokens = { ...NO_TOKENS, input_tokens: 17, output_tokens: 5 };
  expect(usage.totals).toEqual({
    calls: 10,
    unknown_usage_calls: 4,
    unpriced_calls: 1,
    tokens,
    cost_usd: "0.300000000001",
    credited_cost_usd: "0.100000000001",
  });
  expect(usage.previous).toMatchObject({ calls: 11, cost_usd: "15", credited_cost_usd: "15" });
  expect(usage.days.map(({ day, calls, cost_usd }) => [day, calls, cost_usd])).toEqual([
    ["2026-10-01", 3, "0.100000000001"],
    ["2026-10-02", 0, "0"],
    ["2026-10-03", 7, "0.2"],
  ]);
  expect(costsOf(usage.by_model)).toEqual([
    ["m1", 9, "0.300000000001"],
    ["m2", 1, "0"],
  ]);
  expect(costsOf(usage.by_client)).toEqual([
    ["curl", 3, "0.2"],
    ["codex", 7, "0.100000000001"],
  ]);
  expect(costsOf(usage.by_class)).toEqual([
    ["", 6, "0.300000000001"],
    ["ci", 4, "0"],
  ]);
  expect(costsOf(usage.by_kind)).toEqual([["main", 10, "0.300000000001"]]);
  expect(usage.uncredited).toEqual([{ reason: "retry", calls: 3, cost_usd: "0.2" }]);
});

test("money keeps every digit, beyond what a float holds", async () => {
  const rich = await bench.addPerson();
  const row = { person_id: rich.personId, day: "2026-10-01", calls: 1 };
  await bench.dashboard.stores.clickhouse.insert("usage_days", [
    buildUsageDay({ ...row, cost_usd: "123456789012.000000000001" }),
    buildUsageDay({ ...row, model: "m2", cost_usd: "0.000000000001" }),
  ]);
  const usage = await askUsage("2026-10-01", "2026-10-01", await bench.signIn(rich), rich.personId);
  expect(usage.totals.cost_usd).toBe("123456789012.000000000002");
});

test("counts beyond 2^53 are given as the largest exact number, and the page still answers", async () => {
  const absurd = await bench.addPerson();
  const row = { person_id: absurd.personId, day: "2026-10-01", calls: 1, input_tokens: "9007199254740991" };
  await bench.dashboard.stores.clickhouse.insert("usage_days", [
    buildUsageDay(row),
    buildUsageDay({ ...row, model: "m2" }),
  ]);
  const usage = await askUsage("2026-10-01", "2026-10-01", await bench.signIn(absurd), absurd.personId);
  expect(usage.totals.tokens.input_tokens).toBe(Number.MAX_SAFE_INTEGER);
});

test("a newer pass replaces a row, and takes one away", async () => {
  const corrected = await bench.addPerson();
  const row = { person_id: corrected.personId, day: "2026-10-01" };
  await bench.dashboard.stores.clickhouse.insert("usage_days", [
    buildUsageDay({ ...row, calls: 3, version: 1 }),
    buildUsageDay({ ...row, calls: 4, version: 2 }),
    buildUsageDay({ ...row, model: "gone", calls: 5, version: 1 }),
    buildUsageDay({ ...row, model: "gone", calls: 5, version: 2, is_deleted: 1 }),
  ]);
  const usage = await askUsage("2026-10-01", "2026-10-01", await bench.signIn(corrected), corrected.personId);
  expect(usage.totals.calls).toBe(4);
  expect(usage.by_model.map(({ name }) => name)).toEqual(["m1"]);
});

test("the newest pass says as of when the figures are", async () => {
  await bench.dashboard.stores.clickhouse.insert("analysis_state", [
    { name: "computed_at", value: "2026-11-20T11:00:00.000Z", version: 1 },
    { name: "computed_at", value: "2026-11-20T11:59:00.000Z", version: 2 },
    { name: "watermark", value: "something else", version: 3 },
  ]);
  expect((await askUsage("2026-11-20", "2026-11-20")).computed_at).toBe("2026-11-20T11:59:00.000Z");
});

test.each([
  ["", "from"],
  ["?from=2026-11-20", "to"],
  ["?from=2026-11-20&to=2026-11-19", "from must not be after to"],
  ["?from=2025-11-01&to=2026-11-20", "at most 366 days"],
  ["?from=2026-02-30&to=2026-03-01", "from"],
  ["?from=0001-01-01&to=0001-01-02", "a day of this century"],
  ["?from=2026-11-20&to=2026-11-20&order=cost", "order"],
])("a wrong question %s is refused in words", async (query, word) => {
  const response = await browser.get(`/api/v1/people/${person.personId}/usage${query}`);
  expect(response.status).toBe(400);
  expect(await response.text()).toContain(word);
});

test("366 days are answered, each of them", async () => {
  const { days } = await askUsage("2023-12-31", "2024-12-30");
  expect(days).toHaveLength(366);
  expect(new Set(days.map(({ day }) => day)).size).toBe(366);
  expect(days[60]?.day).toBe("2024-02-29");
});

// The last one, because it moves the clock. The engine, which goes by the machine's, still has both rows.
test("days past their retention are not shown, even while the store still has them", async () => {
  bench.advance(20 * YEAR_MS);
  const past = await bench.addPerson();
  const row = { person_id: past.personId, day: "2026-10-01", calls: 1 };
  const now = bench.dashboard.now().getTime();
  await bench.dashboard.stores.clickhouse.insert("usage_days", [
    buildUsageDay({ ...row, model: "kept", expires_at: new Date(now + 1000).toISOString() }),
    buildUsageDay({ ...row, model: "over", expires_at: new Date(now).toISOString() }),
  ]);
  const asker = await bench.signIn(past);
  const during = await askUsage("2026-10-01", "2026-10-01", asker, past.personId);
  expect([during.totals.calls, during.by_model.map(({ name }) => name)]).toEqual([1, ["kept"]]);
  const after = await askUsage("2026-10-02", "2026-10-02", asker, past.personId);
  expect(after.previous.calls).toBe(1);
});

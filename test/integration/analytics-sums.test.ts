// What days, weeks and runs add up to, counted by hand, and what must never be added.

import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { defineStatement } from "../../schemas/clickhouse/store.ts";
import { TOKEN_FIELDS } from "../../schemas/token-event.ts";
import { KEY, openAnalysisBench, PERSON, type AnalysisBench, type Row } from "../builders/analysis.ts";

vi.setConfig({ testTimeout: 120_000 });

let bench: AnalysisBench;
beforeAll(async () => {
  bench = await openAnalysisBench("Europe/Berlin");
});
beforeEach(() => bench.empty());
afterAll(() => bench.close());

/** The hour of Friday, 20 November 2026 in UTC; Berlin is an hour ahead. */
const at = (time: string) => `2026-11-20T${time}:00.000Z`;

test("a day, a run and a week add up what is known, and count beside it what is not", async () => {
  await bench.arrive(
    {
      started_at: at("08:00"),
      session_id: "s",
      model_served: "m",
      input_tokens: 100,
      cost_usd: "0.000000000001",
    },
    { started_at: at("08:01"), session_id: "s", model_served: "m", input_tokens: 23, cost_usd: "1.5" },
    // Known usage of a model without a price.
    { started_at: at("08:02"), session_id: "s", model_served: "n", output_tokens: 7 },
    // Nothing known.
    { started_at: at("08:03"), session_id: "s", model_served: "m" },
    // Known to be nothing.
    { started_at: at("08:04"), session_id: "s", model_served: "m", input_tokens: 0, cost_usd: "0" },
    {
      started_at: at("08:05"),
      session_id: "s",
      model_served: "m",
      request_kind: "auxiliary",
      input_tokens: 1,
      cost_usd: "0.25",
    },
  );
  await bench.analyze();
  const measures = {
    calls: "6",
    unknown_usage_calls: "1",
    unpriced_calls: "1",
    input_tokens: "124",
    output_tokens: "7",
    cost_usd: "1.750000000001",
    credited_cost_usd: "1.500000000001",
    uncredited_cost_usd: { auxiliary: "0.25" },
  };
  expect(await bench.rows("runs")).toMatchObject([{ ...measures, models: ["m", "n"] }]);
  expect(await bench.rows("person_weeks")).toMatchObject([{ ...measures, runs: "1", week: "2026-11-16" }]);
  const days = await bench.rows("usage_days");
  expect(days).toMatchObject([
    { model: "m", reason: "auxiliary", calls: "1", cost_usd: "0.25", unknown_usage_calls: "0" },
    {
      model: "m",
      reason: "",
      calls: "4",
      cost_usd: "1.500000000001",
      unknown_usage_calls: "1",
      input_tokens: "123",
    },
    { model: "n", reason: "", calls: "1", cost_usd: "0", unpriced_calls: "1", output_tokens: "7" },
  ]);
});

test("tokens are unknown only where some were used: not of a refusal, a count, or a list of models", async () => {
  await bench.arrive(
    { started_at: at("08:00"), status: 429, error_kind: "rate_limited" },
    { started_at: at("08:01"), request_kind: "count_tokens" },
    { started_at: at("08:02"), request_kind: "other" },
    { started_at: at("08:03"), request_kind: "embedding" },
    { started_at: at("08:04"), status: 0, error_kind: "interrupted", terminated_by: "gateway" },
    { started_at: at("08:05"), status: 529, error_kind: "overloaded" },
    { started_at: at("08:06"), status: 500, error_kind: "server_error" },
  );
  await bench.analyze();
  const days = await bench.rows("usage_days");
  expect(days.reduce((total, day) => total + Number(day["unknown_usage_calls"]), 0)).toBe(3);
});

test("counts of 2^53 - 1 add up exactly, in every field", async () => {
  const counts = Object.fromEntries(TOKEN_FIELDS.map((field) => [field, Number.MAX_SAFE_INTEGER]));
  await bench.arrive(
    { started_at: at("08:00"), session_id: "s", ...counts },
    { started_at: at("08:01"), session_id: "s", ...counts },
    { started_at: at("08:02"), session_id: "s", input_tokens: 1 },
  );
  await bench.analyze();
  // 2 × 9,007,199,254,740,991 = 18,014,398,509,481,982, which no double holds beside its neighbours.
  const doubled = Object.fromEntries(TOKEN_FIELDS.map((field) => [field, "18014398509481982"]));
  const expected = { ...doubled, input_tokens: "18014398509481983" };
  expect(await bench.rows("runs")).toMatchObject([expected]);
  expect(await bench.rows("usage_days")).toMatchObject([expected]);
  expect(await bench.rows("person_weeks")).toMatchObject([expected]);
});

test("a record that is delivered again counts once, before and after analytics has seen it", async () => {
  const record = {
    event_id: "01936a00-0000-7000-8000-0000000000ff",
    started_at: at("08:00"),
    input_tokens: 5,
    cost_usd: "0.5",
  };
  await bench.arrive(record, record);
  await bench.arrive(record);
  await bench.analyze();
  const once = await bench.all();
  expect(once.usage_days).toMatchObject([{ calls: "1", input_tokens: "5", cost_usd: "0.5" }]);
  await bench.arrive(record);
  await bench.analyze();
  expect(await bench.all()).toEqual(once);
});

test("the event that follows its intent takes its place, and a new price the old one's", async () => {
  const call = {
    event_id: "01936a00-0000-7000-8000-0000000000ff",
    started_at: at("08:00"),
    session_id: "s",
  };
  const interrupted = { status: 0, error_kind: "interrupted", terminated_by: "gateway" } as const;
  await bench.arrive({ ...call, ...interrupted, row_version: 0 });
  await bench.analyze();
  expect(await bench.rows("usage_days")).toMatchObject([{ model: "", unknown_usage_calls: "1" }]);
  const event = { ...call, model_served: "m", workload_class: "batch", input_tokens: 5 } as const;
  await bench.arrive({ ...event, row_version: 1, cost_usd: "0.5" });
  await bench.analyze();
  const known = { calls: "1", unknown_usage_calls: "0", workload_class: "batch", cost_usd: "0.5" };
  expect(await bench.rows("usage_days")).toMatchObject([{ model: "m", ...known }]);
  expect(await bench.rows("person_weeks")).toMatchObject([known]);
  await bench.arrive({ ...event, row_version: 3, cost_usd: "0.75" });
  await bench.analyze();
  expect(await bench.rows("runs")).toMatchObject([{ ...known, cost_usd: "0.75" }]);
});

test("a record that was taken out is in nothing that is computed again", async () => {
  const event_id = "01936a00-0000-7000-8000-0000000000ff";
  await bench.arrive(
    { started_at: at("08:00"), session_id: "s", input_tokens: 1 },
    { started_at: at("08:01"), session_id: "s", input_tokens: 2, event_id },
  );
  await bench.analyze();
  await bench.store.execute(takeOut, { event_id });
  await bench.analyze({ full: true });
  expect(await bench.rows("calls")).toHaveLength(1);
  expect(await bench.rows("runs")).toMatchObject([{ calls: "1", input_tokens: "1" }]);
  expect(await bench.rows("usage_days")).toMatchObject([{ calls: "1", input_tokens: "1" }]);
});

const takeOut = defineStatement({
  name: "take out a record",
  sql: "ALTER TABLE token_events DELETE WHERE event_id = {event_id:UUID}",
  params: z.object({ event_id: z.uuid() }),
});

describe("the organisation's zone", () => {
  test("the day on which clocks go forward has 23 hours", async () => {
    // 29 March 2026 in Berlin is 28 March 23:00 to 29 March 22:00 UTC.
    const days = await daysOf(
      "2026-03-28T22:59:59.999Z",
      "2026-03-28T23:00:00.000Z",
      "2026-03-29T21:59:59.999Z",
      "2026-03-29T22:00:00.000Z",
    );
    expect(days).toEqual([
      ["2026-03-28", "1"],
      ["2026-03-29", "2"],
      ["2026-03-30", "1"],
    ]);
  });

  test("the day on which clocks go back has 25 hours", async () => {
    // 25 October 2026 in Berlin is 24 October 22:00 to 25 October 23:00 UTC.
    const days = await daysOf(
      "2026-10-24T21:59:59.999Z",
      "2026-10-24T22:00:00.000Z",
      "2026-10-25T22:59:59.999Z",
      "2026-10-25T23:00:00.000Z",
    );
    expect(days).toEqual([
      ["2026-10-24", "1"],
      ["2026-10-25", "2"],
      ["2026-10-26", "1"],
    ]);
  });

  test("the week across the end of a year is one, from Monday to Sunday", async () => {
    // ISO week 53 of 2026 is Monday, 28 December 2026 to Sunday, 3 January 2027.
    await bench.arrive(
      { started_at: "2026-12-27T22:59:59.999Z", session_id: "a" },
      { started_at: "2026-12-27T23:00:00.000Z", session_id: "a" },
      { started_at: "2027-01-03T22:59:59.999Z", session_id: "b" },
      { started_at: "2027-01-03T23:00:00.000Z", session_id: "b" },
    );
    await bench.analyze();
    const weeks = await bench.rows("person_weeks");
    // Each run lies in two weeks, and counts in both.
    expect(weeks.map(({ week, calls, runs }) => [week, calls, runs])).toEqual([
      ["2026-12-21", "1", "1"],
      ["2026-12-28", "2", "2"],
      ["2027-01-04", "1", "1"],
    ]);
  });
});

test("calls that are nobody's are in no person's sums, and yet are counted", async () => {
  await bench.arrive(
    { started_at: at("08:00"), input_tokens: 1 },
    { started_at: at("08:00"), input_tokens: 10, person_id: null, key_id: KEY },
  );
  await bench.analyze();
  expect(await bench.rows("person_weeks")).toMatchObject([
    { person_id: "00000000-0000-0000-0000-000000000000", input_tokens: "10" },
    { person_id: PERSON, input_tokens: "1" },
  ]);
});

test("a run takes its class from the first call that declares one; weeks keep classes apart", async () => {
  await bench.arrive(
    { started_at: at("08:00"), session_id: "s", cost_usd: "1", input_tokens: 1 },
    { started_at: at("08:01"), session_id: "s", cost_usd: "2", input_tokens: 1, workload_class: "batch" },
    { started_at: at("08:02"), session_id: "s", cost_usd: "4", input_tokens: 1, workload_class: "ci" },
  );
  await bench.analyze();
  expect(await bench.rows("runs")).toMatchObject([{ workload_class: "batch", cost_usd: "7" }]);
  const weeks = await bench.rows("person_weeks");
  const costs = weeks.map((week: Row) => [week["workload_class"], week["cost_usd"], week["runs"]]);
  expect(costs).toEqual([
    ["", "1", "1"],
    ["batch", "2", "1"],
    ["ci", "4", "1"],
  ]);
});

describe("retention", () => {
  test("sums are kept for longer than the records, by the difference of the settings", async () => {
    const expires_at = new Date("2080-01-31T08:00:00Z");
    await bench.arrive({ started_at: at("08:00"), expires_at });
    await bench.analyze();
    // Records 30 days, runs 90, weeks 180: 60 and 150 days more.
    expect(await bench.rows("runs")).toMatchObject([{ expires_at: "2080-03-31T08:00:00Z" }]);
    expect(await bench.rows("usage_days")).toMatchObject([{ expires_at: "2080-06-29T08:00:00Z" }]);
    expect(await bench.rows("person_weeks")).toMatchObject([{ expires_at: "2080-06-29T08:00:00Z" }]);
  });

  test("a week whose first record is dropped stays as it was, also when everything is computed again", async () => {
    const expires_at = new Date("2089-01-01T00:00:00Z");
    await bench.arrive(
      { started_at: "2026-10-01T08:00:00.000Z", input_tokens: 1, expires_at },
      { started_at: "2026-10-03T08:00:00.000Z", input_tokens: 2 },
    );
    await bench.analyze();
    const kept = await bench.all();
    expect(kept.person_weeks).toMatchObject([{ calls: "2", input_tokens: "3" }]);
    // From 2089 on the first record counts as dropped, wherever the engine may still have it.
    const now = new Date("2089-01-02T00:00:00Z");
    await bench.arrive({ started_at: "2026-10-02T08:00:00.000Z", input_tokens: 4 });
    await bench.arrive({ started_at: "2026-10-05T08:00:00.000Z", input_tokens: 8 });
    await bench.analyze({ now });
    await bench.analyze({ now, full: true });
    const weeks = await bench.rows("person_weeks");
    expect(weeks).toMatchObject([kept.person_weeks[0], { week: "2026-10-05", input_tokens: "8" }]);
    expect(await bench.rows("runs")).toMatchObject([...kept.runs, { input_tokens: "8" }]);
  });

  test("a run whose first record is dropped stays as it was, and its later calls count in their weeks", async () => {
    const nightly = { client_run_id: "nightly", input_tokens: 1 };
    const expires_at = new Date("2089-01-01T00:00:00Z");
    await bench.arrive({ ...nightly, started_at: "2026-10-01T08:00:00.000Z", expires_at });
    await bench.analyze();
    const runs = await bench.rows("runs");
    await bench.arrive({ ...nightly, started_at: "2026-10-08T08:00:00.000Z" });
    await bench.analyze({ now: new Date("2089-01-02T00:00:00Z") });
    expect(await bench.rows("runs")).toEqual(runs);
    expect(await bench.rows("person_weeks")).toMatchObject([
      { week: "2026-09-28", calls: "1" },
      { week: "2026-10-05", calls: "1" },
    ]);
  });
});

/** Days and their calls, of calls that start at these times. */
async function daysOf(...times: string[]): Promise<unknown[]> {
  await bench.arrive(...times.map((started_at) => ({ started_at, input_tokens: 1 })));
  await bench.analyze();
  return (await bench.rows("usage_days")).map(({ day, calls }) => [day, calls]);
}

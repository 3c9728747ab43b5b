// A call counts once and wholly, from its request to the sums of a day: however often it is delivered, tried again, read again
// or summed up. The numbers are those of docs/accounting-cases.md.

import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import { openAnalysisBench, PERSON, type AnalysisBench } from "../builders/analysis.ts";
import { ask } from "../services/clickhouse-openers.ts";
import { errorAnswer, jsonAnswer } from "../services/replay-provider-answer.ts";
import { startTestSink } from "../services/sink.ts";
import { append, makeTestSpool, nextEvent, type TestSpool } from "../services/spool.ts";
import { openCallBench, type CallBench } from "./call-bench.ts";
import { CHAT, MESSAGES, RESPONSES } from "./stream-frames.ts";

const DELIVERY_MS_MAX = 20_000;
vi.setConfig({ testTimeout: 2 * DELIVERY_MS_MAX });

let calls: CallBench;
let analysis: AnalysisBench;
let spool: TestSpool;
beforeAll(async () => {
  calls = await openCallBench({ vertex: "vertex", bedrock: "bedrock" });
  analysis = await openAnalysisBench();
});
afterAll(async () => {
  await calls.close();
  await analysis.close();
});
beforeEach(async () => {
  calls.reset();
  await analysis.empty();
});

const usage = { input_tokens: 1200, output_tokens: 300 };
const response = jsonAnswer({ id: "resp_1", object: "response", status: "completed", model: "gpt-5", usage });

const claudeUsage = {
  input_tokens: 10,
  cache_read_input_tokens: 66_360,
  cache_creation_input_tokens: 300,
  cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 200 },
  output_tokens: 5,
};
const claudeAnswer = jsonAnswer({
  id: "msg_1",
  type: "message",
  model: "claude-opus-4-5",
  usage: claudeUsage,
});

test("case 33: what was read from a cache and written to it arrives in the store, and is priced, as such", async () => {
  calls.replay.respond(() => claudeAnswer);
  await calls.ask(MESSAGES, { model: "claude-opus-4-5" });
  const event = await calls.takeEvent();
  spool = makeTestSpool();
  await append(spool.openWriter(), "event", event);
  spool.bury();
  await deliverTo(analysis.store);
  spool.remove();
  const stored = await analysis.store.query(
    ask(`
      SELECT toString(input_tokens) AS fresh, toString(cache_read_tokens) AS read,
        toString(cache_write_5m_tokens) AS written_5m, toString(cache_write_1h_tokens) AS written_1h,
        toString(cost_usd) AS cost
      FROM token_events FINAL`),
    {},
  );
  // Per million: 5 fresh, 0.50 read, 6.25 and 10 written, 25 out.
  const cost = (10 * 5 + 66_360 * 0.5 + 100 * 6.25 + 200 * 10 + 5 * 25) / 1e6;
  expect(stored).toEqual([
    { fresh: "10", read: "66360", written_5m: "100", written_1h: "200", cost: String(cost) },
  ]);
});

test("case 40: the same answer is the same tokens, whichever host it comes through", async () => {
  calls.replay.respond(() => claudeAnswer);
  const paths = [
    MESSAGES,
    "/vertex/v1/projects/p/locations/l/publishers/anthropic/models/claude-opus-4-5:rawPredict",
    `/bedrock/anthropic${MESSAGES}`,
  ];
  for (const path of paths) await calls.ask(path, { model: "claude-opus-4-5" });
  const events = await calls.takeEvents(paths.length);
  expect(events.map(({ provider }) => provider)).toEqual(["anthropic", "vertex", "bedrock"]);
  for (const event of events)
    expect(event).toMatchObject({
      usage_source: "reported",
      input_tokens: 10,
      cache_read_tokens: 66_360,
      cache_write_5m_tokens: 100,
      cache_write_1h_tokens: 200,
      output_tokens: 5,
    });
});

test("case 63: a stored response that is read again is not used again", async () => {
  calls.replay.respond(() => response);
  await calls.ask(RESPONSES, { model: "gpt-5" });
  await calls.ask(`${RESPONSES}/resp_1`, {}, { method: "GET", body: "" });
  await calls.ask(`${RESPONSES}/resp_1/cancel`, {});
  const events = await calls.takeEvents(3);
  expect(
    events.map(({ usage_source, input_tokens, output_tokens }) => [
      usage_source,
      input_tokens,
      output_tokens,
    ]),
  ).toEqual([
    ["reported", 1200, 300],
    ["none", null, null],
    ["none", null, null],
  ]);
});

test("case 63: one call is one row, of its intent, its event, and both delivered again", async () => {
  calls.replay.respond(() => response);
  await calls.ask(RESPONSES, { model: "gpt-5" });
  const event = await calls.takeEvent();
  const person_id = PERSON;
  const intent = {
    ...event,
    person_id,
    usage_source: "none",
    input_tokens: null,
    output_tokens: null,
  } as const;
  await analysis.arrive({ ...intent, row_version: 0 });
  await analysis.arrive({ ...event, person_id });
  await analysis.arrive({ ...event, person_id }, { ...intent, row_version: 0 });
  await analysis.analyze();
  expect(await analysis.rows("usage_days")).toMatchObject([
    { calls: "1", unknown_usage_calls: "0", input_tokens: "1200", output_tokens: "300" },
  ]);
});

test("case 64: a client's retries are attempts of one operation, and its tokens are credited once", async () => {
  const answers = [errorAnswer("openai", 503), errorAnswer("openai", 429), response];
  calls.replay.respond(() => answers.shift());
  for (const attempt of [0, 1, 2]) {
    const headers = { "x-stainless-retry-count": String(attempt) };
    await calls.ask(RESPONSES, { model: "gpt-5", input: "Is there gold in it?" }, { headers });
  }
  const events = await calls.takeEvents(3);
  expect(new Set(events.map((event) => event.event_id)).size).toBe(3);
  expect(new Set(events.map((event) => event.body_hash)).size).toBe(1);
  await analysis.arrive(...events.map((event) => ({ ...event, person_id: PERSON })));
  await analysis.analyze();
  const attempts = await analysis.rows("calls");
  expect(attempts).toMatchObject([
    { attempt: 1, credited: false, reason: "provider_error" },
    { attempt: 2, credited: false, reason: "provider_error" },
    { attempt: 3, credited: true, reason: "" },
  ]);
  expect(new Set(attempts.map((row) => row["operation_id"])).size).toBe(1);
  const days = await analysis.rows("usage_days");
  expect(days.map(({ reason, input_tokens }) => [reason, input_tokens])).toEqual([
    ["", "1200"],
    ["provider_error", "0"],
  ]);
});

/** One more than the sink takes at once. */
const CALLS_MANY = 4001;
/** More than an Int32 holds, and their sum more than an UInt32. */
const TOKENS_MANY = 3_000_000_000;

const TOTALS =
  "SELECT toString(count()) AS calls, toString(sum(input_tokens)) AS tokens FROM token_events FINAL";
const EXPECTED_TOTALS = [{ calls: String(CALLS_MANY), tokens: String(CALLS_MANY * TOKENS_MANY) }];

/** Until everything that is in the spool is committed. */
async function deliverTo(store: ClickHouseStore): Promise<void> {
  const sink = startTestSink(store, spool);
  const options = { timeout: DELIVERY_MS_MAX, interval: 20 };
  await vi.waitFor(() => expect(spool.writers()).toEqual([]), options);
  await sink.close();
}

describe("many calls", () => {
  beforeEach(async () => {
    spool = makeTestSpool();
    const writer = spool.openWriter();
    // Of this moment: the store would remove old ones.
    const said = { started_at: new Date().toISOString(), person_id: PERSON, input_tokens: TOKENS_MANY };
    const events = Array.from({ length: CALLS_MANY }, () => nextEvent(writer, said));
    await Promise.all(events.map((event) => append(writer, "event", event)));
    spool.bury();
    return () => spool.remove();
  });

  test("case 65: more than one batch of them, of billions of tokens each, arrive whole and add up exactly", async () => {
    await deliverTo(analysis.store);
    expect(await analysis.store.query(ask(TOTALS), {})).toEqual(EXPECTED_TOTALS);
    const { options } = analysis;
    await analysis.analyze({
      clock: () => new Date(Math.max(Date.now(), options.clock().getTime())),
      full: true,
    });
    expect(await analysis.rows("person_weeks")).toMatchObject([
      { calls: String(CALLS_MANY), input_tokens: String(CALLS_MANY * TOKENS_MANY) },
    ]);
  });

  test("case 66: wait while ClickHouse is away, and count once where only its answer was lost", async () => {
    const { store } = analysis;
    const outcomes = ["away", "answer lost", "away", "there"];
    let inserts = 0;
    const unsteady: ClickHouseStore = {
      ...store,
      async insert(table, rows) {
        const outcome = rows.length === 0 ? "there" : outcomes[inserts++];
        if (outcome === "away") throw new Error("connection refused");
        await store.insert(table, rows);
        if (outcome === "answer lost") throw new Error("connection reset");
      },
    };
    await deliverTo(unsteady);
    expect(inserts).toBeGreaterThan(outcomes.length);
    expect(await store.query(ask(TOTALS), {})).toEqual(EXPECTED_TOTALS);
  });
});

test("case 67: rows that the store has not merged yet are summed up once, in each pass", async () => {
  const call = {
    event_id: "01936a00-0000-7000-8000-0000000000ff",
    started_at: "2026-11-20T09:00:00.000Z",
    session_id: "s",
    input_tokens: 5,
    cost_usd: "0.5",
  };
  await run("SYSTEM STOP MERGES token_events");
  for (let delivery = 0; delivery < 3; delivery++) {
    await analysis.arrive(call);
    await analysis.analyze();
  }
  await analysis.arrive({ ...call, cost_usd: "0.25", row_version: 3 });
  await analysis.analyze();
  const copies = await analysis.store.query(ask("SELECT toUInt32(count()) AS copies FROM token_events"), {});
  expect(copies).toEqual([{ copies: 4 }]);
  await run("SYSTEM START MERGES token_events");
  const once = { calls: "1", input_tokens: "5", cost_usd: "0.25" };
  expect(await analysis.rows("usage_days")).toMatchObject([once]);
  expect(await analysis.rows("runs")).toMatchObject([once]);
  expect(await analysis.rows("person_weeks")).toMatchObject([once]);
});

function run(sql: string): Promise<void> {
  return analysis.store.execute({ name: "test", sql, params: ask("").params }, {});
}

test("case 18: a chat answer of 200 without usage is unknown, and not zero", async () => {
  calls.replay.respond(() => jsonAnswer({ id: "c1", model: "gpt-5", choices: [] }));
  await calls.ask(CHAT, { model: "gpt-5" });
  const event = await calls.takeEvent();
  await analysis.arrive({ ...event, person_id: PERSON });
  await analysis.analyze();
  expect(event).toMatchObject({ usage_source: "none", input_tokens: null });
  expect(await analysis.rows("usage_days")).toMatchObject([{ calls: "1", unknown_usage_calls: "1" }]);
});

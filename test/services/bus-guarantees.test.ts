// What holds between a gateway and ClickHouse, whichever way the records take and whatever is killed on it.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  test,
  vi,
  type TestOptions,
} from "vitest";
import { repriceCalls } from "../../ingest/pricing/reprice.ts";
import { migrateClickHouse } from "../../schemas/clickhouse/migrate.ts";
import { openClickHouse } from "../../schemas/clickhouse/open.ts";
import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import { buildCallFeatures } from "../builders/call-features.ts";
import { openKafkaBus, openSpoolBus, type TestBus } from "./buses.ts";
import { createCalls, inOrder, numbersTo } from "./calls.ts";
import { ask } from "./clickhouse-openers.ts";
import { startTestClickHouse, type TestClickHouse } from "./clickhouse-http.ts";
import { needsKafka, startTestKafka, type TestKafka } from "./kafka.ts";
import { startBusSink, type BusSink } from "./sink.ts";

const DOOMED_SINK = join(import.meta.dirname, "sink-process.ts");
const CALLS = 300;
const HOUR_MS = 3_600_000;
const NEW_PRICE = { cost_usd: "7", price_version: "new" };
const WAIT_MS_MAX = 100_000;
const TEST_MS_MAX = 120_000;
vi.setConfig({ testTimeout: TEST_MS_MAX, hookTimeout: TEST_MS_MAX });

let clickhouse: TestClickHouse;
let store: ClickHouseStore;
beforeAll(async () => {
  clickhouse = await startTestClickHouse();
  store = await openClickHouse({ url: clickhouse.url, dataDir: "/unused" });
  await migrateClickHouse(store);
});
afterAll(async () => {
  await store.close();
  await clickhouse.stop();
});

const waitFor = (check: () => Promise<void>): Promise<void> =>
  vi.waitFor(check, { timeout: WAIT_MS_MAX, interval: 50 });

function repriceAll(): Promise<unknown> {
  const to = new Date();
  const from = new Date(to.getTime() - HOUR_MS);
  const { signal } = new AbortController();
  return repriceCalls(store, { from, to, price: () => NEW_PRICE, onProgress: () => undefined, signal });
}

let sinks: BusSink[] = [];
afterEach(async () => {
  await Promise.all(sinks.map((sink) => sink.close()));
  sinks = [];
});

function runSink(bus: TestBus): BusSink {
  const sink = startBusSink(store, bus.environment);
  sinks.push(sink);
  return sink;
}

async function runUntilDrained(bus: TestBus): Promise<void> {
  const sink = runSink(bus);
  await waitFor(async () => expect(await bus.isDrained()).toBe(true));
  await sink.close();
}

const WAYS: readonly (readonly [
  name: string,
  options: TestOptions,
  open: () => Promise<TestKafka | undefined>,
])[] = [
  ["the spool", {}, async () => undefined],
  ["Kafka", needsKafka, startTestKafka],
];

describe.each(WAYS)("by way of %s", (_name, options, open) => {
  describe("a call", options, () => {
    let kafka: TestKafka | undefined;
    let bus: TestBus;
    beforeAll(async () => {
      kafka = await open();
    });
    afterAll(() => kafka?.stop());
    beforeEach(() => {
      bus = kafka === undefined ? openSpoolBus() : openKafkaBus(kafka.brokers);
    });
    afterEach(() => bus.close());

    test("is counted once after a crash between insert and commit, at the price that it got meanwhile", async () => {
      const calls = createCalls(store, "one key");
      await bus.put(calls.next(CALLS));
      bus.end();
      const env = { ...process.env, ...bus.environment, CLICKHOUSE_URL: clickhouse.url };
      const doomed = spawn(process.execPath, [DOOMED_SINK], { stdio: "inherit", env });
      expect(await once(doomed, "exit")).toEqual([null, "SIGKILL"]);
      expect(inOrder(await calls.stored())).toEqual(numbersTo(CALLS));
      await repriceAll();

      await runUntilDrained(bus);
      expect(inOrder(await calls.stored())).toEqual(numbersTo(CALLS));
      expect(await calls.costs()).toEqual([NEW_PRICE.cost_usd]);
    });

    test("is followed by its features, which are kept once, however often they come", async () => {
      const calls = createCalls(store, "one key");
      const events = calls.next(2);
      const features = events.map(({ event_id, started_at }) =>
        buildCallFeatures({ event_id, started_at, tool_names: ["Bash"] }),
      );
      for (const twice of [...features, ...features]) await bus.putFeatures(twice);
      await bus.put(events);
      bus.end();
      runSink(bus);
      const ids = events.map(({ event_id }) => event_id).toSorted();
      const sql =
        "SELECT event_id, tool_names FROM call_features FINAL WHERE event_id IN {ids:Array(UUID)} ORDER BY toString(event_id)";
      const expected = ids.map((event_id) => ({ event_id, tool_names: ["Bash"] }));
      await waitFor(async () => expect(await store.query(ask(sql), { ids })).toEqual(expected));
    });

    test("waits while ClickHouse is away, and comes in its order when it is back", async ({ skip }) => {
      const { outage } = clickhouse;
      if (!outage) {
        skip("this server is not ours to stop");
        return;
      }
      const calls = createCalls(store, "one key");
      await bus.put(calls.next(CALLS));
      const { logged, vitals } = runSink(bus);
      await waitFor(async () => expect(await calls.stored()).toHaveLength(CALLS));
      await outage.begin();
      await bus.put(calls.next(CALLS));
      await waitFor(async () => expect(logged).toContainEqual(expect.objectContaining({ failures: 1 })));
      await bus.put(calls.next(CALLS));
      expect((await vitals.read()).parts["sink"]?.state).toBe("impaired");
      await outage.end();
      bus.end();
      await waitFor(async () => expect(await bus.isDrained()).toBe(true));
      expect(await calls.stored()).toEqual(numbersTo(3 * CALLS));
      expect((await vitals.read()).parts["sink"]?.state).toBe("ok");
    });

    test("is not held up by what is none, which is put aside with the reason", async () => {
      const calls = createCalls(store, "many keys");
      const [newer] = calls.next(1);
      await bus.put(calls.next(3));
      await bus.putPoison({ ...newer, schema_version: 2 });
      await bus.putPoison({ ...newer, input_tokens: -1 });
      await bus.put(calls.next(3));
      bus.end();
      await runUntilDrained(bus);
      expect(inOrder(await calls.stored())).toEqual([2, 3, 4, 5, 6, 7]);
      const letters = await bus.deadLetters();
      expect(letters.map(({ reason }) => reason).toSorted()).toEqual([
        expect.stringMatching(/schema_version/),
        expect.stringMatching(/input_tokens/),
      ]);
    });
  });
});

// Sinks that share the work of one Kafka, and what befalls them there.

import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Partitioners } from "kafkajs";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createKafkaClient } from "../../ingest/bus/kafka-connection.ts";
import { consumeKafka, SINK_GROUP } from "../../ingest/bus/kafka-consumer.ts";
import { migrateClickHouse } from "../../schemas/clickhouse/migrate.ts";
import { openClickHouse } from "../../schemas/clickhouse/open.ts";
import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import { readConfig } from "../../schemas/config.ts";
import { createMetrics } from "../../schemas/metrics.ts";
import { childMessageSchema } from "../../schemas/process-messages.ts";
import { openKafkaBus, type TestBus } from "./buses.ts";
import { createCalls, inOrder, numbersTo } from "./calls.ts";
import { startTestClickHouse, type TestClickHouse } from "./clickhouse-http.ts";
import { runDeadLetters } from "./dead-letters.ts";
import { createTestClient, readTopic } from "./kafka-topic.ts";
import { needsOwnKafka, startTestKafka, type TestKafka } from "./kafka.ts";
import { startBusSink, type BusSink } from "./sink.ts";

const MAIN = join(import.meta.dirname, "../../main.ts");
const CALLS = 300;
const WAIT_MS_MAX = 100_000;
const TEST_MS_MAX = 120_000;

const waitFor = (check: () => Promise<void>): Promise<void> =>
  vi.waitFor(check, { timeout: WAIT_MS_MAX, interval: 50 });

const stateOf = async ({ vitals }: BusSink): Promise<unknown> => (await vitals.read()).parts["sink"]?.state;

describe("at one Kafka", { ...needsOwnKafka, timeout: TEST_MS_MAX }, () => {
  let kafka: TestKafka;
  let clickhouse: TestClickHouse;
  let store: ClickHouseStore;
  let bus: TestBus;
  let closing: AsyncDisposableStack;
  beforeAll(async () => {
    [kafka, clickhouse] = await Promise.all([startTestKafka(), startTestClickHouse()]);
    store = await openClickHouse({ url: clickhouse.url, dataDir: "/unused" });
    await migrateClickHouse(store);
  }, TEST_MS_MAX);
  afterAll(async () => {
    await store.close();
    await Promise.all([kafka.stop(), clickhouse.stop()]);
  });
  beforeEach(() => {
    closing = new AsyncDisposableStack();
    bus = openKafkaBus(kafka.brokers);
    closing.defer(() => bus.close());
  });
  afterEach(() => closing.disposeAsync(), TEST_MS_MAX);

  function runSink(): BusSink {
    const sink = startBusSink(store, bus.environment);
    closing.defer(() => sink.close());
    return sink;
  }

  async function untilDrained(): Promise<void> {
    await waitFor(async () => expect(await bus.isDrained()).toBe(true));
  }

  test("a sink waits for Kafka when it starts, and when Kafka is killed later", async () => {
    const calls = createCalls(store, "many keys");
    const broker = kafka.nodes[0]?.broker;
    await broker?.kill();
    const sink = runSink();
    await waitFor(async () => expect(sink.logged).toContainEqual(expect.objectContaining({ level: 50 })));
    expect(await stateOf(sink)).toBe("failed");
    for (const round of [1, 2]) {
      await broker?.restart();
      await bus.put(calls.next(CALLS));
      await untilDrained();
      expect(inOrder(await calls.stored())).toEqual(numbersTo(round * CALLS));
    }
    await waitFor(async () => expect(await stateOf(sink)).toBe("ok"));
  });

  test("what is no record goes to the topic of dead letters, with its place, and is passed", async () => {
    const client = createTestClient(kafka.brokers);
    const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    const calls = createCalls(store, "one key");
    await bus.put(calls.next(1));
    const topic = bus.environment["KAFKA_TOPIC"] ?? "";
    const messages = ["no JSON", "", null, "[]"].map((value) => ({ value, partition: 0 }));
    await producer.send({ topic, messages });
    await producer.disconnect();
    await bus.put(calls.next(1));
    runSink();
    await untilDrained();
    expect(await calls.stored()).toEqual([1, 2]);
    const letters = await readTopic(client, bus.environment["KAFKA_DEAD_LETTERS_TOPIC"] ?? "");
    expect(letters.map(({ value }) => String(value)).toSorted()).toEqual(["", "", "[]", "no JSON"]);
    for (const { headers } of letters) expect(headers?.["reason"]?.length).toBeGreaterThan(0);
    const places = letters.map(({ headers }) =>
      [headers?.["source_topic"], headers?.["source_partition"], headers?.["source_offset"]].join(" "),
    );
    expect(new Set(places).size).toBe(4);
    for (const place of places) expect(place).toMatch(new RegExp(`^${topic} 0 \\d+$`));
  });

  test("dead letters in the topic are offered again once, and what is refused again stays", async () => {
    const calls = createCalls(store, "many keys");
    await bus.put(calls.next(1));
    const [good, bad] = calls.next(2);
    await bus.putPoison({ ...good, schema_version: 2 });
    await bus.putPoison({ ...bad, input_tokens: -1 });
    const sink = runSink();
    await untilDrained();
    await sink.close();
    const topic = bus.environment["KAFKA_DEAD_LETTERS_TOPIC"] ?? "";
    await mend(topic, JSON.stringify(good));
    const run = async (command: "list" | "retry", values: Record<string, string> = {}): Promise<unknown> =>
      (await runDeadLetters(command, { json: true, ...values }, { store, settings: bus.environment })).json;
    expect(await run("list")).toMatchObject({ total: 3 });
    expect(await run("retry", { reason: "mended" })).toEqual({ tried: 1, stored: 1, stayed: 0 });
    expect(inOrder(await calls.stored())).toEqual([1, 2]);
    expect(await run("list")).toMatchObject({ total: 2 });
    expect(await run("retry")).toEqual({ tried: 2, stored: 0, stayed: 2 });
    expect(await run("list")).toMatchObject({ total: 2 });
  });

  /** As if Assay could read by now what it put aside. */
  async function mend(topic: string, value: string): Promise<void> {
    const producer = createTestClient(kafka.brokers).producer({
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    await producer.send({ topic, messages: [{ value, headers: { reason: "mended" } }] });
    await producer.disconnect();
  }

  test("a mistake in the program stops a sink for no longer than it lasts", async () => {
    const { kafka: config } = readConfig(bus.environment);
    if (config === undefined) throw new Error("the bus names its brokers");
    const calls = createCalls(store, "many keys");
    let mistakes = 0;
    const taken: number[] = [];
    const log = pino({ level: "silent" });
    const metrics = createMetrics("sink");
    const client = createKafkaClient(log, config, "assay-test");
    const carrier = consumeKafka(log, {
      client,
      config,
      metrics,
      batchRecordsMax: 50,
      async deliver({ records }) {
        if (++mistakes <= 3) throw new TypeError("planted");
        taken.push(...records.flatMap((item) => (item.record === "event" ? [item.event.sequence] : [])));
      },
    });
    closing.defer(() => carrier.close());
    await bus.put(calls.next(CALLS));
    await untilDrained();
    expect(inOrder(taken)).toEqual(numbersTo(CALLS));
  });

  test("two sinks share the work, and kill -9 of one while both wait for ClickHouse loses nothing", async ({
    skip,
  }) => {
    const { outage } = clickhouse;
    if (!outage) {
      skip("this server is not ours to stop");
      return;
    }
    const calls = createCalls(store, "many keys");
    const [one, other] = await Promise.all([startSinkProcess("one"), startSinkProcess("other")]);
    await waitFor(async () => expect(await membersWithWork()).toBe(2));
    await bus.put(calls.next(CALLS));
    await untilDrained();
    expect(await Promise.all([one.stored(), other.stored()])).not.toContain(0);

    await outage.begin();
    await bus.put(calls.next(CALLS));
    for (const sink of [one, other])
      await waitFor(async () => expect(await sink.retries()).toBeGreaterThan(0));
    await one.kill();
    // The other one is in the middle of a batch when it is given the rest.
    await waitFor(async () => expect(await membersWithWork()).toBe(1));
    await bus.put(calls.next(CALLS));
    await outage.end();
    await untilDrained();
    expect(inOrder(await calls.stored())).toEqual(numbersTo(3 * CALLS));
    expect(await other.stop()).toEqual([0, null]);
  });

  async function membersWithWork(): Promise<number> {
    const admin = createTestClient(kafka.brokers).admin();
    await admin.connect();
    const { groups } = await admin.describeGroups([SINK_GROUP]);
    await admin.disconnect();
    const [group] = groups;
    return group?.state === "Stable" ? group.members.length : 0;
  }

  /** `assay sink`, with a data directory of its own. */
  async function startSinkProcess(name: string) {
    const child = fork(MAIN, ["sink"], {
      env: {
        ...process.env,
        ...bus.environment,
        ASSAY_DATA: join(bus.environment["ASSAY_DATA"] ?? "", name),
        ASSAY_METRICS_PORT: "0",
        CLICKHOUSE_URL: clickhouse.url,
      },
      execArgv: [],
      silent: true,
    });
    const exited = once(child, "exit");
    const end = (signal: NodeJS.Signals) => {
      child.kill(signal);
      return exited;
    };
    closing.defer(async () => void (await end("SIGKILL")));
    const [message] = await once(child, "message");
    const ready = childMessageSchema.parse(message);
    const port = ready.type === "ready" ? ready.ports?.metrics : undefined;
    const sumOf = async (metric: string): Promise<number> => {
      const response = await fetch(`http://127.0.0.1:${port}/metrics`);
      const lines = (await response.text()).split("\n").filter((line) => line.startsWith(metric));
      return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
    };
    return {
      stored: () => sumOf('assay_sink_records_total{record="event",state="stored"'),
      retries: () => sumOf("assay_insert_retries_total"),
      kill: () => end("SIGKILL"),
      stop: () => end("SIGTERM"),
    };
  }
});

// The way from the spool to Kafka, with a real broker and a network that breaks: whatever fails, each record that was spooled is
// in its topic. Some may be there twice, which their ids tell.

import { spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import kafkajs, { type Admin } from "kafkajs";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { buildCallFeatures } from "../builders/call-features.ts";
import { buildOutcome } from "../builders/outcome.ts";
import { onProduce } from "./kafka-requests.ts";
import { createTestClient, readTopic, type TopicMessage } from "./kafka-topic.ts";
import { KAFKA_MS_MAX, needsOwnKafka, startTestKafka, type TestKafka } from "./kafka.ts";
import { makeTestShipping, type TestShipping } from "./shipper.ts";
import type { Link } from "./tcp-proxy.ts";

const WAIT = { timeout: KAFKA_MS_MAX, interval: 20 };
const ERROR_LEVEL = 50;
const THREE_DAYS_MS = 259_200_000;
const nothing = (_link: Link): void => undefined;

describe("a shipper", { ...needsOwnKafka, timeout: KAFKA_MS_MAX }, () => {
  let kafka: TestKafka;
  /** What becomes of a request to store messages. */
  let onRequest = nothing;
  const shippings: TestShipping[] = [];

  beforeAll(async () => {
    kafka = await startTestKafka({ proxied: { inspect: onProduce((link) => onRequest(link)) } });
  }, KAFKA_MS_MAX);
  afterEach(() => {
    onRequest = nothing;
    for (const shipping of shippings.splice(0)) shipping.remove();
  });
  afterAll(() => kafka.stop());

  function makeShipping(): TestShipping {
    const shipping = makeTestShipping(kafka.brokers);
    shippings.push(shipping);
    return shipping;
  }

  function read(topic: string): Promise<TopicMessage[]> {
    return readTopic(createTestClient(kafka.brokers), topic);
  }

  async function administer<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = createTestClient(kafka.brokers).admin();
    await admin.connect();
    try {
      return await work(admin);
    } finally {
      await admin.disconnect();
    }
  }

  test("brings each record to its topic, a person's to one partition", async () => {
    const shipping = makeShipping();
    const [ada, bob] = [randomUUID(), randomUUID()];
    const calls = Array.from({ length: 40 }, (_call, at) => ({ person_id: at % 2 === 0 ? ada : bob }));
    const events = await shipping.spoolCalls(calls);
    const outcome = buildOutcome({ person_id: ada });
    const features = buildCallFeatures({
      person_id: ada,
      delta_hash: "h",
      delta_blocks: ["18446744073709551615"],
    });
    await shipping.spoolRecords([
      { record: "outcome", outcome },
      { record: "features", features },
      { record: "of no known kind" },
    ]);
    const shipper = shipping.start();
    await shipping.untilShipped();
    await shipper.close();

    const { topics } = shipping.kafka;
    const arrived = await read(topics.events);
    expect(arrived.map(valueOf).toSorted(bySequence)).toEqual(events);
    const partitionsOf = (person: string) =>
      new Set(arrived.filter(({ key }) => String(key) === person).map(({ partition }) => partition));
    expect([partitionsOf(ada).size, partitionsOf(bob).size]).toEqual([1, 1]);
    expect(headersOf(arrived[0])).toEqual({ record: "event", schema_version: "1" });
    const [arrivedOutcome] = await read(topics.outcomes);
    expect(arrivedOutcome && valueOf(arrivedOutcome)).toEqual(outcome);
    const [arrivedFeatures] = await read(topics.features);
    expect(arrivedFeatures && valueOf(arrivedFeatures)).toEqual(features);
    const [deadLetter] = await read(topics.deadLetters);
    expect(String(deadLetter?.value)).toBe('{"record":"of no known kind"}');
    expect(headersOf(deadLetter)).toMatchObject({ record: "dead_letter", reason: expect.any(String) });
  });

  test("makes the topics that are missing, and leaves those that are there as they are, saying so", async () => {
    const shipping = makeShipping();
    const { events, outcomes, deadLetters } = shipping.kafka.topics;
    await administer((admin) => admin.createTopics({ topics: [{ topic: outcomes, numPartitions: 1 }] }));
    const calls = await shipping.spoolCalls([{}]);
    const shipper = shipping.start();
    await shipping.untilShipped();
    await shipper.close();

    const found = await administer(async (admin) => ({
      partitions: (await admin.fetchTopicMetadata({ topics: [events, outcomes, deadLetters] })).topics.map(
        ({ name, partitions }) => [name, partitions.length],
      ),
      retention: await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: events, configNames: ["retention.ms"] }],
      }),
    }));
    expect(Object.fromEntries(found.partitions)).toEqual({ [events]: 3, [outcomes]: 1, [deadLetters]: 3 });
    expect(found.retention.resources[0]?.configEntries[0]?.configValue).toBe(String(THREE_DAYS_MS));
    expect(shipping.logged).toContainEqual(
      expect.objectContaining({ topic: outcomes, partitions: 1, expected: 3 }),
    );
    expect(shipping.logged).toContainEqual(
      expect.objectContaining({ topic: outcomes, expected: THREE_DAYS_MS }),
    );
    expect(await missingFrom(events, calls)).toEqual([]);
  });

  test("loses nothing when the broker is killed and comes back", async () => {
    const shipping = makeShipping();
    const { broker } = kafka.node(1);
    const events = await shipping.spoolCalls(Array.from({ length: 3000 }, () => ({})));
    let requests = 0;
    const killed = new Promise<void>((resolve) => {
      onRequest = () => {
        requests++;
        if (requests === 2) resolve(broker.kill());
      };
    });
    const shipper = shipping.start();
    await killed;
    await broker.start();
    await shipping.untilShipped();
    await shipper.close();
    expect(await missingFrom(shipping.kafka.topics.events, events)).toEqual([]);
  });

  test("keeps everything while no broker can be reached, ends when it is told to, and goes on later", async () => {
    const shipping = makeShipping();
    const events = await shipping.spoolCalls(Array.from({ length: 100 }, () => ({})));
    const { proxy } = kafka.node(1);
    proxy?.cut();
    const cutOff = shipping.start();
    await vi.waitFor(async () => expect(await retriesOf(shipping)).toBeGreaterThan(2), WAIT);
    expect(cutOff.health()).toMatchObject({
      state: "impaired",
      reason: expect.stringContaining("127.0.0.1"),
    });
    expect(shipping.logged.filter(({ level }) => level === ERROR_LEVEL)).toHaveLength(1);
    await cutOff.close();
    expect(shipping.spool.writers()).toEqual(["gateway-1"]);

    const shipper = shipping.start();
    await vi.waitFor(() => expect(shipper.health()).toMatchObject({ state: "impaired" }), WAIT);
    proxy?.restore();
    await shipping.untilShipped();
    await shipper.close();
    expect(shipper.health()).toEqual({ state: "ok" });
    expect(await missingFrom(shipping.kafka.topics.events, events)).toEqual([]);
  });

  test("that is killed between acknowledgement and commit sends the batch again, and loses nothing", async () => {
    const shipping = makeShipping();
    const { events: topic } = shipping.kafka.topics;
    const events = await shipping.spoolCalls(Array.from({ length: 300 }, () => ({})));
    const program = join(import.meta.dirname, "shipper-process.ts");
    const doomed = spawn(process.execPath, [
      program,
      shipping.config.dataDir,
      kafka.brokers.join(","),
      topic,
    ]);
    expect(await once(doomed, "exit")).toEqual([null, "SIGKILL"]);
    expect(await read(topic)).toHaveLength(300);

    const shipper = shipping.start();
    await shipping.untilShipped();
    await shipper.close();
    const arrived = await read(topic);
    expect(arrived).toHaveLength(600);
    expect(new Set(arrived.map((message) => valueOf(message).event_id)).size).toBe(300);
    expect(await missingFrom(topic, events)).toEqual([]);
  });

  test("makes a topic again that somebody deleted", async () => {
    const shipping = makeShipping();
    const { events: topic } = shipping.kafka.topics;
    const shipper = shipping.start();
    await shipping.spoolCalls([{}]);
    await shipping.untilShipped();
    await administer((admin) => admin.deleteTopics({ topics: [topic] }));
    const events = await shipping.spoolCalls([{}, {}]);
    await shipping.untilShipped();
    await shipper.close();
    expect(await missingFrom(topic, events)).toEqual([]);
  });

  test("puts a record aside that its topic does not take, and nothing else", async () => {
    const shipping = makeShipping();
    const { events: topic } = shipping.kafka.topics;
    const configEntries = [{ name: "max.message.bytes", value: "4000" }];
    await administer((admin) => admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }] }));
    const incompressible = randomBytes(9000).toString("base64");
    const calls: Partial<TokenEvent>[] = Array.from({ length: 20 }, () => ({}));
    const events = await shipping.spoolCalls(calls.with(7, { usage_raw: incompressible }));
    const shipper = shipping.start();
    await shipping.untilShipped();
    await shipper.close();
    const large = events[7];
    const reason = expect.stringContaining("max.message.bytes");
    expect(shipping.deadLetters()).toEqual([
      expect.objectContaining({ payload: JSON.stringify(large), reason }),
    ]);
    expect(await missingFrom(topic, events)).toEqual([large?.event_id]);
  });

  async function missingFrom(topic: string, events: readonly TokenEvent[]): Promise<string[]> {
    const arrived = new Set((await read(topic)).map((message) => valueOf(message).event_id));
    return events.map((event) => event.event_id).filter((id) => !arrived.has(id));
  }
});

async function retriesOf({ metrics }: TestShipping): Promise<number> {
  const { values } = await metrics.shipRetries.get();
  return values[0]?.value ?? 0;
}

function valueOf({ value }: TopicMessage): TokenEvent {
  return JSON.parse(String(value));
}

function bySequence(one: TokenEvent, other: TokenEvent): number {
  return one.sequence - other.sequence;
}

function headersOf(message: TopicMessage | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(message?.headers ?? {}).map(([name, value]) => [name, String(value)]),
  );
}

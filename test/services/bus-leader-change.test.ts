// Three brokers, of which one is killed while messages are on their way, so that the others take over what it led. The broker has
// been held up before, so that nothing of these messages has come to it.

import kafkajs, { Partitioners, type Message, type Producer } from "kafkajs";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createKafkaClient } from "../../ingest/bus/kafka-connection.ts";
import { KafkaProducer } from "../../ingest/bus/kafka-producer.ts";
import { readConfig } from "../../schemas/config.ts";
import { onProduce } from "./kafka-requests.ts";
import { createTestClient, readTopic } from "./kafka-topic.ts";
import { KAFKA_MS_MAX, needsOwnKafka, startTestKafka, type TestKafka } from "./kafka.ts";
import { makeTestShipping } from "./shipper.ts";
import type { Link } from "./tcp-proxy.ts";

const WAIT = { timeout: KAFKA_MS_MAX, interval: 100 };
const LOST_NODE = 2;
const MESSAGES = 100;
const CALLS = 1000;
const nothing = (_link: Link): void => undefined;
const log = pino({ level: "silent" });

interface TextMessage extends Message {
  value: string;
}

describe("when a broker is lost", { ...needsOwnKafka, timeout: KAFKA_MS_MAX }, () => {
  let kafka: TestKafka | undefined;
  let messages: TextMessage[];
  let spooled: string[];
  /** Values that are in the topic of each way to send, afterwards. */
  let arrived: { bare: Set<string>; ours: Set<string>; shipped: Set<string> };
  let replicasInSyncMin: string | undefined;

  beforeAll(async () => {
    let onRequest = nothing;
    const inspect = onProduce((link) => onRequest(link));
    kafka = await startTestKafka({ brokers: 3, proxied: { inspect } });
    const topics = { bare: "sent-by-kafkajs", ours: "sent-by-us" };
    await makeTopics(kafka, Object.values(topics));
    const bare = await openBareProducer(kafka);
    const ours = openOurProducer(kafka);
    // Both have their connections before the trouble begins.
    await bare.send({ topic: topics.bare, messages: makeMessages("before") });
    await ours.send(topics.ours, makeMessages("before"));
    const shipping = makeTestShipping(kafka.brokers);
    const events = await shipping.spoolCalls(
      Array.from({ length: CALLS }, () => ({ person_id: randomUUID() })),
    );

    const { broker } = kafka.node(LOST_NODE);
    const firstPort = kafka.node(1).broker.port;
    broker.pause();
    let answers = 0;
    // Once node 1 has answered both producers: it will be the leader of what node 2 has not read.
    onRequest = ({ targetPort, server }) => {
      if (targetPort !== firstPort) return;
      void once(server, "data").then(() => {
        answers++;
        return answers === 2 ? broker.kill() : undefined;
      });
    };
    messages = makeMessages("during");
    await Promise.all([
      bare.send({ topic: topics.bare, messages }),
      vi.waitFor(() => ours.send(topics.ours, messages), WAIT),
    ]);
    await Promise.all([bare.disconnect(), ours.close()]);
    const shipper = shipping.start();
    await shipping.untilShipped();
    await shipper.close();
    spooled = events.map((event) => JSON.stringify(event));
    arrived = {
      bare: await valuesIn(kafka, topics.bare),
      ours: await valuesIn(kafka, topics.ours),
      shipped: await valuesIn(kafka, shipping.kafka.topics.events),
    };
    replicasInSyncMin = await readSetting(kafka, shipping.kafka.topics.events, "min.insync.replicas");
    shipping.remove();
  }, KAFKA_MS_MAX);
  afterAll(() => kafka?.stop());

  test("each partition has to acknowledge, and nothing is lost", () => {
    expect(messages.filter(({ value }) => !arrived.ours.has(value))).toEqual([]);
  });

  test("kafkajs sends nothing to a partition whose new leader has answered for another", () => {
    expect(messages.filter(({ value }) => !arrived.bare.has(value)).length).toBeGreaterThan(0);
  });

  test("a shipper goes on with those that are left", () => {
    expect(spooled.filter((event) => !arrived.shipped.has(event))).toEqual([]);
  });

  test("a record of a topic that we made is in two brokers before it is acknowledged", () => {
    expect(replicasInSyncMin).toBe("2");
  });
});

/** One partition led by each of two nodes, and led by the other one when that is lost. */
async function makeTopics(kafka: TestKafka, topics: readonly string[]): Promise<void> {
  const admin = createTestClient(kafka.brokers).admin();
  await admin.connect();
  const replicaAssignment = [
    { partition: 0, replicas: [1, LOST_NODE] },
    { partition: 1, replicas: [LOST_NODE, 1] },
  ];
  await admin.createTopics({
    topics: topics.map((topic) => ({ topic, replicaAssignment })),
    waitForLeaders: true,
  });
  await admin.disconnect();
}

async function readSetting(kafka: TestKafka, topic: string, setting: string): Promise<string | undefined> {
  const admin = createTestClient(kafka.brokers).admin();
  await admin.connect();
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configNames: [setting] }],
  });
  await admin.disconnect();
  return resources[0]?.configEntries[0]?.configValue;
}

async function openBareProducer(kafka: TestKafka): Promise<Producer> {
  const producer = createTestClient(kafka.brokers).producer({
    idempotent: true,
    createPartitioner: Partitioners.DefaultPartitioner,
    retry: { retries: 100, initialRetryTime: 50, maxRetryTime: 200 },
  });
  await producer.connect();
  return producer;
}

function openOurProducer(kafka: TestKafka): KafkaProducer {
  const config = readConfig({ KAFKA_BROKERS: kafka.brokers.join(",") }).kafka;
  if (config === undefined) throw new Error("KAFKA_BROKERS is set above");
  return new KafkaProducer(log, createKafkaClient(log, config, "assay-test"), async () => undefined);
}

/** Of many keys, so that there are some for each partition. */
function makeMessages(time: string): TextMessage[] {
  return Array.from({ length: MESSAGES }, (_message, at) => ({ key: `key ${at}`, value: `${time} ${at}` }));
}

async function valuesIn(kafka: TestKafka, topic: string): Promise<Set<string>> {
  const found = await readTopic(createTestClient(kafka.brokers), topic);
  return new Set(found.map(({ value }) => String(value)));
}

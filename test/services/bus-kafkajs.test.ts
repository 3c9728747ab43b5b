// What kafkajs does to acknowledged messages when answers are lost, and that our producer's rules prevent it. Each rule is shown
// twice in the same trouble: kept, and broken by a bare producer of kafkajs. Should the second one stop losing messages, the rule
// has lost its reason.

import { once } from "node:events";
import { createServer } from "node:net";
import { pino } from "pino";
import { Partitioners, type Message, type Producer } from "kafkajs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createKafkaClient } from "../../ingest/bus/kafka-connection.ts";
import { KafkaProducer } from "../../ingest/bus/kafka-producer.ts";
import { readConfig } from "../../schemas/config.ts";
import { createTestClient, readTopic } from "./kafka-topic.ts";
import { onProduce } from "./kafka-requests.ts";
import { KAFKA_MS_MAX, needsOwnKafka, startTestKafka, type TestKafka } from "./kafka.ts";
import type { Link } from "./tcp-proxy.ts";

const MESSAGES = 2000;
const BATCH_MESSAGES = 50;
const log = pino({ level: "silent" });
const noTrouble = (): void => undefined;
const isEachSeventh = (nth: number): boolean => nth % 7 === 0;

describe("kafkajs", { ...needsOwnKafka, timeout: KAFKA_MS_MAX }, () => {
  let kafka: TestKafka;
  let trouble: (link: Link) => void = noTrouble;

  beforeAll(async () => {
    kafka = await startTestKafka({ proxied: { inspect: onProduce((link) => trouble(link)) } });
  }, KAFKA_MS_MAX);
  afterAll(() => kafka.stop());

  async function makeTopic(topic: string): Promise<string> {
    const admin = createTestClient(kafka.brokers).admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
    await admin.disconnect();
    return topic;
  }

  async function openBareProducer({ retries }: { retries: number }): Promise<Producer> {
    const producer = createTestClient(kafka.brokers).producer({
      idempotent: true,
      maxInFlightRequests: 1,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: { retries, initialRetryTime: 50 },
    });
    await producer.connect();
    return producer;
  }

  function openOurProducer(): KafkaProducer {
    const config = readConfig({ KAFKA_BROKERS: kafka.brokers.join(",") }).kafka;
    if (config === undefined) throw new Error("KAFKA_BROKERS is set above");
    return new KafkaProducer(log, createKafkaClient(log, config, "assay-test"), async () => undefined);
  }

  /** Values of those that were sent and are not in the topic. */
  async function lostFrom(topic: string, sent: readonly Message[]): Promise<unknown[]> {
    trouble = noTrouble;
    const found = new Set(
      (await readTopic(createTestClient(kafka.brokers), topic)).map(({ value }) => String(value)),
    );
    return sent.map(({ value }) => value).filter((value) => !found.has(String(value)));
  }

  function loseAnswers(which: (nth: number) => boolean): void {
    let requests = 0;
    trouble = (link) => {
      requests++;
      if (which(requests)) link.loseNextAnswer();
    };
  }

  describe("one send at a time", () => {
    test("loses nothing when answers are lost", async () => {
      const topic = await makeTopic("one-at-a-time");
      const batches = makeBatches();
      const producer = openOurProducer();
      loseAnswers(isEachSeventh);
      for (const batch of batches) await producer.send(topic, batch);
      await producer.close();
      expect(await lostFrom(topic, batches.flat())).toEqual([]);
    });

    test("kafkajs loses what it has acknowledged when several are under way", async () => {
      const topic = await makeTopic("several-at-once");
      const batches = makeBatches();
      const producer = await openBareProducer({ retries: 20 });
      loseAnswers(isEachSeventh);
      await Promise.all(batches.map((messages) => producer.send({ topic, messages })));
      await producer.disconnect();
      expect((await lostFrom(topic, batches.flat())).length).toBeGreaterThanOrEqual(BATCH_MESSAGES);
    });

    test("is kept by whoever uses the producer", async () => {
      const producer = openOurProducer();
      const first = producer.send("anything", [{ value: "" }]).catch(() => undefined);
      await expect(producer.send("anything", [{ value: "" }])).rejects.toThrow(/one send at a time/);
      await producer.close();
      await first;
    });
  });

  describe("a send that failed", () => {
    test("is the last of its producer, and loses nothing", async () => {
      const topic = await makeTopic("new-producer");
      const [failing = [], next = []] = makeBatches();
      const producer = openOurProducer();
      loseAnswers(() => true);
      await expect(producer.send(topic, failing)).rejects.toMatchObject({
        name: "KafkaJSNumberOfRetriesExceeded",
      });
      loseAnswers(() => false);
      await producer.send(topic, next);
      await producer.send(topic, failing);
      await producer.close();
      expect(await lostFrom(topic, [...failing, ...next])).toEqual([]);
    });

    test("costs the next one its messages when the producer goes on", async () => {
      const topic = await makeTopic("same-producer");
      const [failing = [], next = []] = makeBatches();
      const producer = await openBareProducer({ retries: 5 });
      loseAnswers(() => true);
      await expect(producer.send({ topic, messages: failing })).rejects.toMatchObject({
        name: "KafkaJSNumberOfRetriesExceeded",
      });
      loseAnswers(() => false);
      await producer.send({ topic, messages: next });
      await producer.disconnect();
      expect(await lostFrom(topic, next)).toEqual(next.map(({ value }) => value));
    });
  });
});

test("a client tries as often as we say, and not as kafkajs does in tests", async () => {
  let connections = 0;
  const closing = createServer((socket) => {
    connections++;
    socket.end();
  }).listen(0, "127.0.0.1");
  await once(closing, "listening");
  const address = closing.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const config = readConfig({ KAFKA_BROKERS: `127.0.0.1:${port}` }).kafka;
  const admin = config && createKafkaClient(log, config, "assay-test").admin();
  await expect(admin?.connect()).rejects.toMatchObject({ name: "KafkaJSNumberOfRetriesExceeded" });
  expect(connections).toBe(3);
  closing.close();
});

function makeBatches(): Message[][] {
  return Array.from({ length: MESSAGES / BATCH_MESSAGES }, (_batch, batch) =>
    Array.from({ length: BATCH_MESSAGES }, (_message, at) => ({
      key: `person ${at % 10}`,
      value: `message ${batch * BATCH_MESSAGES + at}`,
    })),
  );
}

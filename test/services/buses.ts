// The two ways from a gateway to a sink, each with an empty one of its own, so that the same guarantees are tested on both.

import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Partitioners } from "kafkajs";
import { pino } from "pino";
import { SINK_GROUP } from "../../ingest/bus/kafka-consumer.ts";
import { createKafkaPublisher } from "../../ingest/bus/kafka-publisher.ts";
import { readConfig } from "../../schemas/config.ts";
import { createMetrics } from "../../schemas/metrics.ts";
import type { CallFeatures } from "../../schemas/call-features.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { createTestClient, readTopic } from "./kafka-topic.ts";
import { append, makeTestSpool } from "./spool.ts";

const log = pino({ level: "silent" });

export interface TestBus {
  /** Of a process that takes from it. */
  environment: Readonly<Record<string, string>>;
  /** As one gateway does, one after the other. */
  put(events: readonly TokenEvent[]): Promise<void>;
  putFeatures(features: CallFeatures): Promise<void>;
  /** Puts what is no event in between. */
  putPoison(poison: object): Promise<void>;
  /** Says that nothing more will come; whether a sink has taken and committed everything can then be asked. */
  end(): void;
  isDrained(): Promise<boolean>;
  deadLetters(): Promise<{ reason: string; payload: string }[]>;
  close(): Promise<void>;
}

export function openSpoolBus(): TestBus {
  const dataDir = mkdtempSync(join(tmpdir(), "assay-bus-"));
  mkdirSync(join(dataDir, "spool"));
  const spool = makeTestSpool(join(dataDir, "spool"));
  const writer = spool.openWriter();
  return {
    environment: { ASSAY_DATA: dataDir },
    async put(events) {
      await Promise.all(events.map((event) => append(writer, "event", event)));
    },
    putFeatures: (features) =>
      new Promise((resolve, reject) => {
        writer.append({ record: "features", features }, (failure) => (failure ? reject(failure) : resolve()));
      }),
    async putPoison(poison) {
      // A writer of another version of Assay is not held to this one's types.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      await append(writer, "event", poison as TokenEvent);
    },
    end: () => spool.bury(),
    isDrained: async () => spool.writers().length === 0,
    async deadLetters() {
      const folder = join(dataDir, "dead-letters");
      const lines = readdirSync(folder).flatMap((name) =>
        readFileSync(join(folder, name), "utf8").trimEnd().split("\n"),
      );
      return lines.map((line): { reason: string; payload: string } => JSON.parse(line));
    },
    close: async () => rmSync(dataDir, { recursive: true }),
  };
}

export function openKafkaBus(brokers: readonly string[]): TestBus {
  const dataDir = mkdtempSync(join(tmpdir(), "assay-bus-"));
  const name = randomUUID();
  const environment = {
    ASSAY_DATA: dataDir,
    KAFKA_BROKERS: brokers.join(","),
    KAFKA_TOPIC: `events-${name}`,
    KAFKA_OUTCOMES_TOPIC: `outcomes-${name}`,
    KAFKA_FEATURES_TOPIC: `features-${name}`,
    KAFKA_DEAD_LETTERS_TOPIC: `dead-letters-${name}`,
    KAFKA_PARTITIONS: "3",
  };
  const { kafka } = readConfig(environment);
  if (kafka === undefined) throw new Error("KAFKA_BROKERS is set above");
  const publisher = createKafkaPublisher(log, {
    kafka,
    clientId: "assay-test",
    metrics: createMetrics("test"),
    keepDeadLetters: async () => undefined,
  });
  const client = createTestClient(brokers);
  return {
    environment,
    put: (events) =>
      publisher.deliver({ records: events.map((event) => ({ record: "event", event })), deadLetters: [] }),
    putFeatures: (features) =>
      publisher.deliver({ records: [{ record: "features", features }], deadLetters: [] }),
    async putPoison(poison) {
      const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner });
      await producer.connect();
      await producer.send({ topic: kafka.topics.events, messages: [{ value: JSON.stringify(poison) }] });
      await producer.disconnect();
    },
    end: () => undefined,
    async isDrained() {
      const admin = client.admin();
      await admin.connect();
      const [committed] = await admin.fetchOffsets({ groupId: SINK_GROUP, topics: [kafka.topics.events] });
      const newest = await admin.fetchTopicOffsets(kafka.topics.events);
      await admin.disconnect();
      return newest.every(({ partition, high }) => {
        const found = committed?.partitions.find((known) => known.partition === partition)?.offset ?? "-1";
        return Math.max(Number(found), 0) === Number(high);
      });
    },
    async deadLetters() {
      const messages = await readTopic(client, kafka.topics.deadLetters);
      return messages.map(({ value, headers }) => ({
        payload: String(value),
        reason: String(headers?.["reason"]),
      }));
    },
    async close() {
      await publisher.close();
      rmSync(dataDir, { recursive: true });
    },
  };
}

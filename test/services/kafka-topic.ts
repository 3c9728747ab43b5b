// Reads everything that is in a topic, as any client would.

import { randomUUID } from "node:crypto";
import { Kafka, logLevel, type KafkaMessage } from "kafkajs";
import { vi } from "vitest";

const LEADER_WAIT = { timeout: 30_000, interval: 50 };

/** A client of the test's own, which knows nothing of the product's. */
export function createTestClient(brokers: readonly string[]): Kafka {
  return new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
}

export type TopicMessage = KafkaMessage & { partition: number };

/** In the order of each partition. */
export async function readTopic(client: Kafka, topic: string): Promise<TopicMessage[]> {
  const admin = client.admin();
  await admin.connect();
  // A topic that was just made has a leader that does not know of it yet; kafkajs asks that one only once.
  const offsets = await vi.waitFor(() => admin.fetchTopicOffsets(topic), LEADER_WAIT);
  await admin.disconnect();
  const messagesLeft = offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
  return messagesLeft === 0 ? [] : consume(client, topic, messagesLeft);
}

async function consume(client: Kafka, topic: string, count: number): Promise<TopicMessage[]> {
  const messages: TopicMessage[] = [];
  const complete = Promise.withResolvers<void>();
  const consumer = client.consumer({ groupId: randomUUID(), maxWaitTimeInMs: 50 });
  // It joins again by itself while the group's coordinator is only about to be there.
  consumer.on(consumer.events.CRASH, ({ payload: { restart, error } }) => restart || complete.reject(error));
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ partition, message }) => {
        messages.push({ ...message, partition });
        if (messages.length === count) complete.resolve();
      },
    });
    await complete.promise;
    return messages;
  } finally {
    await consumer.disconnect();
  }
}

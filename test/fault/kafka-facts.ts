// What Kafka says of itself: how much is in its topics, and how much of it the sinks have not stored yet.

import type { Admin } from "kafkajs";
import type { Logger } from "pino";
import { createKafkaClient } from "../../ingest/bus/kafka-connection.ts";
import { SINK_GROUP } from "../../ingest/bus/kafka-consumer.ts";
import type { KafkaConfig } from "../../schemas/config.ts";

export interface KafkaFacts {
  /** Messages that the topic ever took. */
  countMessages(topic: string): Promise<number>;
  /** Messages that no sink has committed. */
  countLag(): Promise<number>;
  close(): Promise<void>;
}

export async function openKafkaFacts(log: Logger, config: KafkaConfig): Promise<KafkaFacts> {
  const admin: Admin = createKafkaClient(log, config, "fault").admin();
  await admin.connect();
  const topics = [config.topics.events, config.topics.outcomes];

  async function readEnds(topic: string): Promise<Map<number, number>> {
    const ends = await admin.fetchTopicOffsets(topic);
    return new Map(ends.map(({ partition, high }) => [partition, Number(high)]));
  }

  return {
    async countMessages(topic) {
      return (await readEnds(topic)).values().reduce((sum, end) => sum + end, 0);
    },
    async countLag() {
      const committed = await admin.fetchOffsets({ groupId: SINK_GROUP, topics });
      let lag = 0;
      for (const { topic, partitions } of committed) {
        const ends = await readEnds(topic);
        // A group that never committed stands at -1.
        for (const { partition, offset } of partitions)
          lag += (ends.get(partition) ?? 0) - Math.max(0, Number(offset));
      }
      return lag;
    },
    close: () => admin.disconnect(),
  };
}

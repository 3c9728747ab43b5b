// Measures how many messages of its partitions a sink has not stored yet. It asks Kafka, because a sink that waits for ClickHouse
// fetches nothing, and would not know what comes in meanwhile.

import type { Admin, Kafka } from "kafkajs";
import type { Logger } from "pino";
import type { Metrics } from "../../schemas/metrics.ts";
import { pause } from "./retry-delivery.ts";

const POLL_MS = 5000;

/** Partitions by topic. */
export type Assignment = Readonly<Record<string, readonly number[]>>;

export interface MeasureLagOptions {
  client: Kafka;
  groupId: string;
  metrics: Metrics;
  /** What this member of the group has at the moment. */
  assignment: () => Assignment;
  /** Ends the measuring. */
  signal: AbortSignal;
}

/** Resolves when it has ended. What fails is tried again at the next time; the consumer says that Kafka is away. */
export async function measureLag(log: Logger, options: MeasureLagOptions): Promise<void> {
  const { client, signal } = options;
  let admin: Admin | undefined;
  while (!signal.aborted) {
    try {
      admin ??= await connect(client);
      await setLag(admin, options);
    } catch (error) {
      log.debug({ err: error }, "how far behind this sink is can't be measured now");
      await admin?.disconnect().catch(() => undefined);
      admin = undefined;
    }
    await pause(POLL_MS, signal);
  }
  await admin?.disconnect().catch(() => undefined);
}

async function connect(client: Kafka): Promise<Admin> {
  const admin = client.admin();
  await admin.connect();
  return admin;
}

async function setLag(admin: Admin, { groupId, metrics, assignment }: MeasureLagOptions): Promise<void> {
  const topics = Object.keys(assignment());
  if (topics.length === 0) return;
  const lags = await readLag(admin, groupId, topics);
  // Partitions that others have got meanwhile are theirs to tell of.
  metrics.consumerLag.reset();
  for (const { topic, partition, records } of lags) {
    if (assignment()[topic]?.includes(partition) === true)
      metrics.consumerLag.set({ topic, partition }, records);
  }
}

export interface PartitionLag {
  topic: string;
  partition: number;
  records: number;
}

/** How many messages of these topics the group has not stored yet. */
export async function readLag(
  admin: Admin,
  groupId: string,
  topics: readonly string[],
): Promise<PartitionLag[]> {
  const groupOffsets = await admin.fetchOffsets({ groupId, topics: [...topics] });
  const stored = new Map(
    groupOffsets.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, offset }) => [`${topic} ${partition}`, BigInt(offset)]),
    ),
  );
  const lags: PartitionLag[] = [];
  for (const topic of topics) {
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
      const from = stored.get(`${topic} ${partition}`) ?? -1n;
      // Where the group has no position yet it begins with what there is.
      lags.push({ topic, partition, records: Number(BigInt(high) - (from < 0n ? BigInt(low) : from)) });
    }
  }
  return lags;
}

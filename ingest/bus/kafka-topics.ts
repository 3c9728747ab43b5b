// Makes the topics that are missing. One that exists is never changed, because somebody may have made it so on purpose; where
// it is unlike what Assay would have made, the log says so.

import kafkajs, { type Admin, type ConfigResourceTypes, type Kafka } from "kafkajs";
import type { Logger } from "pino";
import type { KafkaConfig } from "../../schemas/config.ts";
import { isRefusedAs } from "./kafka-connection.ts";

/** Assay promises that Kafka keeps a call no longer than this; who reads later reads ClickHouse. */
const RETENTION_MS = 3 * 86_400_000;
/** What could not be stored waits for an operator, as long as in the folder of dead letters. */
const DEAD_LETTERS_RETENTION_MS = 14 * 86_400_000;
/** The spool's longest record fits, with its header. */
const MESSAGE_BYTES_MAX = 2 * 1024 * 1024;
/** With as many replicas, a record is in two of them before it is acknowledged, and one broker may be away. */
const REPLICAS_FOR_TWO_IN_SYNC = 3;
/** The protocol's word for: as many as the brokers are set to. */
const BROKERS_DEFAULT = -1;
const WAIT_MS_MAX = 10_000;

/** How long Assay promises to keep what is in a topic. */
export function retentionMsOf(topic: string, { topics }: KafkaConfig): number {
  return topic === topics.deadLetters ? DEAD_LETTERS_RETENTION_MS : RETENTION_MS;
}

export interface TopicKeeper {
  /** Resolves when every topic is there. */
  ensure(): Promise<void>;
}

export function createTopicKeeper(log: Logger, client: Kafka, config: KafkaConfig): TopicKeeper {
  const wanted = [...new Set(Object.values(config.topics))];
  /** What need not be looked at again: each is spoken of once. */
  const known = new Set<string>();

  async function ensureWith(admin: Admin): Promise<void> {
    const existing = new Set(await admin.listTopics());
    const missing = wanted.filter((topic) => !existing.has(topic));
    if (missing.length > 0) {
      await createTopics(admin, missing, config);
      log.info({ topics: missing, partitions: config.partitions }, "topics were made");
    }
    const unseen = wanted.filter((topic) => existing.has(topic) && !known.has(topic));
    if (unseen.length > 0) await compareTopics(log, admin, unseen, config);
    for (const topic of wanted) known.add(topic);
  }

  return {
    async ensure() {
      const admin = client.admin();
      try {
        await admin.connect();
        await ensureWith(admin);
      } finally {
        await admin.disconnect();
      }
    },
  };
}

/** Another process may make them at the same time; that is as good. */
async function createTopics(admin: Admin, topics: readonly string[], config: KafkaConfig): Promise<void> {
  const { partitions: numPartitions } = config;
  const asked = config.replicationFactor;
  const replicationFactor = asked === BROKERS_DEFAULT ? await readDefaultReplicas(admin) : asked;
  const isTwoInSync = replicationFactor >= REPLICAS_FOR_TWO_IN_SYNC;
  const toEntries = (topic: string) => [
    { name: "retention.ms", value: String(retentionMsOf(topic, config)) },
    { name: "max.message.bytes", value: String(MESSAGE_BYTES_MAX) },
    ...(isTwoInSync ? [{ name: "min.insync.replicas", value: "2" }] : []),
  ];
  await admin.createTopics({
    topics: topics.map((topic) => ({
      topic,
      numPartitions,
      replicationFactor,
      configEntries: toEntries(topic),
    })),
    waitForLeaders: true,
    timeout: WAIT_MS_MAX,
  });
}

/** As a number, because the replicas that must be in sync depend on it. Where we may not ask, the brokers decide on both. */
async function readDefaultReplicas(admin: Admin): Promise<number> {
  const { brokers } = await admin.describeCluster();
  const settings = await readSetting(admin, {
    type: kafkajs.ConfigResourceTypes.BROKER,
    names: brokers.slice(0, 1).map(({ nodeId }) => String(nodeId)),
    setting: "default.replication.factor",
  });
  const [replicas] = settings.values();
  return Number(replicas ?? BROKERS_DEFAULT);
}

async function compareTopics(
  log: Logger,
  admin: Admin,
  topics: string[],
  config: KafkaConfig,
): Promise<void> {
  const { topics: found } = await admin.fetchTopicMetadata({ topics });
  for (const { name: topic, partitions } of found) {
    if (partitions.length !== config.partitions) {
      const fields = { topic, partitions: partitions.length, expected: config.partitions };
      log.warn(fields, "a topic has other partitions than KAFKA_PARTITIONS says, and is left as it is");
    }
  }
  const retentions = await readSetting(admin, {
    type: kafkajs.ConfigResourceTypes.TOPIC,
    names: topics,
    setting: "retention.ms",
  });
  for (const [topic, retentionMs] of retentions) {
    const expected = retentionMsOf(topic, config);
    if (retentionMs !== String(expected)) {
      const fields = { topic, retentionMs, expected };
      log.warn(fields, "a topic keeps messages for another time than Assay promises, and is left as it is");
    }
  }
}

interface Question {
  type: ConfigResourceTypes;
  names: readonly string[];
  setting: string;
}

const MAY_NOT_ASK: ReadonlySet<string> = new Set([
  "CLUSTER_AUTHORIZATION_FAILED",
  "TOPIC_AUTHORIZATION_FAILED",
]);

/** The setting of each that is named; empty where this user may not ask for settings. */
export async function readSetting(
  admin: Admin,
  { type, names, setting }: Question,
): Promise<Map<string, string>> {
  try {
    const { resources } = await admin.describeConfigs({
      resources: names.map((name) => ({ type, name, configNames: [setting] })),
      includeSynonyms: false,
    });
    return new Map(
      resources.map(({ resourceName, configEntries }) => [resourceName, configEntries[0]?.configValue ?? ""]),
    );
  } catch (error) {
    if (isRefusedAs(error, MAY_NOT_ASK)) return new Map();
    throw error;
  }
}

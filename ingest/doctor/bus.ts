// Kafka: reached, with the topics that Assay needs, which keep enough in enough places, and sinks that keep up.

import type { Admin, ITopicMetadata } from "kafkajs";
import kafkajs from "kafkajs";
import { pino } from "pino";
import type { KafkaConfig } from "../../schemas/config.ts";
import { createKafkaClient, toKafkaError } from "../bus/kafka-connection.ts";
import { SINK_GROUP } from "../bus/kafka-consumer.ts";
import { readLag } from "../bus/kafka-lag.ts";
import { readSetting, retentionMsOf } from "../bus/kafka-topics.ts";
import { fault, ok, warning, type Deployment, type Finding } from "./finding.ts";

/** With three, one broker may be lost and another be away. */
const REPLICAS_MIN = 3;
/** Some ten seconds of one sink's work. */
const LAG_RECORDS_LOW = 100_000;

export async function checkBus({ config: { kafka } }: Deployment): Promise<Finding[]> {
  if (!kafka) return [ok("There is no Kafka: the sink reads the spool itself.")];
  // What goes wrong is told as a finding.
  const admin = createKafkaClient(pino({ level: "silent" }), kafka, "assay-doctor").admin();
  try {
    await admin.connect();
    const findings = await examine(admin, kafka);
    if (findings.length > 0) return findings;
    return [ok(`Kafka at ${kafka.brokers.join(", ")} has every topic, and sinks keep up.`)];
  } catch (error) {
    const remedy =
      "Check KAFKA_BROKERS, and that the brokers run and let this machine in. Gateways keep records meanwhile.";
    return [fault(toKafkaError(error, kafka).message, remedy)];
  } finally {
    await admin.disconnect();
  }
}

async function examine(admin: Admin, kafka: KafkaConfig): Promise<Finding[]> {
  const { topics, partitions } = kafka;
  const wanted = [...new Set(Object.values(topics))];
  const existing = new Set(await admin.listTopics());
  const missing = wanted.filter((topic) => !existing.has(topic));
  const present = wanted.filter((topic) => existing.has(topic));
  const findings: Finding[] = [];
  if (missing.length > 0) {
    const remedy = `Start a gateway or a sink whose user may make them, or make them with ${partitions} partitions.`;
    findings.push(warning(`Kafka lacks ${missing.join(", ")}.`, remedy));
  }
  if (present.length === 0) return findings;
  const { topics: described } = await admin.fetchTopicMetadata({ topics: present });
  findings.push(...described.flatMap(judgeReplicas), ...(await judgeRetention(admin, present, kafka)));
  const read = [topics.events, topics.features, topics.outcomes].filter((topic) => existing.has(topic));
  const lag = await readLag(admin, SINK_GROUP, read);
  return [...findings, ...judgeLag(lag.reduce((sum, { records }) => sum + records, 0))];
}

function judgeReplicas({ name, partitions }: ITopicMetadata): Finding[] {
  const withoutLeader = partitions.filter(({ leader }) => leader < 0).length;
  if (withoutLeader > 0) {
    const sentence = `${withoutLeader} partitions of ${name} have no leader, and take nothing.`;
    return [fault(sentence, "Bring the brokers back that had them.")];
  }
  const behind = partitions.filter(({ replicas, isr }) => isr.length < replicas.length).length;
  if (behind > 0) {
    const sentence = `${behind} partitions of ${name} have replicas that are away or behind.`;
    return [warning(sentence, "Look at the brokers: one of them is down or slow.")];
  }
  const replicas = Math.min(...partitions.map((partition) => partition.replicas.length));
  if (replicas >= REPLICAS_MIN) return [];
  const sentence = `${name} is kept on ${replicas} brokers: what sinks have not stored yet is lost with them.`;
  return [warning(sentence, `Run three brokers or more, and give the topic ${REPLICAS_MIN} replicas.`)];
}

async function judgeRetention(
  admin: Admin,
  topics: readonly string[],
  kafka: KafkaConfig,
): Promise<Finding[]> {
  const type = kafkajs.ConfigResourceTypes.TOPIC;
  const found = await readSetting(admin, { type, names: topics, setting: "retention.ms" });
  return [...found].flatMap(([topic, retentionMs]) => {
    const expected = retentionMsOf(topic, kafka);
    if (retentionMs === String(expected)) return [];
    const sentence = `${topic} keeps messages for ${toDays(Number(retentionMs))}, and Assay says that it is ${toDays(expected)}.`;
    return [
      warning(sentence, `Set retention.ms=${expected}. Less may lose records while ClickHouse is away.`),
    ];
  });
}

export function judgeLag(records: number): Finding[] {
  if (records < LAG_RECORDS_LOW) return [];
  const sentence = `${records} messages are not stored yet.`;
  return [
    warning(
      sentence,
      "Start more sinks, up to one a partition, or look at their logs for what holds them up.",
    ),
  ];
}

function toDays(milliseconds: number): string {
  return milliseconds < 0 ? "ever" : `${Math.round((milliseconds / 86_400_000) * 10) / 10} days`;
}

// Dead letters in Kafka. What was tried again is behind the position of a group of its own; what stays after that is put at the
// end of the topic once more, at its own time, so that it is kept no longer for it.

import { randomUUID } from "node:crypto";
import type { EachBatchPayload, Kafka, KafkaMessage } from "kafkajs";
import type { Logger } from "pino";
import { AppError } from "../../schemas/app-error.ts";
import type { KafkaConfig } from "../../schemas/config.ts";
import { createKafkaClient, toKafkaError } from "../bus/kafka-connection.ts";
import { splitByBytes, type TextMessage } from "../bus/kafka-messages.ts";
import { KafkaProducer } from "../bus/kafka-producer.ts";
import { createTopicKeeper } from "../bus/kafka-topics.ts";
import { OFFERED_MAX, type DeadLetterStore, type KeptLetter, type Verdict } from "./dead-letters.ts";

const RETRY_GROUP = "assay-dead-letters";
/** Without a message for so long, somebody else reads what we wait for. */
const SILENCE_MS_MAX = 60_000;
/** Before compression, below what a broker takes unless told otherwise. */
const SEND_BYTES_MAX = 900_000;
const FETCH_WAIT_MS_MAX = 250;

export interface DeadLetterTopic extends DeadLetterStore {
  close(): Promise<void>;
}

export function openDeadLetterTopic(log: Logger, config: KafkaConfig): DeadLetterTopic {
  const client = createKafkaClient(log, config, "assay-dead-letters");
  const topic = config.topics.deadLetters;
  const keeper = createTopicKeeper(log, client, config);
  const producer = new KafkaProducer(log, client, () => keeper.ensure());

  /** Resolves when every message that was there at the beginning has been handled, or it is enough. */
  async function readToEnd(groupId: string, handle: HandleMessages): Promise<void> {
    try {
      await keeper.ensure();
      const spans = await readSpans(client, topic);
      if (spans.size > 0) await consume(client, { groupId, topic, spans, handle });
    } catch (error) {
      throw toKafkaError(error, config);
    }
  }

  return {
    read: (see) =>
      readToEnd(`${RETRY_GROUP}-${randomUUID()}`, async (messages) => {
        see(messages.map(toLetter));
        return "go on";
      }),
    retry: ({ judge, isEnough }) =>
      readToEnd(RETRY_GROUP, async (messages, commit) => {
        const verdicts = await judge(messages.map(toLetter));
        const staying = messages.flatMap((message, index) => toStaying(message, verdicts[index] ?? "stays"));
        for (const piece of splitByBytes(staying, SEND_BYTES_MAX)) await producer.send(topic, piece);
        await commit();
        return isEnough() ? "enough" : "go on";
      }),
    close: () => producer.close(),
  };
}

function toLetter({ value, headers, timestamp }: KafkaMessage): KeptLetter {
  return {
    at: new Date(Number(timestamp)).toISOString(),
    reason: String(headers?.["reason"] ?? ""),
    payload: String(value ?? ""),
  };
}

function toStaying({ value, headers = {}, timestamp }: KafkaMessage, verdict: Verdict): TextMessage[] {
  if (verdict === "stored") return [];
  const reason = verdict === "stays" ? {} : { reason: verdict.reason };
  return [{ value: String(value ?? ""), timestamp, headers: { ...headers, ...reason } }];
}

/** The messages of a partition from the first that was not tried again to the last that there is. */
interface Span {
  start: bigint;
  end: bigint;
}

/** By partition; those with nothing in them are left out. */
async function readSpans(client: Kafka, topic: string): Promise<Map<number, Span>> {
  const admin = client.admin();
  await admin.connect();
  try {
    const [group] = await admin.fetchOffsets({ groupId: RETRY_GROUP, topics: [topic] });
    const spans = new Map<number, Span>();
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
      const tried = group?.partitions.find((known) => known.partition === partition)?.offset ?? "-1";
      const start = BigInt(Math.max(Number(tried), Number(low)));
      if (start < BigInt(high)) spans.set(partition, { start, end: BigInt(high) });
    }
    return spans;
  } finally {
    await admin.disconnect();
  }
}

type HandleMessages = (messages: KafkaMessage[], commit: () => Promise<void>) => Promise<"go on" | "enough">;

interface Reading {
  groupId: string;
  topic: string;
  spans: ReadonlyMap<number, Span>;
  handle: HandleMessages;
}

async function consume(client: Kafka, { groupId, topic, spans, handle }: Reading): Promise<void> {
  const consumer = client.consumer({
    groupId,
    maxWaitTimeInMs: FETCH_WAIT_MS_MAX,
    allowAutoTopicCreation: false,
    retry: { restartOnFailure: async () => false },
  });
  const ended = Promise.withResolvers<void>();
  ended.promise.catch(() => undefined);
  let isOver = false;
  const silence = setTimeout(() => ended.reject(silent(topic)), SILENCE_MS_MAX);
  const left = new Set(spans.keys());
  consumer.on(consumer.events.CRASH, ({ payload }) => ended.reject(payload.error));

  async function eachBatch(payload: EachBatchPayload): Promise<void> {
    if (isOver) return;
    silence.refresh();
    try {
      const { partition } = payload.batch;
      const span = spans.get(partition);
      const state = span && (await handleBatch(payload, span, handle));
      if (state === "at the end") left.delete(partition);
      isOver = state === "enough" || left.size === 0;
      if (isOver) ended.resolve();
    } catch (error) {
      isOver = true;
      ended.reject(error);
    }
  }

  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({ autoCommit: false, eachBatch });
    await ended.promise;
  } finally {
    clearTimeout(silence);
    await consumer.disconnect();
  }
}

async function handleBatch(
  payload: EachBatchPayload,
  { start, end }: Span,
  handle: HandleMessages,
): Promise<"go on" | "enough" | "at the end"> {
  const { topic, partition, messages } = payload.batch;
  const within = messages.filter(({ offset }) => BigInt(offset) >= start && BigInt(offset) < end);
  for (let first = 0; first < within.length; first += OFFERED_MAX) {
    const group = within.slice(first, first + OFFERED_MAX);
    const next = String(BigInt(group.at(-1)?.offset ?? start) + 1n);
    const commit = () =>
      payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset: next }] }] });
    if ((await handle(group, commit)) === "enough") return "enough";
    await payload.heartbeat();
  }
  return BigInt(payload.batch.lastOffset()) + 1n >= end ? "at the end" : "go on";
}

function silent(topic: string): AppError {
  const message = `Nothing came out of ${topic} for ${SILENCE_MS_MAX / 1000} s. Wait until no other \`assay dead-letters retry\` runs, and try again.`;
  return new AppError("timeout", message, { retry: true });
}

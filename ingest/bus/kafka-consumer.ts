// Takes what is in Kafka to the next stage, as one member of the group of all sinks.
//
// Delivery: at least once. A partition's position is committed after its messages are delivered, so a crash or a rebalance in
// between brings them again; never is a position beyond what was delivered, whoever commits it and when:
//
// 1. A batch begins at a position before which everything was delivered.
// 2. Its position is moved when all of it was delivered or is a dead letter.
//
// While the next stage is away the batch waits, and says at each heartbeat that it lives: nothing is skipped, and Kafka keeps
// what comes in. kafkajs gives up for good after some failures, and after any that it takes for a bug; then a new consumer takes
// the old one's place.

import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from "kafkajs";
import type { Logger } from "pino";
import type { KafkaConfig } from "../../schemas/config.ts";
import type { Metrics } from "../../schemas/metrics.ts";
import type { DeliveredRecord } from "../spool/writer-cursor.ts";
import type { Carrier, Deliver, RecordBatch, UndeliveredLetter } from "./delivery.ts";
import { toKafkaError } from "./kafka-connection.ts";
import { measureLag, type Assignment } from "./kafka-lag.ts";
import { createTopicKeeper } from "./kafka-topics.ts";
import { parseMessage } from "./parse-message.ts";
import { createDeliveryRetries, pause, type DeliveryRetries } from "./retry-delivery.ts";

export const SINK_GROUP = "assay-sink";
/** As many deliveries are under way at most: while one waits for ClickHouse, the other is read and parsed. */
const PARTITIONS_AT_ONCE = 2;
/** Until a sink that died is missed, and others get its partitions. */
const SESSION_MS_MAX = 10_000;
const HEARTBEAT_MS = 3000;
/** For all members to end what they are at when one joins or leaves. An insert may take as long. */
const REBALANCE_MS_MAX = 60_000;
/** Compressed; about ten times as much in memory. */
const FETCH_BYTES_MAX = 1024 * 1024;
const PARTITION_FETCH_BYTES_MAX = 512 * 1024;
/** Waiting for more makes larger inserts, and is the delay of a call in quiet times. */
const FETCH_BYTES_MIN = 64 * 1024;
const FETCH_WAIT_MS_MAX = 500;
const FETCH_RETRIES_MAX = 5;
const REJOIN_MS_MIN = 200;
const REJOIN_MS_MAX = 2000;
const REMINDER_MS = 60_000;

export interface ConsumeKafkaOptions {
  client: Kafka;
  config: KafkaConfig;
  deliver: Deliver;
  metrics: Metrics;
  batchRecordsMax: number;
}

/** What is returned never fails. */
export function consumeKafka(log: Logger, options: ConsumeKafkaOptions): Carrier {
  const { client, config, metrics } = options;
  const stop = new AbortController();
  const topics = createTopicKeeper(log, client, config);
  const retries = createDeliveryRetries(log);
  /** Why nothing is read; undefined while this is a member of the group. */
  let absence: string | undefined = "It has not joined the other sinks yet.";
  let assignment: Assignment = {};
  let delayMs = REJOIN_MS_MIN;
  let saidAt = Number.NEGATIVE_INFINITY;

  function join(assigned: Assignment): void {
    if (saidAt > 0) log.info("this sink reads from Kafka again");
    absence = undefined;
    assignment = assigned;
    delayMs = REJOIN_MS_MIN;
    saidAt = Number.NEGATIVE_INFINITY;
  }

  /** Says so when it begins, and once a minute that it lasts. */
  function leave(error: unknown): void {
    const reason = toKafkaError(error, config);
    absence = reason.message;
    assignment = {};
    if (performance.now() - saidAt < REMINDER_MS) return;
    saidAt = performance.now();
    log.error({ err: reason }, "this sink reads nothing from Kafka, and tries to join the others again");
  }

  async function run(): Promise<void> {
    while (!stop.signal.aborted) {
      try {
        await topics.ensure();
        const consumer = createConsumer(client);
        consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => join(payload.memberAssignment));
        await consumeUntil(stop.signal, consumer, {
          topics: [config.topics.events, config.topics.features, config.topics.outcomes],
          eachBatch: (payload) => carryBatch(payload, { ...options, retries, stop: stop.signal }),
        });
      } catch (error) {
        leave(error);
        await pause(delayMs, stop.signal);
        delayMs = Math.min(delayMs * 2, REJOIN_MS_MAX);
      }
    }
  }

  const measured = measureLag(log, {
    client,
    groupId: SINK_GROUP,
    metrics,
    assignment: () => assignment,
    signal: stop.signal,
  });
  const finished = Promise.all([run(), measured]);
  return {
    failed: new Promise(() => undefined),
    health: () => (absence === undefined ? retries.health() : { state: "failed", reason: absence }),
    async close() {
      stop.abort();
      await finished;
    },
  };
}

function createConsumer(client: Kafka): Consumer {
  return client.consumer({
    groupId: SINK_GROUP,
    sessionTimeout: SESSION_MS_MAX,
    heartbeatInterval: HEARTBEAT_MS,
    rebalanceTimeout: REBALANCE_MS_MAX,
    maxBytes: FETCH_BYTES_MAX,
    maxBytesPerPartition: PARTITION_FETCH_BYTES_MAX,
    minBytes: FETCH_BYTES_MIN,
    maxWaitTimeInMs: FETCH_WAIT_MS_MAX,
    allowAutoTopicCreation: false,
    // A restart of its own would be one that nobody hears of, and there is none for what it takes for a bug.
    retry: { retries: FETCH_RETRIES_MAX, restartOnFailure: async () => false },
  });
}

interface Consumption {
  topics: string[];
  eachBatch: (payload: EachBatchPayload) => Promise<void>;
}

/** Rejects with what the consumer gave up for. */
async function consumeUntil(
  stop: AbortSignal,
  consumer: Consumer,
  { topics, eachBatch }: Consumption,
): Promise<void> {
  const crashed = Promise.withResolvers<never>();
  consumer.on(consumer.events.CRASH, ({ payload }) => crashed.reject(payload.error));
  crashed.promise.catch(() => undefined);
  try {
    await consumer.connect();
    // Where the group has no position, or one that is no longer there: what Kafka still has is not lost yet.
    await consumer.subscribe({ topics, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
      eachBatch,
    });
    await Promise.race([crashed.promise, stop.aborted || once(stop, "abort")]);
  } finally {
    await consumer.disconnect();
  }
}

interface CarryOptions extends ConsumeKafkaOptions {
  retries: DeliveryRetries;
  stop: AbortSignal;
}

/** Delivers messages of one partition and moves its position behind them. What it leaves is read again, here or elsewhere. */
async function carryBatch(payload: EachBatchPayload, options: CarryOptions): Promise<void> {
  const { deliver, batchRecordsMax, retries, stop } = options;
  const { topic, partition, messages } = payload.batch;
  for (let start = 0; start < messages.length; start += batchRecordsMax) {
    const part = messages.slice(start, start + batchRecordsMax);
    const last = part.at(-1);
    if (last === undefined || !payload.isRunning() || payload.isStale()) return;
    const records = toRecordBatch(topic, partition, part);
    const about = { topic, partition, messages: part.length };
    const isDone = await keepMembership(payload, stop, (signal) =>
      retries.untilDone(() => deliver(records), { signal, about }),
    );
    if (!isDone) return;
    payload.resolveOffset(last.offset);
    await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets());
  }
}

/** Says that this sink lives for as long as the work takes. When Kafka has given its place away the work ends, and so does this. */
async function keepMembership(
  member: Pick<EachBatchPayload, "heartbeat">,
  stop: AbortSignal,
  work: (signal: AbortSignal) => Promise<boolean>,
): Promise<boolean> {
  const ended = new AbortController();
  const beating = (async () => {
    for (;;) {
      await wait(HEARTBEAT_MS, undefined, { signal: ended.signal });
      await member.heartbeat();
    }
  })();
  // Whoever loses the race is not heard any more.
  beating.catch(() => undefined);
  try {
    return await Promise.race([work(AbortSignal.any([stop, ended.signal])), beating]);
  } finally {
    ended.abort();
  }
}

function toRecordBatch(topic: string, partition: number, messages: readonly KafkaMessage[]): RecordBatch {
  const records: DeliveredRecord[] = [];
  const deadLetters: UndeliveredLetter[] = [];
  for (const { value, offset } of messages) {
    const payload = value?.toString() ?? "";
    const parsed = parseMessage(payload);
    if ("record" in parsed) records.push(parsed);
    else deadLetters.push({ payload, reason: parsed.reason, origin: { topic, partition, offset } });
  }
  return { records, deadLetters };
}

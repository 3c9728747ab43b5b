// Sends to Kafka so that what `send` resolved for is there, whatever brokers and connections do meanwhile. kafkajs 2.2 does not
// give that by itself (docs/decisions/0009-kafka.md). These rules do, and test/services/bus-kafkajs.test.ts shows what each is for:
//
// 1. One `send` at a time. kafkajs takes a sequence number back when an answer is lost; with a second `send` under way the
//    broker then takes new messages for a repetition, and acknowledges what it throws away.
// 2. A `send` that failed is its producer's last. The messages go to a new one, so they may be in Kafka twice; ClickHouse counts
//    an event id once.
// 3. A message keeps the partition that it was given first, and each partition has to be acknowledged. When one moves to a broker
//    that has already answered for another, kafkajs sends it nothing, and resolves.
//
// Nothing waits for ever: what kafkajs neither does nor gives up is given up here.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import kafkajs, { Partitioners, type Kafka, type Message, type Producer, type RecordMetadata } from "kafkajs";
import type { Logger } from "pino";
import { AppError } from "../../schemas/app-error.ts";

/** What a leader may take to hear from the replicas in sync. */
const PRODUCE_MS_MAX = 10_000;
/** About 3 s with the pauses between: most new leaders are elected by then, and nothing is sent twice. */
const SEND_RETRIES_MAX = 5;
const OPEN_MS_MAX = 30_000;
const SEND_MS_MAX = 60_000;
const CLOSE_MS_MAX = 2000;
const ALL_IN_SYNC = -1;

interface OpenProducer {
  producer: Producer;
  /** Of the messages of this `send`. */
  partitionOf: Map<Message, number>;
}

export class KafkaProducer {
  readonly #log: Logger;
  readonly #client: Kafka;
  readonly #prepare: () => Promise<void>;
  readonly #closing = Promise.withResolvers<never>();
  #current: OpenProducer | undefined;
  #isSending = false;

  /** @param prepare done before each producer is opened, because a missing topic may be why the last one failed */
  constructor(log: Logger, client: Kafka, prepare: () => Promise<void>) {
    this.#log = log;
    this.#client = client;
    this.#prepare = prepare;
    this.#closing.promise.catch(() => undefined);
  }

  /**
   * Resolves when all replicas in sync have all the messages.
   * @throws what kafkajs throws, or AppError `timeout` or `unavailable`. Some of the messages may be there nevertheless
   */
  async send(topic: string, messages: Message[]): Promise<void> {
    assert(!this.#isSending, "one send at a time");
    this.#isSending = true;
    try {
      this.#current ??= await this.#open();
      await this.#sendBy(this.#current, topic, messages);
    } finally {
      this.#isSending = false;
    }
  }

  /** Gives up a `send` that is under way. */
  async close(): Promise<void> {
    this.#closing.reject(
      new AppError("unavailable", "The shipping to Kafka is being stopped.", { retry: true }),
    );
    const last = this.#current;
    this.#current = undefined;
    if (last === undefined) return;
    const discarded = this.#discard(last.producer, Promise.resolve());
    await Promise.race([discarded, sleep(CLOSE_MS_MAX, undefined, { ref: false })]);
  }

  async #open(): Promise<OpenProducer> {
    await this.#within(OPEN_MS_MAX, this.#prepare());
    const partitionOf = new Map<Message, number>();
    const producer = this.#client.producer({
      idempotent: true,
      allowAutoTopicCreation: false,
      createPartitioner: () => rememberPartitions(partitionOf),
      retry: { retries: SEND_RETRIES_MAX },
    });
    const connected = producer.connect();
    try {
      await this.#within(OPEN_MS_MAX, connected);
      return { producer, partitionOf };
    } catch (error) {
      void this.#discard(producer, connected);
      throw error;
    }
  }

  async #sendBy({ producer, partitionOf }: OpenProducer, topic: string, messages: Message[]): Promise<void> {
    partitionOf.clear();
    const sent = producer.send({
      topic,
      messages,
      acks: ALL_IN_SYNC,
      timeout: PRODUCE_MS_MAX,
      compression: kafkajs.CompressionTypes.GZIP,
    });
    try {
      const answers = await this.#within(SEND_MS_MAX, sent);
      expectAll(topic, new Set(partitionOf.values()), answers);
    } catch (error) {
      this.#current = undefined;
      void this.#discard(producer, sent);
      throw error;
    }
  }

  /** Once it does nothing more: a producer that is disconnected while it tries again would connect again. */
  async #discard(producer: Producer, pending: Promise<unknown>): Promise<void> {
    await pending.catch(() => undefined);
    try {
      await producer.disconnect();
    } catch (error) {
      this.#log.debug({ err: error }, "a producer of Kafka could not be disconnected");
    }
  }

  /** Settles when `pending` does, and no later than that. */
  async #within<T>(milliseconds: number, pending: Promise<T>): Promise<T> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(new AppError("timeout", `no answer within ${milliseconds} ms`, { retry: true })),
      milliseconds,
    );
    try {
      return await Promise.race([pending, late.promise, this.#closing.promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}

function expectAll(topic: string, sent: ReadonlySet<number>, answers: readonly RecordMetadata[]): void {
  const missing = sent.difference(new Set(answers.map(({ partition }) => partition)));
  if (missing.size === 0) return;
  const message = `Partitions ${[...missing].join(", ")} of ${topic} were not acknowledged.`;
  throw new AppError("unavailable", message, { retry: true });
}

/** kafkajs asks again each time it tries, when the topic may have other partitions. */
function rememberPartitions(
  partitionOf: Map<Message, number>,
): ReturnType<typeof Partitioners.DefaultPartitioner> {
  const choose = Partitioners.DefaultPartitioner();
  return (place) => {
    const partition = partitionOf.get(place.message) ?? choose(place);
    partitionOf.set(place.message, partition);
    return partition;
  };
}

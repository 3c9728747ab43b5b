// Delivers batches of records to Kafka: events, features, outcomes and dead letters, each to its topic, in pieces that a broker takes.
//
// Delivery: at least once. A batch is delivered when all replicas in sync have all of it; when any piece fails, the whole batch
// comes again. A record that is too large for the topic would come for ever: it is kept in the local folder of dead letters, and
// what follows goes on.

import type { Logger } from "pino";
import type { KafkaConfig } from "../../schemas/config.ts";
import type { Metrics } from "../../schemas/metrics.ts";
import type { DeadLetter } from "../spool/writer-cursor.ts";
import type { Deliver } from "./delivery.ts";
import { createKafkaClient, isRefusedAs, toKafkaError } from "./kafka-connection.ts";
import { splitByBytes, toDeadLetterMessage, toMessage, type TextMessage } from "./kafka-messages.ts";
import { KafkaProducer } from "./kafka-producer.ts";
import { createTopicKeeper } from "./kafka-topics.ts";

/** Before compression, and so always below the million bytes that a broker takes unless told otherwise. */
const SEND_BYTES_MAX = 900_000;
const TOO_LARGE: ReadonlySet<string> = new Set(["MESSAGE_TOO_LARGE", "RECORD_LIST_TOO_LARGE"]);

export interface KafkaPublisher {
  deliver: Deliver;
  /** A delivery under way is given up. */
  close(): Promise<void>;
}

export interface KafkaPublisherOptions {
  kafka: KafkaConfig;
  /** What brokers call this process. */
  clientId: string;
  metrics: Metrics;
  /** Keeps on this machine what no broker takes; resolves when it is safe. */
  keepDeadLetters: (letters: readonly DeadLetter[]) => Promise<void>;
}

export function createKafkaPublisher(log: Logger, options: KafkaPublisherOptions): KafkaPublisher {
  const { kafka, clientId, metrics, keepDeadLetters } = options;
  const client = createKafkaClient(log, kafka, clientId);
  const topics = createTopicKeeper(log, client, kafka);
  const producer = new KafkaProducer(log, client, () => topics.ensure());

  /** Halves a piece that is too large until the record that makes it so stands alone. */
  async function send(topic: string, messages: TextMessage[]): Promise<void> {
    try {
      await producer.send(topic, messages);
    } catch (error) {
      if (!isRefusedAs(error, TOO_LARGE)) throw error;
      const [first, ...others] = messages;
      if (first !== undefined && others.length === 0) return keepApart(topic, first);
      const half = Math.ceil(messages.length / 2);
      await send(topic, messages.slice(0, half));
      await send(topic, messages.slice(half));
    }
  }

  async function keepApart(topic: string, { value }: TextMessage): Promise<void> {
    const reason = `larger than the topic ${topic} takes (max.message.bytes)`;
    log.error(
      { topic, bytes: Buffer.byteLength(value) },
      "a record is too large for its topic, and was put aside",
    );
    await keepDeadLetters([{ payload: value, reason }]);
  }

  async function publish(topic: string, record: string, messages: readonly TextMessage[]): Promise<void> {
    for (const piece of splitByBytes(messages, SEND_BYTES_MAX)) {
      await send(topic, piece);
      metrics.shippedRecords.inc({ record }, piece.length);
    }
  }

  return {
    async deliver({ records, deadLetters }) {
      const { event = [], features = [], outcome = [] } = Object.groupBy(records, ({ record }) => record);
      try {
        await publish(kafka.topics.events, "event", event.map(toMessage));
        await publish(kafka.topics.features, "features", features.map(toMessage));
        await publish(kafka.topics.outcomes, "outcome", outcome.map(toMessage));
        await publish(kafka.topics.deadLetters, "dead_letter", deadLetters.map(toDeadLetterMessage));
      } catch (error) {
        throw toKafkaError(error, kafka);
      }
    },
    close: () => producer.close(),
  };
}

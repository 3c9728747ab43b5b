// The calls that the sink's benchmark stores, and how they get to where a sink takes them from. Call N is the same on every machine but
// for its time, which is of today, because old calls would be removed while they are counted.

import { join } from "node:path";
import { CompressionTypes, type Producer } from "kafkajs";
import type { Logger } from "pino";
import { createKafkaClient } from "../../ingest/bus/kafka-connection.ts";
import { toMessage } from "../../ingest/bus/kafka-messages.ts";
import { createTopicKeeper } from "../../ingest/bus/kafka-topics.ts";
import { SpoolWriter } from "../../ingest/spool/writer.ts";
import type { KafkaConfig } from "../../schemas/config.ts";
import { createMetrics } from "../../schemas/metrics.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { buildTokenEvent } from "../builders/token-event.ts";

const PEOPLE = 200;
const SEND_MESSAGES = 5000;
const CALLS_APART_MS = 5;
/** Appended before the event loop has its turn, as on a gateway at full load. */
const SPOOL_TURN_RECORDS = 100;

/** A call of an agent, with as much said of it as clients and providers usually say. */
const TYPICAL = buildTokenEvent({
  gateway_id: "gateway-5b0c3a52-6a5e-4f0e-9d58-6f3a2c1e7b90",
  first_byte_ms: 420,
  duration_ms: 6310,
  team_id: "01936a00-0000-7000-8000-0000000000aa",
  identity_source: "key",
  key_kind: "person",
  client: "claude-code",
  client_version: "2.0.14",
  entrypoint: "interactive",
  session_id: "7f0c2f4e-52a5-4f3c-8a79-0a5c5c9a8b11",
  body_hash: "pGkY0h3v1mJ8bq2fT7wXzA",
  workload_class: "interactive",
  class_source: "key",
  tags: { team: "search", ticket: "4211" },
  provider: "anthropic",
  api: "messages",
  model_requested: "claude-sonnet-4-5",
  model_served: "claude-sonnet-4-5-20250929",
  service_tier: "standard",
  max_output_tokens: 32_000,
  stream: true,
  stop_reason: "tool_use",
  stop_kind: "tool",
  request_bytes: 184_220,
  response_bytes: 9120,
  messages: 41,
  tools_offered: 18,
  usage_raw:
    '{"input_tokens":812,"cache_creation_input_tokens":1904,"cache_read_input_tokens":48211,"output_tokens":733,"service_tier":"standard"}',
});

export function eventOf(number: number, beginsAtMs: number): TokenEvent {
  const person = String(number % PEOPLE).padStart(12, "0");
  return {
    ...TYPICAL,
    event_id: `01936a00-0000-7000-8000-${String(number).padStart(12, "0")}`,
    sequence: number + 1,
    started_at: new Date(beginsAtMs + number * CALLS_APART_MS).toISOString(),
    person_id: `01936a00-0000-7000-9000-${person}`,
    key_id: `01936a00-0000-7000-a000-${person}`,
    response_id: `msg_${number}`,
    request_id: `req_${number}`,
    input_tokens: 500 + (number % 997),
    cache_read_tokens: 48_211,
    cache_write_5m_tokens: 1904,
    output_tokens: 100 + (number % 89),
  };
}

/** Calls `from` to `to`, the last one left out. */
export interface Span {
  from: number;
  to: number;
}

/** Sends to the topics of one deployment. */
export interface TopicFiller {
  send(span: Span): Promise<void>;
  close(): Promise<void>;
}

export async function openTopicFiller(log: Logger, config: KafkaConfig): Promise<TopicFiller> {
  const client = createKafkaClient(log, config, "bench");
  await createTopicKeeper(log, client, config).ensure();
  const producer: Producer = client.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  const beginsAtMs = Date.now();
  return {
    async send({ from, to }) {
      for (let start = from; start < to; start += SEND_MESSAGES) {
        const length = Math.min(SEND_MESSAGES, to - start);
        const messages = Array.from({ length }, (_, index) =>
          toMessage({ record: "event", event: eventOf(start + index, beginsAtMs) }),
        );
        await producer.send({ topic: config.topics.events, messages, compression: CompressionTypes.GZIP });
      }
    },
    close: () => producer.disconnect(),
  };
}

export async function fillSpool(log: Logger, dataDir: string, { from, to }: Span): Promise<void> {
  const writer = new SpoolWriter(log, {
    spoolDir: join(dataDir, "spool"),
    writerId: "bench",
    bytesMax: Number.MAX_SAFE_INTEGER,
    metrics: createMetrics("bench"),
  });
  const beginsAtMs = Date.now();
  for (let start = from; start < to; start += SPOOL_TURN_RECORDS) {
    const length = Math.min(SPOOL_TURN_RECORDS, to - start);
    const written = Array.from({ length }, (_, index) => append(writer, eventOf(start + index, beginsAtMs)));
    await Promise.all(written);
  }
  await writer.close();
}

function append(writer: SpoolWriter, event: TokenEvent): Promise<void> {
  return new Promise((resolve, reject) => {
    writer.append({ record: "event", event }, (failure) => (failure ? reject(failure) : resolve()));
  });
}

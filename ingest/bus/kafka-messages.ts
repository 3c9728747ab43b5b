// Records as messages of Kafka: the value is the bare event, features or outcome as JSON, the headers say what it is. All that one person
// does has one key and so lies in one partition, where a sink finds it together.

import type { Message } from "kafkajs";
import type { DeliveredRecord } from "../spool/writer-cursor.ts";
import type { UndeliveredLetter } from "./delivery.ts";

const SCHEMA_VERSION = "1";
/** A reason can quote what was wrong; a header is no place for more than this. */
const REASON_CHARS_MAX = 1000;
/** What Kafka adds to a message, keys and headers included, is well below. */
const MESSAGE_OVERHEAD_BYTES = 500;

/** A message whose value is text, as all of ours are. */
export interface TextMessage extends Message {
  value: string;
}

export function toMessage(delivered: DeliveredRecord): TextMessage {
  return {
    key: keyOf(delivered),
    value: JSON.stringify(contentOf(delivered)),
    headers: { record: delivered.record, schema_version: SCHEMA_VERSION },
  };
}

/** Kafka spreads what has no key over all partitions. */
export function toDeadLetterMessage({ payload, reason, origin }: UndeliveredLetter): TextMessage {
  const headers = {
    record: "dead_letter",
    reason: reason.slice(0, REASON_CHARS_MAX),
    ...(origin && {
      source_topic: origin.topic,
      source_partition: String(origin.partition),
      source_offset: origin.offset,
    }),
  };
  return { value: payload, headers };
}

function contentOf(delivered: DeliveredRecord): object {
  switch (delivered.record) {
    case "event":
      return delivered.event;
    case "features":
      return delivered.features;
    case "outcome":
      return delivered.outcome;
    default:
      return delivered satisfies never;
  }
}

function keyOf(delivered: DeliveredRecord): string {
  switch (delivered.record) {
    case "event": {
      const { person_id: personId, key_id: keyId, gateway_id: gatewayId } = delivered.event;
      return personId ?? keyId ?? gatewayId;
    }
    case "features":
      return delivered.features.person_id ?? delivered.features.event_id;
    case "outcome":
      return delivered.outcome.person_id ?? delivered.outcome.outcome_id;
    default:
      return delivered satisfies never;
  }
}

/** In their order, as many together as `bytesMax` holds before compression. A message that is larger stands alone. */
export function* splitByBytes(messages: readonly TextMessage[], bytesMax: number): Generator<TextMessage[]> {
  let chunk: TextMessage[] = [];
  let chunkBytes = 0;
  for (const message of messages) {
    const bytes = Buffer.byteLength(message.value) + MESSAGE_OVERHEAD_BYTES;
    if (chunk.length > 0 && chunkBytes + bytes > bytesMax) {
      yield chunk;
      chunk = [];
      chunkBytes = 0;
    }
    chunk.push(message);
    chunkBytes += bytes;
  }
  if (chunk.length > 0) yield chunk;
}

// The framings of provider streams. Recordings that keep only the events, one JSON document a line, are given back the
// framing that their provider puts around them; whole streams are cut between their events.
//
// Sources: WHATWG HTML 9.2 (server-sent events); the streaming pages of OpenAI (`data:` alone and `[DONE]` for chat, `event:`
// too for responses), Anthropic (`event:` and `data:`), Google (`data:` with CRLF) and Cohere; AWS, "Event stream encoding".

import { crc32 } from "node:zlib";
import type { Shape } from "./fixtures-shape.ts";
import { isObject, type Framing } from "./fixtures-types.ts";

const PRELUDE_BYTES = 12;
const CRC_BYTES = 4;
const STRING_HEADER = 7;

/** Puts the provider's framing around events that were recorded as one JSON document a line. */
export function frameJsonLines(lines: readonly string[], { dialect, api, streamEnd }: Shape): Buffer[] {
  const frames = lines.map((line) => {
    if (dialect === "bedrock") return encodeBedrockEvent(line);
    if (api === "generate") return Buffer.from(`data: ${line}\r\n\r\n`);
    const type = eventType(line);
    return Buffer.from(`${type === undefined ? "" : `event: ${type}\n`}data: ${line}\n\n`);
  });
  return streamEnd === undefined ? frames : [...frames, Buffer.from(streamEnd)];
}

/** The framing of a file that holds what stood on the wire. */
export function framingOf(file: string, bytes: Buffer): Framing {
  if (file.endsWith(".bin")) return "eventstream";
  return /^(data|event|id|retry)?:/.test(bytes.toString("latin1", 0, 16)) ? "sse" : "json";
}

/** Cuts a body where its framing has its events. */
export function toFrames(bytes: Buffer, framing: Framing): Buffer[] {
  switch (framing) {
    case "sse":
      return splitServerSentEvents(bytes);
    case "eventstream":
      return splitEventStream(bytes);
    case "json":
      return [bytes];
    default:
      return framing satisfies never;
  }
}

/** Cuts after each empty line. The rest after the last one is a piece of its own. */
function splitServerSentEvents(bytes: Buffer): Buffer[] {
  const pieces = bytes.toString("latin1").match(/[\s\S]*?(?:\r\n\r\n|\n\n|\r\r)|[\s\S]+$/g) ?? [];
  return pieces.map((piece) => Buffer.from(piece, "latin1"));
}

/** Cuts between messages. What is no whole message is the last piece. */
function splitEventStream(bytes: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  let start = 0;
  while (start < bytes.length) {
    const length = bytes.length - start >= PRELUDE_BYTES ? bytes.readUInt32BE(start) : 0;
    const end = length > PRELUDE_BYTES && start + length <= bytes.length ? start + length : bytes.length;
    frames.push(bytes.subarray(start, end));
    start = end;
  }
  return frames;
}

/** The name that OpenAI's responses, Anthropic, Cohere and Gemini's interactions give their events. Chat chunks have none. */
function eventType(line: string): string | undefined {
  const event = parseLine(line);
  const name = event["type"] ?? event["event_type"];
  return typeof name === "string" ? name : undefined;
}

function parseLine(line: string): Readonly<Record<string, unknown>> {
  try {
    const event: unknown = JSON.parse(line);
    return isObject(event) ? event : {};
  } catch {
    // One recording has lines that lack a brace, and were named by their sender all the same.
    return { type: /^\{"type":"([^"]+)"/.exec(line)?.[1] };
  }
}

/** A line `{"<event type>": <payload>}` as a message of `application/vnd.amazon.eventstream`. */
function encodeBedrockEvent(line: string): Buffer {
  const [[type, payload] = ["", null]] = Object.entries(parseLine(line));
  return encodeEventStreamMessage(
    { ":event-type": type, ":content-type": "application/json", ":message-type": "event" },
    Buffer.from(JSON.stringify(payload)),
  );
}

/**
 * Prelude (total length, headers' length, CRC of both), headers, payload, CRC of all before it; big endian. All headers are
 * strings, the only kind that Bedrock's runtime sends.
 */
function encodeEventStreamMessage(headers: Readonly<Record<string, string>>, payload: Buffer): Buffer {
  const headerBytes = Buffer.concat(
    Object.entries(headers).map(([name, value]) => {
      const head = Buffer.from([name.length, ...Buffer.from(name), STRING_HEADER, 0, 0]);
      head.writeUInt16BE(Buffer.byteLength(value), head.length - 2);
      return Buffer.concat([head, Buffer.from(value)]);
    }),
  );
  const prelude = Buffer.alloc(PRELUDE_BYTES);
  prelude.writeUInt32BE(PRELUDE_BYTES + headerBytes.length + payload.length + CRC_BYTES, 0);
  prelude.writeUInt32BE(headerBytes.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const message = Buffer.concat([prelude, headerBytes, payload]);
  const trailer = Buffer.alloc(CRC_BYTES);
  trailer.writeUInt32BE(crc32(message));
  return Buffer.concat([message, trailer]);
}

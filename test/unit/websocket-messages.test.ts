// The messages of a WebSocket are read from a copy of its bytes, however they are framed, masked, deflated and cut; and what is no
// message never harms more than its own reading. The seed of a failing run is printed with it.

import { constants, createDeflateRaw, deflateRawSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  MESSAGE_BYTES_MAX,
  MessageReader,
  type Deflation,
  type Message,
} from "../../ingest/gateway/websocket/message-reader.ts";

const FINAL = 0x80;
const COMPRESSED = 0x40;
const [CONTINUATION, TEXT, CLOSE, PING] = [0x0, 0x1, 0x8, 0x9];
const TAIL_BYTES = 4;

function frame(first: number, payload: Buffer, mask?: Buffer): Buffer {
  const { length } = payload;
  const masked = mask ? 0x80 : 0;
  const head =
    length < 126 ? Buffer.from([first, masked | length]) : Buffer.alloc(length < 65_536 ? 4 : 10, first);
  if (length >= 126) head[1] = masked | (length < 65_536 ? 126 : 127);
  if (length >= 65_536) head.writeBigUInt64BE(BigInt(length), 2);
  else if (length >= 126) head.writeUInt16BE(length, 2);
  const body = mask ? Buffer.from(payload.map((byte, at) => byte ^ (mask[at % 4] ?? 0))) : payload;
  return Buffer.concat([head, mask ?? Buffer.alloc(0), body]);
}

interface Shape {
  /** Where the message's payload is cut into frames. */
  cuts: number[];
  mask: Buffer | undefined;
  hasPing: boolean;
}

/** A message in its frames, with a Ping between the first two where there are two. */
function frames(payload: Buffer, isDeflated: boolean, { cuts, mask, hasPing }: Shape): Buffer {
  const places = [
    0,
    ...cuts.map((cut) => cut % (payload.length + 1)).toSorted((a, b) => a - b),
    payload.length,
  ];
  const parts = places.slice(1).map((end, at) => payload.subarray(places[at], end));
  const framed = parts.map((part, at) => {
    const isLast = at === parts.length - 1;
    const opcode = at === 0 ? TEXT | (isDeflated ? COMPRESSED : 0) : CONTINUATION;
    const ping = hasPing && !isLast ? [frame(FINAL | PING, Buffer.from("still there?"), mask)] : [];
    return Buffer.concat([frame(opcode | (isLast ? FINAL : 0), part, mask), ...ping]);
  });
  return Buffer.concat(framed);
}

/** Deflates each message with a view to those before it, as one side of a connection does. */
async function deflateOnward(messages: readonly Buffer[]): Promise<Buffer[]> {
  const deflater = createDeflateRaw();
  const chunks: Buffer[] = [];
  deflater.on("data", (chunk: Buffer) => chunks.push(chunk));
  const deflated: Buffer[] = [];
  for (const message of messages) {
    deflater.write(message);
    await new Promise<void>((resolve) => deflater.flush(constants.Z_SYNC_FLUSH, () => resolve()));
    deflated.push(Buffer.concat(chunks.splice(0)).subarray(0, -TAIL_BYTES));
  }
  return deflated;
}

const deflateAfresh = (message: Buffer): Buffer =>
  deflateRawSync(message, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -TAIL_BYTES);

function createReader(deflation: Deflation = "none"): { reader: MessageReader; unread: string[] } {
  const unread: string[] = [];
  return {
    reader: new MessageReader({ isMetered: true, deflation }, (reason) => unread.push(reason)),
    unread,
  };
}

async function readAll(
  reader: MessageReader,
  bytes: Buffer,
  cuts: readonly number[] = [],
): Promise<Message[]> {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  const messages: Message[] = [];
  for (let at = 1; at < places.length; at++) {
    messages.push(...(await reader.read(bytes.subarray(places[at - 1], places[at]))));
  }
  return messages;
}

const bytesOf = (max: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ maxLength: max }).map((array) => Buffer.from(array));
/** Small ones, ones with something to deflate, and ones of each length of a header. */
const anyMessage = fc.oneof(
  bytesOf(40),
  fc
    .tuple(bytesOf(30), fc.nat(20_000))
    .map(([bytes, times]) => Buffer.concat(Array<Buffer>(times).fill(bytes))),
);
const anyShape: fc.Arbitrary<Shape> = fc.record({
  cuts: fc.array(fc.nat(), { maxLength: 4 }),
  mask: fc.option(
    fc.uint8Array({ minLength: 4, maxLength: 4 }).map((array) => Buffer.from(array)),
    {
      nil: undefined,
    },
  ),
  hasPing: fc.boolean(),
});
const anySent = fc.array(fc.tuple(anyMessage, anyShape), { maxLength: 5 });
const anyCuts = fc.array(fc.nat(), { maxLength: 20 });

describe.each<Deflation>(["none", "afresh", "onward"])("messages deflated %s", (deflation) => {
  test("are read as they were sent, however they are framed and cut", async () => {
    await fc.assert(
      fc.asyncProperty(anySent, anyCuts, async (sent, cuts) => {
        const texts = sent.map(([text]) => text);
        const isDeflated = deflation !== "none";
        const payloads =
          deflation === "onward" ? await deflateOnward(texts) : isDeflated ? texts.map(deflateAfresh) : texts;
        const framed = sent.map(([, shape], at) =>
          frames(payloads[at] ?? Buffer.alloc(0), isDeflated, shape),
        );
        const { reader, unread } = createReader(deflation);
        const messages = await readAll(reader, Buffer.concat(framed), cuts);
        expect(messages.map(({ text }) => text.toString("hex"))).toEqual(
          texts.map((text) => text.toString("hex")),
        );
        expect(reader.isBetweenFrames).toBe(true);
        expect(unread).toEqual([]);
        const pings = sent.reduce((total, [, { cuts: parts, mask, hasPing }]) => {
          return total + (hasPing ? parts.length * (14 + (mask ? 4 : 0)) : 0);
        }, 0);
        const wireBytes = messages.reduce((total, message) => total + message.wireBytes, 0);
        expect(wireBytes).toBe(Buffer.concat(framed).length - pings);
      }),
      { numRuns: 100 },
    );
  });

  test("or whatever else comes never throw, and are told of once where they end the reading", async () => {
    await fc.assert(
      fc.asyncProperty(bytesOf(300), anyCuts, async (bytes, cuts) => {
        const { reader, unread } = createReader(deflation);
        await readAll(reader, bytes, cuts);
        expect(unread.filter((reason) => reason === "framing").length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });
});

const plain: Shape = { cuts: [], mask: undefined, hasPing: false };
const next = Buffer.from("next");

test("a message over the limit is skipped, and the next is read", async () => {
  const { reader, unread } = createReader();
  const large = frames(Buffer.alloc(MESSAGE_BYTES_MAX + 1, "a"), false, plain);
  const messages = await readAll(reader, Buffer.concat([large, frames(next, false, plain)]), [1000, 70_000]);
  expect(messages).toMatchObject([{ text: next }]);
  expect(unread).toEqual(["too_large"]);
});

test("a bomb is inflated no further than the limit; what follows is read where it stands alone", async () => {
  const bomb = deflateAfresh(Buffer.alloc(MESSAGE_BYTES_MAX + 1, "a"));
  expect(bomb.length).toBeLessThan(100_000);
  for (const [deflation, read] of [
    ["afresh", [{ text: next }]],
    ["onward", []],
  ] as const) {
    const { reader, unread } = createReader(deflation);
    const bytes = Buffer.concat([frames(bomb, true, plain), frames(deflateAfresh(next), true, plain)]);
    expect(await readAll(reader, bytes)).toMatchObject(read);
    expect(unread).toEqual(["encoding"]);
  }
});

test.each([
  ["a reserved bit", Buffer.from([0x90 | TEXT, 0])],
  ["an opcode that there is none of", Buffer.from([FINAL | 0x3, 0])],
  ["a control frame in pieces", Buffer.from([PING, 0])],
  ["a control frame that is too long", frame(FINAL | PING, Buffer.alloc(126))],
  ["a continuation of nothing", frame(FINAL | CONTINUATION, next)],
  ["a message within a message", Buffer.concat([frame(TEXT, next), frame(FINAL | TEXT, next)])],
  ["a deflated message that nobody agreed on", frames(next, true, plain)],
  ["a length that no message has", Buffer.concat([Buffer.from([FINAL | TEXT, 127]), Buffer.alloc(8, 0xff)])],
])("%s ends the reading", async (_what, bytes) => {
  const { reader, unread } = createReader();
  expect(await readAll(reader, Buffer.concat([bytes, frames(next, false, plain)]))).toEqual([]);
  expect(unread).toEqual(["framing"]);
});

test("a Close is seen, and an extension that nobody knows is not read", async () => {
  const { reader } = createReader();
  await readAll(reader, frame(FINAL | CLOSE, Buffer.from([0x03, 0xe8])));
  expect(reader.hasClosed).toBe(true);
  const unknown = createReader("unknown");
  expect(await readAll(unknown.reader, frames(next, false, plain))).toEqual([]);
  expect(unknown.unread).toEqual(["encoding"]);
});

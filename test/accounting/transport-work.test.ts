// What it takes to read an encoded stream, counted in operations: decoding anew from the first byte with each chunk would
// grow with the square of the stream.

import { createHook } from "node:async_hooks";
import { gzipSync } from "node:zlib";
import { pino } from "pino";
import { expect, test } from "vitest";
import { Meter } from "../../ingest/gateway/meter/meter.ts";
import { anthropic } from "../../ingest/gateway/providers/anthropic.ts";
import type { Provider } from "../../ingest/gateway/providers/provider.ts";
import { MESSAGE_TEXT, MESSAGES } from "./stream-frames.ts";

interface Work {
  decoders: number;
  eventsRead: number;
  bytesRead: number;
}

test("case 56: decoding takes one decoder, and hands on each byte once, however many chunks there are", async () => {
  const few = await readInChunks(100);
  const many = await readInChunks(1600);
  expect(few).toMatchObject({ decoders: 1, eventsRead: 100 });
  expect(many).toEqual({ decoders: 1, eventsRead: 1600, bytesRead: 16 * few.bytesRead });
});

/** Reads a gzip stream of so many events in so many chunks, and counts what that took. */
async function readInChunks(count: number): Promise<Work> {
  const work: Work = { decoders: 0, eventsRead: 0, bytesRead: 0 };
  const hook = createHook({ init: (_id, type) => void (type === "ZLIB" && work.decoders++) });
  const counting: Provider = {
    ...anthropic,
    createReader: (operation) => ({
      ...anthropic.createReader(operation),
      readEvent(_type, data) {
        work.eventsRead++;
        work.bytesRead += data.length;
      },
    }),
  };
  // Without compression, so that each chunk holds about one event.
  const encoded = gzipSync(Buffer.from(MESSAGE_TEXT.repeat(count)), { level: 0 });
  const chunkBytes = Math.ceil(encoded.length / count);
  hook.enable();
  const head = { status: 200, contentType: "text/event-stream", contentEncoding: "gzip" };
  const operation = anthropic.classify("POST", MESSAGES);
  const meter = new Meter(pino({ level: "silent" }), counting, operation, head);
  for (let at = 0; at < encoded.length; at += chunkBytes)
    await new Promise<void>((resolve) => meter.read(encoded.subarray(at, at + chunkBytes), resolve));
  await new Promise<void>((resolve) => meter.end(resolve));
  hook.disable();
  return work;
}

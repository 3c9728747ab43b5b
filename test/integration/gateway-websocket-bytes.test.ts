// What goes over a WebSocket goes through as it is, frames or not, at the pace of whoever takes it.

import { createHash, type Hash } from "node:crypto";
import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import { Readable, Writable, type Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestGateway, type TestGateway } from "../services/gateway.ts";

const MEGABYTE = 1024 * 1024;
const SENT_BYTES = 32 * MEGABYTE;
/** Buffers of the kernel on two loopback connections, which it lets grow to 6 MB each way, and those of Node. */
const KEPT_BYTES_MAX = 20 * MEGABYTE;
const FRAME_BYTES = 64 * 1024;
const HEADER_BYTES = 4;
const POLL_MS = 20;
const QUIET_POLLS = 10;
const RUNS = 20;

let server: Server;
let gateway: TestGateway;
/** The provider's ends of connections that no test has taken yet. */
const opened: Duplex[] = [];

beforeAll(async () => {
  server = createServer().listen(0, "127.0.0.1");
  server.on("upgrade", (_incoming, socket: Duplex) => {
    socket.on("error", () => undefined);
    opened.push(socket);
    socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  });
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  gateway = await startTestGateway({ upstreamUrl: `http://127.0.0.1:${port}` });
});
afterAll(async () => {
  await gateway.close();
  server.close();
});

/** Both ends of a connection, bare. */
async function connect(path: string): Promise<{ ours: Duplex; theirs: Duplex }> {
  const outgoing = request(gateway.url + path, {
    agent: false,
    headers: { connection: "Upgrade", upgrade: "websocket" },
  }).end();
  const ours = await new Promise<Duplex>((resolve, reject) => {
    outgoing.on("upgrade", (_answer, socket) => resolve(socket)).on("error", reject);
  });
  ours.on("error", () => undefined);
  const theirs = opened.shift();
  if (!theirs) throw new Error("The provider has no connection.");
  return { ours, theirs };
}

/** Sends chunk by chunk, ends, and returns what has arrived at the other end. */
async function carry(from: Duplex, to: Duplex, chunks: readonly Uint8Array[]): Promise<string> {
  const arrived: Buffer[] = [];
  const ended = once(to, "end");
  to.on("data", (chunk: Buffer) => arrived.push(chunk));
  for (const chunk of chunks) {
    await new Promise((resolve) => from.write(chunk, resolve));
  }
  from.end();
  await ended;
  return Buffer.concat(arrived).toString("hex");
}

const text = (json: string): Uint8Array =>
  Buffer.concat([Buffer.from([0x81, json.length]), Buffer.from(json)]);
const close = Buffer.from([0x88, 0x02, 0x03, 0xe8]);
const anyChunks = (...messages: Uint8Array[]): fc.Arbitrary<Uint8Array[]> => {
  const anyBytes = fc.uint8Array({ minLength: 1, maxLength: 200 });
  return fc.array(fc.oneof(anyBytes, fc.constantFrom(close, ...messages)), { maxLength: 8 });
};
// A client that ends with a response under way is heard out: its provider is not told, and not asked here.
const anyRequests = anyChunks(text('{"type":"response.cancel"}'));
const anyAnswers = anyChunks(
  text('{"type":"response.created","response":{"id":"r"}}'),
  text('{"type":"response.completed","response":{"id":"r","usage":{"input_tokens":1}}}'),
);

describe.each([
  ["metered", "/v1/responses"],
  ["unmetered", "/v1/unheard-of"],
])("a connection that is %s", (_kind, path) => {
  test("carries any bytes, both ways, until each side ends", async () => {
    await fc.assert(
      fc.asyncProperty(anyRequests, anyAnswers, async (requests, answers) => {
        const asking = await connect(path);
        expect(await carry(asking.ours, asking.theirs, requests)).toBe(
          Buffer.concat(requests).toString("hex"),
        );
        asking.theirs.destroy();
        const answering = await connect(path);
        expect(await carry(answering.theirs, answering.ours, answers)).toBe(
          Buffer.concat(answers).toString("hex"),
        );
        answering.ours.destroy();
      }),
      { numRuns: RUNS },
    );
  });

  test.each(["theirs", "ours"] as const)(
    "stops who sends while the other side (%s) does not read",
    async (reading) => {
      const { [reading]: to, [reading === "ours" ? "theirs" : "ours"]: from } = await connect(path);
      const sent = createCount();
      const received = createCount();
      const carried = pipeline(createSource(sent), from);
      await untilQuiet(sent);
      expect(sent.bytes).toBeLessThan(KEPT_BYTES_MAX);
      await pipeline(to, createSink(received));
      await carried;
      expect(received.bytes).toBe(SENT_BYTES);
      expect(received.hash.digest("hex")).toBe(sent.hash.digest("hex"));
    },
  );
});

interface Counted {
  bytes: number;
  hash: Hash;
}

const createCount = (): Counted => ({ bytes: 0, hash: createHash("sha256") });

/** Binary frames of which none is the same, counted as they are taken. */
function createSource(counted: Counted): Readable {
  let number = 0;
  return new Readable({
    highWaterMark: FRAME_BYTES,
    read() {
      if (counted.bytes >= SENT_BYTES) {
        this.push(null);
        return;
      }
      const frame = Buffer.alloc(FRAME_BYTES, `${number++} `);
      frame.set([0x82, 126], 0);
      frame.writeUInt16BE(FRAME_BYTES - HEADER_BYTES, 2);
      counted.bytes += frame.length;
      counted.hash.update(frame);
      this.push(frame);
    },
  });
}

function createSink(counted: Counted): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      counted.bytes += chunk.length;
      counted.hash.update(chunk);
      done();
    },
  });
}

/** Returns when nothing has moved for a while. If it moved on after that, the test would only ask for less. */
async function untilQuiet(counted: Counted): Promise<void> {
  for (let quiet = 0, before = -1; quiet < QUIET_POLLS; before = counted.bytes) {
    quiet = counted.bytes === before && before > 0 ? quiet + 1 : 0;
    await delay(POLL_MS);
  }
}

// Who does not read makes the other side wait: the gateway keeps no more of a call than a few buffers, however large it is.

import { createHash, type Hash } from "node:crypto";
import { once } from "node:events";
import { createServer, request, type IncomingMessage, type Server } from "node:http";
import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startTestGateway, type TestGateway } from "../services/gateway.ts";

const MEGABYTE = 1024 * 1024;
const SENT_BYTES = 48 * MEGABYTE;
/** Buffers of the kernel on two loopback connections, which it lets grow to 6 MB each way, and those of Node. */
const KEPT_BYTES_MAX = 20 * MEGABYTE;
const CHUNK_BYTES = 64 * 1024;
const POLL_MS = 20;
const QUIET_POLLS = 10;

let server: Server;
let gateway: TestGateway;
/** What the provider does with a request. */
let serve: (incoming: IncomingMessage, respond: (headers: Record<string, string>) => Writable) => void;

beforeEach(async () => {
  server = createServer((incoming, response) =>
    serve(incoming, (headers) => response.writeHead(200, headers)),
  ).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  gateway = await startTestGateway({ upstreamUrl: `http://127.0.0.1:${port}` });
});
afterEach(async () => {
  await gateway.close();
  server.closeAllConnections();
  server.close();
});

interface Counted {
  bytes: number;
  hash: Hash;
}

const createCount = (): Counted => ({ bytes: 0, hash: createHash("sha256") });

function count(counted: Counted, chunk: Buffer): void {
  counted.bytes += chunk.length;
  counted.hash.update(chunk);
}

/** Events of which none is the same, counted as they are taken. */
function createSource(counted: Counted): Readable {
  let number = 0;
  return new Readable({
    highWaterMark: CHUNK_BYTES,
    read() {
      if (counted.bytes >= SENT_BYTES) {
        this.push(null);
        return;
      }
      const chunk = Buffer.alloc(CHUNK_BYTES, `${number++} `);
      chunk.write("data: ", 0);
      chunk.write("\n\n", CHUNK_BYTES - 2);
      count(counted, chunk);
      this.push(chunk);
    },
  });
}

function createDrain(counted: Counted): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      count(counted, chunk);
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

test.each([
  ["of a stream that is metered", "/v1/chat/completions", "text/event-stream"],
  ["of a download", "/v1/files/f/content", "application/octet-stream"],
])("a client that does not read %s stops its provider", async (_name, path, type) => {
  const sent = createCount();
  const received = createCount();
  serve = (incoming, respond) => {
    incoming.resume();
    void pipeline(createSource(sent), respond({ "content-type": type }));
  };
  const outgoing = request(gateway.url + path, { method: "POST", agent: false });
  outgoing.end();
  const response: IncomingMessage[] = await once(outgoing, "response");
  await untilQuiet(sent);
  expect(sent.bytes).toBeLessThan(KEPT_BYTES_MAX);

  const [answer] = response;
  if (answer) await pipeline(answer, createDrain(received));
  expect(received.bytes).toBe(SENT_BYTES);
  expect(received.hash.digest("hex")).toBe(sent.hash.digest("hex"));
});

test("a provider that does not read an upload stops its client", async () => {
  const sent = createCount();
  const received = createCount();
  const { promise: wanted, resolve: want } = Promise.withResolvers<void>();
  serve = (incoming, respond) => {
    void wanted.then(() => pipeline(incoming, createDrain(received))).then(() => respond({}).end("ok"));
  };
  const outgoing = request(`${gateway.url}/v1/files`, { method: "POST", agent: false });
  const uploaded = pipeline(createSource(sent), outgoing);
  const answered = once(outgoing, "response");
  await untilQuiet(sent);
  expect(sent.bytes).toBeLessThan(KEPT_BYTES_MAX);

  want();
  await uploaded;
  const [answer]: IncomingMessage[] = await answered;
  answer?.resume();
  expect(answer?.statusCode).toBe(200);
  expect(received.bytes).toBe(SENT_BYTES);
  expect(received.hash.digest("hex")).toBe(sent.hash.digest("hex"));
  expect(gateway.takeEvents()).toMatchObject([{ request_bytes: SENT_BYTES, api: "other" }]);
});

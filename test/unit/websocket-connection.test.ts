// What a WebSocket waits for: nothing goes on to the provider before the intent of the call that it asks for is with the kernel, and no
// response ends for the client before its event is.

import { duplexPair, type Duplex } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { pino } from "pino";
import { beforeEach, expect, test, vi } from "vitest";
import { createDrains } from "../../ingest/gateway/drains.ts";
import { UPGRADE } from "../../ingest/gateway/providers/provider.ts";
import { resolveRoute } from "../../ingest/gateway/route.ts";
import { Connection } from "../../ingest/gateway/websocket/connection.ts";
import { MessageReader } from "../../ingest/gateway/websocket/message-reader.ts";
import { ResponseCalls } from "../../ingest/gateway/websocket/response-calls.ts";
import { readConfig } from "../../schemas/config.ts";
import { createMetrics } from "../../schemas/metrics.ts";
import { buildTokenEvent } from "../builders/token-event.ts";

/** More than a chunk needs to go through when nothing holds it. */
const TURNS = 20;

/** A record that the spool has been given, and has not written yet. */
interface Held {
  record: string;
  write: () => void;
}

const createReader = (): MessageReader =>
  new MessageReader({ isMetered: true, deflation: "none" }, () => undefined);

let client: Duplex;
let provider: Duplex;
let held: Held[];
let connection: Connection;
let ended: Promise<unknown>;
beforeEach(() => {
  const log = pino({ level: "silent" });
  const [clientSide, ours] = duplexPair();
  const [providerSide, theirs] = duplexPair();
  client = clientSide;
  provider = providerSide;
  held = [];
  const spool = {
    append: (record: object, written: (failure: undefined) => void): void => {
      held.push({ record: "record" in record ? String(record.record) : "", write: () => written(undefined) });
    },
  };
  const calls = new ResponseCalls(
    {
      log,
      metrics: createMetrics("test"),
      spool,
      estimator: { estimate: () => Promise.resolve(undefined), close: () => Promise.resolve() },
      features: { take: () => undefined },
      strict: false,
      checkCaller: () => undefined,
      draft: () => buildTokenEvent(),
    },
    resolveRoute(readConfig({}).upstreams, UPGRADE, "/v1/responses"),
  );
  connection = new Connection(log, {
    client: { socket: ours, reader: createReader() },
    provider: { socket: theirs, reader: createReader() },
    calls,
    drains: createDrains(),
  });
  ended = connection.run();
});

const frame = (message: object): Buffer => {
  const json = Buffer.from(JSON.stringify(message));
  return Buffer.concat([Buffer.from([0x81, json.length]), json]);
};
const ASKED = frame({ type: "response.create" });
const BEGUN = frame({ type: "response.created", response: { id: "r" } });
const ENDED = frame({ type: "response.completed", response: { id: "r", status: "completed" } });

/** The next record, which the spool keeps waiting until it is told otherwise. */
async function takeHeld(record: string): Promise<Held> {
  await vi.waitFor(() => expect(held).toMatchObject([{ record }]));
  const [first] = held.splice(0);
  if (!first) throw new Error("no record");
  return first;
}

/** What has arrived after everything that could go through has. */
async function arrived(side: Duplex): Promise<string> {
  const chunks: Buffer[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    await nextTurn();
    const chunk: unknown = side.read();
    if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("hex");
}

test("a request waits for its intent, the end of a response for its event, and nothing else for anything", async () => {
  client.write(ASKED);
  const intent = await takeHeld("intent");
  expect(await arrived(provider)).toBe("");
  intent.write();
  expect(await arrived(provider)).toBe(ASKED.toString("hex"));

  provider.write(BEGUN);
  expect(await arrived(client)).toBe(BEGUN.toString("hex"));
  provider.write(ENDED);
  const event = await takeHeld("event");
  expect(await arrived(client)).toBe("");
  event.write();
  expect(await arrived(client)).toBe(ENDED.toString("hex"));
});

test("a gateway that ends says so between frames, and only once what it has read is passed on", async () => {
  client.write(ASKED);
  (await takeHeld("intent")).write();
  expect(await arrived(provider)).toBe(ASKED.toString("hex"));
  provider.write(BEGUN);
  provider.write(ENDED.subarray(0, 10));
  expect(await arrived(client)).toBe(Buffer.concat([BEGUN, ENDED.subarray(0, 10)]).toString("hex"));
  connection.drain();
  provider.write(ENDED.subarray(10));
  const event = await takeHeld("event");
  connection.drain();
  expect(await arrived(client)).toBe("");
  event.write();
  const goingAway = Buffer.from([0x88, 0x02, 0x03, 0xe9]);
  expect(await arrived(client)).toBe(Buffer.concat([ENDED.subarray(10), goingAway]).toString("hex"));
  client.end();
  provider.end();
  await ended;
});

test("a side that is in the middle of a frame when the gateway ends is cut off", async () => {
  provider.write(BEGUN.subarray(0, 10));
  expect(await arrived(client)).toBe(BEGUN.subarray(0, 10).toString("hex"));
  connection.drain();
  provider.end();
  await ended;
  expect(client.read()).toBeNull();
});

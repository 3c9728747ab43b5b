// Every call is on record once, and before its client can know that it has the whole answer.

import { request } from "node:http";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { openSpoolReader } from "../../ingest/spool/reader.ts";
import { SpoolWriter } from "../../ingest/spool/writer.ts";
import { createMetrics } from "../../schemas/metrics.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { canFillDisk, fillDisk } from "../services/full-disk.ts";
import { startTestGateway, type TestGateway } from "../services/gateway.ts";
import { send } from "../services/raw-client.ts";
import {
  encodedAnswer,
  jsonAnswer,
  streamAnswer,
  type ReplayAnswer,
} from "../services/replay-provider-answer.ts";
import { startReplayProvider, type ReplayProvider } from "../services/replay-provider.ts";

const CHAT = "/v1/chat/completions";
const REQUEST = '{"model":"m","stream":true,"stream_options":{"include_usage":true}}';
const STREAMS = 500;

let replay: ReplayProvider;
let gateway: TestGateway;

beforeAll(async () => {
  replay = await startReplayProvider();
});
afterAll(() => replay.close());
beforeEach(async () => {
  replay.respond(undefined);
  gateway = await startTestGateway({ upstreamUrl: replay.url });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await gateway.close();
});

const STREAM = streamAnswer([
  'data: {"choices":[{"delta":{"content":"Gold"}}]}\n\n',
  'data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4}}\n\n',
  "data: [DONE]\n\n",
]);
const DOCUMENT = jsonAnswer({ id: "c1", usage: { prompt_tokens: 9, completion_tokens: 4 } });
const ANSWERS: [name: string, method: string, path: string, answer: ReplayAnswer][] = [
  ["an answer with its length", "POST", CHAT, DOCUMENT],
  ["an answer with its length, in pieces", "POST", CHAT, { ...DOCUMENT, pace: { chunkBytes: 7 } }],
  [
    "an answer in chunks",
    "POST",
    CHAT,
    { headers: DOCUMENT.headers ?? [], frames: [DOCUMENT.body ?? Buffer.alloc(0)] },
  ],
  ["a stream with a last event", "POST", CHAT, STREAM],
  ["a stream with a last event, in pieces", "POST", CHAT, { ...STREAM, pace: { chunkBytes: 7 } }],
  ["a gzip answer", "POST", CHAT, await encodedAnswer(DOCUMENT, "gzip")],
  ["a gzip stream", "POST", CHAT, await encodedAnswer(STREAM, "gzip")],
  ["an answer without bytes", "POST", CHAT, { body: Buffer.alloc(0) }],
  [
    "an encoded answer without bytes",
    "POST",
    CHAT,
    { headers: [["content-encoding", "gzip"]], body: Buffer.alloc(0) },
  ],
  ["a call that is not metered", "GET", "/v1/models", DOCUMENT],
  ["HEAD", "HEAD", "/v1/models", { headers: [["content-length", "1000"]] }],
  ["204", "DELETE", "/v1/files/f", { status: 204 }],
];

interface Client {
  /** What the client has by now. */
  bytes: Buffer;
  /** It knows that there is no more to come. */
  isWhole: boolean;
  ended: Promise<void>;
}

function ask(method: string, path: string, onProgress: (client: Client) => void = () => undefined): Client {
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  const client: Client = { bytes: Buffer.alloc(0), isWhole: false, ended };
  const outgoing = request(gateway.url + path, { method, agent: false }, (response) => {
    const length = method === "HEAD" ? undefined : response.headers["content-length"];
    const progress = (more: Buffer, isEnd: boolean): void => {
      client.bytes = Buffer.concat([client.bytes, more]);
      client.isWhole =
        isEnd || String(client.bytes.length) === length || client.bytes.includes("data: [DONE]\n\n");
      onProgress(client);
    };
    progress(Buffer.alloc(0), false);
    response.on("data", (chunk: Buffer) => progress(chunk, false));
    response.on("end", () => {
      progress(Buffer.alloc(0), true);
      resolve();
    });
  });
  outgoing.on("error", reject);
  outgoing.end(method === "POST" ? REQUEST : undefined);
  return client;
}

describe.each(ANSWERS)("%s", (_name, method, path, answer) => {
  test("is on record at the moment when its client has all of it", async () => {
    replay.respond(() => answer);
    const found: number[] = [];
    const client = ask(method, path, ({ isWhole }) => {
      if (isWhole) found.push(readSpool().length);
    });
    await client.ended;
    expect(new Set(found)).toEqual(new Set([1]));
  });

  test("is not whole for its client as long as its record is not written", async () => {
    replay.respond(() => answer);
    const { held, release } = holdEvents();
    const client = ask(method, path);
    await expect.poll(() => held.length, { interval: 5 }).toBe(1);
    // What the gateway had sent before these answers has arrived before them.
    for (let turn = 0; turn < 3; turn++) await send(`${gateway.url}/healthz`, { method: "GET" });
    expect(client.isWhole).toBe(false);
    release();
    await client.ended;
    expect(client.isWhole).toBe(true);
  });
});

/** What a sink that was started now would find. */
function readSpool(): TokenEvent[] {
  const spool = { spoolDir: join(gateway.dataDir, "spool"), metrics: createMetrics("sink") };
  const reader = openSpoolReader(pino({ level: "silent" }), spool);
  const { records } = reader.readBatch(10_000);
  reader.close();
  return records.flatMap((record) => (record.record === "event" ? [record.event] : []));
}

/** From here on the spool does not say of an event that it is written, until it is told to. */
function holdEvents(): { held: (() => void)[]; release: () => void } {
  const held: (() => void)[] = [];
  const append: SpoolWriter["append"] = Reflect.get(SpoolWriter.prototype, "append");
  vi.spyOn(SpoolWriter.prototype, "append").mockImplementation(function (this: SpoolWriter, record, written) {
    const isEvent = "record" in record && record.record === "event";
    append.call(this, record, (failure) => {
      if (isEvent) held.push(() => written(failure));
      else written(failure);
    });
  });
  return { held, release: () => held.forEach((tell) => tell()) };
}

test(`${STREAMS} streams at once are each recorded once, under the id that its client got, without a gap`, async () => {
  const answers = await Promise.all(
    Array.from({ length: STREAMS }, () => send(gateway.url + CHAT, { body: REQUEST })),
  );
  expect(answers.every(({ status, isWhole }) => status === 200 && isWhole)).toBe(true);
  const events = gateway.takeEvents();
  const told = answers.map(({ headers }) => String(headers["x-assay-event-id"]));
  expect(events.map(({ event_id }) => event_id).toSorted()).toEqual(told.toSorted());
  expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(STREAMS);
  const sequences = events.map(({ sequence }) => sequence).toSorted((a, b) => a - b);
  expect(sequences).toEqual(Array.from({ length: STREAMS }, (_one, at) => at + 1));
  const responseIds = new Set(events.map(({ response_id }) => response_id));
  expect(responseIds.size).toBe(STREAMS);
  expect(events.every(({ usage_source }) => usage_source === "reported")).toBe(true);
});

async function withFullDisk<Value>(use: () => Promise<Value>): Promise<Value> {
  const makeRoom = fillDisk(0);
  try {
    return await use();
  } finally {
    makeRoom();
  }
}

describe.skipIf(!canFillDisk)("when the spool can't be written", () => {
  test("a call goes on all the same", async () => {
    const answer = await withFullDisk(() => send(gateway.url + CHAT, { body: REQUEST }));
    expect([answer.status, answer.isWhole]).toEqual([200, true]);
    expect(answer.headers["x-assay-event-id"]).toBeDefined();
    await send(gateway.url + CHAT, { body: REQUEST });
    expect(gateway.takeEvents()).toMatchObject([{ sequence: 2 }]);
  });

  describe("and calls must be recorded", () => {
    beforeEach(async () => {
      await gateway.close();
      gateway = await startTestGateway({ upstreamUrl: replay.url, settings: { ASSAY_STRICT: "1" } });
    });

    test("a call is refused before it reaches the provider, and none is when there is room again", async () => {
      const before = replay.requests.length;
      const refused = await withFullDisk(() => send(gateway.url + "/v1/messages", { body: REQUEST }));
      expect(refused.status).toBe(503);
      expect(JSON.parse(refused.body.toString())).toMatchObject({
        type: "error",
        error: { type: "overloaded_error" },
      });
      expect(replay.requests).toHaveLength(before);
      expect((await send(gateway.url + CHAT, { body: REQUEST })).status).toBe(200);
    });

    test("a client that breaks off an upload that was refused harms nobody", async () => {
      await withFullDisk(
        () =>
          new Promise<void>((resolve) => {
            const headers = { "content-length": 1000 };
            const outgoing = request(`${gateway.url}/v1/files`, { method: "POST", headers }, (response) => {
              expect(response.statusCode).toBe(503);
              outgoing.destroy();
            });
            outgoing.on("error", () => undefined).on("close", () => resolve());
            outgoing.write("half");
          }),
      );
      expect((await send(gateway.url + CHAT, { body: REQUEST })).status).toBe(200);
    });
  });
});

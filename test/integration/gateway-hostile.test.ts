// Whatever a provider answers, its bytes reach the client, the call is recorded with what could be known, and the gateway
// goes on.

import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { BODY_BYTES_MAX } from "../../ingest/gateway/meter/meter.ts";
import { tokenEventSchema, type TokenEvent } from "../../schemas/token-event.ts";
import { startTestGateway, type TestGateway } from "../services/gateway.ts";
import { send, type RawAnswer } from "../services/raw-client.ts";
import { encodedAnswer, streamAnswer, type Encoding } from "../services/replay-provider-answer.ts";
import { startReplayProvider, type ReplayProvider } from "../services/replay-provider.ts";

const CHAT = "/v1/chat/completions";
const MESSAGES = "/v1/messages";
const GENERATE = "/v1beta/models/g:generateContent";
const REQUEST = '{"model":"m","stream":true,"stream_options":{"include_usage":true}}';

let replay: ReplayProvider;
let gateway: TestGateway;

beforeAll(async () => {
  replay = await startReplayProvider();
  gateway = await startTestGateway({ upstreamUrl: replay.url });
});
afterAll(async () => {
  await gateway.close();
  await replay.close();
});
beforeEach(() => void gateway.takeEvents());

interface Outcome {
  answer: RawAnswer;
  event: TokenEvent;
}

/** Lets the provider answer with these bytes, and checks what must hold whatever they are. */
async function pass(
  body: Buffer,
  headers: [string, string][],
  path = CHAT,
  chunkBytes?: number,
): Promise<Outcome> {
  replay.respond(() => ({ headers, body, ...(chunkBytes === undefined ? {} : { pace: { chunkBytes } }) }));
  const answer = await send(gateway.url + path, { body: REQUEST });
  const events = gateway.takeEvents();
  expect(answer.isWhole).toBe(true);
  expect(answer.body.equals(body)).toBe(true);
  expect(events).toHaveLength(1);
  const event = tokenEventSchema.parse(events[0]);
  expect(event).toMatchObject({ terminated_by: "complete", response_bytes: body.length });
  return { answer, event };
}

const JSON_TYPE: [string, string] = ["content-type", "application/json"];
const SSE_TYPE: [string, string] = ["content-type", "text/event-stream"];
const ANSWER = Buffer.from(
  JSON.stringify({
    id: "c1",
    model: "gpt-5",
    choices: [{ finish_reason: "stop", message: { content: "Gold. ".repeat(2000) } }],
    usage: { prompt_tokens: 9, completion_tokens: 4 },
  }),
);
const STREAM = Buffer.from(
  `data: {"id":"c1","choices":[{"delta":{"content":"Gold"}}]}\n\ndata: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4}}\n\ndata: [DONE]\n\n`,
);
const COUNTED = { usage_source: "reported", input_tokens: 9, output_tokens: 4 };

const ENCODINGS: [encoding: Encoding, encode: (bytes: Buffer) => Buffer][] = [
  ["gzip", gzipSync],
  ["deflate", deflateSync],
  ["br", brotliCompressSync],
  ["zstd", zstdCompressSync],
];

describe.each(ENCODINGS)("an answer in %s", (encoding, encode) => {
  const header: [string, string] = ["Content-Encoding", encoding];

  test.each([1, 100, undefined])(
    "reaches the client encoded and is metered exactly, in pieces of %s",
    async (chunkBytes) => {
      const whole = await pass(encode(ANSWER), [JSON_TYPE, header], CHAT, chunkBytes);
      expect(whole.answer.headers["content-encoding"]).toBe(encoding);
      expect(whole.event).toMatchObject({ ...COUNTED, stop_reason: "stop" });
      const stream = await pass(encode(STREAM), [SSE_TYPE, header], CHAT, chunkBytes);
      expect(stream.event).toMatchObject(COUNTED);
    },
  );

  test("that is flushed event by event is metered exactly", async () => {
    const frames = STREAM.toString().split(/(?<=\n\n)/);
    const answer = await encodedAnswer(streamAnswer(frames), encoding);
    replay.respond(() => answer);
    const { body, isWhole } = await send(gateway.url + CHAT, { body: REQUEST });
    expect([isWhole, body.equals(Buffer.concat([...(answer.frames ?? [])]))]).toEqual([true, true]);
    expect(gateway.takeEvents()).toMatchObject([COUNTED]);
  });

  test("that is cut off, or followed by more, or none at all, reaches the client as it is", async () => {
    const whole = encode(ANSWER);
    const cut = await pass(whole.subarray(0, whole.length - 4), [JSON_TYPE, header]);
    expect(["none", "reported"]).toContain(cut.event.usage_source);
    for (const chunkBytes of [undefined, whole.length, whole.length + 3, 100]) {
      await pass(
        Buffer.concat([whole, Buffer.from("and more, that is no encoding")]),
        [JSON_TYPE, header],
        CHAT,
        chunkBytes,
      );
      await pass(Buffer.concat([encode(STREAM), Buffer.alloc(100)]), [SSE_TYPE, header], CHAT, chunkBytes);
    }
    await pass(Buffer.from("plain text, whatever the header says"), [JSON_TYPE, header]);
    await pass(Buffer.from("p"), [SSE_TYPE, header]);
    await pass(Buffer.alloc(0), [JSON_TYPE, header]);
  });
});

describe("an encoding", () => {
  test.each(["compress", "constructor", "__proto__", "toString", "gzip, br", "identity"])(
    "%s does no harm where it can't be read",
    async (encoding) => {
      const { answer } = await pass(ANSWER, [JSON_TYPE, ["content-encoding", encoding]]);
      expect(answer.headers["content-encoding"]).toBe(encoding);
    },
  );

  test("bomb ends the metering of its call alone", async () => {
    const bomb = zstdCompressSync(Buffer.alloc(3 * BODY_BYTES_MAX));
    const { event } = await pass(bomb, [JSON_TYPE, ["content-encoding", "zstd"]]);
    expect(event.usage_source).toBe("none");
    expect((await pass(ANSWER, [JSON_TYPE])).event).toMatchObject(COUNTED);
  });
});

describe("words of the provider", () => {
  test.each(["constructor", "__proto__", "toString", "hasOwnProperty", "x".repeat(300), "\ud800"])(
    "%j for why it stopped are words like others",
    async (reason) => {
      const document = { id: "c1", choices: [{ finish_reason: reason }] };
      const { event } = await pass(Buffer.from(JSON.stringify(document)), [JSON_TYPE]);
      expect(event.stop_kind).toBe("other");
    },
  );

  test("and counts in Anthropic's usage, however odd, fit the record", async () => {
    const usage = {
      input_tokens: 9,
      service_tier: "t".repeat(1000),
      server_tool_use: {
        ["w".repeat(1000)]: 1,
        web_search_requests: 2,
        constructor: 3,
        toString: 4,
        broken: -1,
        huge: 1e300,
      },
      cache_creation: { ephemeral_5m_input_tokens: "7" },
      output_tokens: { constructor: 1 },
      constructor: { a: 1 },
    };
    const json = JSON.stringify({ id: "msg_1", model: "m".repeat(5000), usage }).replace(
      "{",
      '{"__proto__":{"a":1},',
    );
    const { event } = await pass(Buffer.from(json), [JSON_TYPE], MESSAGES);
    expect(event).toMatchObject({ input_tokens: 9, output_tokens: null, usage_source: "reported" });
    expect(event.server_tool_calls["web_search"]).toBe(2);
  });

  test("and ever more tools in a usage are bounded, so that the record still fits the spool", async () => {
    const server_tool_use = Object.fromEntries(Array.from({ length: 2000 }, (_one, at) => [`tool_${at}`, 1]));
    const usage = { input_tokens: 9, server_tool_use };
    const { event } = await pass(Buffer.from(JSON.stringify({ usage })), [JSON_TYPE], MESSAGES);
    expect(event.input_tokens).toBe(9);
    expect(Object.keys(event.server_tool_calls).length).toBeLessThan(100);
  });
});

const nested = (depth: number): string => `${"[".repeat(depth)}1${"]".repeat(depth)}`;

describe("a usage that is", () => {
  const documents: [name: string, path: string, document: string][] = [
    ["deep beyond reason", CHAT, `{"usage":{"prompt_tokens":9,"x":${nested(200_000)}}}`],
    [
      "deep in objects",
      MESSAGES,
      `{"usage":{"input_tokens":9,"x":${'{"x":'.repeat(20_000)}1${"}".repeat(20_000)}}}`,
    ],
    ["as deep as is looked into", CHAT, `{"usage":{"prompt_tokens":9,"x":${nested(30_000)}}}`],
    ["deep for Gemini", GENERATE, `{"usageMetadata":{"promptTokenCount":9,"x":${nested(200_000)}}}`],
    ["no object", CHAT, '{"usage":[1,2]}'],
    [
      "of counts beyond what can be added",
      CHAT,
      '{"usage":{"prompt_tokens":9007199254740993,"completion_tokens":1e400}}',
    ],
    [
      "negative and broken",
      CHAT,
      '{"usage":{"prompt_tokens":-1,"completion_tokens":"4","total_tokens":1.5}}',
    ],
    [
      "less than its parts",
      CHAT,
      '{"usage":{"prompt_tokens":1,"prompt_tokens_details":{"cached_tokens":5}}}',
    ],
    ["cut off", CHAT, '{"usage":{"prompt_tokens":9'],
  ];

  test.each(documents)("%s harms nothing", async (_name, path, document) => {
    await pass(Buffer.from(document), [JSON_TYPE], path);
    await pass(Buffer.from(`data: ${document}\n\n`), [SSE_TYPE], path);
    expect((await pass(ANSWER, [JSON_TYPE])).event).toMatchObject(COUNTED);
  });
});

test("an event larger than is ever kept is passed over, and the usage after it is counted", async () => {
  const huge = Buffer.concat([
    Buffer.from("data: "),
    Buffer.alloc(33 * 1024 * 1024, "x"),
    Buffer.from("\n\n"),
  ]);
  const { event } = await pass(Buffer.concat([huge, STREAM]), [SSE_TYPE]);
  expect(event).toMatchObject(COUNTED);
});

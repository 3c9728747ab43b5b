// Answers that are encoded, with and without saying so, and requests of the size that agents send. The numbers are those of
// docs/accounting-cases.md.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  encodedAnswer,
  jsonAnswer,
  streamAnswer,
  type Encoding,
  type ReplayAnswer,
} from "../services/replay-provider-answer.ts";
import { openCallBench, type CallBench } from "./call-bench.ts";
import {
  CHAT,
  CHAT_END,
  CHAT_TEXT,
  chatUsage,
  GENERATE,
  generateChunk,
  MESSAGE_END,
  MESSAGE_TEXT,
  messageDelta,
  MESSAGES,
  messageStart,
  responseEvent,
  RESPONSES,
} from "./stream-frames.ts";

const ENCODINGS: readonly Encoding[] = ["gzip", "deflate", "br", "zstd"];

let bench: CallBench;
beforeAll(async () => {
  bench = await openCallBench();
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());

const question = { model: "m", stream: true, stream_options: { include_usage: true }, messages: [] };
const counted = { usage_source: "reported", input_tokens: 45, output_tokens: 511 };
const usage = { input_tokens: 45, output_tokens: 511 };

/** Each endpoint that reports usage, as a stream and whole, with 45 tokens in and 511 out. */
const ANSWERS: readonly [name: string, path: string, answer: ReplayAnswer][] = [
  ["a chat stream", CHAT, streamAnswer([CHAT_TEXT, chatUsage(45, 511), CHAT_END])],
  ["a chat answer", CHAT, jsonAnswer({ id: "c", usage: { prompt_tokens: 45, completion_tokens: 511 } })],
  ["a responses stream", RESPONSES, streamAnswer([responseEvent("completed", { usage })])],
  [
    "a messages stream",
    MESSAGES,
    streamAnswer([messageStart(45), MESSAGE_TEXT, messageDelta(511), MESSAGE_END]),
  ],
  ["a messages answer", MESSAGES, jsonAnswer({ id: "m", type: "message", usage })],
  ["a Gemini stream", GENERATE, streamAnswer([generateChunk(45, 7), generateChunk(45, 511, "STOP")])],
];

describe.each(ANSWERS)("%s", (_name, path, answer) => {
  test.each(ENCODINGS)(
    "case 51: in %s is counted as if it were plain, and arrives as it was sent",
    async (encoding) => {
      const encoded = await encodedAnswer(answer, encoding);
      bench.replay.respond(() => encoded);
      const received = await bench.ask(path, question, { headers: { "accept-encoding": encoding } });
      expect(received.body.equals(bytesOf(encoded))).toBe(true);
      expect(received.headers["content-encoding"]).toBe(encoding);
      expect(await bench.takeEvent()).toMatchObject(counted);
    },
  );

  test("case 55: in gzip that no header tells of is counted", async () => {
    const encoded = await encodedAnswer(answer, "gzip", false);
    bench.replay.respond(() => encoded);
    const received = await bench.ask(path, question);
    expect(received.body.equals(bytesOf(encoded))).toBe(true);
    expect(await bench.takeEvent()).toMatchObject(counted);
  });
});

test("case 55: gzip that no header tells of does not wait where the gateway looks for a chunk to take out", async () => {
  const { frames = [], ...encoded } = await encodedAnswer(
    streamAnswer([CHAT_TEXT, chatUsage(45, 511), CHAT_END]),
    "gzip",
    false,
  );
  const [first = Buffer.alloc(0)] = frames;
  bench.replay.respond(() => ({ ...encoded, frames, fault: { kind: "stall", afterBytes: first.length } }));
  const { stream_options: _asked, ...unasked } = question;
  const received = await bench.ask(CHAT, unasked, { leaveAfterBytes: first.length });
  expect(received.body.equals(first)).toBe(true);
});

function bytesOf({ frames, body }: ReplayAnswer): Buffer {
  return body ?? Buffer.concat([...(frames ?? [])]);
}

test("case 52: a provider is asked for the encodings that the client takes and the gateway can read", async () => {
  const cases = [
    ["gzip, deflate, br, zstd", "gzip, deflate, br, zstd"],
    ["br;q=1.0, compress;q=0.5, *;q=0.1", "br;q=1.0"],
    ["compress", "identity"],
  ];
  for (const [accepted, asked] of cases) {
    await bench.ask(MESSAGES, question, { headers: { "accept-encoding": accepted } });
    expect(bench.replay.requests.at(-1)?.headers["accept-encoding"]).toBe(asked);
  }
  await bench.takeEvents(cases.length);
});

test("case 52: gzip that ends in the middle of an event leaves what was read of it, and the bytes as they came", async () => {
  const whole = await encodedAnswer(
    streamAnswer([messageStart(45), MESSAGE_TEXT, messageDelta(511)]),
    "gzip",
  );
  const afterBytes = bytesOf(whole).length - 40;
  bench.replay.respond(() => ({ ...whole, fault: { kind: "truncate", afterBytes } }));
  const received = await bench.ask(MESSAGES, question, { headers: { "accept-encoding": "gzip" } });
  expect(received.body.equals(bytesOf(whole).subarray(0, afterBytes))).toBe(true);
  expect(await bench.takeEvent()).toMatchObject({ usage_source: "partial", input_tokens: 45 });
});

test.each(ENCODINGS)(
  "case 52: bytes behind the end of %s go on too, and hold nothing up",
  async (encoding) => {
    const encoded = await encodedAnswer(streamAnswer([messageStart(45), messageDelta(511)]), encoding);
    const frames = [...(encoded.frames ?? []), ...["more", "and", "more"].map((text) => Buffer.from(text))];
    bench.replay.respond(() => ({ ...encoded, frames, pace: { gapMs: 5 } }));
    const received = await bench.ask(MESSAGES, question, { headers: { "accept-encoding": encoding } });
    expect([received.isWhole, received.body.equals(Buffer.concat(frames))]).toEqual([true, true]);
    expect(await bench.takeEvent()).toMatchObject(counted);
  },
);

test("case 53: an answer that can't be read is unknown, and never four zeros and a blank model", async () => {
  const answer = jsonAnswer({ id: "m", usage }, [["content-encoding", "compress"]]);
  bench.replay.respond(() => answer);
  const received = await bench.ask(MESSAGES, { ...question, model: "claude-opus-4-5" });
  expect(received.body.equals(bytesOf(answer))).toBe(true);
  expect(await bench.takeEvent()).toMatchObject({
    usage_source: "none",
    model_requested: "claude-opus-4-5",
    model_served: null,
    input_tokens: null,
    output_tokens: null,
    cache_read_tokens: null,
    cache_write_5m_tokens: null,
  });
});

test("case 54: a request of many megabytes goes on byte by byte, and is read", async () => {
  const content = Array.from({ length: 300_000 }, (_, line) => `${line}: is there gold in the ore?`).join(
    "\n",
  );
  const body = JSON.stringify({
    messages: [{ role: "user", content }],
    stream: true,
    model: "claude-opus-4-5",
  });
  expect(body.length).toBeGreaterThan(8 * 1024 * 1024);
  const encoded = await encodedAnswer(
    streamAnswer([messageStart(45), messageDelta(511), MESSAGE_END]),
    "gzip",
  );
  bench.replay.respond(() => encoded);
  await bench.ask(MESSAGES, {}, { body });
  expect(bench.replay.requests.at(-1)?.body.equals(Buffer.from(body))).toBe(true);
  expect(await bench.takeEvent()).toMatchObject({
    ...counted,
    model_requested: "claude-opus-4-5",
    stream: true,
    messages: 1,
    request_bytes: body.length,
  });
});

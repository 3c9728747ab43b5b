// Streams that report nothing by themselves, and calls that do not reach their end.

import { request } from "node:http";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { startTestGateway, type TestGateway } from "../services/gateway.ts";
import { send, type RawAnswer } from "../services/raw-client.ts";
import { encodedAnswer, streamAnswer, type ReplayAnswer } from "../services/replay-provider-answer.ts";
import { startReplayProvider, type ReplayProvider } from "../services/replay-provider.ts";

const CHAT = "/v1/chat/completions";
const MESSAGES = "/v1/messages";
const TEXT =
  'data: {"id":"c1","model":"gpt-5","choices":[{"delta":{"content":"Gold is found."}}],"usage":null}\n\n';
const USAGE = 'data: {"id":"c1","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4}}\n\n';
const DONE = "data: [DONE]\n\n";

let replay: ReplayProvider;
let gateway: TestGateway;

beforeAll(async () => {
  replay = await startReplayProvider();
  gateway = await startTestGateway({
    upstreamUrl: replay.url,
    settings: { ASSAY_UPSTREAM_SHY_URL: replay.url, ASSAY_UPSTREAM_SHY_KIND: "openai" },
  });
});
afterAll(async () => {
  await gateway.close();
  await replay.close();
});
beforeEach(() => {
  replay.respond(undefined);
  gateway.takeEvents();
});

function ask(body: object, path = CHAT, options: object = {}): Promise<RawAnswer> {
  return send(gateway.url + path, { body: JSON.stringify(body), ...options });
}

/** Waits for the next record: some are made after the client has gone. */
async function nextEvent(): Promise<TokenEvent> {
  await expect.poll(() => events.push(...gateway.takeEvents()), { timeout: 10_000 }).toBeGreaterThan(0);
  const [event] = events.splice(0);
  if (!event) throw new Error("no event");
  return event;
}
const events: TokenEvent[] = [];

describe("a chat stream whose client did not ask for usage", () => {
  const stream = { model: "gpt-5", stream: true, messages: [] };

  beforeEach(() => replay.respond(() => streamAnswer([TEXT, USAGE, DONE])));

  it("is counted exactly, and the client sees what it would have seen", async () => {
    const answer = await ask(stream);
    expect(answer.body.toString()).toBe(TEXT + DONE);
    expect(replay.requests.at(-1)?.json).toEqual({ ...stream, stream_options: { include_usage: true } });
    const event = await nextEvent();
    expect(event).toMatchObject({ usage_source: "reported", input_tokens: 9, output_tokens: 4 });
    expect(event.response_bytes).toBe(answer.body.length);
    expect(event.request_bytes).toBe(JSON.stringify(stream).length);
  });

  it("stays without the chunk where the client said false, and keeps it where the client said true", async () => {
    const refused = await ask({ ...stream, stream_options: { include_usage: false } });
    expect(refused.body.toString()).toBe(TEXT + DONE);
    expect(await nextEvent()).toMatchObject({ usage_source: "reported", input_tokens: 9 });
    const asked = await ask({ ...stream, stream_options: { include_usage: true } });
    expect(asked.body.toString()).toBe(TEXT + USAGE + DONE);
    expect(replay.requests.at(-1)?.json).toEqual({ ...stream, stream_options: { include_usage: true } });
  });

  it("is asked for plain bytes, because something will be taken out of them", async () => {
    await ask(stream, CHAT, { headers: { "accept-encoding": "gzip" } });
    expect(replay.requests.at(-1)?.headers["accept-encoding"]).toBe("identity");
  });

  it("goes on as it came where it is encoded all the same", async () => {
    const encoded = await encodedAnswer(streamAnswer([TEXT, USAGE, DONE]), "gzip");
    replay.respond(() => encoded);
    const answer = await ask(stream);
    expect(answer.body.equals(Buffer.concat([...(encoded.frames ?? [])]))).toBe(true);
    expect(await nextEvent()).toMatchObject({ usage_source: "reported", input_tokens: 9 });
  });

  it("is not asked of a provider that is not known to accept it", async () => {
    const answer = await ask(stream, `/shy${CHAT}`);
    expect(replay.requests.at(-1)?.json).toEqual(stream);
    expect(answer.body.toString()).toBe(TEXT + USAGE + DONE);
  });

  it("is not asked where there is no stream, and a refusal goes on with its length", async () => {
    await ask({ model: "gpt-5", messages: [] });
    expect(replay.requests.at(-1)?.json).toEqual({ model: "gpt-5", messages: [] });
    const body = Buffer.from('{"error":{"message":"no"}}');
    replay.respond(() => ({ status: 400, headers: [["content-type", "application/json"]], body }));
    const refused = await ask(stream);
    expect(refused.body.equals(body)).toBe(true);
    expect(refused.headers["content-length"]).toBe(String(body.length));
  });
});

it("a body that is gzip without saying so is counted, and goes on as it came", async () => {
  const encoded = await encodedAnswer(streamAnswer([TEXT, USAGE, DONE]), "gzip", false);
  replay.respond(() => ({ ...encoded, pace: { chunkBytes: 1 } }));
  const answer = await ask({
    model: "gpt-5",
    stream: true,
    stream_options: { include_usage: true },
    messages: [],
  });
  expect(answer.body.equals(Buffer.concat([...(encoded.frames ?? [])]))).toBe(true);
  expect(await nextEvent()).toMatchObject({ usage_source: "reported", input_tokens: 9, output_tokens: 4 });
});

it.each([
  ["gzip", gzipSync],
  ["deflate", deflateSync],
  ["br", brotliCompressSync],
  ["zstd", zstdCompressSync],
] as const)("a request in %s is understood, and reaches the provider as it was", async (encoding, encode) => {
  const body = encode(Buffer.from(JSON.stringify({ model: "gpt-5-mini", stream: true, messages: [{}, {}] })));
  await send(gateway.url + CHAT, { headers: { "content-encoding": encoding }, body });
  expect(replay.requests.at(-1)?.body.equals(body)).toBe(true);
  expect(await nextEvent()).toMatchObject({ model_requested: "gpt-5-mini", stream: true, messages: 2 });
});

it("a request that is not what its encoding says, or unpacks without end, goes on as it came", async () => {
  for (const body of [Buffer.from("not gzip"), gzipSync(Buffer.alloc(100 * 1024 * 1024))]) {
    await send(gateway.url + CHAT, { headers: { "content-encoding": "gzip" }, body });
    expect(replay.requests.at(-1)?.body.equals(body)).toBe(true);
    expect(await nextEvent()).toMatchObject({ model_requested: null, request_bytes: body.length });
  }
});

describe("a client that leaves", () => {
  const asked = { model: "gpt-5", stream: true, stream_options: { include_usage: true }, messages: [] };

  it("in the middle of a stream costs what the provider says at its end", async () => {
    const { promise: left, resolve: leave } = Promise.withResolvers<void>();
    replay.respond(() => ({ ...streamAnswer([TEXT, TEXT, USAGE, DONE]), pace: { gapMs: 20 } }));
    await ask(asked, CHAT, { leaveAfterBytes: 10 }).then(() => leave());
    await left;
    expect(await nextEvent()).toMatchObject({
      terminated_by: "client",
      usage_source: "reported",
      input_tokens: 9,
      output_tokens: 4,
    });
  });

  it("before a whole answer has begun costs what the provider says", async () => {
    replay.respond(() => ({
      headers: [["content-type", "application/json"]],
      body: Buffer.from(
        '{"id":"c","model":"gpt-5","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4}}',
      ),
      fault: { kind: "slow-headers", delayMs: 100 },
    }));
    const sent = request(gateway.url + CHAT, { method: "POST" });
    sent.on("error", () => undefined);
    const before = replay.requests.length;
    sent.end(JSON.stringify({ model: "gpt-5", messages: [] }));
    await expect.poll(() => replay.requests.length).toBe(before + 1);
    sent.destroy();
    await new Promise((resolve) => sent.once("close", resolve));
    expect(await nextEvent()).toMatchObject({
      terminated_by: "client",
      usage_source: "reported",
      input_tokens: 9,
    });
  });

  it("right after the terminal event has all of it: that is a complete call", async () => {
    replay.respond(() => ({ ...streamAnswer([TEXT, USAGE, DONE, ": trailing\n\n"]), pace: { gapMs: 20 } }));
    await ask(asked, CHAT, { leaveAfterBytes: (TEXT + USAGE + DONE).length });
    expect(await nextEvent()).toMatchObject({ terminated_by: "complete", usage_source: "reported" });
  });
});

function cut(answer: ReplayAnswer, afterBytes: number): ReplayAnswer {
  return { ...answer, fault: { kind: "reset", afterBytes } };
}

describe("a provider that breaks off", () => {
  it("after it has reported something leaves what it reported, as partial", async () => {
    const start =
      'event: message_start\ndata: {"type":"message_start","message":{"id":"m","model":"claude-opus-5","usage":{"input_tokens":25,"output_tokens":1}}}\n\n';
    replay.respond(() =>
      cut(streamAnswer([start, "event: ping\ndata: {}\n\n", "event: ping\ndata: {}\n\n"]), start.length),
    );
    const answer = await ask({ model: "claude-opus-5", stream: true, max_tokens: 9, messages: [] }, MESSAGES);
    expect(answer.isWhole).toBe(false);
    expect(await nextEvent()).toMatchObject({
      terminated_by: "upstream",
      usage_source: "partial",
      input_tokens: 25,
      output_tokens: 1,
    });
  });

  it("before it has reported anything leaves an estimate, marked as one", async () => {
    replay.respond(() => cut(streamAnswer([TEXT, TEXT, TEXT]), TEXT.length));
    const question = "How much gold is in this ore? Please weigh the sample and say it in grams.";
    const answer = await ask({
      model: "gpt-5",
      stream: true,
      messages: [{ role: "user", content: question }],
    });
    expect(answer.isWhole).toBe(false);
    const event = await nextEvent();
    expect(event).toMatchObject({
      terminated_by: "upstream",
      error_kind: "reset",
      usage_source: "estimated",
    });
    // 18 words and two marks; four words and a mark: a tokenizer of English gives about one token each.
    expect(event.input_tokens).toBeGreaterThanOrEqual(15);
    expect(event.input_tokens).toBeLessThanOrEqual(22);
    expect(event.output_tokens).toBe(4);
  });
});

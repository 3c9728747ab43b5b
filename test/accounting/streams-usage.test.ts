// Usage that a stream reports only when asked, or in an odd place, and calls that hide from the count. The numbers are those
// of docs/accounting-cases.md.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { jsonAnswer, streamAnswer, type ReplayAnswer } from "../services/replay-provider-answer.ts";
import { openCallBench, type CallBench } from "./call-bench.ts";
import { CHAT, CHAT_END, CHAT_FINISH, CHAT_TEXT, chatChunk, chatUsage } from "./stream-frames.ts";

let bench: CallBench;
beforeAll(async () => {
  bench = await openCallBench({ groq: "openai", together: "openai", vllm: "openai", bytez: "openai" });
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());

const question = {
  model: "gpt-5",
  stream: true,
  messages: [{ role: "user", content: "Is there gold in it?" }],
};
const withOptions = (options: unknown): object => ({ ...question, stream_options: options });
const HAS_ASKED = { stream_options: { include_usage: true } };

/** A provider that reports usage where it is asked to, as OpenAI does. */
function honest(request: { json: unknown }): ReplayAnswer {
  const isAsked = JSON.stringify(request.json).includes('"include_usage":true');
  return streamAnswer([CHAT_TEXT, CHAT_FINISH, ...(isAsked ? [chatUsage(34, 8)] : []), CHAT_END]);
}

describe("a chat stream that nobody asked for its usage", () => {
  test.each(["together", "vllm"])("case 9: of %s, which speaks like OpenAI, is counted", async (upstream) => {
    bench.replay.respond(honest);
    await bench.ask(`/${upstream}${CHAT}`, question);
    expect(await bench.takeEvent()).toMatchObject({
      provider: upstream,
      usage_source: "reported",
      input_tokens: 34,
      output_tokens: 8,
    });
  });

  test("case 9: of a provider that reports unasked, in a place of its own, is counted", async () => {
    const x_groq = { id: "req_1", usage: { prompt_tokens: 34, completion_tokens: 8, total_tokens: 42 } };
    const finish = chatChunk({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }], x_groq });
    bench.replay.respond(() => streamAnswer([CHAT_TEXT, finish, CHAT_END]));
    const answer = await bench.ask(`/groq${CHAT}`, question);
    expect(answer.body.toString()).toBe(CHAT_TEXT + finish + CHAT_END);
    expect(await bench.takeEvent()).toMatchObject({ usage_source: "reported", input_tokens: 34 });
  });

  test("case 11: is asked, and has neither 0 tokens nor unknown ones", async () => {
    bench.replay.respond(honest);
    await bench.ask(CHAT, question);
    expect(bench.replay.requests.at(-1)?.json).toEqual({ ...question, ...HAS_ASKED });
    expect(await bench.takeEvent()).toMatchObject({ usage_source: "reported", input_tokens: 34 });
  });

  test("case 12: is not asked of a provider that might refuse the call for it", async () => {
    bench.replay.respond((request) =>
      JSON.stringify(request.json).includes("stream_options")
        ? { ...jsonAnswer({ error: { message: "stream_options: unexpected field" } }), status: 400 }
        : honest(request),
    );
    const answer = await bench.ask(`/bytez${CHAT}`, question);
    expect(answer.status).toBe(200);
    expect(bench.replay.requests.at(-1)?.body.toString()).toBe(JSON.stringify(question));
    expect(await bench.takeEvent()).toMatchObject({ usage_source: "none", input_tokens: null });
  });

  test("case 13: with an explicit false stays without it for the client: each chunk has a choice", async () => {
    bench.replay.respond(honest);
    const answer = await bench.ask(CHAT, withOptions({ include_usage: false }));
    const chunks = answer.body
      .toString()
      .split("\n\n")
      .filter((event) => event.startsWith("data: {"));
    for (const chunk of chunks) expect(JSON.parse(chunk.slice(6))).toHaveProperty("choices.0");
    expect(chunks).toHaveLength(2);
    expect(await bench.takeEvent()).toMatchObject({ usage_source: "reported", input_tokens: 34 });
  });

  const options: [said: string, body: object, isShown: boolean][] = [
    ["nothing", question, false],
    ["null", withOptions(null), false],
    ["no wish", withOptions({}), false],
    ["false", withOptions({ include_usage: false }), false],
    ["true", withOptions({ include_usage: true }), true],
  ];
  test.each(options)(
    "case 14: that says %s shows the usage chunk only who asked for it",
    async (_said, body, isShown) => {
      bench.replay.respond(honest);
      const answer = await bench.ask(CHAT, body);
      const shown = [CHAT_TEXT, CHAT_FINISH, ...(isShown ? [chatUsage(34, 8)] : []), CHAT_END];
      expect(answer.body.toString()).toBe(shown.join(""));
      expect(await bench.takeEvent()).toMatchObject({ usage_source: "reported", input_tokens: 34 });
    },
  );
});

describe("usage in an odd place", () => {
  const content = { choices: [{ index: 0, delta: { content: "Gold." }, finish_reason: null }] };
  const places: [place: string, frames: string[]][] = [
    ["before the finish chunk", [CHAT_TEXT, chatUsage(34, 8), CHAT_FINISH, CHAT_END]],
    ["on a content chunk", [CHAT_TEXT, chatUsage(34, 8, content), CHAT_FINISH, CHAT_END]],
    ["on each chunk, growing", [chatUsage(34, 3, content), chatUsage(34, 8, content), CHAT_FINISH, CHAT_END]],
    ["after the finish chunk, without an end", [CHAT_TEXT, CHAT_FINISH, chatUsage(34, 8)]],
  ];

  test.each(places)("case 16: %s is read, and stays where it was", async (_place, frames) => {
    bench.replay.respond(() => streamAnswer(frames));
    const answer = await bench.ask(CHAT, { ...question, ...HAS_ASKED });
    expect(answer.body.toString()).toBe(frames.join(""));
    expect(await bench.takeEvent()).toMatchObject({
      usage_source: "reported",
      input_tokens: 34,
      output_tokens: 8,
      stop_reason: "stop",
    });
  });

  test.each(places)("case 16: %s leaves all that the client would see", async (_place, frames) => {
    bench.replay.respond(() => streamAnswer(frames));
    const answer = await bench.ask(CHAT, question);
    expect(answer.body.toString()).toBe(frames.filter((frame) => frame !== chatUsage(34, 8)).join(""));
    expect(await bench.takeEvent()).toMatchObject({ usage_source: "reported", output_tokens: 8 });
  });
});

test("case 23: an id that comes late is the answer's", async () => {
  bench.replay.respond(() => streamAnswer([chatChunk({ id: "", model: "" }), CHAT_TEXT, CHAT_END]));
  await bench.ask(CHAT, question);
  expect(await bench.takeEvent()).toMatchObject({ response_id: "chatcmpl-1", model_served: "gpt-5" });
});

test("case 23: answers whose id is empty are calls of their own, and their id is unknown", async () => {
  const nameless = chatChunk({ id: "", choices: [], usage: { prompt_tokens: 34, completion_tokens: 8 } });
  bench.replay.respond(() => streamAnswer([nameless, CHAT_END]));
  for (let call = 0; call < 3; call++) await bench.ask(CHAT, { ...question, ...HAS_ASKED });
  const events = await bench.takeEvents(3);
  expect(new Set(events.map((event) => event.event_id)).size).toBe(3);
  expect(events.map((event) => event.response_id)).toEqual([null, null, null]);
});

describe("an error inside a stream of status 200", () => {
  const error = { error: { message: "The engine is exhausted.", code: 503 } };
  const streams: [name: string, frames: string[], known: Partial<TokenEvent>][] = [
    [
      "with choices of null",
      [CHAT_TEXT, chatChunk({ choices: null, ...error }), CHAT_END],
      { usage_source: "none" },
    ],
    ["alone", [`data: ${JSON.stringify(error)}\n\n`], { usage_source: "none" }],
    [
      "after its usage",
      [CHAT_TEXT, chatUsage(34, 8), chatChunk({ choices: null, ...error })],
      { usage_source: "reported", input_tokens: 34 },
    ],
  ];

  test.each(streams)(
    "case 24: %s goes on as it is, and the call is on record as failed",
    async (_name, frames, known) => {
      bench.replay.respond(() => streamAnswer(frames));
      const answer = await bench.ask(CHAT, { ...question, ...HAS_ASKED });
      expect(answer.body.toString()).toBe(frames.join(""));
      expect(await bench.takeEvent()).toMatchObject({ status: 200, error_kind: "stream_error", ...known });
    },
  );
});

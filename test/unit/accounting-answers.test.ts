// Where providers put their usage, and what else they send: nothing is lost, nothing is made up, and nothing crashes. The case
// numbers are those of the known accounting faults of other gateways.

import { describe, expect, test } from "vitest";
import {
  CHAT,
  knownTokens,
  readBody,
  readEvents,
  readNamedEvents,
  RESPONSES,
  SEED,
  STREAM,
} from "../accounting/read-answer.ts";

const usage = { prompt_tokens: 34, completion_tokens: 8, total_tokens: 42 };
const counted = { input_tokens: 34, output_tokens: 8 };
const head = { id: "chatcmpl-1", model: "gpt-5" };
const text = { ...head, choices: [{ index: 0, delta: { content: 'He said "usage": {}' } }] };
const finish = { ...head, choices: [{ index: 0, delta: {}, finish_reason: "stop" }] };

describe(`chat streams (seed ${SEED})`, () => {
  test.each([
    ["under `usage`", { ...finish, usage }],
    ["under `x_groq`", { ...finish, x_groq: { id: "req_1", usage } }],
    ["in the choice", { ...head, choices: [{ index: 0, delta: {}, finish_reason: "stop", usage }] }],
  ])("case 9: usage %s of a compatible provider is read", async (_place, last) => {
    const reading = await readEvents(CHAT, [text, last, "[DONE]"]);
    expect(knownTokens(reading)).toEqual(counted);
    expect(reading).toMatchObject({ isFinal: true, isEnded: true, stopReason: "stop" });
  });

  test.each([
    ["absent", {}],
    ["null", { choices: null }],
    ["empty", { choices: [] }],
  ])("case 15: a chunk whose choices are %s is read like any other", async (_form, choices) => {
    const reading = await readEvents(CHAT, [{ ...head, ...choices }, finish, { ...head, ...choices, usage }]);
    expect(knownTokens(reading)).toEqual(counted);
    expect(reading).toMatchObject({ responseId: "chatcmpl-1", stopReason: "stop", isFinal: true });
  });

  test("case 16: usage before the finish chunk stands", async () => {
    const reading = await readEvents(CHAT, [text, { ...head, choices: [], usage }, finish, "[DONE]"]);
    expect(knownTokens(reading)).toEqual(counted);
    expect(reading).toMatchObject({ isFinal: true, stopReason: "stop" });
  });

  test("case 16: of usage in every chunk the last stands, and before the end it is not the last word", async () => {
    const soFar = (completion_tokens: number): object => ({
      ...text,
      usage: { ...usage, completion_tokens, total_tokens: 34 + completion_tokens },
    });
    const broken = await readEvents(CHAT, [soFar(1), soFar(5)]);
    expect(knownTokens(broken)).toEqual({ ...counted, output_tokens: 5 });
    expect(broken.isFinal).toBe(false);
    const whole = await readEvents(CHAT, [soFar(1), soFar(5), { ...finish, usage }, "[DONE]"]);
    expect(knownTokens(whole)).toEqual(counted);
    expect(whole.isFinal).toBe(true);
  });

  test("case 16: usage that is null after usage that is not does not undo it", async () => {
    const reading = await readEvents(CHAT, [
      { ...head, choices: [], usage },
      { ...finish, usage: null },
      "[DONE]",
    ]);
    expect(knownTokens(reading)).toEqual(counted);
  });

  test.each([[""], [null], [undefined]])("case 23: an id that is %j is unknown", async (id) => {
    const reading = await readEvents(CHAT, [{ ...finish, id, usage }, "[DONE]"]);
    expect(reading.responseId).toBeNull();
    expect(knownTokens(reading)).toEqual(counted);
  });

  test.each([
    ["an object", { message: "The engine is exhausted.", code: 503 }],
    ["a text", "overloaded"],
  ])(
    "case 24: an error that is %s within a stream is one, and keeps the usage before it",
    async (_form, error) => {
      const reading = await readEvents(CHAT, [
        text,
        { ...head, choices: [], usage },
        { choices: null, error },
      ]);
      expect(reading.errorKind).toBe("stream_error");
      expect(knownTokens(reading)).toEqual(counted);
    },
  );

  test.each([[null], [""]])("case 24: an error that is %j is none", async (error) => {
    expect((await readEvents(CHAT, [text, { ...finish, error, usage }])).errorKind).toBeNull();
  });
});

describe("responses", () => {
  const response = {
    id: "resp_1",
    model: "gpt-5",
    status: "completed",
    usage: { input_tokens: 34, output_tokens: 8, total_tokens: 42 },
  };

  test.each(["response.completed", "response.incomplete", "response.failed"])(
    "case 17: usage on %s is read",
    async (type) => {
      const reading = await readNamedEvents(RESPONSES, [{ type: "response.created" }, { type, response }]);
      expect(knownTokens(reading)).toEqual(counted);
      expect(reading).toMatchObject({ isFinal: true, isEnded: true });
    },
  );

  test("case 17: an end without usage is an end, and no crash", async () => {
    const type = "response.failed";
    const failed = { ...response, status: "failed", usage: null, error: { code: "server_error" } };
    const reading = await readNamedEvents(RESPONSES, [{ type, response: failed }]);
    expect(reading).toMatchObject({
      isEnded: true,
      tokens: undefined,
      stopReason: "failed",
      errorKind: "stream_error",
    });
  });

  test.each([[null], [undefined], [{}]])(
    "case 18: a usage that is %j is unknown, and not 0",
    async (none) => {
      expect((await readBody(RESPONSES, { ...response, usage: none })).tokens).toBeUndefined();
      expect((await readBody(CHAT, { ...finish, usage: none })).tokens).toBeUndefined();
    },
  );

  test("case 18: a 0 that the provider reports is a 0", async () => {
    const none = { input_tokens: 0, output_tokens: 0, total_tokens: 0 };
    const reading = await readBody(RESPONSES, { ...response, usage: none });
    expect(knownTokens(reading)).toEqual({ input_tokens: 0, output_tokens: 0 });
  });

  test("case 19: usage under `response.usage` is read, also where the events have no names", async () => {
    const reading = await readEvents(RESPONSES, [
      { type: "response.created", response: { id: "resp_1", status: "in_progress", usage: null } },
      { type: "response.output_text.delta", delta: 'a "response": {"usage": {"input_tokens": 1}}' },
      { type: "response.completed", response },
    ]);
    expect(knownTokens(reading)).toEqual(counted);
    expect(reading.responseId).toBe("resp_1");
  });

  test("tools that the provider ran are counted by what it bills", async () => {
    const output = [
      { type: "web_search_call", action: { type: "search" } },
      { type: "web_search_call", action: { type: "open_page" } },
      { type: "file_search_call" },
      { type: "message", content: [{ type: "web_search_call" }] },
    ];
    const counts = await readBody(RESPONSES, { ...response, output });
    expect(counts.serverToolCalls).toEqual({ web_search: 1, file_search: 1 });
    const tool_usage = { web_search: { num_requests: 3 }, image_gen: { total_tokens: 0 } };
    const reported = await readBody(RESPONSES, { ...response, output, tool_usage });
    expect(reported.serverToolCalls).toEqual({ web_search: 3, file_search: 1 });
  });

  test("what the image tool used comes on top of the usage", async () => {
    const image_gen = {
      input_tokens: 50,
      input_tokens_details: { image_tokens: 40, text_tokens: 10 },
      output_tokens: 1000,
      output_tokens_details: { image_tokens: 1000, text_tokens: 0 },
      total_tokens: 1050,
    };
    const reading = await readBody(RESPONSES, { ...response, tool_usage: { image_gen } });
    expect(knownTokens(reading)).toEqual({
      input_tokens: 44,
      image_input_tokens: 40,
      output_tokens: 8,
      image_output_tokens: 1000,
    });
    expect(reading.totals).toEqual({ input: 84, output: 1008 });
  });
});

function chunk(part: string, usageMetadata: object, rest: object = {}): object {
  return {
    candidates: [{ content: { parts: [{ text: part }] }, ...rest }],
    usageMetadata,
    modelVersion: "gemini-3-pro",
  };
}

describe("Gemini streams", () => {
  const chunks = [
    chunk("Gold ", { trafficType: "ON_DEMAND" }),
    chunk('is "found".', { promptTokenCount: 34, candidatesTokenCount: 3, totalTokenCount: 37 }),
    chunk(
      "]},",
      { promptTokenCount: 34, candidatesTokenCount: 8, totalTokenCount: 42 },
      { finishReason: "STOP" },
    ),
  ];

  test("case 21: server-sent events", async () => {
    const reading = await readEvents(STREAM, chunks);
    expect(knownTokens(reading)).toEqual(counted);
    expect(reading.isFinal).toBe(true);
  });

  test.each([0, 2])("case 21: one JSON array, indented by %i, cut anywhere", async (indent) => {
    const reading = await readBody(STREAM, JSON.stringify(chunks, null, indent));
    expect(knownTokens(reading)).toEqual(counted);
    expect(reading).toMatchObject({ isFinal: true, stopReason: "STOP" });
  });

  test("case 21: a last chunk without counts does not undo those before it", async () => {
    const reading = await readEvents(STREAM, [...chunks, { usageMetadata: { trafficType: "ON_DEMAND" } }]);
    expect(knownTokens(reading)).toEqual(counted);
  });

  test("case 22: an event of 10 MB is read whole", async () => {
    const thoughtSignature = "A".repeat(10 * 1024 * 1024);
    const usageMetadata = { promptTokenCount: 34, candidatesTokenCount: 8, totalTokenCount: 42 };
    const huge = {
      candidates: [{ content: { parts: [{ thoughtSignature }] }, finishReason: "STOP" }],
      usageMetadata,
    };
    expect(knownTokens(await readEvents(STREAM, [huge]))).toEqual(counted);
  });
});

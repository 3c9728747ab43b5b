// The providers' own client libraries accept the built-in answers, and read from them the counts that were asked for.

import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ANSWER_TEXT } from "./replay-provider-usage.ts";
import { startReplayProvider, type ReplayProvider } from "./replay-provider.ts";

const usage = {
  input_tokens: 7,
  cache_read_tokens: 50,
  cache_write_5m_tokens: 0,
  cache_write_1h_tokens: 300,
  output_tokens: 11,
  reasoning_tokens: 5,
};

let replay: ReplayProvider;
beforeAll(async () => {
  replay = await startReplayProvider({ usageOf: () => usage });
});
afterAll(() => replay.close());

const openai = (): OpenAI => new OpenAI({ baseURL: `${replay.url}/v1`, apiKey: "test", maxRetries: 0 });
const anthropic = (): Anthropic => new Anthropic({ baseURL: replay.url, apiKey: "test", maxRetries: 0 });
const google = (apiVersion: string): GoogleGenAI =>
  new GoogleGenAI({ apiKey: "test", httpOptions: { baseUrl: replay.url, apiVersion } });

describe("openai", () => {
  const ask = { model: "gpt-5", messages: [{ role: "user" as const, content: "Gold?" }] };

  test("chat, whole", async () => {
    const { data: completion, request_id } = await openai().chat.completions.create(ask).withResponse();
    expect(completion.choices[0]?.message.content).toBe(ANSWER_TEXT);
    expect(completion.usage).toMatchObject({ prompt_tokens: 357, completion_tokens: 16, total_tokens: 373 });
    expect(request_id).toMatch(/^req_/);
  });

  test("chat, as a stream", async () => {
    const stream = openai().chat.completions.stream({ ...ask, stream_options: { include_usage: true } });
    expect(await stream.finalContent()).toBe(ANSWER_TEXT);
    expect(await stream.totalUsage()).toMatchObject({ prompt_tokens: 357, completion_tokens: 16 });
  });

  test("responses, whole", async () => {
    const response = await openai().responses.create({ model: "gpt-5", input: "Gold?" });
    expect(response.output_text).toBe(ANSWER_TEXT);
    expect(response.usage).toMatchObject({ input_tokens: 357, output_tokens: 16 });
  });

  test("responses, as a stream", async () => {
    const stream = openai().responses.stream({ model: "gpt-5", input: "Gold?" });
    const response = await stream.finalResponse();
    expect(response.output_text).toBe(ANSWER_TEXT);
    expect(response.usage?.output_tokens_details.reasoning_tokens).toBe(5);
  });

  test("embeddings, which the library asks for in base64", async () => {
    const { data, usage: counted } = await openai().embeddings.create({
      model: "text-embedding-3-small",
      input: ["gold", "lead"],
      dimensions: 3,
    });
    expect(data.map(({ embedding }) => embedding.length)).toEqual([3, 3]);
    expect(data[0]?.embedding[0]).toBeCloseTo(Math.sin(1), 6);
    expect(counted.prompt_tokens).toBe(357);
    expect(replay.requests.at(-1)?.json).toMatchObject({ encoding_format: "base64" });
  });

  test("models", async () => {
    expect((await openai().models.list()).data[0]?.object).toBe("model");
  });
});

describe("anthropic", () => {
  const model = "claude-opus-5";
  const messages = [{ role: "user" as const, content: "Gold?" }];
  const counts = {
    input_tokens: 7,
    cache_read_input_tokens: 50,
    cache_creation_input_tokens: 300,
    output_tokens: 16,
  };

  test("a message, whole", async () => {
    const { data: message, request_id } = await anthropic()
      .messages.create({ model, max_tokens: 64, messages })
      .withResponse();
    expect(message.content).toMatchObject([{ type: "text", text: ANSWER_TEXT }]);
    expect(message.usage).toMatchObject({ ...counts, cache_creation: { ephemeral_1h_input_tokens: 300 } });
    expect(request_id).toMatch(/^req_/);
  });

  test("a message, as a stream", async () => {
    const stream = anthropic().messages.stream({ model, max_tokens: 64, messages });
    expect(await stream.finalText()).toBe(ANSWER_TEXT);
    expect((await stream.finalMessage()).usage).toMatchObject(counts);
  });

  test("a count of tokens, and the models", async () => {
    expect((await anthropic().messages.countTokens({ model, messages })).input_tokens).toBe(357);
    expect((await anthropic().models.list()).data[0]?.type).toBe("model");
  });
});

describe("google", () => {
  const ask = { model: "gemini-2.5-pro", contents: "Gold?" };
  const counts = {
    promptTokenCount: 357,
    cachedContentTokenCount: 50,
    candidatesTokenCount: 11,
    thoughtsTokenCount: 5,
    totalTokenCount: 373,
  };

  test("content, whole", async () => {
    const answer = await google("v1beta").models.generateContent(ask);
    expect(answer.text).toBe(ANSWER_TEXT);
    expect(answer.usageMetadata).toMatchObject(counts);
  });

  test.each(["v1beta", "v1"])("content, as a stream, below /%s", async (version) => {
    let text = "";
    let last: unknown;
    for await (const chunk of await google(version).models.generateContentStream(ask)) {
      text += chunk.text ?? "";
      last = chunk.usageMetadata;
    }
    expect(text).toBe(ANSWER_TEXT);
    expect(last).toMatchObject(counts);
  });
});

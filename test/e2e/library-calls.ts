// Calls by the providers' own published client libraries, each answered with a fixture that a header names. `run` returns
// everything that the library gives back, so that it can be compared with and without a gateway in between.

import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";

export interface Target {
  /** Of the provider, or of the gateway. */
  url: string;
  /** What the library is given as its key. */
  apiKey: string;
}

export interface LibraryCall {
  name: string;
  /** Ours, and a recorded one of a real provider. */
  own: string;
  recorded: string;
  run(target: Target, fixture: string): Promise<unknown>;
}

const ask = { model: "gpt-5", messages: [{ role: "user" as const, content: "Gold?" }] };
const askClaude = { model: "claude-opus-5", max_tokens: 100, messages: ask.messages };

export const LIBRARY_CALLS: readonly LibraryCall[] = [
  {
    name: "openai, chat as a stream",
    own: "openai/chat-stream.sse",
    recorded: "vercel__ai/openai/chat/openai-text.chunks.txt",
    run: async (target, fixture) =>
      collect(
        await openai(target, fixture).chat.completions.create({
          ...ask,
          stream: true,
          stream_options: { include_usage: true },
        }),
      ),
  },
  {
    name: "openai, chat whole",
    own: "openai/chat.json",
    recorded: "vercel__ai/openai/chat/openai-text.json",
    run: (target, fixture) => openai(target, fixture).chat.completions.create(ask),
  },
  {
    name: "openai, responses as a stream",
    own: "openai/responses-stream.sse",
    recorded: "vercel__ai/openai/responses/openai-code-interpreter-tool.1.chunks.txt",
    run: async (target, fixture) =>
      collect(
        await openai(target, fixture).responses.create({ model: "gpt-5", input: "Gold?", stream: true }),
      ),
  },
  {
    name: "openai, embeddings",
    own: "openai/embeddings.json",
    recorded: "vercel__ai/openai/embedding/openai-embedding.json",
    run: (target, fixture) =>
      openai(target, fixture).embeddings.create({
        model: "text-embedding-3-small",
        input: "Gold?",
        encoding_format: "float",
      }),
  },
  {
    name: "anthropic, messages as a stream",
    own: "anthropic/message-stream.sse",
    recorded: "vercel__ai/anthropic/anthropic-clear-thinking.1.chunks.txt",
    run: async (target, fixture) => {
      const events = await collect(
        await anthropic(target, fixture).messages.create({ ...askClaude, stream: true }),
      );
      const message = await anthropic(target, fixture).messages.stream(askClaude).finalMessage();
      return { events, message };
    },
  },
  {
    name: "anthropic, messages whole",
    own: "anthropic/message.json",
    recorded: "vercel__ai/anthropic/anthropic-clear-thinking.1.json",
    run: (target, fixture) => anthropic(target, fixture).messages.create(askClaude),
  },
  {
    name: "google, generate as a stream",
    own: "gemini/stream.sse",
    recorded: "vercel__ai/google/google-reasoning.chunks.txt",
    run: async (target, fixture) => {
      const google = new GoogleGenAI({
        apiKey: target.apiKey,
        httpOptions: { baseUrl: target.url, headers: { "x-replay-fixture": fixture } },
      });
      const chunks = await collect(
        await google.models.generateContentStream({ model: "gemini-2.5-flash", contents: "Gold?" }),
      );
      // The library keeps the answer's headers, which name the moment and the connection.
      return chunks.map(({ sdkHttpResponse: _headers, ...chunk }) => chunk);
    },
  },
];

function openai({ url, apiKey }: Target, fixture: string): OpenAI {
  return new OpenAI({
    baseURL: `${url}/v1`,
    apiKey,
    maxRetries: 0,
    defaultHeaders: { "x-replay-fixture": fixture },
  });
}

function anthropic({ url, apiKey }: Target, fixture: string): Anthropic {
  return new Anthropic({
    baseURL: url,
    apiKey,
    maxRetries: 0,
    defaultHeaders: { "x-replay-fixture": fixture },
  });
}

async function collect<Item>(stream: AsyncIterable<Item>): Promise<Item[]> {
  return Array.fromAsync(stream);
}

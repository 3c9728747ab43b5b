// Invoices worked out by hand: every class of token, every context tier, every service tier, and tools. The rates are those
// of the providers' price lists; `millionths` shows the sum, in millionths of a dollar, and `cost` its exact result.

import { expect, test } from "vitest";
import { createPricer } from "../../ingest/sink/price.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { buildTokenEvent } from "../builders/token-event.ts";

interface Invoice {
  call: Partial<TokenEvent>;
  millionths: number;
  cost: string;
}

type Said = Partial<TokenEvent>;
const of = (provider: string, model_served: string, said: Said): Said => ({
  provider,
  model_served,
  ...said,
});
const openai = (model: string, said: Said): Said => of("openai", model, said);
const anthropic = (model: string, said: Said): Said => of("anthropic", model, said);
const gemini = (model: string, said: Said): Said => of("gemini", model, said);

const INVOICES: Readonly<Record<string, Invoice>> = {
  "fresh input, both kinds of cache write, cache read and output each have their rate": {
    call: anthropic("claude-sonnet-4-5-20250929", {
      input_tokens: 3,
      cache_write_5m_tokens: 12_304,
      cache_write_1h_tokens: 1000,
      cache_read_tokens: 20_001,
      output_tokens: 550,
    }),
    millionths: 3 * 3 + 12_304 * 3.75 + 1000 * 6 + 20_001 * 0.3 + 550 * 15,
    cost: "0.0663993",
  },
  "hidden reasoning is paid as output and added to it, not taken out of it": {
    call: openai("gpt-5-2025-08-07", {
      input_tokens: 1000,
      cache_read_tokens: 500,
      output_tokens: 200,
      reasoning_tokens: 800,
    }),
    millionths: 1000 * 1.25 + 500 * 0.125 + (200 + 800) * 10,
    cost: "0.0113125",
  },
  "reasoning that has a rate of its own is paid at it": {
    call: of("perplexity", "sonar-deep-research", {
      input_tokens: 10,
      output_tokens: 10,
      reasoning_tokens: 1000,
    }),
    millionths: 10 * 2 + 10 * 8 + 1000 * 3,
    cost: "0.0031",
  },
  "audio in and out, and images that are shown, are paid beside the text": {
    call: openai("gpt-realtime", {
      input_tokens: 100,
      output_tokens: 50,
      audio_input_tokens: 1000,
      audio_output_tokens: 2000,
      image_input_tokens: 10,
    }),
    millionths: 100 * 4 + 50 * 16 + 1000 * 32 + 2000 * 64 + 10 * 5,
    cost: "0.16125",
  },
  "images that are drawn have their own rate": {
    call: openai("gpt-image-1.5", { input_tokens: 100, image_input_tokens: 200, image_output_tokens: 1000 }),
    millionths: 100 * 5 + 200 * 8 + 1000 * 32,
    cost: "0.0341",
  },
  "audio that is heard is dearer than text": {
    call: gemini("gemini-2.5-flash", {
      input_tokens: 1000,
      audio_input_tokens: 2000,
      cache_read_tokens: 500,
      output_tokens: 100,
    }),
    millionths: 1000 * 0.3 + 2000 * 1 + 500 * 0.03 + 100 * 2.5,
    cost: "0.002565",
  },
  "a picture and the words about it": {
    call: gemini("gemini-2.5-flash-image", {
      input_tokens: 50,
      image_output_tokens: 1290,
      output_tokens: 10,
    }),
    millionths: 50 * 0.3 + 1290 * 30 + 10 * 2.5,
    cost: "0.03874",
  },
  "embeddings have input alone": {
    call: openai("text-embedding-3-large", { input_tokens: 8191 }),
    millionths: 8191 * 0.13,
    cost: "0.00106483",
  },
  "the last token of a short context": {
    call: anthropic("claude-sonnet-4-5", { input_tokens: 1, cache_read_tokens: 199_999, output_tokens: 100 }),
    millionths: 1 * 3 + 199_999 * 0.3 + 100 * 15,
    cost: "0.0615027",
  },
  "a long context is dearer from its first token on, and caches make it long": {
    call: anthropic("claude-sonnet-4-5", { input_tokens: 1, cache_read_tokens: 200_000, output_tokens: 100 }),
    millionths: 1 * 6 + 200_000 * 0.6 + 100 * 22.5,
    cost: "0.122256",
  },
  "a long context that is written to a cache for an hour": {
    call: anthropic("claude-sonnet-4-5", { cache_write_1h_tokens: 200_001, output_tokens: 100 }),
    millionths: 200_001 * 12 + 100 * 22.5,
    cost: "2.402262",
  },
  "Gemini's long context, thoughts paid as output": {
    call: gemini("gemini-2.5-pro", {
      input_tokens: 150_000,
      cache_read_tokens: 60_000,
      output_tokens: 600,
      reasoning_tokens: 400,
    }),
    millionths: 150_000 * 2.5 + 60_000 * 0.25 + (600 + 400) * 15,
    cost: "0.405",
  },
  "OpenAI's context is long from 272,000 tokens on, not from one more": {
    call: openai("gpt-5.4", { input_tokens: 272_000, output_tokens: 100 }),
    millionths: 272_000 * 5 + 100 * 22.5,
    cost: "1.36225",
  },
  "one token less is short": {
    call: openai("gpt-5.4", { input_tokens: 271_999, output_tokens: 100 }),
    millionths: 271_999 * 2.5 + 100 * 15,
    cost: "0.6814975",
  },
  "flex halves the tokens and leaves the searches": {
    call: openai("gpt-5", {
      service_tier: "flex",
      input_tokens: 1000,
      output_tokens: 100,
      server_tool_calls: { web_search: 1 },
    }),
    millionths: (1000 * 1.25 + 100 * 10) / 2 + 1 * 10_000,
    cost: "0.011125",
  },
  "a batch halves caches, too": {
    call: anthropic("claude-sonnet-4-6", {
      service_tier: "batch",
      input_tokens: 1000,
      cache_write_5m_tokens: 1000,
      cache_read_tokens: 1000,
      output_tokens: 1000,
    }),
    millionths: (1000 * 3 + 1000 * 3.75 + 1000 * 0.3 + 1000 * 15) / 2,
    cost: "0.011025",
  },
  "Gemini's batch halves all but what comes from a cache": {
    call: gemini("gemini-2.5-pro", {
      service_tier: "batch",
      input_tokens: 1000,
      cache_read_tokens: 2000,
      output_tokens: 100,
    }),
    millionths: (1000 * 1.25 + 100 * 10) / 2 + 2000 * 0.125,
    cost: "0.001375",
  },
  "OpenAI's priority has a factor of each model": {
    call: openai("gpt-5.5", {
      service_tier: "priority",
      input_tokens: 1000,
      cache_read_tokens: 200,
      output_tokens: 300,
    }),
    millionths: 1000 * 12.5 + 200 * 1.25 + 300 * 75,
    cost: "0.03525",
  },
  "a factor that is no decimal leaves no dust": {
    call: openai("gpt-4o-mini", { service_tier: "priority", input_tokens: 1000, output_tokens: 400 }),
    millionths: 1000 * 0.25 + 400 * 1,
    cost: "0.00065",
  },
  "the fast mode of a long context": {
    call: openai("gpt-5.6-sol", { service_tier: "fast", input_tokens: 300_000, output_tokens: 1000 }),
    millionths: 300_000 * 16 + 1000 * 60,
    cost: "4.86",
  },
  "Gemini's priority": {
    call: gemini("gemini-3.8-flash", {
      service_tier: "priority",
      input_tokens: 1000,
      cache_read_tokens: 1000,
      output_tokens: 100,
    }),
    millionths: (1000 * 0.75 + 1000 * 0.075 + 100 * 3.75) * 1.8,
    cost: "0.00216",
  },
  "Claude's fast mode, in the United States alone": {
    call: anthropic("claude-opus-5-5", {
      service_tier: "standard",
      usage_raw: '{"speed":"fast","inference_geo":"us"}',
      input_tokens: 100,
      cache_read_tokens: 1000,
      output_tokens: 100,
    }),
    millionths: (100 * 4 + 1000 * 0.2 + 100 * 20) * 2 * 1.1,
    cost: "0.00572",
  },
  "capacity of Claude's that was bought ahead is shown at list price": {
    call: anthropic("claude-haiku-4-5", { service_tier: "priority", input_tokens: 1000 }),
    millionths: 1000 * 1,
    cost: "0.001",
  },
  "Groq's flex costs what its standard costs": {
    call: of("groq", "llama-3.3-70b-versatile", {
      service_tier: "flex",
      input_tokens: 1000,
      output_tokens: 500,
    }),
    millionths: 1000 * 0.59 + 500 * 0.79,
    cost: "0.000985",
  },
  "web searches by the call, pages that were fetched by their tokens": {
    call: anthropic("claude-sonnet-4-5", {
      input_tokens: 100,
      output_tokens: 10,
      server_tool_calls: { web_search: 3, web_fetch: 2 },
    }),
    millionths: 100 * 3 + 10 * 15 + 3 * 10_000 + 2 * 0,
    cost: "0.03045",
  },
  "file searches": {
    call: openai("gpt-4.1", { input_tokens: 100, output_tokens: 10, server_tool_calls: { file_search: 2 } }),
    millionths: 100 * 2 + 10 * 8 + 2 * 2500,
    cost: "0.00528",
  },
  "a region of Bedrock's is dearer than the model's own provider": {
    call: of("bedrock", "us.anthropic.claude-haiku-4-5-20251001-v1:0", {
      input_tokens: 1000,
      output_tokens: 100,
    }),
    millionths: 1000 * 1.1 + 100 * 5.5,
    cost: "0.00165",
  },
};

test.each(Object.entries(INVOICES))("%s", (_name, { call, millionths, cost }) => {
  const { cost_usd } = createPricer()(buildTokenEvent(call));
  expect(cost_usd).toBe(cost);
  expect(Math.abs(Number(cost) - millionths / 1e6)).toBeLessThan(1e-9);
});

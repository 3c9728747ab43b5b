// No digit of a price is lost, nothing is priced that has no price, and every model of the price table costs what the library
// says.

import { calcPrice, waitForUpdate, type ModelPrice } from "@pydantic/genai-prices";
import { describe, expect, test } from "vitest";
import { createPricer } from "../../ingest/sink/price.ts";
import type { TokenEvent, TokenField } from "../../schemas/token-event.ts";
import { buildTokenEvent } from "../builders/token-event.ts";

const price = createPricer();

describe("no digit is lost", () => {
  test("one token of the cheapest rate is not rounded away", () => {
    // text-embedding-3-small: 0.02 dollars a million
    expect(price(callOf("openai", "text-embedding-3-small", { input_tokens: 1 })).cost_usd).toBe(
      "0.00000002",
    );
  });

  test("a sum whose float would drift is exact", () => {
    // claude-opus-4-5: cache read 0.50, output 25: 123,456,789 × 0.50 + 1 × 25 = 61,728,419.5 millionths
    const event = callOf("anthropic", "claude-opus-4-5", {
      cache_read_tokens: 123_456_789,
      output_tokens: 1,
    });
    expect(price(event).cost_usd).toBe("61.7284195");
  });

  test("what a float cannot hold to the last digit is held", () => {
    // gpt-4o-mini: input 0.15. 333,333,333,333 × 0.15 = 49,999,999,999.95 millionths
    expect(price(callOf("openai", "gpt-4o-mini", { input_tokens: 333_333_333_333 })).cost_usd).toBe(
      "49999.99999995",
    );
  });

  test("a price of the past holds for a call of the past", () => {
    // o3 was 10 and 40 until 2025-06-10, then 2 and 8.
    const event = callOf("openai", "o3", { input_tokens: 1_000_000 });
    expect(price({ ...event, started_at: "2025-06-09T23:59:59.999Z" }).cost_usd).toBe("10");
    expect(price({ ...event, started_at: "2025-06-10T00:00:00.000Z" }).cost_usd).toBe("2");
  });
});

describe("unknown is never a price", () => {
  test("a model that the table does not know is unpriced, and says by which table", () => {
    const { cost_usd, price_version } = price(callOf("openai", "no-such-model", { input_tokens: 10 }));
    expect(cost_usd).toBeNull();
    expect(price_version).toMatch(/^genai-prices \d+\.\d+\.\d+$/);
  });

  test.each([
    ["a provider that the table does not know", callOf("ollama", "gpt-5", { input_tokens: 10 })],
    ["no provider", callOf("", "gpt-5", { input_tokens: 10 })],
    ["no model", { ...callOf("openai", "gpt-5", { input_tokens: 10 }), model_served: null }],
    ["a count without a rate", callOf("openai", "text-embedding-3-small", { output_tokens: 10 })],
    [
      "an hour's cache write where only five minutes have a rate",
      callOf("bedrock", "global.anthropic.claude-sonnet-4-5-20250929-v1:0", { cache_write_1h_tokens: 10 }),
    ],
    [
      "a tier that the provider has a price of its own for",
      { ...callOf("openai", "gpt-6-sol", { input_tokens: 10 }), service_tier: "priority" },
    ],
    [
      "a tier that a model has for short contexts alone",
      { ...callOf("openai", "gpt-5.5", { input_tokens: 272_000 }), service_tier: "priority" },
    ],
    [
      "a discount of one provider at another",
      { ...callOf("openrouter", "openai/gpt-5", { input_tokens: 10 }), service_tier: "flex" },
    ],
    [
      "a region that costs nobody knows what",
      {
        ...callOf("anthropic", "claude-opus-5-5", { input_tokens: 10 }),
        usage_raw: '{"inference_geo":"constructor"}',
      },
    ],
    [
      "a tool that nobody knows the price of",
      { ...callOf("openai", "gpt-5", { input_tokens: 10 }), server_tool_calls: { constructor: 1 } },
    ],
    ["a miscount of the provider", callOf("openai", "gpt-5", { input_tokens: Number.MAX_SAFE_INTEGER })],
  ])("%s is unpriced", (_, event) => {
    expect(price(event).cost_usd).toBeNull();
  });

  test("no usage has neither a price nor a table, also at an answer of status 200", () => {
    expect(price(callOf("openai", "gpt-5", {}))).toEqual({ cost_usd: null, price_version: null });
  });

  test("a known nothing costs nothing", () => {
    expect(price(callOf("openai", "gpt-5", { input_tokens: 0, output_tokens: 0 })).cost_usd).toBe("0");
  });

  test("the model that answered is priced, not the one that was asked for", () => {
    const event = callOf("openai", "gpt-5", { input_tokens: 1_000_000 });
    expect(price({ ...event, model_requested: "gpt-4o" }).cost_usd).toBe("1.25");
    expect(price({ ...event, model_requested: "gpt-4o", model_served: null }).cost_usd).toBe("2.5");
  });
});

test("every model of the table costs what the library says it costs", async () => {
  const providers = await waitForUpdate();
  const at = "2026-11-20T09:30:00.000Z";
  let compared = 0;
  for (const provider of providers ?? []) {
    for (const model of provider.models) {
      const found = calcPrice({}, model.id, { providerId: provider.id, timestamp: new Date(at) });
      if (found === null) continue;
      const usage = usageThatHasRates(found.model_price);
      const expected = calcPrice(toLibraryUsage(usage), model.id, {
        providerId: provider.id,
        timestamp: new Date(at),
      });
      const { cost_usd } = price(callOf(provider.id, model.id, usage, at));
      const difference = Math.abs(Number(cost_usd) - (expected?.total_price ?? Number.NaN));
      expect(difference, `${provider.id} ${model.id}: ${cost_usd}`).toBeLessThan(1e-12);
      compared += 1;
    }
  }
  expect(compared).toBeGreaterThan(1000);
});

type Usage = Partial<Pick<TokenEvent, TokenField>>;

/** A different prime for each count, so that no two can be mistaken for each other, where the table has a rate. */
function usageThatHasRates(prices: ModelPrice): Usage {
  const hasInput = prices["input_mtok"] !== undefined;
  const hasOutput = prices["output_mtok"] !== undefined;
  return {
    input_tokens: hasInput ? 10_007 : 0,
    cache_read_tokens: hasInput ? 20_011 : 0,
    cache_write_5m_tokens: hasInput ? 3001 : 0,
    cache_write_1h_tokens: prices["cache_write_1h_mtok"] === undefined ? 0 : 4001,
    audio_input_tokens: hasInput ? 503 : 0,
    image_input_tokens: hasInput ? 601 : 0,
    output_tokens: hasOutput ? 7001 : 0,
    reasoning_tokens: hasOutput ? 809 : 0,
    audio_output_tokens: hasOutput ? 907 : 0,
    image_output_tokens: hasOutput ? 1009 : 0,
  };
}

/** The library's counts include their parts: the inputs are one sum, the caches a part of it, and so on. */
function toLibraryUsage(usage: Usage): Record<string, number> {
  const of = (field: TokenField): number => usage[field] ?? 0;
  const cacheWrite = of("cache_write_5m_tokens") + of("cache_write_1h_tokens");
  return {
    input_tokens:
      of("input_tokens") +
      of("cache_read_tokens") +
      cacheWrite +
      of("audio_input_tokens") +
      of("image_input_tokens"),
    cache_read_tokens: of("cache_read_tokens"),
    cache_write_tokens: cacheWrite,
    cache_write_1h_tokens: of("cache_write_1h_tokens"),
    input_audio_tokens: of("audio_input_tokens"),
    input_image_tokens: of("image_input_tokens"),
    // Our cache reads are not split by kind, so none of them is audio or image.
    cache_audio_read_tokens: 0,
    cache_image_read_tokens: 0,
    output_tokens:
      of("output_tokens") + of("reasoning_tokens") + of("audio_output_tokens") + of("image_output_tokens"),
    output_reasoning_tokens: of("reasoning_tokens"),
    output_audio_tokens: of("audio_output_tokens"),
    output_image_tokens: of("image_output_tokens"),
  };
}

function callOf(
  provider: string,
  model: string,
  usage: Usage,
  started_at = "2026-11-20T09:30:00.000Z",
): TokenEvent {
  return buildTokenEvent({ provider, model_served: model, ...usage, started_at });
}

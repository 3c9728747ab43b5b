// Invoices worked out by hand, and then every model of the price table against the library's own sum.

import { calcPrice, waitForUpdate, type ModelPrice } from "@pydantic/genai-prices";
import { describe, expect, test } from "vitest";
import { createPricer } from "../../ingest/sink/price.ts";
import type { TokenEvent, TokenField } from "../../schemas/token-event.ts";
import { buildTokenEvent } from "../builders/token-event.ts";

const price = createPricer();

describe("an invoice worked out by hand", () => {
  test("fresh input, both kinds of cache write, cache read and output each have their rate", () => {
    // claude-sonnet-4-5 up to 200,000 input tokens, dollars a million:
    // input 3, cache write 3.75 (5 minutes) and 6 (1 hour), cache read 0.30, output 15.
    //     3 × 3        =      9
    // 12304 × 3.75     = 46,140
    //  1000 × 6        =  6,000
    // 20001 × 0.30     =  6,000.3
    //   550 × 15       =  8,250        sum 66,399.3 millionths
    const event = callOf("anthropic", "claude-sonnet-4-5-20250929", {
      input_tokens: 3,
      cache_write_5m_tokens: 12_304,
      cache_write_1h_tokens: 1000,
      cache_read_tokens: 20_001,
      output_tokens: 550,
    });
    expect(price(event).cost_usd).toBe("0.0663993");
  });

  test("hidden reasoning is paid as output and added to it, not taken out of it", () => {
    // gpt-5: input 1.25, cache read 0.125, output 10.
    // 1000 × 1.25 + 500 × 0.125 + (200 + 800) × 10 = 1,250 + 62.5 + 10,000 = 11,312.5 millionths
    const event = callOf("openai", "gpt-5-2025-08-07", {
      input_tokens: 1000,
      cache_read_tokens: 500,
      output_tokens: 200,
      reasoning_tokens: 800,
    });
    expect(price(event).cost_usd).toBe("0.0113125");
  });

  test("reasoning that has a rate of its own is paid at it", () => {
    // sonar-deep-research: input 2, output 8, reasoning 3: 10 × 2 + 10 × 8 + 1000 × 3 = 3,100 millionths
    const event = callOf("perplexity", "sonar-deep-research", {
      input_tokens: 10,
      output_tokens: 10,
      reasoning_tokens: 1000,
    });
    expect(price(event).cost_usd).toBe("0.0031");
  });

  test("audio and images are paid beside the text, not within it", () => {
    // gpt-realtime: text 4 and 16, audio 32 and 64, image input 5.
    // 100 × 4 + 50 × 16 + 1000 × 32 + 2000 × 64 + 10 × 5 = 400 + 800 + 32,000 + 128,000 + 50 = 161,250 millionths
    const event = callOf("openai", "gpt-realtime", {
      input_tokens: 100,
      output_tokens: 50,
      audio_input_tokens: 1000,
      audio_output_tokens: 2000,
      image_input_tokens: 10,
    });
    expect(price(event).cost_usd).toBe("0.16125");
  });

  test("a long context is dearer from the first token above the threshold, caches counted", () => {
    // claude-sonnet-4-5 above 200,000: input 6, cache read 0.60, output 22.50.
    const usage = { input_tokens: 1, cache_read_tokens: 199_999, output_tokens: 100 };
    // At 200,000:  1 × 3 + 199,999 × 0.30 + 100 × 15    =  3 + 59,999.7  + 1,500 = 61,502.7 millionths
    expect(price(callOf("anthropic", "claude-sonnet-4-5", usage)).cost_usd).toBe("0.0615027");
    // At 200,001:  1 × 6 + 200,000 × 0.60 + 100 × 22.50 =  6 + 120,000   + 2,250 = 122,256 millionths
    const longer = { ...usage, cache_read_tokens: 200_000 };
    expect(price(callOf("anthropic", "claude-sonnet-4-5", longer)).cost_usd).toBe("0.122256");
  });

  test("a web search that the provider ran is ten dollars a thousand", () => {
    // 100 × 3 + 10 × 15 = 450 millionths, and 3 × 0.01 = 0.03
    const event = callOf("anthropic", "claude-sonnet-4-5", { input_tokens: 100, output_tokens: 10 });
    expect(price({ ...event, server_tool_calls: { web_search: 3 } }).cost_usd).toBe("0.03045");
  });

  test("flex halves the tokens and leaves the searches", () => {
    // (1000 × 1.25 + 100 × 10) / 2 = 1,125 millionths, and 0.01
    const event = callOf("openai", "gpt-5", { input_tokens: 1000, output_tokens: 100 });
    const flex: TokenEvent = { ...event, service_tier: "flex", server_tool_calls: { web_search: 1 } };
    expect(price(flex).cost_usd).toBe("0.011125");
  });
});

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
      "a tier with a price list of its own",
      { ...callOf("openai", "gpt-5", { input_tokens: 10 }), service_tier: "priority" },
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

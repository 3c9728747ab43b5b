// Mistakes that other gateways shipped and their users found on an invoice, with the counts of those reports. A case keeps its
// number in all tests.

import { expect, test } from "vitest";
import { finishEvent } from "../../ingest/gateway/finish-event.ts";
import { openai } from "../../ingest/gateway/providers/openai.ts";
import { createPricer } from "../../ingest/sink/price.ts";
import { readConfig } from "../../schemas/config.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { buildTokenEvent } from "../builders/token-event.ts";

const price = createPricer();
const costOf = (call: Partial<TokenEvent>): string | null => price(buildTokenEvent(call)).cost_usd;
const SONNET_3_7 = { provider: "anthropic", model_served: "claude-3-7-sonnet-20250219" };

test("case 26: a cache write is not paid a second time as input", () => {
  // https://github.com/BerriAI/litellm/issues/9812: 3 × 3 + 12,304 × 3.75 + 550 × 15 = 9 + 46,140 + 8,250 = 54,399
  const usage = { input_tokens: 3, cache_write_5m_tokens: 12_304, cache_read_tokens: 0, output_tokens: 550 };
  expect(costOf({ ...SONNET_3_7, ...usage })).toBe("0.054399");
});

test("case 27: a cache read is not paid as fresh input, streamed or not", () => {
  // https://github.com/BerriAI/litellm/issues/11789: (2459 - 2455) × 0.80 + 2455 × 0.08 + 23 × 4 = 3.2 + 196.4 + 92 = 291.6
  const haiku = { provider: "anthropic", model_served: "claude-3-5-haiku-20241022" };
  const usage = { input_tokens: 4, cache_read_tokens: 2455, output_tokens: 23 };
  expect(costOf({ ...haiku, ...usage, stream: true })).toBe("0.0002916");
  expect(costOf({ ...haiku, ...usage, stream: false })).toBe("0.0002916");
});

test("case 28: reads, writes, fresh input, reasoning and output of one call, each once", () => {
  // https://github.com/BerriAI/litellm/issues/11364: 10 × 3 + 66,360 × 0.30 + 32,435 × 3.75 + (3410 + 1710) × 15
  //   = 30 + 19,908 + 121,631.25 + 76,800 = 218,369.25
  const sonnet = { provider: "anthropic", model_served: "claude-sonnet-4-20250514" };
  const input = { input_tokens: 10, cache_read_tokens: 66_360, cache_write_5m_tokens: 32_435 };
  expect(costOf({ ...sonnet, ...input, output_tokens: 3410, reasoning_tokens: 1710 })).toBe("0.21836925");
});

test("case 29: a price of one's own does not count caches as fresh input again", () => {
  // https://github.com/BerriAI/litellm/issues/40006: 100 × 2 + 700 × 2.50 + 200 × 0.20 = 200 + 1,750 + 40 = 1,990
  const rates = { input_tokens: 2, cache_write_5m_tokens: 2.5, cache_read_tokens: 0.2, output_tokens: 10 };
  const ASSAY_PRICES = JSON.stringify([{ provider: "vllm", model: "m", usd_per_million_tokens: rates }]);
  const ownPrice = createPricer(readConfig({ ASSAY_PRICES }).prices);
  const usage = { input_tokens: 100, cache_write_5m_tokens: 700, cache_read_tokens: 200 };
  expect(ownPrice(buildTokenEvent({ provider: "vllm", model_served: "m", ...usage })).cost_usd).toBe(
    "0.00199",
  );
});

test("case 30: a call that only reads and writes caches pays no fresh input", () => {
  // https://github.com/BerriAI/litellm/issues/5443: 1000 × 3.75 + 1000 × 0.30 = 4,050
  const usage = { input_tokens: 0, cache_write_5m_tokens: 1000, cache_read_tokens: 1000 };
  expect(costOf({ provider: "anthropic", model_served: "claude-3-5-sonnet-20240620", ...usage })).toBe(
    "0.00405",
  );
});

test("case 43: a cache write of an hour costs an hour's price, and none where a list has none", () => {
  // https://github.com/phuryn/claude-usage/pull/162: 47,745,500 × 6.25 + 168,726,465 × 10
  //   = 298,409,375 + 1,687,264,650 = 1,985,674,025
  const usage = { cache_write_5m_tokens: 47_745_500, cache_write_1h_tokens: 168_726_465 };
  expect(costOf({ provider: "anthropic", model_served: "claude-opus-4-5", ...usage })).toBe("1985.674025");
  const onBedrock = { provider: "bedrock", model_served: "global.anthropic.claude-opus-4-5-v1:0" };
  expect(costOf({ ...onBedrock, cache_write_5m_tokens: 100 })).toBe("0.000625");
  expect(costOf({ ...onBedrock, cache_write_1h_tokens: 100 })).toBeNull();
});

test("case 59: cache writes alone make a context long", () => {
  // https://github.com/BerriAI/litellm/issues/30135: 585,659 × 12.50 = 7,320,737.5 above 200,000 tokens,
  // and 585,659 × 6.25 = 3,660,368.75 since long contexts cost no more.
  const call = { provider: "anthropic", model_served: "claude-opus-4-6", cache_write_5m_tokens: 585_659 };
  expect(costOf({ ...call, started_at: "2026-03-12T12:00:00.000Z" })).toBe("7.3207375");
  expect(costOf({ ...call, started_at: "2026-03-13T12:00:00.000Z" })).toBe("3.66036875");
});

test("case 60: the tier that answered is paid, not the one that was asked for", () => {
  // https://github.com/BerriAI/litellm/issues/13810: gpt-5, 1000 × 1.25 = 1,250; flex half of it, priority twice.
  expect(costOfTiers("flex", "flex")).toBe("0.000625");
  expect(costOfTiers("flex", "default")).toBe("0.00125");
  expect(costOfTiers("priority", "default")).toBe("0.00125");
  expect(costOfTiers("auto", "priority")).toBe("0.0025");
  // An answer that names none was cut off before it could.
  expect(costOfTiers("flex", undefined)).toBe("0.000625");
});

test("case 61: one model has the price of the provider that served it, streamed or not", () => {
  // https://github.com/BerriAI/litellm/issues/36042: gpt-oss-120b, 1000 in and 100 out:
  //   Groq        1000 × 0.15  + 100 × 0.60 = 210
  //   OpenRouter  1000 × 0.039 + 100 × 0.18 =  57
  //   Cerebras    1000 × 0.35  + 100 × 0.75 = 425
  const usage = { input_tokens: 1000, output_tokens: 100 };
  for (const stream of [true, false]) {
    const call = { ...usage, stream, model_served: "openai/gpt-oss-120b" };
    expect(costOf({ ...call, provider: "groq" })).toBe("0.00021");
    expect(costOf({ ...call, provider: "openrouter" })).toBe("0.000057");
    expect(costOf({ ...call, provider: "cerebras", model_served: "gpt-oss-120b" })).toBe("0.000425");
  }
});

test.each([
  ["openai-internal", "gpt-5"],
  ["my-anthropic", "claude-sonnet-4-5"],
  ["litellm", "openai/gpt-5"],
  ["vllm", "gpt-5"],
  ["ollama", "claude-sonnet-4-5"],
  ["constructor", "gpt-5"],
])(
  "case 61: an upstream named %s is nobody else, whatever its models are called",
  (provider, model_served) => {
    expect(costOf({ provider, model_served, input_tokens: 1000 })).toBeNull();
  },
);

test("case 62: a batch of a long context is half of a long context", () => {
  // https://github.com/BerriAI/litellm/pull/39861: gpt-5.4, (300,000 × 5 + 1000 × 22.50) / 2 = 761,250
  const call = { provider: "openai", model_served: "gpt-5.4", input_tokens: 300_000, output_tokens: 1000 };
  expect(costOf({ ...call, service_tier: "batch" })).toBe("0.76125");
  // One token below the threshold: (271,999 × 2.50 + 1000 × 15) / 2 = 347,498.75
  expect(costOf({ ...call, service_tier: "batch", input_tokens: 271_999 })).toBe("0.34749875");
});

/** What gpt-5 costs for 1000 tokens in, when one tier was asked for and the answer's body names another. */
function costOfTiers(asked: string, answered: string | undefined): string | null {
  const draft = buildTokenEvent({ provider: "openai", service_tier: asked, usage_source: "none" });
  const reader = openai.createReader(openai.classify("POST", "/v1/chat/completions"));
  const usage = { prompt_tokens: 1000, completion_tokens: 0 };
  reader.readBody(Buffer.from(JSON.stringify({ model: "gpt-5", service_tier: answered, usage })));
  const ending = {
    status: 200,
    terminatedBy: "complete",
    errorKind: null,
    firstByteMs: 1,
    durationMs: 2,
    requestBytes: 1,
    responseBytes: 1,
    requestId: null,
    reading: reader.reading,
    estimate: undefined,
  } as const;
  return price(finishEvent(draft, openai, ending)).cost_usd;
}

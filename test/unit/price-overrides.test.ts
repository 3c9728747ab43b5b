// Prices of the organisation's own (ASSAY_PRICES): which of them a call has, and what is said of those that can't be read.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPricer, type Price } from "../../ingest/sink/price.ts";
import { AppError } from "../../schemas/app-error.ts";
import { readConfig } from "../../schemas/config.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { buildTokenEvent } from "../builders/token-event.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "assay-prices-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Prices a call of our-own-1 at vllm, with a million tokens in, where nothing else is said. */
function priceOf(entries: readonly object[], said: Partial<TokenEvent> = {}): Price {
  const pricer = createPricer(readConfig({ ASSAY_PRICES: JSON.stringify(entries) }).prices);
  return pricer(
    buildTokenEvent({ provider: "vllm", model_served: "our-own-1", input_tokens: 1_000_000, ...said }),
  );
}

const costOf = (entries: readonly object[], said?: Partial<TokenEvent>): string | null =>
  priceOf(entries, said).cost_usd;

/** An entry for vllm's models with a rate for their input. */
function entry(usd: number | string, more: object = {}): object {
  return { provider: "vllm", model: "our-own-*", usd_per_million_tokens: { input_tokens: usd }, ...more };
}

function faultsOf(env: Record<string, string>): string {
  try {
    readConfig(env);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "bad_configuration") throw error;
    return error.message;
  }
  return "";
}

describe("of the prices that fit a call", () => {
  test("the last in the list holds", () => {
    expect(costOf([entry(1), entry("2.000000000001")])).toBe("2.000000000001");
    expect(costOf([entry(1), entry(2, { model: "our-own-2" })])).toBe("1");
  });

  test("one with a date holds from then on, and not for the calls before", () => {
    const entries = [entry(1), entry(2, { from: "2026-11-20" })];
    expect(costOf(entries, { started_at: "2026-11-19T23:59:59.999Z" })).toBe("1");
    expect(costOf(entries, { started_at: "2026-11-20T00:00:00.000Z" })).toBe("2");
  });

  test("one for long contexts holds above its size, caches counted", () => {
    const entries = [entry(1), entry(2, { input_tokens_above: 1_000_000 })];
    expect(costOf(entries)).toBe("1");
    expect(costOf(entries, { cache_read_tokens: 1 })).toBe("2.000002");
  });

  test("one for a service tier holds for it alone, and one without for the standard tier alone", () => {
    const entries = [entry(1), entry(0.5, { service_tier: "flex" })];
    expect(costOf(entries, { service_tier: "flex" })).toBe("0.5");
    expect(costOf(entries, { service_tier: "default" })).toBe("1");
    expect(costOf(entries, { service_tier: "priority" })).toBeNull();
  });

  test("a pattern is no expression: a dot is a dot", () => {
    expect(costOf([entry(1, { model: "our.own-1" })])).toBeNull();
    expect(costOf([entry(1, { model: "*" })])).toBe("1");
    expect(costOf([entry(1, { model: "OUR-*-1" })])).toBe("1");
    expect(costOf([entry(1, { model: "own" })])).toBeNull();
  });

  test("one of another upstream does not hold", () => {
    expect(costOf([entry(1, { provider: "vllm-2" })])).toBeNull();
  });
});

describe("a price of one's own", () => {
  test("takes the place of the list price, whole", () => {
    // gpt-5 lists 1.25, 0.125 and 10; here 1000 × 1 + 1000 × 0.10 + 100 × 8 = 1,900 millionths
    const rates = { input_tokens: 1, cache_read_tokens: "0.1", output_tokens: 8 };
    const negotiated = { provider: "openai", model: "gpt-5*", usd_per_million_tokens: rates };
    const usage = { input_tokens: 1000, cache_read_tokens: 1000, output_tokens: 60, reasoning_tokens: 40 };
    const call = { ...usage, provider: "openai", model_served: "gpt-5-2025-08-07" };
    expect(costOf([negotiated], call)).toBe("0.0019");
    // A search has a list price, and here none.
    expect(costOf([negotiated], { ...call, server_tool_calls: { web_search: 1 } })).toBeNull();
  });

  test("can set what a tool costs", () => {
    const entries = [entry(1, { usd_per_thousand_calls: { crawl: 4 } })];
    expect(costOf(entries, { server_tool_calls: { crawl: 3 } })).toBe("1.012");
  });

  test("can be that of a known provider: its models, tiers and tools", () => {
    const entries = [{ provider: "openai-eu", model: "*", same_as: "openai" }];
    const call = { provider: "openai-eu", model_served: "gpt-5", input_tokens: 1000 };
    expect(costOf(entries, call)).toBe("0.00125");
    expect(costOf(entries, { ...call, service_tier: "flex", server_tool_calls: { web_search: 1 } })).toBe(
      "0.010625",
    );
    expect(costOf(entries, { ...call, model_served: "no-such-model" })).toBeNull();
  });

  test("leaves a count without a rate unpriced, and never takes five minutes for an hour", () => {
    expect(costOf([entry(1)], { output_tokens: 1 })).toBeNull();
    expect(costOf([entry(1)], { cache_write_5m_tokens: 1 })).toBe("1.000001");
    expect(costOf([entry(1)], { cache_write_1h_tokens: 1 })).toBeNull();
  });
});

test("the version of a price names the list, and the prices of one's own where they decided", () => {
  const listed = { provider: "openai", model_served: "gpt-5" };
  expect(priceOf([], listed).price_version).toMatch(/^genai-prices \d+\.\d+\.\d+$/);
  expect(priceOf([entry(1)], listed).price_version).toBe(priceOf([], listed).price_version);
  const { price_version } = priceOf([entry(1)]);
  expect(price_version).toMatch(/^genai-prices \d+\.\d+\.\d+, ASSAY_PRICES [0-9a-f]{12}$/);
  expect(priceOf([entry(1)]).price_version).toBe(price_version);
  expect(priceOf([entry(2)]).price_version).not.toBe(price_version);
});

describe("the setting", () => {
  test("can be in a file of its own, or in the file of all settings", () => {
    const file = join(folder, "prices.json");
    writeFileSync(file, JSON.stringify([entry(1)]));
    const settings = join(folder, "settings.json");
    writeFileSync(settings, JSON.stringify({ ASSAY_PRICES: [entry(1)] }));
    const expected = readConfig({ ASSAY_PRICES: JSON.stringify([entry(1)]) }).prices;
    expect(expected).toHaveLength(1);
    expect(readConfig({ ASSAY_PRICES_FILE: file }).prices).toEqual(expected);
    expect(readConfig({ ASSAY_CONFIG: settings }).prices).toEqual(expected);
    expect(faultsOf({ ASSAY_PRICES_FILE: file, ASSAY_PRICES: "[]" })).toMatch("ASSAY_PRICES is set too");
    expect(faultsOf({ ASSAY_PRICES_FILE: join(folder, "none.json") })).toMatch(/ASSAY_PRICES_FILE: .*ENOENT/);
  });

  test("has all its faults told at once, each with its place", () => {
    const faults = faultsOf({
      ASSAY_PRICES: JSON.stringify([
        entry(-1),
        entry("1,5"),
        entry(1e-13),
        { provider: "vllm", model: "", from: "yesterday", same_as: "openai", input_tokens_above: -1 },
        { provider: "vllm", model: "m" },
        entry(1, { same_as: "openai" }),
        { provider: "vllm", model: "m", same_as: "openai", service_tier: "flex" },
        { provider: "vllm", model: "m", usd_per_million_tokens: { inptu_tokens: 1 } },
        entry(1, { tier: "flex" }),
      ]),
    });
    const places = faults.split("\n").flatMap((line) => /ASSAY_PRICES\.(\S+):/.exec(line)?.[1] ?? []);
    expect(places).toEqual([
      "0.usd_per_million_tokens.input_tokens",
      "1.usd_per_million_tokens.input_tokens",
      "2.usd_per_million_tokens.input_tokens",
      "3.model",
      "3.from",
      "3.input_tokens_above",
      "4",
      "5",
      "6",
      "7.usd_per_million_tokens",
      "8",
    ]);
    expect(faults).toMatch(/ASSAY_PRICES\.0\.\S+: -1 is not right\. Expected: dollars,/);
  });

  test("takes the README's example as it stands", () => {
    const readme = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");
    const ASSAY_PRICES = /```json\n(\[[^`]*)```/.exec(readme)?.[1] ?? "";
    expect(readConfig({ ASSAY_PRICES }).prices).toHaveLength(3);
  });

  test.each(["nope", "{}", "1"])("%s is no list of prices", (ASSAY_PRICES) => {
    expect(faultsOf({ ASSAY_PRICES })).toMatch("Expected: a list of prices, as JSON.");
  });
});

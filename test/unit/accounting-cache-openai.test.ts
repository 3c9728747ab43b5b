// Input is split into what is fresh, read from a cache and written to one, once and without overlap: OpenAI's format, whoever speaks it. The case
// numbers are those of the known accounting faults of other gateways.

import { describe, expect, test } from "vitest";
import { hasMismatch, type Reading } from "../../ingest/gateway/providers/provider.ts";
import { CHAT, knownTokens, readBody, readEvents, SEED } from "../accounting/read-answer.ts";

function ofChat(usage: object): Promise<Reading> {
  return readBody(CHAT, { id: "chatcmpl-1", model: "m", choices: [{ finish_reason: "stop" }], usage });
}

function cached(cached_tokens: number): object {
  return { prompt_tokens_details: { cached_tokens } };
}

describe(`OpenAI's format (seed ${SEED})`, () => {
  test("case 27: a prompt of 2459 of which 2455 are cached has 4 fresh", async () => {
    const usage = { prompt_tokens: 2459, completion_tokens: 23, total_tokens: 2482, ...cached(2455) };
    const last = { id: "c", model: "m", choices: [], usage };
    expect(knownTokens(await readEvents(CHAT, [last, "[DONE]"]))).toEqual({
      input_tokens: 4,
      cache_read_tokens: 2455,
      output_tokens: 23,
    });
  });

  test("case 28: 98805 = 66360 read + 32435 written + 10, and 5120 out of which 1710 are reasoning", async () => {
    const reading = await ofChat({
      prompt_tokens: 98805,
      completion_tokens: 5120,
      total_tokens: 103925,
      prompt_tokens_details: { cached_tokens: 66360, cache_creation_tokens: 32435 },
      completion_tokens_details: { reasoning_tokens: 1710 },
    });
    expect(knownTokens(reading)).toEqual({
      input_tokens: 10,
      cache_read_tokens: 66360,
      cache_write_5m_tokens: 32435,
      output_tokens: 3410,
      reasoning_tokens: 1710,
    });
  });

  test.each([
    ["29: under OpenAI's names", { prompt_tokens_details: { cached_tokens: 200, cache_write_tokens: 700 } }],
    ["30: under Anthropic's names", { cache_read_input_tokens: 200, cache_creation_input_tokens: 700 }],
    [
      "34: under several names at once",
      {
        prompt_tokens_details: { cached_tokens: 200, cache_write_tokens: 700 },
        cached_tokens: 200,
        cache_read_input_tokens: 200,
        cache_creation_input_tokens: 700,
      },
    ],
  ])("case %s, 100 fresh + 700 written + 200 read are not 1000 fresh", async (_case, cache) => {
    const reading = await ofChat({ prompt_tokens: 1000, completion_tokens: 5, total_tokens: 1005, ...cache });
    expect(knownTokens(reading)).toEqual({
      input_tokens: 100,
      cache_read_tokens: 200,
      cache_write_5m_tokens: 700,
      output_tokens: 5,
    });
  });

  test("case 32: a prompt of 17903 including 17817 cached is 17903", async () => {
    const reading = await ofChat({ prompt_tokens: 17903, completion_tokens: 1, ...cached(17817) });
    expect(knownTokens(reading)).toMatchObject({ input_tokens: 86, cache_read_tokens: 17817 });
  });

  test.each([
    ["33", { prompt_cache_hit_tokens: 80, prompt_cache_miss_tokens: 20 }],
    ["33", { cached_tokens: 80 }],
    ["33", { prompt_token_details: { cached_tokens: 80 } }],
    ["33", { input_tokens_details: { cached_tokens: 80 } }],
  ])("case %s: the cache of %j is not billed as fresh", async (_case, cache) => {
    const reading = await ofChat({ prompt_tokens: 100, completion_tokens: 1, total_tokens: 101, ...cache });
    expect(knownTokens(reading)).toEqual({ input_tokens: 20, cache_read_tokens: 80, output_tokens: 1 });
  });

  test.each([
    ["40: inside the prompt", { prompt_tokens: 150, total_tokens: 155 }],
    ["40: beside it, as the total tells", { prompt_tokens: 100, total_tokens: 155 }],
    ["41: beside it, as it is larger", { prompt_tokens: 40, total_tokens: undefined }],
  ])("case %s, 50 read from the cache are counted once", async (_case, sums) => {
    const usage = { completion_tokens: 5, cache_read_input_tokens: 50, ...sums };
    const reading = await ofChat(usage);
    const fresh = sums.prompt_tokens === 40 ? 40 : 100;
    expect(knownTokens(reading)).toEqual({ input_tokens: fresh, cache_read_tokens: 50, output_tokens: 5 });
    expect(reading.totals).toEqual({ input: fresh + 50, output: 5 });
    expect(hasMismatch(reading)).toBe(false);
  });

  test("case 41: a cache beside the prompt does not move the reasoning, which is inside the answer", async () => {
    const reading = await ofChat({
      prompt_tokens: 100,
      completion_tokens: 40,
      total_tokens: 190,
      cache_read_input_tokens: 50,
      completion_tokens_details: { reasoning_tokens: 30 },
    });
    expect(knownTokens(reading)).toEqual({
      input_tokens: 100,
      cache_read_tokens: 50,
      output_tokens: 10,
      reasoning_tokens: 30,
    });
    expect(hasMismatch(reading)).toBe(false);
  });

  test("writes for 30 minutes and for 12 hours are those of the default and of the extended lifetime", async () => {
    const lifetimes = { ttl_30m_tokens: 300, ttl_12h_tokens: 400 };
    const written = { cache_write_tokens: 700, cache_write_tokens_details: lifetimes };
    const reading = await ofChat({
      prompt_tokens: 1000,
      completion_tokens: 5,
      prompt_tokens_details: written,
    });
    expect(knownTokens(reading)).toMatchObject({
      input_tokens: 300,
      cache_write_5m_tokens: 300,
      cache_write_1h_tokens: 400,
    });
  });

  test("parts that are more than their sum are kept as they are, and are a mismatch", async () => {
    const reading = await ofChat({
      prompt_tokens: 100,
      completion_tokens: 5,
      total_tokens: 105,
      prompt_tokens_details: { cached_tokens: 80, audio_tokens: 30 },
    });
    expect(reading.tokens).toMatchObject({
      input_tokens: null,
      cache_read_tokens: 80,
      audio_input_tokens: 30,
    });
    expect(reading.totals).toEqual({ input: 100, output: 5 });
    expect(hasMismatch(reading)).toBe(true);
  });
});

// Thinking is counted apart from the answer, wherever it is reported. The case numbers are those of the known
// accounting faults of other gateways.

import { describe, expect, test } from "vitest";
import { hasMismatch } from "../../ingest/gateway/providers/provider.ts";
import { CHAT, GENERATE, knownTokens, readBody, readEvents, SEED } from "../accounting/read-answer.ts";

const choices = [{ index: 0, finish_reason: "stop", message: { role: "assistant" } }];

describe(`reasoning (seed ${SEED})`, () => {
  test.each([
    ["beside the answer", 15, 359, 661, 1035, 359],
    ["beside the answer", 55021, 923, 785, 56729, 923],
    ["inside the answer", 50, 200, 140, 250, 60],
  ])(
    "case 46: Gemini's thoughts %s, prompt %i, candidates %i, thoughts %i, total %i: visible %i",
    async (_place, promptTokenCount, candidatesTokenCount, thoughtsTokenCount, totalTokenCount, visible) => {
      const usageMetadata = { promptTokenCount, candidatesTokenCount, thoughtsTokenCount, totalTokenCount };
      const reading = await readBody(GENERATE, { candidates: [{ finishReason: "STOP" }], usageMetadata });
      expect(knownTokens(reading)).toEqual({
        input_tokens: promptTokenCount,
        output_tokens: visible,
        reasoning_tokens: thoughtsTokenCount,
      });
      expect(hasMismatch(reading)).toBe(false);
    },
  );

  test.each([
    ["Gemini's own surface", { kind: "gemini", path: "/v1beta/openai/chat/completions" }, "gemini-3-pro"],
    ["a relay", CHAT, "google/gemini-3-pro"],
  ] as const)("case 46: thoughts that %s has in the total alone are counted", async (_name, asked, model) => {
    const usage = { prompt_tokens: 29, completion_tokens: 6, total_tokens: 231 };
    const reading = await readBody(asked, { id: "c", model, choices, usage });
    expect(knownTokens(reading)).toEqual({ input_tokens: 29, output_tokens: 6, reasoning_tokens: 196 });
  });

  test("case 46: a surface that already has them inside is not added to", async () => {
    const usage = {
      prompt_tokens: 29,
      completion_tokens: 202,
      total_tokens: 231,
      completion_tokens_details: { reasoning_tokens: 196 },
    };
    const reading = await readBody(CHAT, { id: "c", model: "google/gemini-3-pro", choices, usage });
    expect(knownTokens(reading)).toEqual({ input_tokens: 29, output_tokens: 6, reasoning_tokens: 196 });
  });

  test("what nobody explains in the total of another model is a mismatch, and is not made up", async () => {
    const usage = { prompt_tokens: 29, completion_tokens: 6, total_tokens: 231 };
    const reading = await readBody(CHAT, { id: "c", model: "other", choices, usage });
    expect(knownTokens(reading)).toEqual({ input_tokens: 29, output_tokens: 6 });
    expect(reading.totals).toEqual({ input: 29, output: 202 });
    expect(hasMismatch(reading)).toBe(true);
  });

  test.each([
    ["more than", 26, 506],
    ["less than", 300, 780],
  ])("xAI's reasoning, %s the completion, is beside it, as the total tells", async (_size, output, total) => {
    const usage = {
      prompt_tokens: 291,
      completion_tokens: output,
      total_tokens: total,
      prompt_tokens_details: { cached_tokens: 244 },
      completion_tokens_details: { reasoning_tokens: 189 },
    };
    const reading = await readBody(CHAT, { id: "c", model: "grok", choices, usage });
    expect(knownTokens(reading)).toEqual({
      input_tokens: 47,
      cache_read_tokens: 244,
      output_tokens: output,
      reasoning_tokens: 189,
    });
    expect(reading.totals).toEqual({ input: 291, output: output + 189 });
  });
});

test("Gemini's interactions: tools' input is input, thoughts are beside the answer", async () => {
  const interaction = {
    id: "v1_1",
    model: "gemini-2.5-flash",
    status: "completed",
    usage: {
      total_input_tokens: 22,
      total_cached_tokens: 0,
      total_tool_use_tokens: 129,
      total_output_tokens: 973,
      total_thought_tokens: 249,
      total_tokens: 1373,
      grounding_tool_count: [{ type: "google_search", count: 2 }],
    },
  };
  const reading = await readEvents({ kind: "gemini", path: "/v1beta/interactions" }, [
    { event_type: "interaction.created", interaction: { id: "v1_1", status: "in_progress" } },
    { event_type: "step.delta", delta: { text: '"interaction": {}' } },
    { event_type: "interaction.completed", interaction },
    "[DONE]",
  ]);
  expect(knownTokens(reading)).toEqual({
    input_tokens: 151,
    cache_read_tokens: 0,
    output_tokens: 973,
    reasoning_tokens: 249,
  });
  expect(reading).toMatchObject({
    isFinal: true,
    isEnded: true,
    responseId: "v1_1",
    stopReason: "completed",
    serverToolCalls: { google_search: 2 },
  });
  expect(hasMismatch(reading)).toBe(false);
});

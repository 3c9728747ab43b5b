// One answer of Anthropic may have taken several samplings, also of other models, and tools: all of it is counted.

import { describe, expect, test } from "vitest";
import { knownTokens, MESSAGES, readBody, readNamedEvents, SEED } from "../accounting/read-answer.ts";

function sampling(type: string, input_tokens: number, output_tokens: number, rest: object = {}): object {
  return {
    type,
    input_tokens,
    output_tokens,
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 0,
    ...rest,
  };
}

describe(`samplings behind one answer (seed ${SEED})`, () => {
  test.each([
    ["a compaction", [682, 1320], [sampling("compaction", 60385, 592)], [61067, 1912]],
    [
      "an advisor's",
      [682, 1320],
      [sampling("advisor_message", 2728, 874, { model: "claude-opus-4-7" })],
      [3410, 2194],
    ],
  ])("%s is counted beside the message", async (_name, [input, output], more, [allInput, allOutput]) => {
    const iterations = [...more, sampling("message", input ?? 0, output ?? 0)];
    const reading = await readBody(MESSAGES, {
      model: "claude-sonnet-4-6",
      usage: { input_tokens: input, output_tokens: output, iterations },
    });
    expect(knownTokens(reading)).toMatchObject({ input_tokens: allInput, output_tokens: allOutput });
  });

  test("the attempt of a model that declined is counted, and the one that answered is the model", async () => {
    const usage = {
      input_tokens: 412,
      output_tokens: 264,
      iterations: [
        sampling("message", 408, 0, { model: "claude-fable-5" }),
        sampling("fallback_message", 412, 264, { model: "claude-opus-4-8" }),
      ],
    };
    const reading = await readNamedEvents(MESSAGES, [
      { type: "message_start", message: { model: "claude-fable-5", usage: { input_tokens: 408 } } },
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage },
    ]);
    expect(knownTokens(reading)).toMatchObject({ input_tokens: 820, output_tokens: 264 });
    expect(reading.modelServed).toBe("claude-opus-4-8");
  });

  test("samplings that are fewer than the count at the top do not lower it", async () => {
    const usage = { input_tokens: 500, output_tokens: 10, iterations: [sampling("message", 5, 10)] };
    expect(knownTokens(await readBody(MESSAGES, { usage }))).toEqual({
      input_tokens: 500,
      output_tokens: 10,
    });
  });

  test("thinking is taken out of the output, and tools are counted", async () => {
    const usage = {
      input_tokens: 51,
      output_tokens: 1699,
      output_tokens_details: { thinking_tokens: 139 },
      server_tool_use: { web_search_requests: 2, web_fetch_requests: 0 },
      service_tier: "standard",
    };
    const reading = await readBody(MESSAGES, { usage });
    expect(knownTokens(reading)).toEqual({ input_tokens: 51, output_tokens: 1560, reasoning_tokens: 139 });
    expect(reading).toMatchObject({ serverToolCalls: { web_search: 2 }, serviceTier: "standard" });
  });
});

// Features of what nobody would send, and what is left out of them.

import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { callFeaturesSchema, UNKNOWN_FEATURES, type CallFeatures } from "../../schemas/call-features.ts";
import { featuresOf } from "../builders/feature-calls.ts";

/** Names that readers look for, so that random values get past their first question. */
const MEMBERS =
  `messages input contents role content parts type text tools name output choices delta message tool_calls function
  arguments response candidates args system instructions functionCall functionResponse item content_block index`.split(
    /\s+/,
  );

describe("whatever a request and an answer are", () => {
  const api = fc.constantFrom("chat", "messages", "responses", "generate");
  const names = fc.constantFrom(...MEMBERS);
  const words = fc.constantFrom(
    "user",
    "assistant",
    "tool",
    "text",
    "tool_use",
    "function_call",
    "model",
    "message",
  );
  const { odd } = fc.letrec((tie) => ({
    odd: fc.oneof(
      { maxDepth: 6, withCrossShrink: true },
      fc.oneof(words, fc.constantFrom(null, 0, -1, true, 1e308, ""), fc.string({ unit: "binary" })),
      fc.array(tie("odd"), { maxLength: 4 }),
      fc.dictionary(names, tie("odd"), { maxKeys: 6 }),
    ),
  }));

  it("features of the right form come of them", () => {
    fc.assert(
      fc.property(api, odd, odd, (name, request, answer) => {
        const features = featuresOf({
          api: name,
          request: { messages: request, input: request, contents: request },
          answer: [{ output: answer, choices: answer, content: answer, candidates: answer }],
        });
        expect(callFeaturesSchema.safeParse(features).error).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it("what can't be read stays unknown", () => {
    const {
      event_id: _e,
      started_at: _s,
      ...features
    } = featuresOf({ api: "chat", request: '{"messages":[{' });
    expect(features).toEqual({ ...UNKNOWN_FEATURES, schema_version: 1, person_id: null, sketch_epoch: 742 });
  });

  it("depth and length cost no more than their reading", () => {
    const deep = `${"[".repeat(1e5)}${"]".repeat(1e5)}`;
    const requests = [
      `{"messages":[{"role":"user","content":${deep}}],"tools":${deep}}`,
      `{"messages":[{"role":"assistant","tool_calls":[{"function":{"name":"x","arguments":${JSON.stringify(deep)}}}]}]}`,
      JSON.stringify({ messages: Array.from({ length: 1e5 }, () => ({ role: "user", content: "x" })) }),
      JSON.stringify({ messages: [{ role: "user", content: " \n".repeat(5e5) }] }),
      JSON.stringify({ messages: [{ role: "user", content: "a".repeat(5e6) }] }),
    ];
    for (const request of requests) {
      expect(callFeaturesSchema.safeParse(featuresOf({ api: "chat", request })).success).toBe(true);
    }
  });

  it("a name that no definition has is kept from the record", () => {
    const features = featuresOf({
      api: "chat",
      request: { messages: [], tools: [{ function: { name: "known" } }] },
      answer: {
        choices: [
          {
            message: {
              tool_calls: ["known", "the user's secret"].map((name) => ({
                function: { name, arguments: "{}" },
              })),
            },
          },
        ],
      },
    });
    expect(features.tool_names).toEqual(["known", "unknown"]);
  });

  it("an answer of which only the beginning was kept has no features but its whole tool calls", () => {
    const content = [
      { type: "text", text: "a" },
      { type: "tool_use", id: "1", name: "x", input: {} },
      { type: "tool_use", id: "2", name: "x", input: {} },
    ];
    const features = featuresOf({ api: "messages", request: {}, answer: { content }, isAnswerWhole: false });
    expect(features).toMatchObject({
      answer_hash: null,
      output_chars: null,
      output_hash: null,
      tool_names: ["unknown"],
    });
  });
});

function delta(content: string): CallFeatures {
  return featuresOf({ api: "chat", request: { messages: [{ role: "user", content }] } });
}

describe("the redundancy of a text", () => {
  it("is seen in what repeats, and in nothing else", () => {
    const varied = Array.from({ length: 40 }, (_, at) =>
      createHash("sha256").update(`${at}`).digest("hex"),
    ).join("\n");
    expect(delta(varied)).toMatchObject({ delta_repetition: 0 });
    expect(delta(varied).delta_compression).toBeGreaterThan(0.5);
    const padded = delta("The same line, again.\n".repeat(100));
    expect(padded.delta_repetition).toBe(0.99);
    expect(padded.delta_compression).toBeLessThan(0.05);
    expect(delta("short")).toMatchObject({
      delta_compression: null,
      delta_repetition: 0,
      delta_sketch: [],
      delta_blocks: [],
    });
  });
});

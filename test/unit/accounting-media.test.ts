// Sound and pictures are counted apart from text. The case numbers are those of the known
// accounting faults of other gateways.

import { describe, expect, test } from "vitest";
import { hasMismatch } from "../../ingest/gateway/providers/provider.ts";
import {
  CHAT,
  GENERATE,
  knownTokens,
  readBody,
  readEvents,
  readNamedEvents,
  SEED,
} from "../accounting/read-answer.ts";

const choices = [{ index: 0, finish_reason: "stop", message: { role: "assistant" } }];

describe(`sound and pictures (seed ${SEED})`, () => {
  test("case 47: 85 out = 38 reasoning + 47 audio + 0 text", async () => {
    const reading = await readBody(GENERATE, {
      candidates: [{ finishReason: "STOP" }],
      usageMetadata: {
        promptTokenCount: 10,
        candidatesTokenCount: 47,
        thoughtsTokenCount: 38,
        totalTokenCount: 95,
        candidatesTokensDetails: [{ modality: "AUDIO", tokenCount: 47 }],
      },
    });
    expect(knownTokens(reading)).toEqual({
      input_tokens: 10,
      output_tokens: 0,
      reasoning_tokens: 38,
      audio_output_tokens: 47,
    });
    expect(reading.totals).toEqual({ input: 10, output: 85 });
  });

  test("Gemini's modalities are disjoint from text, from each other and from the cache", async () => {
    const reading = await readBody(GENERATE, {
      candidates: [{ finishReason: "STOP" }],
      usageMetadata: {
        promptTokenCount: 1000,
        cachedContentTokenCount: 300,
        toolUsePromptTokenCount: 40,
        candidatesTokenCount: 1300,
        totalTokenCount: 2340,
        promptTokensDetails: [
          { modality: "TEXT", tokenCount: 100 },
          { modality: "AUDIO", tokenCount: 200 },
          { modality: "IMAGE", tokenCount: 258 },
          { modality: "VIDEO", tokenCount: 342 },
          { modality: "DOCUMENT", tokenCount: 100 },
        ],
        cacheTokensDetails: [
          { modality: "AUDIO", tokenCount: 50 },
          { modality: "VIDEO", tokenCount: 250 },
        ],
        candidatesTokensDetails: [
          { modality: "TEXT", tokenCount: 10 },
          { modality: "IMAGE", tokenCount: 1290 },
        ],
      },
    });
    expect(knownTokens(reading)).toEqual({
      input_tokens: 140,
      cache_read_tokens: 300,
      audio_input_tokens: 150,
      image_input_tokens: 450,
      output_tokens: 10,
      image_output_tokens: 1290,
    });
    expect(hasMismatch(reading)).toBe(false);
  });

  test("audio of a chat is taken out of its text", async () => {
    const usage = {
      prompt_tokens: 100,
      completion_tokens: 60,
      total_tokens: 160,
      prompt_tokens_details: { audio_tokens: 80, cached_tokens: 0 },
      completion_tokens_details: { audio_tokens: 50, reasoning_tokens: 0 },
    };
    expect(knownTokens(await readBody(CHAT, { id: "c", model: "m", choices, usage }))).toEqual({
      input_tokens: 20,
      cache_read_tokens: 0,
      audio_input_tokens: 80,
      output_tokens: 10,
      reasoning_tokens: 0,
      audio_output_tokens: 50,
    });
  });

  test("a transcription has audio in and text out; one that is billed by the second has no tokens", async () => {
    const asked = { kind: "openai", path: "/v1/audio/transcriptions" } as const;
    const usage = {
      type: "tokens",
      input_tokens: 14,
      input_token_details: { text_tokens: 0, audio_tokens: 14 },
      output_tokens: 45,
      total_tokens: 59,
    };
    const counted = { input_tokens: 0, audio_input_tokens: 14, output_tokens: 45 };
    expect(knownTokens(await readBody(asked, { text: "Gold.", usage }))).toEqual(counted);
    const streamed = await readEvents(asked, [
      { type: "transcript.text.delta", delta: "Gold." },
      { type: "transcript.text.done", text: "Gold.", usage },
    ]);
    expect(knownTokens(streamed)).toEqual(counted);
    expect(streamed).toMatchObject({ isFinal: true, isEnded: true });
    const timed = await readBody(asked, { text: "Gold.", usage: { type: "duration", seconds: 37 } });
    expect(timed.tokens).toBeUndefined();
  });

  test("speech is audio out", async () => {
    const asked = { kind: "openai", path: "/v1/audio/speech" } as const;
    const usage = { input_tokens: 14, output_tokens: 101, total_tokens: 115 };
    const reading = await readEvents(asked, [
      { type: "speech.audio.delta", audio: "AAAA" },
      { type: "speech.audio.done", usage },
    ]);
    expect(knownTokens(reading)).toEqual({ input_tokens: 14, audio_output_tokens: 101 });
    expect(reading.isEnded).toBe(true);
  });

  test.each([
    ["without a split", undefined, { image_output_tokens: 4493 }],
    [
      "as it is split",
      { image_tokens: 4160, text_tokens: 333 },
      { output_tokens: 333, image_output_tokens: 4160 },
    ],
  ])("a picture is image out, %s", async (_name, output_tokens_details, output) => {
    const asked = { kind: "openai", path: "/v1/images/edits" } as const;
    const usage = {
      input_tokens: 212,
      input_tokens_details: { image_tokens: 200, text_tokens: 12 },
      output_tokens: 4493,
      output_tokens_details,
      total_tokens: 4705,
    };
    const reading = await readNamedEvents(asked, [
      { type: "image_edit.partial_image", b64_json: "AAAA" },
      { type: "image_edit.completed", b64_json: "AAAA", usage },
    ]);
    expect(knownTokens(reading)).toEqual({ input_tokens: 12, image_input_tokens: 200, ...output });
  });
});

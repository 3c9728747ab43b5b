// Input is split into what is fresh, read from a cache and written to one, once and without overlap: Anthropic's messages. The case
// numbers are those of the known accounting faults of other gateways.

import { describe, expect, test } from "vitest";
import type { Reading } from "../../ingest/gateway/providers/provider.ts";
import {
  knownTokens,
  MESSAGES,
  readBody,
  readEvents,
  readNamedEvents,
  SEED,
} from "../accounting/read-answer.ts";

/** Usage of a whole message. */
function ofMessage(usage: object): Promise<Reading> {
  return readBody(MESSAGES, { id: "msg_1", type: "message", model: "claude-sonnet-4-5", usage });
}

/** Usage at the beginning and at the end of a stream. */
function ofStream(start: object | null, ...deltas: (object | null)[]): Promise<Reading> {
  return readNamedEvents(MESSAGES, [
    { type: "message_start", message: { id: "msg_1", model: "claude-sonnet-4-5", usage: start } },
    { type: "content_block_delta", delta: { text: '{"usage": {"input_tokens": 7}}' } },
    ...deltas.map((usage) => ({ type: "message_delta", delta: { stop_reason: "end_turn" }, usage })),
    { type: "message_stop" },
  ]);
}

describe(`whole answers of Anthropic (seed ${SEED})`, () => {
  test("case 26: input excludes the cache (3 fresh, 12304 written, 550 out)", async () => {
    const reading = await ofMessage({
      input_tokens: 3,
      cache_creation_input_tokens: 12304,
      cache_read_input_tokens: 0,
      output_tokens: 550,
    });
    expect(knownTokens(reading)).toEqual({
      input_tokens: 3,
      cache_read_tokens: 0,
      cache_write_5m_tokens: 12304,
      cache_write_1h_tokens: 0,
      output_tokens: 550,
    });
  });

  test("case 31: fresh, read and written add up once (5 + 128955 + 1253 = 130213)", async () => {
    const reading = await ofMessage({
      input_tokens: 5,
      cache_read_input_tokens: 128955,
      cache_creation_input_tokens: 1253,
      output_tokens: 1,
    });
    const { input_tokens, cache_read_tokens, cache_write_5m_tokens } = knownTokens(reading);
    expect((input_tokens ?? 0) + (cache_read_tokens ?? 0) + (cache_write_5m_tokens ?? 0)).toBe(130213);
  });

  test("case 45: 10 fresh, 1000 read, 200 written, 5 out are four counts", async () => {
    const reading = await ofMessage({
      input_tokens: 10,
      cache_read_input_tokens: 1000,
      cache_creation_input_tokens: 200,
      output_tokens: 5,
    });
    expect(knownTokens(reading)).toMatchObject({
      input_tokens: 10,
      cache_read_tokens: 1000,
      cache_write_5m_tokens: 200,
      output_tokens: 5,
    });
  });

  test("case 43: writes for 5 minutes and for 1 hour stand apart (216471965 = 47745500 + 168726465)", async () => {
    const reading = await ofMessage({
      input_tokens: 1,
      cache_creation_input_tokens: 216_471_965,
      cache_creation: { ephemeral_5m_input_tokens: 47_745_500, ephemeral_1h_input_tokens: 168_726_465 },
      output_tokens: 1,
    });
    expect(knownTokens(reading)).toMatchObject({
      cache_write_5m_tokens: 47_745_500,
      cache_write_1h_tokens: 168_726_465,
    });
  });

  test("case 43: a split that does not add up is not believed", async () => {
    const reading = await ofMessage({
      input_tokens: 1,
      cache_creation_input_tokens: 216_447_883,
      cache_creation: { ephemeral_5m_input_tokens: 47_745_500, ephemeral_1h_input_tokens: 168_726_465 },
      output_tokens: 1,
    });
    expect(knownTokens(reading)).toMatchObject({
      cache_write_5m_tokens: 216_447_883,
      cache_write_1h_tokens: 0,
    });
  });

  test("what nobody said of the cache is unknown", async () => {
    expect(knownTokens(await ofMessage({ input_tokens: 15, output_tokens: 21 }))).toEqual({
      input_tokens: 15,
      output_tokens: 21,
    });
  });
});

describe("streams of Anthropic", () => {
  test("case 35: a cache count that comes with the delta takes its tokens out of the input", async () => {
    const reading = await ofStream(
      { input_tokens: 2459, output_tokens: 1 },
      { input_tokens: 4, cache_read_input_tokens: 2455, output_tokens: 23 },
    );
    expect(knownTokens(reading)).toMatchObject({
      input_tokens: 4,
      cache_read_tokens: 2455,
      output_tokens: 23,
    });
  });

  test("case 35: a 0 beside a cache count that explains it is meant", async () => {
    const reading = await ofStream(
      { input_tokens: 3604, output_tokens: 1 },
      { input_tokens: 0, cache_read_input_tokens: 3604, output_tokens: 878 },
    );
    expect(knownTokens(reading)).toMatchObject({
      input_tokens: 0,
      cache_read_tokens: 3604,
      output_tokens: 878,
    });
  });

  test("case 36: cumulative message_delta is never added (9+1 read, out 16)", async () => {
    const usage = { input_tokens: 9, cache_read_input_tokens: 1 };
    const reading = await ofStream({ ...usage, output_tokens: 0 }, { ...usage, output_tokens: 16 });
    expect(knownTokens(reading)).toEqual({ input_tokens: 9, cache_read_tokens: 1, output_tokens: 16 });
  });

  test("case 37: a 0 in the delta does not undo the count", async () => {
    const reading = await ofStream(
      { input_tokens: 25, cache_creation_input_tokens: 70, output_tokens: 1 },
      { input_tokens: 0, cache_creation_input_tokens: 0, output_tokens: 16 },
    );
    expect(knownTokens(reading)).toMatchObject({
      input_tokens: 25,
      cache_write_5m_tokens: 70,
      output_tokens: 16,
    });
  });

  test("case 37: a null in the delta does not undo the count", async () => {
    const reading = await ofStream(
      { input_tokens: 25, cache_read_input_tokens: 7, output_tokens: 1 },
      { input_tokens: null, cache_read_input_tokens: null, output_tokens: 16 },
    );
    expect(knownTokens(reading)).toEqual({ input_tokens: 25, cache_read_tokens: 7, output_tokens: 16 });
  });

  test("case 38: relays that count in the delta alone are counted (4522 + 4511 written + 5 out = 9038)", async () => {
    const delta = { input_tokens: 4522, cache_creation_input_tokens: 4511, output_tokens: 5 };
    const reading = await ofStream({ input_tokens: 0, output_tokens: 0 }, delta);
    const { cache_write_1h_tokens, ...counts } = knownTokens(reading);
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(9038);
    expect(cache_write_1h_tokens).toBe(0);
    expect(knownTokens(await ofStream(null, delta))).toMatchObject({ input_tokens: 4522, output_tokens: 5 });
  });

  test("case 39: the placeholder of message_start is not added to the output", async () => {
    const reading = await ofStream(
      { input_tokens: 25, output_tokens: 1 },
      { output_tokens: 5 },
      { output_tokens: 15 },
    );
    expect(knownTokens(reading)).toEqual({ input_tokens: 25, output_tokens: 15 });
    expect(reading).toMatchObject({ isFinal: true, isEnded: true });
  });

  test("case 4: with the placeholder alone the count is not the provider's last word", async () => {
    const reading = await ofStream({ input_tokens: 25, output_tokens: 1 }, null);
    expect(reading).toMatchObject({ isFinal: false, stopReason: "end_turn" });
  });

  test("a relay that leaves the events' names out is read all the same", async () => {
    const reading = await readEvents(MESSAGES, [
      { type: "message_start", message: { id: "msg_1", usage: { input_tokens: 25, output_tokens: 1 } } },
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 15 } },
      { type: "message_stop" },
    ]);
    expect(knownTokens(reading)).toEqual({ input_tokens: 25, output_tokens: 15 });
    expect(reading).toMatchObject({ isFinal: true, isEnded: true, stopReason: "end_turn" });
  });
});

test("case 42: Claude on Vertex AI is read in Anthropic's format", async () => {
  const path = "/v1/projects/p/locations/l/publishers/anthropic/models/claude-sonnet-4-5:rawPredict";
  const usage = { input_tokens: 100, cache_read_input_tokens: 50, output_tokens: 5 };
  const reading = await readBody({ kind: "vertex", path }, { type: "message", usage });
  expect(knownTokens(reading)).toEqual({ input_tokens: 100, cache_read_tokens: 50, output_tokens: 5 });
});

test("case 44: what is written to the cache is in no other count", async () => {
  const reading = await ofMessage({ input_tokens: 10, cache_creation_input_tokens: 200, output_tokens: 5 });
  expect(knownTokens(reading)).toEqual({
    input_tokens: 10,
    cache_write_5m_tokens: 200,
    cache_write_1h_tokens: 0,
    output_tokens: 5,
  });
});

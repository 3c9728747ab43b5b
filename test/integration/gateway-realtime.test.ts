// Realtime sessions: each response has its own usage, told apart into text and audio; most responses nobody asks for, because the
// provider hears when a turn ends; and the model is named once, for the session.

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { WebSocket } from "ws";
import { createPricer } from "../../ingest/sink/price.ts";
import { openSocketBench, say, type SocketBench } from "../services/websocket-bench.ts";

let bench: SocketBench;
beforeAll(async () => {
  bench = await openSocketBench();
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());

const REALTIME = "/v1/realtime?model=gpt-realtime";
const usage = {
  total_tokens: 253,
  input_tokens: 127,
  output_tokens: 126,
  input_token_details: {
    text_tokens: 119,
    audio_tokens: 8,
    cached_tokens: 64,
    cached_tokens_details: { text_tokens: 60, audio_tokens: 4 },
  },
  output_token_details: { text_tokens: 30, audio_tokens: 96 },
};
const COUNTED = {
  usage_source: "reported",
  input_tokens: 59,
  cache_read_tokens: 64,
  audio_input_tokens: 4,
  output_tokens: 30,
  audio_output_tokens: 96,
};

/** A response of which nothing but its end matters. */
function respond(socket: WebSocket, id: string, rest: object = {}): void {
  say(socket, "response.created", { response: { id, status: "in_progress" } });
  say(socket, "response.output_audio.delta", { response_id: id, delta: "AAAA" });
  say(socket, "response.done", { response: { id, status: "completed", usage, ...rest } });
}

test("case 50: each response counts its own tokens, asked for or not, as the session goes on", async () => {
  const { client, theirs, ask } = await bench.connectBoth(REALTIME);
  await ask({ type: "input_audio_buffer.append", audio: "AAAA" });
  respond(theirs, "resp_1");
  await client.nextOf("response.done");
  await ask({ type: "response.create", response: { max_output_tokens: 500 } });
  respond(theirs, "resp_2");
  await client.nextOf("response.done");
  const called = { api: "realtime", model_requested: "gpt-realtime", terminated_by: "complete", ...COUNTED };
  expect(bench.gateway.takeEvents()).toMatchObject([
    { ...called, response_id: "resp_1", max_output_tokens: null, request_bytes: 0 },
    { ...called, response_id: "resp_2", max_output_tokens: 500 },
  ]);
  expect(await bench.hangUp(client)).toMatchObject([{ api: "realtime", request_kind: "other", status: 101 }]);
});

test("case 48: a session is priced by the model that it says it is with; an unknown one costs null", async () => {
  const price = createPricer();
  for (const [model, isPriced] of [
    ["gpt-realtime-2025-08-28", true],
    ["voice-of-ours", false],
  ] as const) {
    const { client, theirs } = await bench.connectBoth("/openai/v1/realtime?deployment=voice-of-ours");
    say(theirs, "session.created", { session: { id: "sess_1", model } });
    respond(theirs, "resp_1");
    await client.nextOf("response.done");
    const [event] = bench.gateway.takeEvents();
    expect(event).toMatchObject({ model_requested: "voice-of-ours", model_served: model });
    expect(event && price(event).cost_usd !== null).toBe(isPriced);
    await bench.hangUp(client);
  }
});

test("what another model wrote down of the speech is a call of its own, with its own model", async () => {
  const { client, theirs } = await bench.connectBoth(REALTIME);
  const transcription = { model: "gpt-4o-transcribe" };
  say(theirs, "session.updated", { session: { model: "gpt-realtime", audio: { input: { transcription } } } });
  say(theirs, "conversation.item.input_audio_transcription.completed", {
    transcript: "Is there gold in it?",
    usage: {
      type: "tokens",
      total_tokens: 30,
      input_tokens: 17,
      input_token_details: { text_tokens: 0, audio_tokens: 17 },
      output_tokens: 13,
    },
  });
  await client.nextOf("conversation.item.input_audio_transcription.completed");
  expect(bench.gateway.takeEvents()).toMatchObject([
    {
      request_kind: "auxiliary",
      model_requested: "gpt-4o-transcribe",
      usage_source: "reported",
      input_tokens: 0,
      audio_input_tokens: 17,
      output_tokens: 13,
    },
  ]);
  await bench.hangUp(client);
});

test("a response that is broken off by who speaks counts what it used, and says why it ended", async () => {
  const { client, theirs } = await bench.connectBoth(REALTIME);
  const status_details = { type: "cancelled", reason: "turn_detected" };
  respond(theirs, "resp_1", { status: "cancelled", status_details });
  respond(theirs, "resp_2", {
    status: "failed",
    status_details: { type: "failed", error: { type: "server_error" } },
  });
  for (const _ of [1, 2]) await client.nextOf("response.done");
  expect(bench.gateway.takeEvents()).toMatchObject([
    { ...COUNTED, stop_reason: "turn_detected", stop_kind: "other", error_kind: null },
    { ...COUNTED, error_kind: "stream_error" },
  ]);
  await bench.hangUp(client);
});

test("an error ends the response that it is about, and no other", async () => {
  const { client, theirs, ask } = await bench.connectBoth(REALTIME);
  await ask({ type: "response.create", event_id: "event_1" });
  say(theirs, "response.created", { response: { id: "resp_1" } });
  await ask({ type: "response.create", event_id: "event_2" });
  await ask({ type: "response.create" });
  say(theirs, "error", { error: { type: "invalid_request_error", code: "unknown_parameter" } });
  say(theirs, "error", {
    error: { type: "invalid_request_error", code: "conversation_already_has_active_response" },
  });
  say(theirs, "error", { error: { type: "invalid_request_error", event_id: "event_2" } });
  say(theirs, "response.done", { response: { id: "resp_1", status: "completed", usage } });
  await client.nextOf("response.done");
  const failed = { error_kind: "stream_error", usage_source: "none", response_id: null };
  expect(bench.gateway.takeEvents()).toMatchObject([failed, failed, { ...COUNTED, response_id: "resp_1" }]);
  await bench.hangUp(client);
});

test("a session that breaks off leaves the usage of its last response unknown: sound can't be counted by its text", async () => {
  const { client, theirs } = await bench.connectBoth(REALTIME);
  say(theirs, "response.created", { response: { id: "resp_1" } });
  say(theirs, "response.output_audio_transcript.delta", {
    response_id: "resp_1",
    delta: "There is gold in it.",
  });
  await client.nextOf("response.output_audio_transcript.delta");
  theirs.terminate();
  await client.closed;
  expect(await bench.takeEvents(2)).toMatchObject([
    { usage_source: "none", output_tokens: null, terminated_by: "upstream", error_kind: "reset" },
    { request_kind: "other" },
  ]);
});

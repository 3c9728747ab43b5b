// Responses over a WebSocket: each is a call of its own, counted as it would be over HTTP, and on record before the client sees
// its end.

import OpenAI from "openai";
import { ResponsesWS } from "openai/resources/responses/ws";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { canFillDisk, fillDisk } from "../services/full-disk.ts";
import { openSocketBench, say, type SocketBench } from "../services/websocket-bench.ts";
import { connectSocket } from "../services/websocket-client.ts";
import { usageOf } from "../services/websocket-provider.ts";

let bench: SocketBench;
beforeAll(async () => {
  bench = await openSocketBench();
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());

const RESPONSES = "/v1/responses";
const question = { type: "response.create", model: "gpt-5", input: "Is there gold in it?" };
const REPORTED = { usage_source: "reported", cache_read_tokens: 700, reasoning_tokens: 40 };

test("case 20: each response has its own record, in all its parts, when its last message is there", async () => {
  const client = await connectSocket(bench.gateway.url + RESPONSES);
  for (const n of [1, 2, 3]) {
    client.send({ ...question, previous_response_id: n === 1 ? undefined : `resp_${n - 1}` });
    await client.nextOf("response.completed");
    expect(bench.gateway.takeEvents()).toMatchObject([
      {
        ...REPORTED,
        api: "responses",
        request_kind: "main",
        model_requested: "gpt-5",
        model_served: "gpt-5",
        response_id: `resp_${n}`,
        previous_response_id: n === 1 ? null : `resp_${n - 1}`,
        status: 200,
        error_kind: null,
        terminated_by: "complete",
        stop_kind: "end",
        stream: true,
        input_tokens: 300 + n,
        output_tokens: 20 + n,
      },
    ]);
  }
  await bench.hangUp(client);
});

test("the handshake is a call of its own, unmetered, with the bytes that belong to no response", async () => {
  const client = await connectSocket(bench.gateway.url + RESPONSES);
  client.send(question);
  await client.nextOf("response.completed");
  const [response] = bench.gateway.takeEvents();
  const [handshake] = await bench.hangUp(client);
  expect(handshake).toMatchObject({
    event_id: client.headers["x-assay-event-id"],
    request_kind: "other",
    usage_source: "none",
    status: 101,
    error_kind: null,
    terminated_by: "complete",
    // A Close each way: the client's with its mask.
    request_bytes: 8,
    response_bytes: 4,
  });
  // A header of 8 bytes, with the mask; the messages are longer than 125 bytes.
  expect(response?.request_bytes).toBe(Buffer.byteLength(JSON.stringify(question)) + 6);
});

test("what a client prepares without an answer is auxiliary, and counted", async () => {
  const client = await connectSocket(bench.gateway.url + RESPONSES);
  client.send({ ...question, generate: false });
  await client.nextOf("response.completed");
  expect(bench.gateway.takeEvents()).toMatchObject([{ request_kind: "auxiliary", input_tokens: 301 }]);
  await bench.hangUp(client);
});

test("a response has the features that it would have over HTTP", async () => {
  const client = await connectSocket(bench.gateway.url + RESPONSES);
  client.send(question);
  await client.nextOf("response.completed");
  await vi.waitFor(() => {
    const records = bench.readRecords();
    const [event] = records.flatMap((record) => (record.record === "event" ? [record.event] : []));
    const features = records.flatMap((record) => (record.record === "features" ? [record.features] : []));
    expect(features.find(({ event_id }) => event_id === event?.event_id)).toMatchObject({
      delta_human_chars: question.input.length,
      output_chars: "There is gold in it.".length,
    });
  }, 10_000);
  bench.gateway.takeEvents();
  await bench.hangUp(client);
});

test("OpenAI's own library gets through what it would get without the gateway", async () => {
  const library = new OpenAI({ apiKey: "sk-theirs", baseURL: `${bench.gateway.url}/v1` });
  const socket = new ResponsesWS(library);
  const ended = new Promise<string>((resolve) => {
    socket.on("response.completed", ({ response }) => resolve(response.id));
  });
  socket.send({ type: "response.create", model: "gpt-5", input: "Is there gold in it?" });
  expect(await ended).toBe("resp_1");
  expect(bench.gateway.takeEvents()).toMatchObject([{ ...REPORTED, client: "openai-sdk" }]);
  expect(bench.provider.handshakes.at(-1)?.headers.authorization).toBe("Bearer sk-theirs");
  socket.close();
  await bench.takeEvents(1);
});

/** A message about the n-th response. */
const ofN = (n: number, rest: object): object => ({
  response: { id: `resp_${n}`, model: `m-${n}`, ...rest },
});
const done = (n: number): object => ofN(n, { status: "completed", usage: usageOf(n) });

describe("responses at once", () => {
  test("are told apart by their ids", async () => {
    const { client, theirs, ask } = await bench.connectBoth(RESPONSES);
    for (const model of ["m-1", "m-2"]) await ask({ ...question, model });
    for (const n of [1, 2]) say(theirs, "response.created", ofN(n, { status: "in_progress" }));
    for (const n of [2, 1]) say(theirs, "response.completed", done(n));
    for (const _ of [2, 1]) await client.nextOf("response.completed");
    expect(bench.gateway.takeEvents()).toMatchObject([
      { response_id: "resp_2", model_requested: "m-2", model_served: "m-2", input_tokens: 302 },
      { response_id: "resp_1", model_requested: "m-1", model_served: "m-1", input_tokens: 301 },
    ]);
    await bench.hangUp(client);
  });

  test("are told apart by their lanes, whichever begins first", async () => {
    const { client, theirs, ask } = await bench.connectBoth(RESPONSES);
    for (const n of [1, 2]) await ask({ ...question, model: `m-${n}`, stream_id: `lane-${n}` });
    for (const n of [2, 1]) say(theirs, "response.created", { ...ofN(n, {}), stream_id: `lane-${n}` });
    for (const n of [1, 2]) say(theirs, "response.completed", { ...done(n), stream_id: `lane-${n}` });
    for (const _ of [1, 2]) await client.nextOf("response.completed");
    expect(bench.gateway.takeEvents()).toMatchObject([
      { response_id: "resp_1", model_requested: "m-1" },
      { response_id: "resp_2", model_requested: "m-2" },
    ]);
    await bench.hangUp(client);
  });

  test("that nobody asked for are counted: the provider goes on by itself when it was steered", async () => {
    const { client, theirs } = await bench.connectBoth(RESPONSES);
    say(theirs, "response.created", ofN(7, { previous_response_id: "resp_6" }));
    say(theirs, "response.completed", done(7));
    await client.nextOf("response.completed");
    expect(bench.gateway.takeEvents()).toMatchObject([
      { response_id: "resp_7", previous_response_id: "resp_6", model_served: "m-7", input_tokens: 307 },
    ]);
    await bench.hangUp(client);
  });
});

describe("a response that fails", () => {
  test("by a refused request has the status of its refusal, and leaves the connection to the next", async () => {
    const { client, theirs, ask } = await bench.connectBoth(RESPONSES);
    await ask(question);
    say(theirs, "error", {
      status: 400,
      error: { type: "invalid_request_error", code: "previous_response_not_found" },
    });
    await client.nextOf("error");
    await ask(question);
    say(theirs, "response.created", { response: { id: "resp_2" } });
    say(theirs, "response.incomplete", {
      response: {
        id: "resp_2",
        status: "incomplete",
        incomplete_details: { reason: "max_output_tokens" },
        usage: usageOf(2),
      },
    });
    await client.nextOf("response.incomplete");
    expect(bench.gateway.takeEvents()).toMatchObject([
      { status: 400, error_kind: "invalid_request", usage_source: "none", terminated_by: "complete" },
      { status: 200, error_kind: null, usage_source: "reported", stop_kind: "length", response_id: "resp_2" },
    ]);
    await bench.hangUp(client);
  });

  test("on its way has what it used", async () => {
    const { client, theirs, ask } = await bench.connectBoth(RESPONSES);
    await ask(question);
    say(theirs, "response.created", { response: { id: "resp_1" } });
    const error = { code: "server_error", message: "It broke." };
    say(theirs, "response.failed", {
      response: { id: "resp_1", status: "failed", error, usage: usageOf(1) },
    });
    await client.nextOf("response.failed");
    expect(bench.gateway.takeEvents()).toMatchObject([
      { status: 200, error_kind: "stream_error", usage_source: "reported", input_tokens: 301 },
    ]);
    await bench.hangUp(client);
  });
});

test("deflated messages are counted, whatever the two sides agree on", async () => {
  const offers = [
    true,
    { serverNoContextTakeover: true },
    { clientNoContextTakeover: true },
    { threshold: 0 },
  ];
  for (const perMessageDeflate of offers) {
    const client = await connectSocket(bench.gateway.url + RESPONSES, { perMessageDeflate });
    expect(client.headers["sec-websocket-extensions"]).toContain("permessage-deflate");
    for (const n of [1, 2, 3]) {
      client.send({ ...question, instructions: "gold ".repeat(2000), model: `m-${n}` });
      await client.nextOf("response.completed");
      expect(bench.gateway.takeEvents()).toMatchObject([
        { ...REPORTED, model_requested: `m-${n}`, input_tokens: 300 + n },
      ]);
    }
    await bench.hangUp(client);
  }
});

test("what the gateway does not know goes through, and is one unmetered call", async () => {
  bench.provider.play((socket) => socket.on("message", (data: Buffer) => socket.send(data)));
  const client = await connectSocket(`${bench.gateway.url}/openai/v1/unheard-of?x=1`);
  client.send({ type: "response.create" });
  expect(await client.next()).toEqual({ type: "response.create" });
  expect(bench.provider.handshakes.at(-1)?.url).toBe("/v1/unheard-of?x=1");
  expect(await bench.hangUp(client)).toMatchObject([{ api: "other", status: 101, usage_source: "none" }]);
});

test.skipIf(!canFillDisk)(
  "a response that can't be recorded is not asked for where that is set: the connection is closed for now",
  async () => {
    const strict = await openSocketBench({ settings: { ASSAY_STRICT: "1" } });
    const { client, theirs } = await strict.connectBoth(RESPONSES);
    let asked = 0;
    theirs.on("message", () => asked++);
    const makeRoom = fillDisk(0);
    client.send(question);
    const code = await client.closed;
    makeRoom();
    expect(code).toBe(1013);
    expect(asked).toBe(0);
    await strict.close();
  },
);

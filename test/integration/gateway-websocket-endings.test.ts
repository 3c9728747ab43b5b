// How a WebSocket ends: by its client, by its provider, by the gateway; with responses under way, and without. Every response
// is on record once, and each side sees what it would have seen of the other.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openSocketBench, say, type Both, type SocketBench } from "../services/websocket-bench.ts";
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

/** A response that does not end. */
async function begin(both: Both): Promise<void> {
  await both.ask(question);
  say(both.theirs, "response.created", { response: { id: "resp_1", model: "gpt-5" } });
  say(both.theirs, "response.output_text.delta", { delta: "There is gold in it, and much of it." });
  await both.client.nextOf("response.output_text.delta");
}

describe("a connection that is cut under a response", () => {
  test("by its client: the provider is heard out, and its usage counted", async () => {
    const both = await bench.connectBoth(RESPONSES);
    await begin(both);
    both.client.socket.terminate();
    await both.client.closed;
    say(both.theirs, "response.completed", {
      response: { id: "resp_1", status: "completed", usage: usageOf(1) },
    });
    expect(await bench.takeEvents(2)).toMatchObject([
      { ...REPORTED, response_id: "resp_1", terminated_by: "client" },
      { request_kind: "other", terminated_by: "client" },
    ]);
  });

  test("by a client that closes as it should: so is the provider, and what it used is estimated", async () => {
    const both = await bench.connectBoth(RESPONSES);
    await begin(both);
    both.client.socket.close(1000);
    expect(await both.client.closed).toBe(1000);
    expect(await bench.takeEvents(2)).toMatchObject([
      { usage_source: "estimated", output_tokens: 11, terminated_by: "client", error_kind: null },
      { request_kind: "other", terminated_by: "client" },
    ]);
  });

  test("by its provider: the client sees the cut, and what was used is estimated", async () => {
    const both = await bench.connectBoth(RESPONSES);
    await begin(both);
    both.theirs.terminate();
    expect(await both.client.closed).toBe(1006);
    expect(await bench.takeEvents(2)).toMatchObject([
      { usage_source: "estimated", output_tokens: 11, terminated_by: "upstream", error_kind: "reset" },
      { request_kind: "other", terminated_by: "upstream", error_kind: "reset" },
    ]);
  });
});

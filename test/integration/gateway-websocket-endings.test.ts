// How a WebSocket ends: by its client, by its provider, by the gateway; with responses under way, and without. Every response
// is on record once, and each side sees what it would have seen of the other.

import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { WebSocket } from "ws";
import { DRAIN_MS_MAX as HEARING_MS_MAX } from "../../ingest/gateway/drains.ts";
import { DRAIN_MS_MAX, serveGateway } from "../../ingest/gateway/serve.ts";
import { openSpoolReader } from "../../ingest/spool/reader.ts";
import { readConfig } from "../../schemas/config.ts";
import { createVitals } from "../../schemas/vitals.ts";
import { openSocketBench, say, type Both, type SocketBench } from "../services/websocket-bench.ts";
import { connectSocket } from "../services/websocket-client.ts";
import { usageOf } from "../services/websocket-provider.ts";

let bench: SocketBench;
beforeAll(async () => {
  bench = await openSocketBench();
  await warmUp();
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());

const RESPONSES = "/v1/responses";
const question = { type: "response.create", model: "gpt-5", input: "Is there gold in it?" };
const REPORTED = { usage_source: "reported", cache_read_tokens: 700, reasoning_tokens: 40 };

/** Lets the thread that estimates start: an estimate is given up after a while, and the first has to wait for that. */
async function warmUp(): Promise<void> {
  for (let source = "none"; source !== "estimated";) {
    const both = await bench.connectBoth(RESPONSES);
    await begin(both);
    both.theirs.terminate();
    const [response] = await bench.takeEvents(2);
    source = response?.usage_source ?? "none";
  }
}

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

  test("by its client: a provider that says nothing more is heard out no longer than the limit", async () => {
    const both = await bench.connectBoth(RESPONSES);
    await begin(both);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    both.client.socket.terminate();
    while (both.theirs.readyState !== both.theirs.CLOSED) {
      await new Promise(setImmediate);
      vi.advanceTimersByTime(HEARING_MS_MAX);
    }
    vi.useRealTimers();
    expect(await bench.takeEvents(2)).toMatchObject([
      { response_id: "resp_1", terminated_by: "client", error_kind: null },
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

describe("a gateway that ends", () => {
  test("closes what has no response under way at once, and the rest when their responses have ended", async () => {
    const ending = await openSocketBench();
    const idle = await ending.connectBoth(RESPONSES);
    const idleClosed = once(idle.theirs, "close");
    const busy = await ending.connectBoth(RESPONSES);
    await begin(busy);
    const ended = ending.gateway.close();
    expect(await idle.client.closed).toBe(1001);
    expect((await idleClosed)[0]).toBe(1001);
    expect(await ending.takeEvents(1)).toMatchObject([{ request_kind: "other", terminated_by: "gateway" }]);
    say(busy.theirs, "response.completed", {
      response: { id: "resp_1", status: "completed", usage: usageOf(1) },
    });
    await busy.client.nextOf("response.completed");
    expect(ending.gateway.takeEvents()).toMatchObject([
      { ...REPORTED, response_id: "resp_1", terminated_by: "complete" },
    ]);
    expect(await busy.client.closed).toBe(1001);
    await ended;
    await ending.provider.close();
  });

  test("cuts off a response that does not end when its time is up, and has it on record", async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "assay-websocket-"));
    const log = pino({ level: "silent" });
    const vitals = createVitals("gateway");
    const settings = {
      ASSAY_DATA: dataDir,
      ASSAY_GATEWAY_PORT: "0",
      ASSAY_UPSTREAM_OPENAI_URL: bench.provider.url,
    };
    const gateway = await serveGateway(log, readConfig(settings), vitals);
    const opened = new Promise<WebSocket>((resolve) => bench.provider.play(resolve));
    const client = await connectSocket(`http://127.0.0.1:${gateway.port}${RESPONSES}`);
    const theirs = await opened;
    client.send(question);
    await once(theirs, "message");
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const closed = gateway.close();
    vi.advanceTimersByTime(DRAIN_MS_MAX);
    vi.useRealTimers();
    expect(await client.closed).toBe(1006);
    await closed;
    const spool = openSpoolReader(log, { spoolDir: join(dataDir, "spool"), metrics: vitals.metrics });
    const events = spool
      .readBatch(10)
      .records.flatMap((item) => (item.record === "event" ? [item.event] : []));
    expect(events).toMatchObject([
      { request_kind: "main", terminated_by: "gateway" },
      { request_kind: "other", terminated_by: "gateway" },
    ]);
    rmSync(dataDir, { recursive: true });
  });
});

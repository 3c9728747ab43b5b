// The handshake of a WebSocket is a call as any other: the same keys, the same rules for headers, and a provider's refusal is the
// client's to see. An Assay key goes no further, wherever a client can put one; a browser can put it among the subprotocols alone.

import { once } from "node:events";
import { WebSocket as BrowserSocket } from "undici";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { issueKey, writeSnapshot } from "../services/assay-keys.ts";
import { send } from "../services/raw-client.ts";
import { sendBytes } from "../services/raw-socket.ts";
import { openSocketBench, type SocketBench } from "../services/websocket-bench.ts";
import { connectSocket, refuseSocket } from "../services/websocket-client.ts";

const RESPONSES = "/v1/responses";
const question = { type: "response.create", model: "gpt-5", input: "Is there gold in it?" };
const { secret, key } = issueKey();
const revoked = issueKey({ revoked_at: "2026-01-01T00:00:00.000Z" });

let bench: SocketBench;
beforeAll(async () => {
  bench = await openSocketBench({
    keys: [key, revoked.key],
    settings: { ASSAY_UPSTREAM_OPENAI_KEY: "sk-organisation" },
  });
});
afterAll(() => bench.close());
beforeEach(() => {
  bench.reset();
  bench.provider.refuse(undefined);
});

/** The headers of the last handshake that reached the provider. */
const theirs = (): NodeJS.Dict<string | string[]> => bench.provider.handshakes.at(-1)?.headers ?? {};

describe("an Assay key", () => {
  test.each([
    ["authorization", { authorization: `Bearer ${secret}` }, ""],
    ["api-key", { "api-key": secret }, ""],
    ["x-assay-key", { "x-assay-key": secret }, ""],
    ["the path", {}, `/k/${secret}`],
  ])("in %s names the caller, and the provider gets the organisation's", async (_where, headers, prefix) => {
    const client = await connectSocket(bench.gateway.url + prefix + RESPONSES, { headers });
    client.send(question);
    await client.nextOf("response.completed");
    const events = [...bench.gateway.takeEvents(), ...(await bench.hangUp(client))];
    expect(events.map(({ person_id }) => person_id)).toEqual([key.person_id, key.person_id]);
    expect(theirs()["authorization"]).toBe("Bearer sk-organisation");
    expect(JSON.stringify([theirs(), bench.provider.handshakes.at(-1)?.url])).not.toContain("assay_");
  });

  test("among a browser's subprotocols is taken out of them, and the others are agreed on", async () => {
    const protocols = ["realtime", `openai-insecure-api-key.${secret}`, "openai-beta.realtime-v1"];
    const socket = new BrowserSocket(bench.gateway.url.replace("http", "ws") + RESPONSES, protocols);
    await once(socket, "open");
    expect(socket.protocol).toBe("realtime");
    expect(theirs()["sec-websocket-protocol"]).toBe("realtime, openai-beta.realtime-v1");
    expect(theirs()["authorization"]).toBe("Bearer sk-organisation");
    socket.close();
    await once(socket, "close");
    expect(await bench.takeEvents(1)).toMatchObject([{ person_id: key.person_id, identity_source: "key" }]);
  });

  test("that is revoked while its connection is open gets no further response", async () => {
    const client = await connectSocket(bench.gateway.url + RESPONSES, { headers: { "x-assay-key": secret } });
    client.send(question);
    await client.nextOf("response.completed");
    await writeSnapshot(bench.gateway.dataDir, [{ ...key, revoked_at: new Date().toISOString() }]);
    await expect.poll(statusOfKey, { interval: 50, timeout: 10_000 }).toBe(401);
    bench.gateway.takeEvents();
    client.send(question);
    expect(await client.closed).toBe(1008);
    expect(await bench.takeEvents(1)).toMatchObject([{ request_kind: "other", terminated_by: "gateway" }]);
    await writeSnapshot(bench.gateway.dataDir, [key, revoked.key]);
    await expect.poll(statusOfKey, { interval: 50, timeout: 10_000 }).toBe(404);
  });
});

/** Of a call over HTTP, of which this provider knows none. */
async function statusOfKey(): Promise<number> {
  const options = { method: "GET", headers: { "x-assay-key": secret } };
  return (await send(`${bench.gateway.url}/v1/models`, options)).status;
}

test("a key of the provider's own goes through, and the organisation's is not spent beside it", async () => {
  const protocols = ["realtime", "openai-insecure-api-key.sk-theirs"];
  const socket = new BrowserSocket(
    `${bench.gateway.url.replace("http", "ws")}/k/${secret}${RESPONSES}`,
    protocols,
  );
  await once(socket, "open");
  expect(theirs()["sec-websocket-protocol"]).toBe("realtime, openai-insecure-api-key.sk-theirs");
  expect(theirs()["authorization"]).toBeUndefined();
  socket.close();
  await bench.takeEvents(1);
});

test("headers go on as they are but for Assay's own; of extensions, those that can be read", async () => {
  const client = await connectSocket(bench.gateway.url + RESPONSES, {
    perMessageDeflate: false,
    headers: {
      "openai-beta": "responses_websockets=2026-02-06",
      "x-assay-run-id": "run-1",
      "sec-websocket-extensions":
        "x-unheard-of, permessage-deflate; client_max_window_bits, permessage-bzip2",
    },
  }).catch((error: unknown) => error);
  // The library refuses an extension that it did not offer itself.
  expect(client).toBeInstanceOf(Error);
  expect(theirs()).toMatchObject({
    host: new URL(bench.provider.url).host,
    "openai-beta": "responses_websockets=2026-02-06",
    "sec-websocket-extensions": "permessage-deflate; client_max_window_bits",
    connection: "upgrade",
    upgrade: "websocket",
  });
  expect(theirs()).not.toHaveProperty("x-assay-run-id");
  await bench.takeEvents(1);
});

describe("a handshake that is refused", () => {
  const body = '{"error":{"message":"Use HTTP.","code":"no_websocket"}}';
  test.each([
    [426, "Upgrade Required", "invalid_request"],
    [401, "Unauthorized", "authentication"],
    [404, "Not Found", "not_found"],
    [500, "Internal Server Error", "server_error"],
  ])("by its provider with %i is refused just so, and on record", async (status, reason, kind) => {
    bench.provider.refuse(
      `HTTP/1.1 ${status} ${reason}\r\nx-theirs: 1\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
    );
    const refused = await refuseSocket(bench.gateway.url + RESPONSES);
    expect(refused).toMatchObject({ status, body, headers: { "x-theirs": "1" } });
    expect(await bench.takeEvents(1)).toMatchObject([
      {
        event_id: refused.headers["x-assay-event-id"],
        request_kind: "other",
        status,
        error_kind: kind,
        terminated_by: "complete",
        usage_source: "none",
      },
    ]);
  });

  test.each([405, 501])(
    "by a provider that has no WebSocket (%i) is refused with 426, at which Codex goes over to HTTP",
    async (status) => {
      bench.provider.refuse(
        `HTTP/1.1 ${status} No\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
      );
      expect(await refuseSocket(bench.gateway.url + RESPONSES)).toMatchObject({ status: 426, body });
      expect(await bench.takeEvents(1)).toMatchObject([{ status: 426 }]);
    },
  );

  test("by Assay is so in the provider's shape, and never was a call", async () => {
    const before = bench.provider.handshakes.length;
    const headers = { authorization: `Bearer ${revoked.secret}` };
    const refused = await refuseSocket(bench.gateway.url + RESPONSES, { headers });
    expect(refused).toMatchObject({ status: 401, headers: { "x-should-retry": "false" } });
    expect(JSON.parse(refused.body)).toMatchObject({ error: { code: "authentication" } });
    const lost = await refuseSocket(`${bench.gateway.url}/nowhere`);
    expect(lost.status).toBe(404);
    expect(bench.provider.handshakes).toHaveLength(before);
    expect(bench.gateway.takeEvents()).toEqual([]);
  });

  test("by nobody, because nobody is there, is 502 and on record", async () => {
    const gone = await openSocketBench();
    await gone.provider.close();
    const refused = await refuseSocket(gone.gateway.url + RESPONSES);
    expect(refused.status).toBe(502);
    expect(JSON.parse(refused.body)).toMatchObject({ error: { code: "unreachable" } });
    expect(await gone.takeEvents(1)).toMatchObject([{ status: 502, error_kind: "unreachable" }]);
    await gone.gateway.close();
  });
});

test("what asks for another protocol, or has a body, is answered as if it had not asked", async () => {
  const before = bench.provider.handshakes.length;
  for (const request of [
    "GET /v1/models HTTP/1.1\r\nHost: a\r\nConnection: close, Upgrade\r\nUpgrade: h2c\r\n\r\n",
    "POST /v1/responses HTTP/1.1\r\nHost: a\r\nConnection: close, Upgrade\r\nUpgrade: websocket\r\nContent-Length: 2\r\n\r\n{}",
    "GET /v1/responses HTTP/1.1\r\nHost: a\r\nConnection: close, Upgrade\r\nUpgrade: websocket\r\nContent-Length: 2\r\n\r\n{}",
  ]) {
    expect(await sendBytes(bench.gateway.url, request)).toMatch(/^HTTP\/1.1 404 /);
  }
  expect(bench.provider.handshakes).toHaveLength(before);
  await bench.takeEvents(3);
});

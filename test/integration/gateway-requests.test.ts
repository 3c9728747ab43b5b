// A request reaches the provider byte for byte, whatever its length and framing, and no path leads anywhere else.

import { createHash, randomBytes } from "node:crypto";
import { request, type OutgoingHttpHeaders } from "node:http";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SCANNED_BYTES_MAX } from "../../ingest/gateway/request-body.ts";
import { startTestGateway, type TestGateway } from "../services/gateway.ts";
import { send } from "../services/raw-client.ts";
import { sendBytes, startRawProvider, type RawProvider } from "../services/raw-socket.ts";
import { startReplayProvider, type ReplayProvider } from "../services/replay-provider.ts";

const MEGABYTE = 1024 * 1024;
const CHAT = "/v1/chat/completions";
const UPLOAD = "/v1/files";

let replay: ReplayProvider;
let gateway: TestGateway;
/** Where nothing may ever arrive. */
let elsewhere: RawProvider;

beforeAll(async () => {
  replay = await startReplayProvider();
  elsewhere = await startRawProvider((socket) => socket.destroy());
  gateway = await startTestGateway({
    upstreamUrl: replay.url,
    settings: { ASSAY_UPSTREAM_BELOW_URL: `${replay.url}/relay/`, ASSAY_UPSTREAM_BELOW_KIND: "openai" },
  });
});
afterAll(async () => {
  await gateway.close();
  await replay.close();
  await elsewhere.close();
});
beforeEach(() => {
  replay.respond(() => ({ body: Buffer.from("{}") }));
  gateway.takeEvents();
});

const hashOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

/** Sends a body in pieces, without saying how long it is. */
function sendChunked(url: string, pieces: readonly Buffer[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: "POST", agent: false }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode ?? 0));
    });
    outgoing.on("error", reject);
    for (const piece of pieces) outgoing.write(piece);
    outgoing.end();
  });
}

const JSON_BODY = Buffer.from('{ "model" : "gpt-5",\n"messages":[{"content":"é鉱⚗️"}] }');
const BODIES: [name: string, body: Buffer, headers: OutgoingHttpHeaders][] = [
  ["JSON with white space", JSON_BODY, {}],
  ["no JSON", Buffer.from('{"model": "gpt-5"'), {}],
  ["bytes that are no text", randomBytes(1000), {}],
  ["gzip", gzipSync(JSON_BODY), { "content-encoding": "gzip" }],
  ["what claims to be gzip", JSON_BODY, { "content-encoding": "gzip" }],
  ["an encoding that nobody knows", JSON_BODY, { "content-encoding": "constructor" }],
  ["5 MB", Buffer.from(JSON.stringify({ model: "gpt-5", messages: ["x".repeat(5 * MEGABYTE)] })), {}],
  ["just what is looked at", randomBytes(SCANNED_BYTES_MAX), {}],
  ["more than is looked at", randomBytes(SCANNED_BYTES_MAX + 1), {}],
];

describe.each(BODIES)("a body of %s", (_name, body, headers) => {
  test.each([
    ["a metered call", CHAT],
    ["an upload", UPLOAD],
  ])("arrives whole in %s", async (_kind, path) => {
    const { status } = await send(gateway.url + path, { body, headers });
    expect(status).toBe(200);
    const seen = replay.requests.at(-1);
    expect(seen?.isWhole).toBe(true);
    expect(hashOf(seen?.body ?? Buffer.alloc(0))).toBe(hashOf(body));
    expect(seen?.headers["content-length"]).toBe(String(body.length));
    expect(gateway.takeEvents()).toMatchObject([{ request_bytes: body.length, status: 200 }]);
  });

  test.each([
    ["a metered call", CHAT],
    ["an upload", UPLOAD],
  ])("arrives whole in %s whose length was not told", async (_kind, path) => {
    const middle = Math.floor(body.length / 2);
    expect(await sendChunked(gateway.url + path, [body.subarray(0, middle), body.subarray(middle)])).toBe(
      200,
    );
    expect(hashOf(replay.requests.at(-1)?.body ?? Buffer.alloc(0))).toBe(hashOf(body));
    expect(gateway.takeEvents()).toMatchObject([{ request_bytes: body.length, status: 200 }]);
  });
});

test.each(["GET", "DELETE", "OPTIONS", "POST", "PUT", "PATCH"])(
  "%s without a body stays so",
  async (method) => {
    await send(`${gateway.url}/v1/files/file-1`, { method });
    const seen = replay.requests.at(-1);
    expect([seen?.method, seen?.url, seen?.body.length]).toEqual([method, "/v1/files/file-1", 0]);
    expect(seen?.headers["transfer-encoding"]).toBeUndefined();
  },
);

test("an empty body whose length was not told arrives empty", async () => {
  expect(await sendChunked(gateway.url + CHAT, [])).toBe(200);
  expect(replay.requests.at(-1)?.body).toHaveLength(0);
});

test("a client that waits for 100 Continue is told to go on", async () => {
  const body = '{"model":"m"}';
  const head = `POST ${CHAT} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n`;
  const answer = await sendBytes(gateway.url, head + body);
  expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
  expect(replay.requests.at(-1)?.headers.expect).toBeUndefined();
  expect(replay.requests.at(-1)?.body.toString()).toBe(body);
});

const host = (): string => new URL(elsewhere.url).host;

describe("a path", () => {
  const tricks: [name: string, target: () => string, arrivesAs: (() => string) | undefined][] = [
    ["two slashes and a host", () => `//${host()}/v1/models`, undefined],
    ["an absolute address", () => `http://${host()}/v1/models`, undefined],
    ["a host behind the prefix", () => `/openai//${host()}/v1/models`, () => `//${host()}/v1/models`],
    ["an address behind the prefix", () => `/openai/http://${host()}/`, () => `/http://${host()}/`],
    ["a user and a host", () => `/openai/@${host()}/v1/models`, () => `/@${host()}/v1/models`],
    ["a backslash", () => `/openai/\\${host()}/v1/models`, undefined],
    ["dots", () => "/below/../../v1/models", () => "/relay/../../v1/models"],
    ["encoded dots", () => "/below/%2e%2e/%2E%2E/v1", () => "/relay/%2e%2e/%2E%2E/v1"],
    ["encoded line ends", () => "/below/a%0d%0aHost:%20x", () => "/relay/a%0d%0aHost:%20x"],
    ["an encoded slash and NUL", () => "/below/%2F%00", () => "/relay/%2F%00"],
    ["a fragment", () => `/below/a#@${host()}/`, () => `/relay/a#@${host()}/`],
    ["a prefix in capitals", () => "/OPENAI/v1/models", undefined],
    ["an encoded prefix", () => "/%6fpenai/v1/models", undefined],
    ["an asterisk", () => "*", undefined],
  ];

  test.each(tricks)("with %s leads nowhere else", async (_name, target, arrivesAs) => {
    const before = replay.requests.length;
    const answer = await sendBytes(
      gateway.url,
      `GET ${target()} HTTP/1.1\r\nHost: ${host()}\r\nConnection: close\r\n\r\n`,
    );
    expect(elsewhere.received()).toBe("");
    expect(answer).toMatch(arrivesAs ? /^HTTP\/1\.1 200 / : /^HTTP\/1\.1 40[04] /);
    expect(replay.requests.slice(before).map(({ url }) => url)).toEqual(arrivesAs ? [arrivesAs()] : []);
  });

  test.each([
    ["a bare line feed in the path", "GET /openai/v1/a\nb HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["a space in the path", "GET /openai/v1/a b HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["a second request in a header", "GET /openai/v1 HTTP/1.1\r\nHost: x\r\nX-A: b\rGET /x HTTP/1.1\r\n\r\n"],
    [
      "two lengths",
      "POST /openai/v1 HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    ],
    [
      "a length beside chunks",
      "POST /openai/v1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    [
      "an unknown transfer coding",
      "POST /openai/v1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, x\r\n\r\n0\r\n\r\n",
    ],
  ])("or a request with %s is no request", async (_name, bytes) => {
    const before = replay.requests.length;
    expect(await sendBytes(gateway.url, bytes)).toMatch(/^HTTP\/1\.1 400 /);
    expect(replay.requests).toHaveLength(before);
  });
});

describe("an upload that breaks off", () => {
  test.each([
    ["a metered call", CHAT],
    ["an upload", UPLOAD],
  ])("in %s harms nothing, and no provider takes it for whole", async (_kind, path) => {
    const before = replay.requests.length;
    const { hostname, port } = new URL(gateway.url);
    await new Promise((resolve) => {
      const outgoing = request({ hostname, port, path, method: "POST", headers: { "content-length": 1000 } });
      outgoing.on("error", resolve);
      outgoing.write("x".repeat(500), () => outgoing.destroy(new Error("enough")));
    });
    await expect.poll(async () => (await send(`${gateway.url}/healthz`, { method: "GET" })).status).toBe(200);
    expect(replay.requests.slice(before).some(({ isWhole }) => isWhole)).toBe(false);
  });
});

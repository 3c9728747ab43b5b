// Headers pass as they came, both ways: spelled the same, in their order, as often. What belongs to one connection stays on
// it, and what is meant for Assay ends here.

import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestGateway, type TestGateway } from "../services/gateway.ts";
import { send, type RawAnswer } from "../services/raw-client.ts";
import { sendBytes, startRawProvider } from "../services/raw-socket.ts";
import { openPost } from "../services/replay-provider-client.ts";
import { startReplayProvider, type ReplayProvider } from "../services/replay-provider.ts";

let replay: ReplayProvider;
let gateway: TestGateway;

beforeAll(async () => {
  replay = await startReplayProvider();
  gateway = await startTestGateway({ upstreamUrl: replay.url });
});
afterAll(async () => {
  await gateway.close();
  await replay.close();
});
beforeEach(() => replay.respond(undefined));

/** `Name: value` lines, without those that each connection has anew. */
function linesOf(rawHeaders: readonly string[], without: readonly string[] = []): string[] {
  const hidden = new Set(["connection", "host", "content-length", ...without]);
  return rawHeaders.flatMap((name, at) =>
    at % 2 === 0 && !hidden.has(name.toLowerCase()) ? [`${name}: ${rawHeaders[at + 1]}`] : [],
  );
}

/** A request whose header lines stand as they are written here; what the provider saw of them. */
async function forward(lines: readonly string[], path = "/v1/models"): Promise<string[]> {
  const head = [`GET ${path} HTTP/1.1`, "Host: gateway.test", ...lines, "Connection: close", "", ""];
  const answer = await sendBytes(gateway.url, Buffer.from(head.join("\r\n"), "latin1"));
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  return linesOf(replay.requests.at(-1)?.rawHeaders ?? []);
}

/** What a metered call asks its provider for, whose client asked for this. */
async function acceptEncoding(accepted: string): Promise<string | string[] | undefined> {
  const headers = { "accept-encoding": accepted };
  await send(`${gateway.url}/v1/chat/completions`, { headers, body: "{}" });
  return replay.requests.at(-1)?.headers["accept-encoding"];
}

describe("a request's headers", () => {
  test("keep name, value, order and repetition", async () => {
    const lines = [
      "User-Agent: client/1.0",
      "X-Custom: one",
      "aCCept: */*",
      "x-custom: two",
      "X-CUSTOM: one",
      "OpenAI-Beta: assistants=v2, realtime=v1",
      "x-empty: ",
      "x-latin: d\u00e9j\u00e0",
      "Cookie: a=1; b=2",
      "x-request-id: theirs",
    ];
    expect(await forward(lines)).toEqual(lines);
  });

  test("of one connection are not forwarded, nor what Connection names", async () => {
    const hopByHop = [
      "Keep-Alive: timeout=5",
      "Proxy-Authorization: Basic eA==",
      "Proxy-Connection: keep-alive",
      "TE: trailers",
      "Trailer: x-checksum",
      "Upgrade: h2c",
      "Connection: X-Nominated, keep-alive",
      "x-nominated: one",
      "connection: x-also-nominated",
      "X-Also-Nominated: two",
    ];
    expect(await forward([...hopByHop, "x-kept: yes"])).toEqual(["x-kept: yes"]);
  });

  test("that are meant for Assay are not forwarded, known or not", async () => {
    const ours = ["key", "run-id", "session-id", "agent", "class", "tags", "anything", ""];
    const lines = ours.filter((name) => name !== "key").map((name) => `X-Assay-${name}: x`);
    expect(await forward([...lines, "x-assayer: yes"])).toEqual(["x-assayer: yes"]);
  });

  test("name the provider's host, whatever the client says", async () => {
    await forward(["X-Forwarded-Host: elsewhere"]);
    expect(replay.requests.at(-1)?.headers.host).toBe(new URL(replay.url).host);
  });

  test("ask for no encoding that could not be metered, where it has to be", async () => {
    expect(await acceptEncoding("gzip, deflate, br, zstd")).toBe("gzip, deflate, br, zstd");
    expect(await acceptEncoding("gzip;q=0.5, compress, *;q=0.1")).toBe("gzip;q=0.5");
    expect(await acceptEncoding("compress, dcb")).toBe("identity");
    expect(await forward(["Accept-Encoding: compress, *"])).toEqual(["Accept-Encoding: compress, *"]);
  });
});

describe("an answer's headers", () => {
  test("keep name, value, order and repetition, and one is added", async () => {
    const headers = [
      "Date: Fri, 20 Nov 2026 09:30:00 GMT",
      "Content-Type: text/plain",
      "Set-Cookie: a=1",
      "x-RateLimit-Remaining: 9",
      "set-cookie: b=2",
      "x-latin: d\u00e9j\u00e0",
      "x-request-id: req_1",
    ];
    const { rawHeaders, body } = await relay(["HTTP/1.1 200 OK", ...headers, "Content-Length: 2", "", "ok"]);
    expect(linesOf(rawHeaders, ["keep-alive"]).slice(0, -1)).toEqual(headers);
    expect(linesOf(rawHeaders).at(-1)).toMatch(/^Keep-Alive|^x-assay-event-id: [\da-f-]{36}$/);
    expect(body.toString()).toBe("ok");
  });

  test("come before the body does, and the same", async () => {
    const provider = await startRawProvider((socket) => {
      socket.write(
        Buffer.from("HTTP/1.1 200 OK\r\nx-latin: d\u00e9j\u00e0\r\nContent-Length: 2\r\n\r\n", "latin1"),
      );
      void release.promise.then(() => socket.end("ok"));
    });
    const release = Promise.withResolvers<void>();
    const other = await startTestGateway({ upstreamUrl: provider.url });
    const response = await openPost(`${other.url}/v1/models`, {});
    expect(response.headers["x-latin"]).toBe("d\u00e9j\u00e0");
    release.resolve();
    expect(await text(response)).toBe("ok");
    await other.close();
    await provider.close();
  });

  test("of one connection are not forwarded, nor what Connection names", async () => {
    const { rawHeaders, body } = await relay([
      "HTTP/1.1 200 OK",
      "Connection: X-Nominated",
      "x-nominated: one",
      "Connection: x-also-nominated, close",
      "x-also-nominated: two",
      "Proxy-Authenticate: Basic",
      "x-kept: yes",
      "Content-Length: 2",
      "",
      "ok",
    ]);
    expect(linesOf(rawHeaders, ["keep-alive", "x-assay-event-id"])).toEqual(["x-kept: yes"]);
    expect(body.toString()).toBe("ok");
  });

  test.each([
    ["Quite Fine", "Quite Fine"],
    ["", ""],
    ["D\u00c3\u00a9j\u00c3\u00a0 vu", "D\u00c3\u00a9j\u00c3\u00a0 vu"],
    // Words that are not UTF-8 get replacement characters; nobody goes by them (RFC 9112, 4).
    ["D\u00e9j vu", "D\u00ef\u00bf\u00bdj vu"],
  ])("come with the status and its words: %j", async (words, expected) => {
    const answer = await relay([`HTTP/1.1 299 ${words}`, "Content-Length: 2", "", "ok"]);
    expect([answer.status, answer.statusText, answer.body.toString()]).toEqual([299, expected, "ok"]);
  });

  test("of an informational answer do not stand for the answer's", async () => {
    const hints = ["HTTP/1.1 103 Early Hints", "Link: </a>", ""];
    const { status, headers, body } = await relay([
      ...hints,
      "HTTP/1.1 200 OK",
      "x-kept: yes",
      "Content-Length: 2",
      "",
      "ok",
    ]);
    expect([status, headers["x-kept"], headers.link, body.toString()]).toEqual([200, "yes", undefined, "ok"]);
  });
});

/** What a client gets of an answer that stands on the wire as it is written here. */
async function relay(lines: readonly string[]): Promise<RawAnswer> {
  const provider = await startRawProvider((socket) => socket.end(Buffer.from(lines.join("\r\n"), "latin1")));
  const other = await startTestGateway({ upstreamUrl: provider.url });
  try {
    return await send(`${other.url}/v1/models`);
  } finally {
    await other.close();
    await provider.close();
  }
}

// The replay provider is what all tests of the gateway believe, so it is tested itself: each provider's framing, the bytes at
// any cut, every fault as a client sees it, and the record of what was asked.

import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { decodeBody } from "../services/fixtures-decode.ts";
import { ownFixtures } from "../services/fixtures-own.ts";
import {
  encodedAnswer,
  jsonAnswer,
  streamAnswer,
  type Encoding,
} from "../services/replay-provider-answer.ts";
import { openPost, post as postTo, type WireAnswer } from "../services/replay-provider-client.ts";
import { startReplayProvider, type ReplayProvider } from "../services/replay-provider.ts";

let replay: ReplayProvider;
beforeEach(async () => {
  replay = await startReplayProvider();
});
afterEach(() => replay.close());

const post = (path: string, body: unknown, headers?: Record<string, string>): Promise<WireAnswer> =>
  postTo(replay.url + path, body, headers);

describe("framing", () => {
  test("a chat stream has data lines alone, ends in [DONE], and reports usage only when asked", async () => {
    const asked = await post("/v1/chat/completions", {
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(asked.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
    const events = asked.text.split("\n\n");
    expect(events.slice(-2)).toEqual(["data: [DONE]", ""]);
    expect(events.slice(0, -1).every((event) => event.startsWith("data: "))).toBe(true);
    const chunks = events.slice(0, -2).map((event) => parse(event.slice(6)));
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: expect.any(Number) } });
    expect(chunks.slice(0, -1).every((chunk) => chunk["usage"] === null)).toBe(true);

    const silent = await post("/v1/chat/completions", { stream: true });
    expect(silent.text).not.toContain("usage");
    const refused = { stream: true, stream_options: { include_usage: false } };
    expect((await post("/v1/chat/completions", refused)).text).not.toContain("usage");
  });

  test("responses and messages name each event twice, and end with the event that says so", async () => {
    for (const [path, last] of [
      ["/v1/responses", "response.completed"],
      ["/v1/messages", "message_stop"],
    ] as const) {
      const { text } = await post(path, { stream: true });
      const events = text.split("\n\n").slice(0, -1);
      const names = events.map((event) => /^event: (.+)\ndata: (.+)$/.exec(event));
      expect(names.every((match) => match && parse(match[2] ?? "")["type"] === match[1])).toBe(true);
      expect(names.at(-1)?.[1]).toBe(last);
    }
  });

  test("a Gemini stream is events with alt=sse and one array without, with the same elements", async () => {
    const path = "/v1beta/models/gemini-2.5-pro:streamGenerateContent";
    const events = await post(`${path}?alt=sse`, {});
    const array = await post(path, {});
    const fromEvents = events.text.split("\r\n\r\n").slice(0, -1);
    expect(fromEvents.every((event) => event.startsWith("data: "))).toBe(true);
    expect(array.headers["content-type"]).toContain("application/json");
    const fromArray = z.array(z.unknown()).parse(JSON.parse(array.text));
    expect(fromArray.map(withoutId)).toEqual(fromEvents.map((event) => withoutId(parse(event.slice(6)))));
    expect((await post("/v1/models/gemini-2.5-pro:generateContent", {})).json).toHaveProperty(
      "usageMetadata",
    );
  });

  test("what a caller wants counted is what the answer reports, in each provider's own sums", async () => {
    await replay.close();
    replay = await startReplayProvider({
      usageOf: () => ({
        input_tokens: 1,
        cache_read_tokens: 10,
        cache_write_5m_tokens: 100,
        cache_write_1h_tokens: 1000,
        output_tokens: 20_000,
        reasoning_tokens: 300_000,
      }),
    });
    expect((await post("/v1/chat/completions", {})).json["usage"]).toMatchObject({
      prompt_tokens: 1111,
      completion_tokens: 320_000,
      prompt_tokens_details: { cached_tokens: 10 },
      completion_tokens_details: { reasoning_tokens: 300_000 },
    });
    expect((await post("/v1/messages", {})).json["usage"]).toMatchObject({
      input_tokens: 1,
      cache_creation_input_tokens: 1100,
      cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 1000 },
      output_tokens: 320_000,
    });
    expect((await post("/v1/models/g:generateContent", {})).json["usageMetadata"]).toMatchObject({
      promptTokenCount: 1111,
      candidatesTokenCount: 20_000,
      thoughtsTokenCount: 300_000,
      totalTokenCount: 321_111,
    });
  });

  test("the same request is counted the same, under an id that is new each time", async () => {
    const [first, second] = [await post("/v1/messages", { a: 1 }), await post("/v1/messages", { a: 1 })];
    expect(first.json["usage"]).toEqual(second.json["usage"]);
    expect(first.json["id"]).not.toBe(second.json["id"]);
    expect(first.headers["request-id"]).not.toBe(second.headers["request-id"]);
  });

  test.each([
    ["/v1/nothing", { error: { type: "invalid_request_error" } }],
    ["/v1/messages/nothing", { type: "error", error: { type: "not_found_error" } }],
    ["/v1beta/nothing", { error: { code: 404, status: "NOT_FOUND" } }],
  ])("an unknown route answers 404 in its provider's JSON: %s", async (path, body) => {
    const answer = await post(path, {});
    expect(answer.status).toBe(404);
    expect(answer.json).toMatchObject(body);
  });

  test("a fixture is chosen by name, and arrives as it stands in its file", async () => {
    for (const fixture of ownFixtures()) {
      const answer = await post(fixture.request.path, {}, { "x-replay-fixture": fixture.file });
      const { status, text } = answer;
      expect({ file: fixture.file, status, text }).toEqual({
        file: fixture.file,
        status: fixture.status,
        text: fixture.body.toString("utf8"),
      });
    }
    const unknown = await post("/v1/messages", {}, { "x-replay-fixture": "openai/no-such.json" });
    expect(unknown.status).toBe(404);
  });
});

describe("cutting", () => {
  const frames = ["data: déjà\n\n", "data: 鉱石 ⚗️\n\n", "data: [DONE]\n\n"];
  const whole = Buffer.from(frames.join(""));

  test("the client gets exactly the frames' bytes at any chunk size", async () => {
    for (let chunkBytes = 1; chunkBytes <= whole.length + 1; chunkBytes++) {
      replay.respond(() => ({ ...streamAnswer(frames), pace: { chunkBytes } }));
      const { text } = await post("/", {});
      expect({ chunkBytes, text }).toEqual({ chunkBytes, text: whole.toString("utf8") });
    }
  });

  test("a cut falls where it is asked for, also within a character", async () => {
    const within = Buffer.byteLength("data: d") + 1;
    replay.respond(() => ({ ...streamAnswer(frames), pace: { splitAt: [within, 20, 9999], gapMs: 5 } }));
    const { bytes, pieces } = await post("/", {});
    expect(bytes.equals(whole)).toBe(true);
    expect(pieces.map((piece) => piece.length)).toEqual([within, 20 - within, whole.length - 20]);
  });

  test.each<Encoding>(["gzip", "deflate", "br", "zstd"])(
    "a stream in %s is flushed with every frame, and decodes to the same bytes",
    async (encoding) => {
      const answer = await encodedAnswer(streamAnswer(frames), encoding);
      expect(answer.frames).toHaveLength(frames.length + 1);
      replay.respond(() => answer);
      const { headers, bytes } = await post("/", {});
      expect(headers["content-encoding"]).toBe(encoding);
      expect(decodeBody(bytes, encoding).equals(whole)).toBe(true);
    },
  );

  test("an encoding can go unsaid", async () => {
    const answer = await encodedAnswer(jsonAnswer({ ok: true }), "gzip", false);
    replay.respond(() => answer);
    const { headers, bytes } = await post("/", {});
    expect(headers).not.toHaveProperty("content-encoding");
    expect(bytes.subarray(0, 2).toString("hex")).toBe("1f8b");
    expect(headers["content-length"]).toBe(String(bytes.length));
  });
});

describe("recording", () => {
  test("a request is kept as it came: line, header spelling and order, bytes", async () => {
    const socket = connect(replay.port, "127.0.0.1");
    const body = Buffer.from([0, 255, 123]);
    const head = `POST /v1/x?q=%2F HTTP/1.1\r\nhOsT: a\r\nX-One: 1\r\nx-one: 2\r\ncontent-length: ${body.length}\r\n\r\n`;
    socket.write(Buffer.concat([Buffer.from(head), body]));
    await once(socket, "data");
    socket.destroy();
    expect(replay.requests).toHaveLength(1);
    const [request] = replay.requests;
    expect(request).toMatchObject({ method: "POST", url: "/v1/x?q=%2F", json: undefined, isWhole: true });
    expect(request?.rawHeaders.slice(0, 6)).toEqual(["hOsT", "a", "X-One", "1", "x-one", "2"]);
    expect(request?.body.equals(body)).toBe(true);
  });

  test("an answer's headers go out in order and spelling, duplicates kept", async () => {
    replay.respond(() => ({
      headers: [
        ["X-One", "1"],
        ["set-cookie", "a=1"],
        ["Set-Cookie", "b=2"],
      ],
    }));
    const socket = connect(replay.port, "127.0.0.1");
    socket.end("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    let answer = "";
    for await (const piece of socket) answer += String(piece);
    expect(answer).toContain("HTTP/1.1 200 OK\r\nX-One: 1\r\nset-cookie: a=1\r\nSet-Cookie: b=2\r\n");
  });

  test("a client that leaves is noted, with the time; one that stays is not", async () => {
    await post("/v1/messages", {});
    replay.respond(() => ({ ...streamAnswer(["data: 1\n\n"]), fault: { kind: "stall", afterBytes: 9 } }));
    const leaving = await openPost(`${replay.url}/v1/messages`, {});
    const leftAt = performance.now();
    leaving.destroy();
    const [stayed, left] = replay.requests;
    await Promise.all([stayed?.closed, left?.closed]);
    expect(stayed?.disconnectedAtMs).toBeUndefined();
    expect(left?.disconnectedAtMs).toBeGreaterThanOrEqual(leftAt);
  });

  test("an upload that breaks off is kept, marked, and not answered", async () => {
    let asked = 0;
    replay.respond(() => {
      asked++;
      return undefined;
    });
    const socket = connect(replay.port, "127.0.0.1");
    socket.write("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nhalf");
    socket.resume().end();
    await once(socket, "close");
    expect(replay.requests[0]).toMatchObject({ isWhole: false, body: Buffer.from("half") });
    expect(asked).toBe(0);
  });

  test("a script answers the requests that it takes, and leaves the others", async () => {
    replay.respond((request) => (request.url === "/mine" ? jsonAnswer({ mine: true }) : undefined));
    expect((await post("/mine", {})).json).toEqual({ mine: true });
    expect((await post("/v1/messages", {})).json).toMatchObject({ type: "message" });
  });
});

/** Of an event's or an array's chunk: an answer's id is never the same twice. */
function withoutId(chunk: unknown): unknown {
  return { ...z.looseObject({ responseId: z.string() }).parse(chunk), responseId: "" };
}

function parse(text: string): Record<string, unknown> {
  return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
}

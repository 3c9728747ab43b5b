// However a call ends, its client sees whether it has the whole answer, and the record says who ended it.

import { once } from "node:events";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { startTestGateway, type TestGateway } from "../services/gateway.ts";
import { send, type RawAnswer, type RawRequest } from "../services/raw-client.ts";
import { startRawProvider } from "../services/raw-socket.ts";
import { openPost } from "../services/replay-provider-client.ts";
import {
  jsonAnswer,
  redirectAnswer,
  streamAnswer,
  type Fault,
  type ReplayAnswer,
} from "../services/replay-provider-answer.ts";
import { startReplayProvider, type ReplayProvider } from "../services/replay-provider.ts";

const CHAT = "/v1/chat/completions";
const MESSAGES = "/v1/messages";

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
beforeEach(() => {
  replay.respond(undefined);
  gateway.takeEvents();
});

const ask = (path: string, options: RawRequest = {}): Promise<RawAnswer> =>
  send(gateway.url + path, {
    body: '{"model":"m","stream":true,"stream_options":{"include_usage":true}}',
    ...options,
  });

/** The record of the one call that there was; made after the client has gone in some cases. */
async function recorded(): Promise<TokenEvent | undefined> {
  const events: TokenEvent[] = [];
  await expect
    .poll(() => events.push(...gateway.takeEvents()), { interval: 5, timeout: 5000 })
    .toBeGreaterThan(0);
  expect(events).toHaveLength(1);
  return events[0];
}

const event = (type: string, fields: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
const ANTHROPIC_STREAM = [
  event("message_start", {
    message: { id: "msg_1", model: "claude", usage: { input_tokens: 9, output_tokens: 1 } },
  }),
  event("content_block_delta", { index: 0, delta: { type: "text_delta", text: "Gold" } }),
  event("message_delta", { delta: { stop_reason: "end_turn" }, usage: { output_tokens: 4 } }),
  event("message_stop", {}),
];
const CHAT_STREAM = [
  'data: {"id":"c1","model":"gpt-5","choices":[{"delta":{"content":"Gold"}}]}\n\n',
  'data: {"id":"c1","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4}}\n\n',
  "data: [DONE]\n\n",
];
const bytesOf = (frames: readonly string[], count: number): number => frames.slice(0, count).join("").length;
const respond = (frames: readonly string[], fault: Fault): void =>
  replay.respond(() => ({ ...streamAnswer(frames), fault }));

describe("a provider that breaks off", () => {
  const faults = ["reset", "cut"] as const;

  test.each(faults)(
    "(%s) before it reported usage leaves the answer unfinished and the usage unreported",
    async (kind) => {
      respond(CHAT_STREAM, { kind, afterBytes: bytesOf(CHAT_STREAM, 1) });
      const answer = await ask(CHAT);
      expect([answer.status, answer.isWhole]).toEqual([200, false]);
      expect(answer.body.toString()).toBe(CHAT_STREAM[0]);
      const record = await recorded();
      expect(record).toMatchObject({ status: 200, terminated_by: "upstream", error_kind: "reset" });
      expect(record?.usage_source).not.toMatch(/reported|partial/);
    },
  );

  test.each(faults)("(%s) after its first report leaves the usage partial", async (kind) => {
    respond(ANTHROPIC_STREAM, { kind, afterBytes: bytesOf(ANTHROPIC_STREAM, 2) });
    const answer = await ask(MESSAGES);
    expect(answer.isWhole).toBe(false);
    expect(await recorded()).toMatchObject({
      terminated_by: "upstream",
      error_kind: "reset",
      usage_source: "partial",
      input_tokens: 9,
      output_tokens: 1,
      response_id: "msg_1",
    });
  });

  test("between its last report and its end leaves the usage reported", async () => {
    respond(CHAT_STREAM, { kind: "cut", afterBytes: bytesOf(CHAT_STREAM, 2) });
    expect((await ask(CHAT)).isWhole).toBe(false);
    expect(await recorded()).toMatchObject({
      terminated_by: "upstream",
      usage_source: "reported",
      input_tokens: 9,
    });
  });

  test("after its end has broken off nothing", async () => {
    respond(CHAT_STREAM, { kind: "cut", afterBytes: bytesOf(CHAT_STREAM, 3) });
    const answer = await ask(CHAT);
    expect(answer.body.toString()).toBe(CHAT_STREAM.join(""));
    expect(await recorded()).toMatchObject({
      terminated_by: "complete",
      error_kind: null,
      usage_source: "reported",
    });
  });

  test.each(faults)("(%s) in the middle of a whole answer leaves it unfinished", async (kind) => {
    replay.respond(() => ({
      ...jsonAnswer({ id: "c1", usage: { prompt_tokens: 9 } }),
      fault: { kind, afterBytes: 10 },
    }));
    const answer = await ask(CHAT);
    expect([answer.body.length, answer.isWhole]).toEqual([10, false]);
    expect(await recorded()).toMatchObject({ terminated_by: "upstream", response_bytes: 10 });
  });

  test("by a length that it does not keep to leaves the answer unfinished", async () => {
    replay.respond(() => ({ ...jsonAnswer({ id: "c1" }), fault: { kind: "wrong-length", byBytes: 7 } }));
    expect((await ask(CHAT)).isWhole).toBe(false);
    expect(await recorded()).toMatchObject({ terminated_by: "upstream" });
  });
});

test("a stream that ends too early, but cleanly, ends so for the client, and its usage is not the last word", async () => {
  respond(ANTHROPIC_STREAM, { kind: "truncate", afterBytes: bytesOf(ANTHROPIC_STREAM, 2) + 20 });
  const answer = await ask(MESSAGES);
  expect([answer.isWhole, answer.body.length]).toEqual([true, bytesOf(ANTHROPIC_STREAM, 2) + 20]);
  expect(await recorded()).toMatchObject({
    terminated_by: "complete",
    usage_source: "partial",
    input_tokens: 9,
  });
});

describe("a client that leaves", () => {
  test("in mid-stream of a call that is not metered ends it at the provider too", async () => {
    replay.respond(() => ({ frames: [Buffer.from("first")], fault: { kind: "stall", afterBytes: 5 } }));
    await ask("/v1/files", { leaveAfterBytes: 5 });
    const request = replay.requests.at(-1);
    await request?.closed;
    expect(request?.disconnectedAtMs).toBeDefined();
    expect(await recorded()).toMatchObject({ terminated_by: "client", response_bytes: 5, error_kind: null });
  });

  test("before the provider answers ends a call that is not metered there too", async () => {
    replay.respond(() => ({ fault: { kind: "silent" } }));
    const controller = new AbortController();
    const before = replay.requests.length;
    const asked = fetch(`${gateway.url}/v1/models`, { signal: controller.signal }).catch(() => "left");
    await expect.poll(() => replay.requests.length).toBe(before + 1);
    controller.abort();
    expect(await asked).toBe("left");
    await replay.requests.at(-1)?.closed;
    expect(await recorded()).toMatchObject({ terminated_by: "client", status: 0, first_byte_ms: null });
  });

  test.each([
    ["openai", CHAT, CHAT_STREAM],
    ["anthropic", MESSAGES, ANTHROPIC_STREAM],
  ])("right after the last event of %s has had all of it", async (_name, path, frames) => {
    const bytes = bytesOf(frames, frames.length);
    respond(frames, { kind: "stall", afterBytes: bytes });
    const answer = await ask(path, { leaveAfterBytes: bytes });
    expect(answer.body.toString()).toBe(frames.join(""));
    expect(await recorded()).toMatchObject({
      terminated_by: "complete",
      usage_source: "reported",
      output_tokens: 4,
    });
    await replay.requests.at(-1)?.closed;
    expect(gateway.takeEvents()).toEqual([]);
  });
});

describe("answers without a body, and redirects, pass as they are", () => {
  const cases: [name: string, method: string, answer: ReplayAnswer][] = [
    [
      "HEAD",
      "HEAD",
      {
        headers: [
          ["content-length", "1000"],
          ["etag", '"x"'],
        ],
      },
    ],
    ["204", "DELETE", { status: 204, headers: [["x-kept", "yes"]] }],
    ["304", "GET", { status: 304, headers: [["etag", '"x"']] }],
    ["a redirect", "GET", redirectAnswer("http://127.0.0.1:1/elsewhere")],
    ["an empty 200", "GET", { body: Buffer.alloc(0) }],
  ];

  test.each(cases)("%s", async (_name, method, answer) => {
    replay.respond(() => answer);
    const before = replay.requests.length;
    const direct = await send(`${replay.url}/v1/files/f`, { method });
    const through = await send(`${gateway.url}/v1/files/f`, { method });
    const hidden = ["date", "connection", "keep-alive", "x-assay-event-id"];
    const shown = ({ status, headers, body, isWhole }: RawAnswer): unknown => [
      status,
      body.length,
      isWhole,
      Object.entries(headers).filter(([name]) => !hidden.includes(name)),
    ];
    expect(shown(through)).toEqual(shown(direct));
    expect(replay.requests).toHaveLength(before + 2);
    expect(await recorded()).toMatchObject({
      status: answer.status ?? 200,
      terminated_by: "complete",
      response_bytes: 0,
    });
  });
});

test("a provider that answers before the upload is whole is heard", async () => {
  // The replay provider reads to the end first; this one answers at the first bytes and closes.
  const hasty = await startRawProvider((socket) =>
    socket.end("HTTP/1.1 413 Too Large\r\nContent-Length: 5\r\nConnection: close\r\n\r\nlarge"),
  );
  const other = await startTestGateway({ upstreamUrl: hasty.url });
  const response = await openPost(`${other.url}/v1/files`, Buffer.alloc(4 * 1024 * 1024));
  response.resume();
  await once(response, "close");
  expect([response.statusCode, response.complete]).toEqual([413, true]);
  await other.close();
  await hasty.close();
});

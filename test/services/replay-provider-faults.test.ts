// Every fault of the replay provider, as a client on the wire sees it.

import { once } from "node:events";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  errorAnswer,
  jsonAnswer,
  redirectAnswer,
  streamAnswer,
  type Fault,
} from "./replay-provider-answer.ts";
import { openPost, post as postTo, type WireAnswer } from "./replay-provider-client.ts";
import { startReplayProvider, type ReplayProvider } from "./replay-provider.ts";

let replay: ReplayProvider;
beforeEach(async () => {
  replay = await startReplayProvider();
});
afterEach(() => replay.close());

const post = (): Promise<WireAnswer> => postTo(`${replay.url}/`, {});
const stream = streamAnswer(["data: 1\n\n", "data: 2\n\n", "data: 3\n\n"]);
const withFault = (fault: Fault, answer = stream): void => replay.respond(() => ({ ...answer, fault }));

test("a reset before the headers is no answer at all", async () => {
  withFault({ kind: "reset-before-headers" });
  await expect(post()).rejects.toMatchObject({ code: "ECONNRESET" });
  expect(replay.requests[0]?.disconnectedAtMs).toBeUndefined();
});

test.each(["reset", "cut"] as const)(
  "a %s in mid-stream gives the bytes before it, and no end",
  async (kind) => {
    withFault({ kind, afterBytes: 12 });
    const { text, isComplete } = await post();
    expect(text).toBe("data: 1\n\ndat");
    expect(isComplete).toBe(false);
  },
);

test("a clean truncation looks complete", async () => {
  withFault({ kind: "truncate", afterBytes: 12 });
  expect(await post()).toMatchObject({ text: "data: 1\n\ndat", isComplete: true });
  withFault({ kind: "truncate", afterBytes: 5 }, jsonAnswer({ ok: true }));
  expect(await post()).toMatchObject({ text: '{"ok"', isComplete: true });
});

test.each([3, -3])("a content length that is wrong by %d is what the headers say", async (byBytes) => {
  withFault({ kind: "wrong-length", byBytes }, jsonAnswer({ ok: true }));
  const { headers, text, isComplete } = await post();
  expect(headers["content-length"]).toBe(String(11 + byBytes));
  expect(text).toBe('{"ok":true}'.slice(0, 11 + byBytes));
  expect(isComplete).toBe(byBytes < 0);
});

test("a stall ends with the provider, and so does silence", async () => {
  withFault({ kind: "stall", afterBytes: 9 });
  const stalled = await openPost(`${replay.url}/`, {});
  const [first] = await once(stalled, "data");
  expect(String(first)).toBe("data: 1\n\n");
  const silenced = Promise.withResolvers<void>();
  replay.respond(() => {
    silenced.resolve();
    return { fault: { kind: "silent" } };
  });
  const silent = post().catch((error: unknown) => error);
  await silenced.promise;
  const stall = once(stalled, "end").catch((error: unknown) => error);
  await replay.close();
  expect(await silent).toMatchObject({ code: "ECONNRESET" });
  expect(await stall).toMatchObject({ code: "ECONNRESET" });
  expect(stalled.complete).toBe(false);
  expect(replay.requests.every((request) => request.disconnectedAtMs === undefined)).toBe(true);
});

test("slow headers come as late as they were told to", async () => {
  withFault({ kind: "slow-headers", delayMs: 30 });
  const start = performance.now();
  expect((await post()).isComplete).toBe(true);
  expect(performance.now() - start).toBeGreaterThanOrEqual(29);
});

test.each([
  ["openai", 401, { error: { code: "invalid_api_key" } }],
  ["openai", 429, { error: { code: "rate_limit_exceeded" } }],
  ["anthropic", 429, { type: "error", error: { type: "rate_limit_error" } }],
  ["anthropic", 529, { type: "error", error: { type: "overloaded_error" } }],
  ["gemini", 500, { error: { code: 500, status: "INTERNAL" } }],
] as const)("an error of %s with %d is in its own JSON", async (dialect, status, body) => {
  replay.respond(() => errorAnswer(dialect, status));
  const answer = await post();
  expect(answer.status).toBe(status);
  expect(answer.json).toMatchObject(body);
  expect(answer.headers["retry-after"]).toBe(status === 429 ? "1" : undefined);
});

test("a redirect is not followed here", async () => {
  replay.respond(() => redirectAnswer("http://127.0.0.1:9/elsewhere"));
  expect(await post()).toMatchObject({
    status: 307,
    headers: { location: "http://127.0.0.1:9/elsewhere" },
  });
});

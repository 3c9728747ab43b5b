// Calls that end before their answer does: clients that leave, and providers that break off. Each was lost, or was free, in
// some gateway; the numbers are those of docs/accounting-cases.md.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { DRAINS_MAX, DRAIN_BYTES_MAX } from "../../ingest/gateway/drains.ts";
import { createPricer } from "../../ingest/sink/price.ts";
import { errorAnswer, jsonAnswer, streamAnswer } from "../services/replay-provider-answer.ts";
import { openCallBench, type CallBench } from "./call-bench.ts";
import {
  CHAT,
  CHAT_END,
  CHAT_TEXT,
  chatUsage,
  GENERATE,
  generateChunk,
  MESSAGE_END,
  MESSAGE_TEXT,
  messageDelta,
  MESSAGES,
  messageStart,
  namedEvent,
  RESPONSE_TEXT,
  responseEvent,
  RESPONSES,
} from "./stream-frames.ts";

let bench: CallBench;
beforeAll(async () => {
  bench = await openCallBench({ bedrock: "bedrock" });
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());

const question = { model: "m", stream: true, messages: [{ role: "user", content: "Is there gold in it?" }] };
const asking = { ...question, stream_options: { include_usage: true } };
/** Long enough that a client which leaves at the first bytes is gone before the last. */
const slowly = (frames: readonly string[]) => ({ ...streamAnswer(frames), pace: { gapMs: 15 } });

describe("a client that leaves in the middle of a stream", () => {
  test("case 1: before the final chunk leaves the usage that this chunk reports", async () => {
    bench.replay.respond(() => slowly([CHAT_TEXT, CHAT_TEXT, CHAT_TEXT, chatUsage(21, 12), CHAT_END]));
    await bench.ask(CHAT, asking, { leaveAfterBytes: 1 });
    expect(await bench.takeEvent()).toMatchObject({
      terminated_by: "client",
      usage_source: "reported",
      input_tokens: 21,
      output_tokens: 12,
    });
  });

  test("case 2: /v1/messages is heard out to its terminal usage", async () => {
    const frames = [messageStart(45), MESSAGE_TEXT, MESSAGE_TEXT, messageDelta(511), MESSAGE_END];
    bench.replay.respond(() => slowly(frames));
    await bench.ask(MESSAGES, question, { leaveAfterBytes: 1 });
    expect(await bench.takeEvent()).toMatchObject({
      terminated_by: "client",
      usage_source: "reported",
      input_tokens: 45,
      output_tokens: 511,
    });
  });

  test("case 3: Claude's messages on Bedrock are heard out like those of Anthropic", async () => {
    bench.replay.respond(() => slowly([messageStart(45), MESSAGE_TEXT, messageDelta(511), MESSAGE_END]));
    await bench.ask(`/bedrock/anthropic${MESSAGES}`, question, { leaveAfterBytes: 1 });
    expect(await bench.takeEvent()).toMatchObject({
      provider: "bedrock",
      terminated_by: "client",
      usage_source: "reported",
      input_tokens: 45,
      output_tokens: 511,
    });
  });

  test("case 4: is priced by what was used, and not by the first event's placeholder", async () => {
    const frames = [messageStart(25, 1), MESSAGE_TEXT, messageDelta(400), MESSAGE_END];
    bench.replay.respond(() => slowly(frames));
    await bench.ask(MESSAGES, question, { leaveAfterBytes: 1 });
    await bench.ask(MESSAGES, question);
    const [left, whole] = await bench.takeEvents(2);
    expect([left?.terminated_by, whole?.terminated_by]).toEqual(["client", "complete"]);
    const price = createPricer();
    const [costOfLeft, costOfWhole] = [left, whole].map((event) => event && price(event).cost_usd);
    expect(Number(costOfWhole)).toBeGreaterThan(0);
    expect(costOfLeft).toBe(costOfWhole);
  });

  test("case 5: leaves one record, not none and not two", async () => {
    bench.replay.respond(() =>
      slowly([
        RESPONSE_TEXT,
        RESPONSE_TEXT,
        responseEvent("completed", { usage: { input_tokens: 18, output_tokens: 26 } }),
      ]),
    );
    await bench.ask(RESPONSES, question, { leaveAfterBytes: 1 });
    const [event] = await bench.takeEvents(1);
    expect(event).toMatchObject({ input_tokens: 18, output_tokens: 26 });
    await bench.replay.requests.at(-1)?.closed;
    await bench.takeEvents(0);
  });

  test("case 6: gets nothing for free, however many do so at once", async () => {
    const crowd = await openCallBench();
    const clients = DRAINS_MAX + 16;
    crowd.replay.respond(() => ({
      ...streamAnswer([CHAT_TEXT]),
      fault: { kind: "stall", afterBytes: CHAT_TEXT.length },
    }));
    const leave = (): Promise<unknown> => crowd.ask(CHAT, asking, { leaveAfterBytes: 1 });
    await Promise.all(Array.from({ length: clients }, leave));
    const beyondTheLimit = await crowd.takeEvents(clients - DRAINS_MAX);
    // The others are being heard out, until their provider ends too.
    await crowd.replay.close();
    const events = [...beyondTheLimit, ...(await crowd.takeEvents(DRAINS_MAX))];
    for (const event of events) {
      expect(event).toMatchObject({ terminated_by: "client", usage_source: "estimated" });
      expect(event.input_tokens).toBeGreaterThan(0);
      expect(event.output_tokens).toBeGreaterThan(0);
    }
    await crowd.close();
  });

  test("case 8: an answer that is no stream is heard out too, and its output is on record", async () => {
    const usage = { prompt_tokens: 30, completion_tokens: 70 };
    const answer = jsonAnswer({
      id: "c1",
      model: "gpt-5",
      choices: [{ message: { content: "Gold." } }],
      usage,
    });
    bench.replay.respond(() => ({ ...answer, pace: { chunkBytes: 40, gapMs: 15 } }));
    await bench.ask(CHAT, { ...question, stream: false }, { leaveAfterBytes: 1 });
    expect(await bench.takeEvent()).toMatchObject({
      terminated_by: "client",
      usage_source: "reported",
      input_tokens: 30,
      output_tokens: 70,
    });
  });
});

/** Per wire format: a stream's beginning, and what is known of its usage when no more of it comes. */
const BEGINNINGS = [
  ["openai chat", CHAT, [CHAT_TEXT], { usage_source: "estimated", output_tokens: 4 }],
  ["openai responses", RESPONSES, [RESPONSE_TEXT], { usage_source: "estimated", output_tokens: 4 }],
  [
    "anthropic",
    MESSAGES,
    [messageStart(11, 3), MESSAGE_TEXT],
    { usage_source: "partial", input_tokens: 11, output_tokens: 3 },
  ],
  [
    "gemini",
    GENERATE,
    [generateChunk(11, 2), generateChunk(11, 5)],
    { usage_source: "partial", input_tokens: 11, output_tokens: 5 },
  ],
] as const;

describe.each(BEGINNINGS)(
  "what an interrupted stream of %s has used by then",
  (_name, path, frames, known) => {
    test("case 10: stays on record when the provider is cut off while it is heard out", async () => {
      const filler = `: ${"x".repeat(1024 * 1024)}\n\n`;
      const endless = Array.from({ length: DRAIN_BYTES_MAX / filler.length + 8 }, () => filler);
      bench.replay.respond(() => streamAnswer([...frames, ...endless]));
      await bench.ask(path, { ...asking, model: "gpt-5" }, { leaveAfterBytes: frames.join("").length });
      expect(await bench.takeEvent()).toMatchObject({ terminated_by: "client", ...known });
      await bench.replay.requests.at(-1)?.closed;
      expect(bench.replay.requests.at(-1)?.disconnectedAtMs).toBeDefined();
    });

    test.each(["reset", "cut"] as const)(
      "case 7: stays on record when the provider dies (%s)",
      async (kind) => {
        const afterBytes = frames.join("").length;
        bench.replay.respond(() => ({
          ...streamAnswer([...frames, ...frames]),
          fault: { kind, afterBytes },
        }));
        const answer = await bench.ask(path, { ...asking, model: "gpt-5" });
        expect(answer.isWhole).toBe(false);
        expect(await bench.takeEvent()).toMatchObject({
          terminated_by: "upstream",
          error_kind: "reset",
          ...known,
        });
      },
    );
  },
);

describe("a provider that fails", () => {
  test("case 7: within a stream of status 200 is on record as an error", async () => {
    const error = { error: { type: "overloaded_error", message: "Overloaded" } };
    bench.replay.respond(() => streamAnswer([messageStart(11), namedEvent("error", error)]));
    await bench.ask(MESSAGES, question);
    expect(await bench.takeEvent()).toMatchObject({
      status: 200,
      error_kind: "stream_error",
      usage_source: "partial",
      input_tokens: 11,
    });
  });

  test("case 7: before an answer is on record with its status, and nothing is known of tokens", async () => {
    bench.replay.respond(() => errorAnswer("openai", 500));
    await bench.ask(CHAT, asking);
    expect(await bench.takeEvent()).toMatchObject({
      status: 500,
      error_kind: "server_error",
      usage_source: "none",
      input_tokens: null,
      output_tokens: null,
    });
  });
});

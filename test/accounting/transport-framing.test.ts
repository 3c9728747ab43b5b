// Streams whose framing is legal and unusual, cut anywhere. The numbers are those of docs/accounting-cases.md.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { streamAnswer } from "../services/replay-provider-answer.ts";
import { openCallBench, type CallBench } from "./call-bench.ts";
import {
  CHAT,
  CHAT_END,
  chatChunk,
  chatUsage,
  GENERATE,
  generateChunk,
  MESSAGE_END,
  MESSAGE_TEXT,
  messageDelta,
  MESSAGES,
  messageStart,
  responseEvent,
  RESPONSES,
} from "./stream-frames.ts";

let bench: CallBench;
beforeAll(async () => {
  bench = await openCallBench();
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());

const question = { model: "gpt-5-é鉱", stream: true, messages: [] };
const asking = { ...question, stream_options: { include_usage: true } };
const text = chatChunk({ choices: [{ index: 0, delta: { content: "déjà vu – 鉱石 ⚗️" } }] });
const finish = chatChunk({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
const chat = text + finish + chatUsage(45, 511) + CHAT_END;
const counted = { usage_source: "reported", input_tokens: 45, output_tokens: 511 };

const framings: [name: string, reframe: (stream: string) => string][] = [
  ["LF", (stream) => stream],
  ["CRLF", (stream) => stream.replaceAll("\n", "\r\n")],
  ["a lone CR", (stream) => stream.replaceAll("\n", "\r")],
  ["no space after the colon", (stream) => stream.replaceAll("data: ", "data:")],
  ["comments between", (stream) => stream.replaceAll("data: ", ": ping\n\nid: 7\ndata: ")],
  ["a byte order mark", (stream) => `\uFEFF${stream}`],
];

describe.each(framings)("a stream with %s", (_name, reframe) => {
  const wire = reframe(chat);
  // Each offset is a cut once: a piece is a byte, so every character of several bytes comes in pieces.
  const inBytes = { ...streamAnswer([wire]), pace: { chunkBytes: 1 } };

  test("case 57: is counted, and arrives unchanged, byte by byte", async () => {
    bench.replay.respond(() => inBytes);
    const answer = await bench.ask(CHAT, asking);
    expect(answer.body.toString()).toBe(wire);
    expect(await bench.takeEvent()).toMatchObject({ ...counted, stop_reason: "stop", model_served: "gpt-5" });
  });

  test("case 57: loses the usage that only the gateway has asked for, and no other byte", async () => {
    bench.replay.respond(() => inBytes);
    const answer = await bench.ask(CHAT, question);
    const shown = wire.replace(reframe(chatUsage(45, 511)).replace("\uFEFF", ""), "");
    const hidden = wire.length - shown.length;
    expect(hidden).toBeGreaterThan(0);
    expect(withoutComments(answer.body.toString())).toBe(withoutComments(shown));
    expect(await bench.takeEvent()).toMatchObject(counted);
  });
});

/** A comment right before the usage chunk is an event of its own, or part of the chunk's: both are right. */
function withoutComments(stream: string): string {
  return stream.replaceAll(/^(:.*|id:.*)\n+/gm, "");
}

const streams: [name: string, path: string, frames: string[]][] = [
  ["openai chat", CHAT, [text, finish, chatUsage(45, 511), CHAT_END]],
  [
    "openai responses",
    RESPONSES,
    [responseEvent("completed", { usage: { input_tokens: 45, output_tokens: 511 } })],
  ],
  ["anthropic", MESSAGES, [messageStart(45), MESSAGE_TEXT, messageDelta(511), MESSAGE_END]],
  ["gemini", GENERATE, [generateChunk(45, 7), generateChunk(45, 511, "STOP")]],
];

describe.each(streams)("a stream of %s", (_name, path, frames) => {
  const wire = Buffer.from(frames.join(""));

  test("case 58: cut anywhere is the same stream", async () => {
    for (let at = 1; at < wire.length; at += 7) {
      bench.replay.respond(() => ({ ...streamAnswer(frames), pace: { splitAt: [at, at + 3] } }));
      const answer = await bench.ask(path, asking);
      expect(answer.body.equals(wire)).toBe(true);
      expect(await bench.takeEvent()).toMatchObject(counted);
    }
  });

  test("case 58: that ends without its closing empty line is counted to the end", async () => {
    const last = frames.findLastIndex((frame) => frame !== CHAT_END && frame !== MESSAGE_END);
    const open = frames
      .slice(0, last + 1)
      .join("")
      .trimEnd();
    for (const ending of ["", "\n"]) {
      bench.replay.respond(() => streamAnswer([open + ending]));
      const answer = await bench.ask(path, asking);
      expect(answer.body.toString()).toBe(open + ending);
      expect(await bench.takeEvent()).toMatchObject(counted);
    }
  });
});

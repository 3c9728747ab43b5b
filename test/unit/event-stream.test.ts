// A stream of server-sent events is the same events however it was cut, and whatever its line ends are.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { EVENT_BYTES_MAX, EventStream } from "../../ingest/gateway/meter/event-stream.ts";

type Event = [type: string, data: string];

function readAll(chunks: readonly Buffer[]): Event[] {
  const events: Event[] = [];
  const stream = new EventStream((type, data) => events.push([type, data.toString("utf8")]));
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  return events;
}

/** The whole text at once, line by line, as WHATWG HTML 9.2.6 tells it; an event that only lacks its empty line counts. */
function readWhole(text: string): Event[] {
  const events: Event[] = [];
  let type = "";
  let data: string[] = [];
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
  for (const [at, line] of lines.entries()) {
    const [, field = line, value = ""] = /^([^:]*): ?(.*)$/s.exec(line) ?? [];
    if (field === "data") data.push(value);
    if (field === "event") type = value;
    if (line !== "" && at < lines.length - 1) continue;
    if (data.length > 0) events.push([type, data.join("\n")]);
    type = "";
    data = [];
  }
  return events;
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...ends].map((start, at) => bytes.subarray(start, ends[at]));
}

const lineEnd = fc.constantFrom("\n", "\r", "\r\n");
const line = fc.oneof(
  fc
    .tuple(
      fc.constantFrom("data:", "data: ", "data:  ", "event:", "event: "),
      fc.constantFrom("a", "é鉱⚗️", ":", ""),
    )
    .map((parts) => parts.join("")),
  fc.constantFrom(
    "",
    "",
    "",
    "data",
    "event",
    ": a comment",
    ":",
    "id: 7",
    "retry: 10",
    "database: no",
    "dat",
    "\uFEFFdata: late",
  ),
);
const text = fc
  .tuple(fc.boolean(), fc.array(fc.tuple(line, lineEnd), { maxLength: 20 }), fc.oneof(line, fc.constant("")))
  .map(([hasBom, lines, last]) => (hasBom ? "\uFEFF" : "") + lines.flat().join("") + last);

test("any cutting of any stream gives the same events", () => {
  fc.assert(
    fc.property(text, fc.array(fc.nat(), { maxLength: 30 }), (stream, places) => {
      expect(readAll(cut(Buffer.from(stream), places))).toEqual(readWhole(stream));
    }),
    { numRuns: 1500 },
  );
});

test("byte by byte, any stream gives the same events", () => {
  fc.assert(
    fc.property(text, (stream) => {
      const bytes = Buffer.from(stream);
      expect(readAll(Array.from(bytes, (_byte, at) => bytes.subarray(at, at + 1)))).toEqual(
        readWhole(stream),
      );
    }),
    { numRuns: 300 },
  );
});

describe("one by one", () => {
  const cases: [name: string, stream: string, events: Event[]][] = [
    ["no space after the colon", "data:a\n\n", [["", "a"]]],
    ["only one space is the syntax's", "data:  a\n\n", [["", " a"]]],
    [
      "lone carriage returns",
      "event: x\rdata: a\r\rdata: b\r\r",
      [
        ["x", "a"],
        ["", "b"],
      ],
    ],
    [
      "mixed line ends",
      "event: x\r\ndata: a\n\rdata: b\r\n\n",
      [
        ["x", "a"],
        ["", "b"],
      ],
    ],
    ["data of several lines", "data: a\ndata\ndata: b\n\n", [["", "a\n\nb"]]],
    [
      "empty data",
      "data\n\ndata:\n\n",
      [
        ["", ""],
        ["", ""],
      ],
    ],
    ["comments and unknown fields", ": ping\nid: 1\n\nretry: 5\ndata: a\n\n", [["", "a"]]],
    ["a type without data", "event: ping\n\ndata: a\n\n", [["", "a"]]],
    [
      "no empty line at the end",
      "data: a\n\ndata: b\n",
      [
        ["", "a"],
        ["", "b"],
      ],
    ],
    ["no line end at the end", "event: x\ndata: b", [["x", "b"]]],
    ["a byte order mark", "\uFEFFdata: a\n\n", [["", "a"]]],
    ["nothing", "", []],
  ];

  test.each(cases)("%s", (_name, stream, events) => {
    expect(readAll([Buffer.from(stream)])).toEqual(events);
  });
});

describe("an event over the limit", () => {
  const CHUNK_BYTES = 64 * 1024;

  const shapes: [name: string, chunk: string][] = [
    ["in one line", "x".repeat(CHUNK_BYTES)],
    ["in many lines", `data: ${"x".repeat(CHUNK_BYTES - 7)}\n`],
    ["of comments", `: ${"x".repeat(CHUNK_BYTES - 3)}\n`],
  ];

  test.each(shapes)(
    "%s is passed over without being kept, and the next one is read",
    async (_name, chunk) => {
      const events: string[] = [];
      const stream = new EventStream((_type, data) => events.push(data.toString("utf8")));
      const before = keptBytes();
      stream.write(Buffer.from("data: first\n\ndata: "));
      for (let bytes = 0; bytes <= 3 * EVENT_BYTES_MAX; bytes += CHUNK_BYTES)
        stream.write(Buffer.from(chunk));
      // The memory of buffers is given back in the background.
      await vi.waitFor(() => expect(keptBytes() - before).toBeLessThan(EVENT_BYTES_MAX));
      stream.write(Buffer.from("\n\ndata: next\n\n"));
      stream.end();
      expect(events).toEqual(["first", "next"]);
      expect(stream.oversized).toBe(1);
    },
  );

  test("is told from one that just keeps it", () => {
    const events: number[] = [];
    const stream = new EventStream((_type, data) => events.push(data.length));
    const largest = Buffer.from(`data: ${"x".repeat(EVENT_BYTES_MAX - 6)}`);
    stream.write(Buffer.concat([largest, Buffer.from("\n\n"), largest, Buffer.from("x\n\n")]));
    expect(events).toEqual([EVENT_BYTES_MAX - 6]);
    expect(stream.oversized).toBe(1);
  });
});

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

/** Bytes in buffers that something still holds. */
function keptBytes(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}
